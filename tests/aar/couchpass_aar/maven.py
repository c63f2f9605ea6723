"""The folder of one artifact in a Maven repository: what an app's build reads, and what its developer does."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from . import bill, checksums
from .jar import LICENSE
from .linked import Artifact, Named, differences
from .source import POM, TOP, licence, maven_versions, version
from .zipped import Zipped

BESIDE = (".jar", ".pom", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")

# Every declaration that an app can name says so, and those that get a page begin a line.
_PUBLIC = re.compile(r"(?m)^public (?:[a-z]+ )*(?:class|interface|object) (\w+)")


@dataclass(frozen=True)
class Folder:
    repository: Path
    artifact: Artifact
    packaging: str
    # Where its Kotlin is, below the top of the repository of the sources.
    sources: str
    # By their coordinates, in the versions of the root pom.xml.
    dependencies: tuple[str, ...]

    @property
    def place(self) -> Path:
        return self.repository / "io" / "couchpass" / self.artifact.name / version()

    def path(self, suffix: str) -> Path:
        return self.place / f"{self.artifact.name}-{version()}{suffix}"

    @property
    def suffixes(self) -> tuple[str, ...]:
        return BESIDE if self.packaging == "jar" else (f".{self.packaging}", *BESIDE)

    @property
    def missing(self) -> list[str]:
        return [suffix for suffix in self.suffixes if not self.path(suffix).is_file()]

    @cached_property
    def _libraries(self) -> set[Named]:
        return {(name, maven_versions()[name]) for name in self.dependencies}

    def complaints(self) -> Iterator[str]:
        """All that is wrong beside the artifact itself."""
        yield from (f"{self.path(suffix).name} is missing" for suffix in self.missing)
        files = [self.path(suffix) for suffix in self.suffixes]
        known = {*files, *(checksum for file in files for checksum in checksums.beside(file).values())}
        yield from (f"{file.name} does not belong there" for file in sorted(self.place.glob("*")) if file not in known)
        for file in files:
            if file.is_file():
                yield from checksums.complaints(file)
        if self.missing:
            return
        yield from self._pom()
        yield from bill.complaints(
            json.loads(self.path("-cyclonedx.json").read_text(encoding="utf-8")), self.artifact, self._libraries
        )
        yield from self._sources()
        yield from self._documentation()

    def _pom(self) -> Iterator[str]:
        text = self.path(".pom").read_text(encoding="utf-8")
        if "${" in text:
            yield "the POM has a property that nobody has filled in"
        pom = ElementTree.fromstring(text)
        said = [pom.findtext(f"{POM}{name}") for name in ("groupId", "artifactId", "version")]
        said.append(pom.findtext(f"{POM}packaging", "jar"))
        if said != ["io.couchpass", self.artifact.name, version(), self.packaging]:
            yield f"the POM is one of {':'.join(map(str, said))}"
        if pom.find(f"{POM}parent") is not None:
            yield "the POM has a parent, which an app's build would look for"
        if [element.text for element in pom.findall(f"{POM}licenses/{POM}license/{POM}name")] != ["Apache-2.0"]:
            yield "the POM does not say that it is under Apache-2.0"
        found = set()
        for element in pom.iter(f"{POM}dependency"):
            name = f"{element.findtext(f'{POM}groupId')}:{element.findtext(f'{POM}artifactId')}"
            found.add((name, element.findtext(f"{POM}version", "in no version")))
            if element.findtext(f"{POM}scope") != "compile":
                yield f"the POM brings {name} along for {element.findtext(f'{POM}scope')}"
        yield from differences("the POM", self._libraries, found)

    @cached_property
    def _kotlin(self) -> dict[str, bytes]:
        top = TOP / self.sources
        return {file.relative_to(top).as_posix(): file.read_bytes() for file in sorted(top.rglob("*.kt"))}

    def _sources(self) -> Iterator[str]:
        found = Zipped(self.path("-sources.jar").read_bytes())
        yield from (f"the sources: {complaint}" for complaint in found.differences({**self._kotlin, LICENSE: licence()}))

    def _documentation(self) -> Iterator[str]:
        """Whether there is a page for each public name."""
        pages = Zipped(self.path("-javadoc.jar").read_bytes()).files
        for path, content in self._kotlin.items():
            package = ".".join(path.split("/")[:-1])
            for name in _PUBLIC.findall(content.decode("utf-8")):
                # Names are written so that a file system without capitals tells them apart.
                folder = re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
                if f"{self.artifact.name}/{package}/{folder}/index.html" not in pages:
                    yield f"the documentation has no page for {package}.{name}"
