"""Ways to break a copy of a library or an archive, byte by byte where no tool would do such a thing."""

import hashlib
import struct
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from elftools.elf.elffile import ELFFile

from couchpass_aar import checksums

Break = Callable[[bytes], bytes]


def named(section: str, old: str, new: str) -> Break:
    """Another name in a table of names; it may be shorter, not longer."""
    assert len(new) <= len(old)

    def apply(data: bytes) -> bytes:
        found = ELFFile(BytesIO(data)).get_section_by_name(section)
        start, end = found["sh_offset"], found["sh_offset"] + found["sh_size"]
        at = data.index(old.encode() + b"\0", start, end)
        return data[:at] + new.encode().ljust(len(old), b"\0") + data[at + len(old) :]

    return apply


def replaced(old: bytes, new: bytes) -> Break:
    """Other bytes of the same length, wherever the old ones are."""
    assert len(old) == len(new)

    def apply(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return apply


def edited(old: str, new: str) -> Break:
    """Another word in a text, wherever it is."""

    def apply(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode())

    return apply


def appended(text: str) -> Break:
    return lambda data: data + text.encode() + b"\0"


def padded(size: int) -> Break:
    return lambda data: data.ljust(size, b"\0")


def segment(kind: str, field: str, value: int) -> Break:
    """Another value in a field of all segments of one kind."""

    def apply(data: bytes) -> bytes:
        elf = ELFFile(BytesIO(data))
        names = _FIELDS_32 if elf.elfclass == 32 else _FIELDS_64
        layout = "<8I" if elf.elfclass == 32 else "<2I6Q"
        changed = bytearray(data)
        hits = 0
        for index in range(elf.num_segments()):
            if elf.get_segment(index)["p_type"] != kind:
                continue
            hits += 1
            at = elf["e_phoff"] + index * elf["e_phentsize"]
            values = list(struct.unpack_from(layout, changed, at))
            values[names.index(field)] = value
            struct.pack_into(layout, changed, at, *values)
        assert hits, f"no segment of kind {kind}"
        return bytes(changed)

    return apply


_FIELDS_32 = ["p_type", "p_offset", "p_vaddr", "p_paddr", "p_filesz", "p_memsz", "p_flags", "p_align"]
_FIELDS_64 = ["p_type", "p_flags", "p_offset", "p_vaddr", "p_paddr", "p_filesz", "p_memsz", "p_align"]


def tagged(old: str, new: int) -> Break:
    """Another meaning for an entry of the dynamic section."""

    def apply(data: bytes) -> bytes:
        elf = ELFFile(BytesIO(data))
        dynamic = elf.get_section_by_name(".dynamic")
        word = 4 if elf.elfclass == 32 else 8
        for index, tag in enumerate(dynamic.iter_tags()):
            if tag.entry.d_tag == old:
                at = dynamic["sh_offset"] + index * 2 * word
                return data[:at] + new.to_bytes(word, "little") + data[at + word :]
        raise AssertionError(f"no {old}")

    return apply


def strong(name: str) -> Break:
    """A weak symbol that is one no longer."""

    def apply(data: bytes) -> bytes:
        elf = ELFFile(BytesIO(data))
        table = elf.get_section_by_name(".dynsym")
        index, symbol = next((index, symbol) for index, symbol in enumerate(table.iter_symbols()) if symbol.name == name)
        assert symbol["st_info"]["bind"] == "STB_WEAK"
        # Binding and type are one byte, which is in another place in either kind of file.
        at = table["sh_offset"] + index * table["sh_entsize"] + (12 if elf.elfclass == 32 else 4)
        return data[:at] + bytes([data[at] & 0x0F | 1 << 4]) + data[at + 1 :]

    return apply


def archive(changes: dict[str, bytes | Break | None]) -> Break:
    """An archive with other content: new bytes for an entry, a change to what it has, or None to leave it out."""

    def apply(data: bytes) -> bytes:
        output = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(output, "w") as target:
            for entry in source.infolist():
                change = changes.get(entry.filename, source.read(entry))
                if callable(change):
                    change = change(source.read(entry))
                if change is not None:
                    target.writestr(entry.filename, change)
            for name in changes.keys() - set(source.namelist()):
                content = changes[name]
                assert isinstance(content, bytes), f"{name} is not there to be changed"
                target.writestr(name, content)
        return output.getvalue()

    return apply


def twice(name: str) -> Break:
    """An archive that has one of its entries a second time."""

    def apply(data: bytes) -> bytes:
        output = BytesIO(data)
        with warnings.catch_warnings(action="ignore", category=UserWarning), zipfile.ZipFile(output, "a") as target:
            target.writestr(name, target.read(name))
        return output.getvalue()

    return apply


def rewritten(file: Path, change: Break) -> None:
    """Another content of a file that has checksums, and the checksums of that."""
    content = change(file.read_bytes())
    file.write_bytes(content)
    for algorithm, checksum in checksums.beside(file).items():
        checksum.write_text(hashlib.new(algorithm, content).hexdigest(), encoding="ascii")
