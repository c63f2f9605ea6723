"""couchpass-testing as it is released: the jar with a library and a command for this desktop, and what lies beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import notices
from .desktop import HERE, Program
from .jar import LICENSE, Jar, entries
from .linked import TESTING
from .maven import Folder

NATIVE = f"native/{HERE}/"
LIBRARY = f"{NATIVE}libcouchpass.so"
COMMAND = f"{NATIVE}couchpass"
NOTICES = f"META-INF/{notices.NOTICES}"
BROUGHT = {LICENSE, NOTICES, LIBRARY, COMMAND}
ENTRIES = entries(TESTING.name) | BROUGHT
DEPENDENCIES = (
    "com.grack:nanojson",
    "io.couchpass:couchpass",
    "org.jetbrains.kotlin:kotlin-stdlib",
    "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm",
)


@dataclass(frozen=True)
class CouchpassTesting:
    repository: Path

    @property
    def folder(self) -> Folder:
        return Folder(self.repository, TESTING, "jar", "android/testing/src/main/kotlin", DEPENDENCIES)

    @cached_property
    def jar(self) -> Jar:
        return Jar(TESTING.name, "io/couchpass/testing/", self.folder.path(".jar").read_bytes())

    @property
    def files(self) -> dict[str, bytes]:
        return self.jar.zipped.files

    def complaints(self, exports: list[str], here: tuple[str, ...] = ()) -> Iterator[str]:
        """All that is wrong with it. `exports` is what the classes look for, `here` are paths of the machine that has built it."""
        yield from self.around(here)
        if not self.folder.path(".jar").is_file():
            return
        if LIBRARY in self.files:
            for complaint in Program(self.files[LIBRARY], HERE).library_complaints(exports, here):
                yield f"{LIBRARY}: {complaint}"
        if COMMAND in self.files:
            for complaint in Program(self.files[COMMAND], HERE).command_complaints(here):
                yield f"{COMMAND}: {complaint}"

    def around(self, here: tuple[str, ...] = ()) -> Iterator[str]:
        """What is wrong with all but the two that run."""
        yield from self.folder.complaints()
        if not self.folder.path(".jar").is_file():
            return
        yield from (f"the jar: {complaint}" for complaint in self.jar.complaints(BROUGHT, here))
        if NOTICES in self.files:
            yield from notices.complaints(self.files[NOTICES].decode("utf-8"), TESTING)
