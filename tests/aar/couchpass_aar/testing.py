"""couchpass-testing as it is released: the jar with a library and a command for this desktop, and what lies beside it."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import notices
from .classfile import parse
from .desktop import HERE, Program
from .linked import TESTING
from .maven import Folder
from .source import TOP

NATIVE = f"native/{HERE}/"
LIBRARY = f"{NATIVE}libcouchpass.so"
COMMAND = f"{NATIVE}couchpass"
LICENSE = "META-INF/LICENSE"
NOTICES = f"META-INF/{notices.NOTICES}"
ENTRIES = {"META-INF/MANIFEST.MF", "META-INF/couchpass-testing.kotlin_module", LICENSE, NOTICES, LIBRARY, COMMAND}
PACKAGE = "io/couchpass/testing/"
# Java 8.
CLASS_VERSION = 52
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
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.folder.path(".jar")) as archive:
            return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}

    def complaints(self, exports: list[str], here: tuple[str, ...] = ()) -> Iterator[str]:
        """All that is wrong with it. `exports` is what the classes look for, `here` are paths of the machine that has built it."""
        yield from self.around()
        if not self.folder.path(".jar").is_file():
            return
        if LIBRARY in self.files:
            for complaint in Program(self.files[LIBRARY], HERE).library_complaints(exports, here):
                yield f"{LIBRARY}: {complaint}"
        if COMMAND in self.files:
            for complaint in Program(self.files[COMMAND], HERE).command_complaints(here):
                yield f"{COMMAND}: {complaint}"

    def around(self) -> Iterator[str]:
        """What is wrong with all but the two that run."""
        yield from self.folder.complaints()
        if not self.folder.path(".jar").is_file():
            return
        classes = {name for name in self.files if name.endswith(".class")}
        yield from (f"{name} is missing" for name in sorted(ENTRIES - self.files.keys()))
        yield from (f"{name} does not belong there" for name in sorted(self.files.keys() - ENTRIES - classes))
        yield from self._classes(classes)
        if LICENSE in self.files and self.files[LICENSE] != (TOP / "LICENSE").read_bytes():
            yield f"{LICENSE} is not LICENSE"
        if NOTICES in self.files:
            yield from notices.complaints(self.files[NOTICES].decode("utf-8"), TESTING)

    def _classes(self, names: set[str]) -> Iterator[str]:
        if not names:
            yield "the jar has no class"
        for name in sorted(names):
            found = parse(self.files[name])
            if f"{found.name}.class" != name or not name.startswith(PACKAGE):
                yield f"the jar has {found.name} as {name}, which is not ours"
            if found.major != CLASS_VERSION:
                yield f"{found.name} is of class version {found.major}, not {CLASS_VERSION}"
