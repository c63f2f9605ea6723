"""The AAR as a whole: what is in it, and what holds for each part."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from . import manifest, notices
from .jar import Jar
from .library import NAME, Library
from .limits import ABIS, LARGEST_AAR
from .linked import AAR
from .notices import NOTICES
from .source import TOP
from .zipped import Zipped

MANIFEST = "AndroidManifest.xml"
CLASSES = "classes.jar"
METADATA = "META-INF/com/android/build/gradle/aar-metadata.properties"
LIBRARIES = {f"jni/{abi.name}/{NAME}": abi for abi in ABIS}

# What is in it just as it is in the sources.
SAME = {
    MANIFEST: "android/src/main/AndroidManifest.xml",
    METADATA: "android/packaging/aar-metadata.properties",
    "proguard.txt": "android/consumer-rules.pro",
    "LICENSE": "LICENSE",
}
ENTRIES = {CLASSES, "R.txt", NOTICES, *SAME, *LIBRARIES}


@dataclass(frozen=True)
class Aar:
    data: bytes

    @cached_property
    def zipped(self) -> Zipped:
        return Zipped(self.data)

    @property
    def files(self) -> dict[str, bytes]:
        return self.zipped.files

    @cached_property
    def classes(self) -> Jar:
        return Jar(AAR.name, "io/couchpass/", self.files[CLASSES])

    @cached_property
    def exports(self) -> list[str]:
        """What the native library has to export for these classes."""
        return sorted(name for class_file in self.classes.class_files.values() for name in class_file.exports)

    @cached_property
    def libraries(self) -> list[Library]:
        return [Library.read(abi, self.files[path]) for path, abi in LIBRARIES.items() if path in self.files]

    def complaints(self, version: str, here: tuple[str, ...] = ()) -> Iterator[str]:
        """All that is wrong with it; `here` are paths of the machine that has built it."""
        yield from self.zipped.complaints(ENTRIES)
        if len(self.data) > LARGEST_AAR:
            yield f"{len(self.data)} bytes are more than the {LARGEST_AAR} of the budget"
        for name, source in SAME.items():
            if name in self.files and self.files[name] != (TOP / source).read_bytes():
                yield f"{name} is not {source}"
        if MANIFEST in self.files:
            yield from manifest.complaints(self.files[MANIFEST])
        # There are no resources.
        if self.files.get("R.txt"):
            yield "R.txt is not empty"
        if NOTICES in self.files:
            yield from notices.complaints(self.files[NOTICES].decode("utf-8"), AAR)
        if CLASSES in self.files:
            yield from self._code(version, here)

    def _code(self, version: str, here: tuple[str, ...]) -> Iterator[str]:
        yield from (f"{CLASSES}: {complaint}" for complaint in self.classes.complaints(set(), here))
        if not self.exports:
            yield f"{CLASSES} has no native method: nothing would be checked"
        for library in self.libraries:
            for complaint in library.complaints(self.exports, version, here):
                yield f"{library.abi.name}: {complaint}"
