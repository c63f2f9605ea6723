"""A native library, and all that could keep it from loading or from working on a device, or that nobody should see in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import NoteSection, SymbolTableSection

from . import bionic, elf
from .limits import LARGEST_32_BIT_LIBRARY, LIBRARIES, MAY_BE_MISSING, MIN_API, PAGE, Abi
from .traces import path_complaints, string_complaints

NAME = "libcouchpass.so"

# What only a developer would have the library say.
_DEBUG = re.compile(rb"SSLKEYLOGFILE|debug_assert|internal error: entered unreachable code: debug")


@dataclass(frozen=True)
class Library:
    abi: Abi
    data: bytes
    elf: ELFFile

    @classmethod
    def read(cls, abi: Abi, data: bytes) -> "Library":
        return cls(abi, data, ELFFile(BytesIO(data)))

    @property
    def _dynamic(self) -> DynamicSection:
        return self.elf.get_section_by_name(".dynamic")

    def _tags(self, tag: str) -> list:
        return list(self._dynamic.iter_tags(tag))

    def _symbols(self) -> Iterator:
        table: SymbolTableSection = self.elf.get_section_by_name(".dynsym")
        return (symbol for symbol in table.iter_symbols() if symbol.name)

    @property
    def needed(self) -> list[str]:
        return [tag.needed for tag in self._tags("DT_NEEDED")]

    @property
    def undefined(self) -> list[str]:
        """What it cannot do without. A weak symbol does not keep it from loading, and most are needed all the same."""
        return [
            symbol.name
            for symbol in self._symbols()
            if symbol["st_shndx"] == "SHN_UNDEF"
            and not (symbol["st_info"]["bind"] == "STB_WEAK" and symbol.name in MAY_BE_MISSING)
        ]

    @property
    def exports(self) -> list[str]:
        return elf.exports(self.elf)

    def note(self, owner: str) -> bytes | None:
        for section in self.elf.iter_sections():
            if isinstance(section, NoteSection):
                for note in section.iter_notes():
                    if note["n_name"] == owner:
                        return note["n_descdata"]
        return None

    @property
    def build_id(self) -> str:
        return (self.note("GNU") or b"").hex()

    @property
    def built_by(self) -> str:
        return (self.note("couchpass") or b"").rstrip(b"\0").decode("utf-8", "replace")

    @property
    def alignment(self) -> int:
        return min(segment["p_align"] for segment in self.elf.iter_segments("PT_LOAD"))

    def complaints(self, exports: list[str], version: str, here: tuple[str, ...] = ()) -> Iterator[str]:
        """All that is wrong. `exports` is what the classes look for, `here` are paths of the machine that has built it."""
        yield from self._kind()
        yield from self._linking(exports)
        yield from self._segments()
        yield from self._contents(version, here)
        if self.abi.bits == 32 and len(self.data) > LARGEST_32_BIT_LIBRARY:
            yield f"{len(self.data)} bytes are more than the {LARGEST_32_BIT_LIBRARY} of the budget"

    def _kind(self) -> Iterator[str]:
        if (self.elf.elfclass, self.elf["e_machine"], self.elf["e_type"]) != (self.abi.bits, self.abi.machine, "ET_DYN"):
            yield f"not a shared library for {self.abi.name}"
        sonames = [tag.soname for tag in self._tags("DT_SONAME")]
        if sonames != [NAME]:
            yield f"calls itself {', '.join(sonames) or 'nothing'}, not {NAME}"

    def _linking(self, exports: list[str]) -> Iterator[str]:
        needed = self.needed
        for name in needed:
            if name not in LIBRARIES:
                yield f"needs {name}, which is not for apps"
        known = bionic.symbols(self.abi.name, MIN_API)
        for name in self.undefined:
            if name not in known:
                yield f"calls {name}, which API {MIN_API} does not have"
            elif known[name] not in needed:
                yield f"calls {name} of {known[name]}, which it does not load"
        yield from elf.export_complaints(self.elf, exports)

    def _segments(self) -> Iterator[str]:
        if self.abi.bits == 64 and self.alignment < PAGE:
            yield f"is aligned to {self.alignment} bytes: devices with pages of {PAGE} do not load it"
        yield from elf.segment_complaints(self.elf)
        if any(self.elf.iter_segments("PT_TLS")):
            yield f"has thread-local storage of ELF's kind, which API {MIN_API} does not have"
        if self._tags("DT_TEXTREL"):
            yield "has relocations in its code"
        if self._tags("DT_RUNPATH") or self._tags("DT_RPATH"):
            yield "looks for libraries in places of its own"
        if not self._tags("DT_HASH"):
            yield f"has no symbol table of the kind that API {MIN_API} reads"
        if self._tags("DT_RELR") or self._tags("DT_ANDROID_REL") or self._tags("DT_ANDROID_RELA"):
            yield f"has relocations of a kind that API {MIN_API} does not read"

    def _contents(self, version: str, here: tuple[str, ...]) -> Iterator[str]:
        yield from elf.strip_complaints(self.elf)
        yield from path_complaints(self.data, here)
        yield from string_complaints(self.data)
        yield from string_complaints(self.data, "debugging", _DEBUG)
        if not self.build_id:
            yield "has no build id"
        if f"couchpass {version}," not in self.built_by:
            yield f"does not say that it is Couchpass {version}"
