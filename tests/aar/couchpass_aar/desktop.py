"""What runs on a desktop: the native library for its JVM, and the command `couchpass`."""

import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from . import elf
from .limits import GLIBC
from .linked import TESTING, strangers
from .source import version
from .traces import path_complaints, string_complaints

# As the Kotlin that looks for it puts it together.
HERE = f"linux-{platform.machine()}"
MACHINES = {"linux-x86_64": "EM_X86_64", "linux-aarch64": "EM_AARCH64"}

# Of the C library and the compiler's runtime, which every desktop has.
_COMMON = ("libc.so.", "libm.so.", "libdl.so.", "libpthread.so.", "libgcc_s.so.", "ld-linux-")

_GLIBC = re.compile(r"GLIBC_(\d+(?:\.\d+)+)")

# Sources by names that are the same for everybody: of a crate, and of the standard library as it comes, rustup's by the commit and
# Debian's by the version.
_SOURCES = re.compile(
    rb"(?:(?:crates|/rust/deps)/[\w.+-]+|/usr/src/rustc-[\d.]+/library|/rustc/[0-9a-f]{40}/library)/[\w./+-]*?\.rs"
)


@dataclass(frozen=True)
class Program:
    data: bytes
    system: str

    @cached_property
    def elf(self) -> ELFFile:
        return ELFFile(BytesIO(self.data))

    def library_complaints(self, exports: list[str], here: tuple[str, ...]) -> Iterator[str]:
        """What is wrong with it as a library; `exports` is what the classes look for."""
        yield from self._complaints(here)
        yield from elf.export_complaints(self.elf, exports)
        yield from string_complaints(self.data)
        if self.system == HERE:
            load = "import ctypes, os, sys; ctypes.CDLL(sys.argv[1], os.RTLD_NOW)"
            answer = self._run(lambda file: [sys.executable, "-c", load, file])
            if answer.returncode:
                yield f"does not load: {(answer.stderr.strip().splitlines() or [answer.returncode])[-1]}"

    def command_complaints(self, here: tuple[str, ...]) -> Iterator[str]:
        yield from self._complaints(here)
        if self.system == HERE:
            answer = self._run(lambda file: [file, "--version"])
            if answer.returncode or answer.stdout.strip() != f"couchpass {version()}":
                yield f"does not say that it is couchpass {version()}: {(answer.stdout + answer.stderr).strip() or answer.returncode}"

    def _complaints(self, here: tuple[str, ...]) -> Iterator[str]:
        if (self.elf.elfclass, self.elf["e_machine"], self.elf["e_type"]) != (64, MACHINES[self.system], "ET_DYN"):
            yield f"not for {self.system}"
        for tag in self.elf.get_section_by_name(".dynamic").iter_tags("DT_NEEDED"):
            if not tag.needed.startswith(_COMMON):
                yield f"needs {tag.needed}, which not every desktop has"
        yield from self._glibc()
        yield from elf.segment_complaints(self.elf)
        yield from elf.strip_complaints(self.elf)
        yield from path_complaints(self.data, here, _SOURCES)
        yield from strangers(self.data, TESTING)

    def _glibc(self) -> Iterator[str]:
        """What it needs of the C library that came later. Each of its symbols has the version it came with."""
        table: GNUVerNeedSection = self.elf.get_section_by_name(".gnu.version_r")
        for name in sorted({needed.name for _, versions in table.iter_versions() for needed in versions}):
            number = _GLIBC.fullmatch(name)
            if name.startswith("GLIBC_") and not (number and tuple(map(int, number[1].split("."))) <= GLIBC):
                yield f"needs {name}, which desktops with glibc {'.'.join(map(str, GLIBC))} do not have"

    def _run(self, words: Callable[[str], list[str]]) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "program"
            file.write_bytes(self.data)
            file.chmod(0o700)
            try:
                return subprocess.run(words(str(file)), capture_output=True, text=True, timeout=60, check=False)
            except OSError as error:
                return subprocess.CompletedProcess(words(str(file)), error.errno, "", str(error))
