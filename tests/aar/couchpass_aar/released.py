"""The AAR as it is released: what lies beside it has to agree with it, and the symbols of its libraries do."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import NoteSection

from . import unwinding
from .archive import CLASSES, Aar
from .jar import LICENSE
from .library import NAME, Library
from .linked import AAR, strangers
from .maven import Folder
from .source import licence, version
from .zipped import Zipped

DEPENDENCIES = ("org.jetbrains.kotlin:kotlin-stdlib", "org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm")


@dataclass(frozen=True)
class Released:
    repository: Path
    symbols: Path

    @property
    def folder(self) -> Folder:
        return Folder(self.repository, AAR, "aar", "android/src/main/kotlin", DEPENDENCIES)

    @property
    def aar(self) -> Aar:
        return Aar(self.folder.path(".aar").read_bytes())

    def complaints(self, here: tuple[str, ...] = ()) -> Iterator[str]:
        yield from self.folder.complaints()
        if self.folder.missing:
            return
        aar = self.aar
        yield from (f"{self.folder.path('.aar').name}: {complaint}" for complaint in aar.complaints(version(), here))
        if CLASSES in aar.files:
            jar = Zipped(self.folder.path(".jar").read_bytes())
            yield from (f"the jar: {complaint}" for complaint in jar.differences({**aar.classes.zipped.files, LICENSE: licence()}))
        for library in aar.libraries:
            yield from (f"{library.abi.name}: {complaint}" for complaint in self._symbols(library))

    def _symbols(self, library: Library) -> Iterator[str]:
        file = self.symbols / library.abi.name / f"{NAME}.debug"
        if not file.is_file():
            yield "there are no symbols for crash reports"
            return
        data = file.read_bytes()
        elf = ELFFile(BytesIO(data))
        identities = [
            note["n_descdata"].hex()
            for section in elf.iter_sections()
            if isinstance(section, NoteSection)
            for note in section.iter_notes()
            if note["n_name"] == "GNU"
        ]
        if library.build_id not in identities:
            yield "the symbols are another build's"
        # Not the tables for unwinding, which the library itself has.
        if not elf.has_dwarf_info(strict=True):
            yield "the symbols know no lines"
        elif library.build_id in identities:
            yield from unwinding.complaints(library.data, data)
        yield from strangers(data, AAR)
