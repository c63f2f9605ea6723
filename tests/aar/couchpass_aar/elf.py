"""What holds for whatever is built, for a device or for a desktop: what it exports, and what nobody should see in it."""

import re
from collections.abc import Iterator

from elftools.elf.elffile import ELFFile

# Where something was built. The first alternative is followed by a name, so a device's own "/data/local/tmp" is none.
_BUILD_PATHS = re.compile(
    rb"/(?:home|root|Users|work|workspace|builds?|usr/src|usr/lib/rustlib|rustc|github|private)/[\w.@+-]+[\w./@+-]*"
    rb"|[\w./@+-]*(?:\.cargo/|registry/src|index\.crates\.io|\.rustup/)[\w./@+-]*"
    rb"|(?<![\w/])/tmp/[\w./@+-]+"
)

# What belongs to tests.
_TESTING = re.compile(rb"NativeTesting|on demand|couchpass[-_]sandbox|couchpass[-_]jni[-_]testing")


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


def path_complaints(data: bytes, here: tuple[str, ...], alike: re.Pattern[bytes] | None = None) -> Iterator[str]:
    """`here` are paths of the machine that has built it; `alike` are names of sources that are the same for everybody."""
    paths = {found.group() for found in _BUILD_PATHS.finditer(alike.sub(b"\0", data) if alike else data)}
    paths |= {path.encode() for path in here if path.encode() in data}
    yield from (f"has a path of where it was built: {path.decode()}" for path in sorted(paths))


def string_complaints(data: bytes, what: str = "tests", pattern: re.Pattern[bytes] = _TESTING) -> Iterator[str]:
    for found in sorted({found.group() for found in pattern.finditer(data)}):
        yield f"has something for {what} in it: {found.decode()}"
