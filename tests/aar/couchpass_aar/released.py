"""The folder of a Maven repository that an app's build reads, as far as its parts have to agree with one another."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import NoteSection

from .archive import TOP, Aar
from .library import NAME

POM = "{http://maven.apache.org/POM/4.0.0}"
SUFFIXES = (".aar", ".jar", ".pom", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")
DEPENDENCIES = ["org.jetbrains.kotlin:kotlin-stdlib", "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm"]


def version() -> str:
    found = re.search(r'(?ms)^\[workspace\.package\].*?^version = "(.*?)"', (TOP / "Cargo.toml").read_text(encoding="utf-8"))
    assert found, "Cargo.toml has no version"
    return found.group(1)


@dataclass(frozen=True)
class Released:
    repository: Path
    symbols: Path

    def path(self, suffix: str) -> Path:
        return self.repository / "io" / "couchpass" / "couchpass" / version() / f"couchpass-{version()}{suffix}"

    @property
    def aar(self) -> Aar:
        return Aar(self.path(".aar").read_bytes())

    def complaints(self, here: tuple[str, ...] = ()) -> Iterator[str]:
        missing = [suffix for suffix in SUFFIXES if not self.path(suffix).is_file()]
        yield from (f"{self.path(suffix).name} is missing" for suffix in missing)
        if missing:
            return
        aar = self.aar
        yield from (f"{self.path('.aar').name}: {complaint}" for complaint in aar.complaints(version(), here))
        if aar.files.get("classes.jar") != self.path(".jar").read_bytes():
            yield "the jar is not the classes.jar of the AAR"
        yield from self._pom()
        yield from self._bill()
        yield from self._symbols(aar)

    def _pom(self) -> Iterator[str]:
        text = self.path(".pom").read_text(encoding="utf-8")
        if "${" in text:
            yield "the POM has a property that nobody has filled in"
        pom = ElementTree.fromstring(text)
        said = [pom.findtext(f"{POM}{name}") for name in ("groupId", "artifactId", "version", "packaging")]
        if said != ["io.couchpass", "couchpass", version(), "aar"]:
            yield f"the POM is one of {':'.join(map(str, said))}"
        if pom.find(f"{POM}parent") is not None:
            yield "the POM has a parent, which an app's build would look for"
        found = [
            f"{element.findtext(f'{POM}groupId')}:{element.findtext(f'{POM}artifactId')}"
            for element in pom.iter(f"{POM}dependency")
        ]
        if sorted(found) != DEPENDENCIES:
            yield f"the POM brings along {', '.join(found) or 'nothing'}"

    def _bill(self) -> Iterator[str]:
        bill = json.loads(self.path("-cyclonedx.json").read_text(encoding="utf-8"))
        if bill.get("bomFormat") != "CycloneDX":
            yield "the bill of materials is not one of CycloneDX"
        purls = {component.get("purl", "") for component in bill.get("components", [])}
        for start in ("pkg:cargo/rustls@", "pkg:cargo/ring@", *(f"pkg:maven/{name.replace(':', '/')}@" for name in DEPENDENCIES)):
            if not any(purl.startswith(start) for purl in purls):
                yield f"the bill of materials lacks {start.rstrip('@')}"

    def _symbols(self, aar: Aar) -> Iterator[str]:
        for library in aar.libraries:
            file = self.symbols / library.abi.name / f"{NAME}.debug"
            if not file.is_file():
                yield f"{library.abi.name}: there are no symbols for crash reports"
                continue
            with BytesIO(file.read_bytes()) as stream:
                elf = ELFFile(stream)
                identities = [
                    note["n_descdata"].hex()
                    for section in elf.iter_sections()
                    if isinstance(section, NoteSection)
                    for note in section.iter_notes()
                    if note["n_name"] == "GNU"
                ]
                if library.build_id not in identities:
                    yield f"{library.abi.name}: the symbols are another build's"
                # Not the tables for unwinding, which the library itself has.
                if not elf.has_dwarf_info(strict=True):
                    yield f"{library.abi.name}: the symbols know no lines"
