"""What holds for every ELF file that is built, for a device or for a desktop: what it exports, and how it is loaded."""

from collections.abc import Iterator

from elftools.elf.constants import P_FLAGS
from elftools.elf.elffile import ELFFile


def exports(elf: ELFFile) -> list[str]:
    symbols = elf.get_section_by_name(".dynsym").iter_symbols()
    return [symbol.name for symbol in symbols if symbol.name and symbol["st_shndx"] != "SHN_UNDEF"]


def export_complaints(elf: ELFFile, looked_for: list[str]) -> Iterator[str]:
    """`looked_for` is what the classes name."""
    found, wanted = set(exports(elf)), {"JNI_OnLoad", *looked_for}
    yield from (f"does not export {name}" for name in sorted(wanted - found))
    yield from (f"exports {name}, which nobody looks for" for name in sorted(found - wanted))


def strip_complaints(elf: ELFFile) -> Iterator[str]:
    for section in elf.iter_sections():
        if section.name == ".symtab" or section.name.startswith((".debug_", ".zdebug_")):
            yield f"is not stripped: it has {section.name}"


def segment_complaints(elf: ELFFile) -> Iterator[str]:
    for segment in elf.iter_segments("PT_LOAD"):
        place, offset, alignment = segment["p_vaddr"], segment["p_offset"], segment["p_align"]
        if segment["p_flags"] & P_FLAGS.PF_W and segment["p_flags"] & P_FLAGS.PF_X:
            yield f"has a segment at {place:#x} that can be both written and executed"
        # 0 and 1 say that any place will do.
        if alignment > 1 and (place - offset) % alignment:
            yield f"has a segment at {place:#x} that cannot be mapped: {offset:#x}, where the file has it, is not congruent to that"
    stacks = [segment["p_flags"] for segment in elf.iter_segments("PT_GNU_STACK")]
    # Without a word about it, it is one.
    if not stacks or any(flags & P_FLAGS.PF_X for flags in stacks):
        yield "wants a stack that can be executed"
