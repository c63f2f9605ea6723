"""A jar of ours: which classes it has, for which JVM, and what there is in it besides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .classfile import ClassFile, parse
from .source import api_classes, licence
from .traces import path_complaints
from .zipped import Zipped

MANIFEST = "META-INF/MANIFEST.MF"
LICENSE = "META-INF/LICENSE"

# Java 8.
CLASS_VERSION = 52

# What Maven says of itself in the manifest, and nothing of who has called it or where its JDK lies; each with the form it has.
_SAID = {"Manifest-Version": r"1\.0", "Created-By": r"Maven JAR Plugin [\d.]+", "Build-Jdk-Spec": r"\d+"}


def entries(artifact: str) -> set[str]:
    """What is in the jar of an artifact beside its classes, but for the licence."""
    return {MANIFEST, f"META-INF/{artifact}.kotlin_module"}


def _manifest(manifest: bytes) -> Iterator[str]:
    said = [line.partition(": ") for line in manifest.decode("utf-8").splitlines() if line]
    for key in sorted(_SAID.keys() - {key for key, _, _ in said}):
        yield f"{MANIFEST} does not say {key}"
    for key, _, value in said:
        if not re.fullmatch(_SAID.get(key, r"(?!)"), value):
            yield f"{MANIFEST} says {key}: {value}"


@dataclass(frozen=True)
class Jar:
    artifact: str
    package: str
    data: bytes

    @cached_property
    def zipped(self) -> Zipped:
        return Zipped(self.data)

    @cached_property
    def class_files(self) -> dict[str, ClassFile]:
        """By their names in the jar."""
        return {name: parse(content) for name, content in self.zipped.files.items() if name.endswith(".class")}

    def complaints(self, brought: set[str], here: tuple[str, ...]) -> Iterator[str]:
        """`brought` is what it has besides that has to be looked at by others; `here` are paths of the machine that has built it."""
        files = self.zipped.files
        # The AAR has the licence beside its classes.
        yield from self.zipped.complaints(entries(self.artifact) | brought, {LICENSE, *self.class_files})
        if MANIFEST in files:
            yield from _manifest(files[MANIFEST])
        if LICENSE in files and files[LICENSE] != licence():
            yield f"{LICENSE} is not LICENSE"
        yield from self._classes()
        for name in sorted(files.keys() - brought):
            yield from (f"{name} {complaint}" for complaint in path_complaints(files[name], here))

    def _classes(self) -> Iterator[str]:
        for name, found in self.class_files.items():
            if found.name.startswith("com/amazon/"):
                yield f"has {found.name}, which would hide Amazon's own"
            elif not found.name.startswith(self.package):
                yield f"has {found.name}, which is not ours"
            if f"{found.name}.class" != name:
                yield f"has {found.name} as {name}"
            if found.major != CLASS_VERSION:
                yield f"{found.name} is of class version {found.major}, not {CLASS_VERSION}"
        for name in api_classes(self.artifact):
            if f"{name}.class" not in self.class_files:
                yield f"lacks {name}, which is in its API"
