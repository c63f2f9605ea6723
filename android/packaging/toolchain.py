"""What the compilers themselves link in: Rust's standard library, and the runtime of a C compiler."""

import re
from dataclasses import dataclass
from pathlib import Path

import debian
from artifacts import Artifact, ndk, rustc, standard_library, sysroot

# What compiler-builtins says of itself in the file that Debian leaves out, and its sources do not say again.
COMPILER_RT = "compiler-builtins is derived from LLVM's compiler-rt:\nCopyright (c) 2009-2016 by the contributors listed in CREDITS.TXT"


@dataclass(frozen=True)
class Part:
    name: str
    version: str
    # As SPDX writes it.
    licence: str
    # What its licence asks to pass on.
    texts: tuple[str, ...] = ()


def parts(artifact: Artifact) -> list[Part]:
    """Those of the toolchain that builds here: Debian's, or an NDK and what rustup has."""
    number = rustc("--version").split()[1]
    of_tables, text = unicode_licence(sysroot())
    standard = [
        Part("Rust standard library", number, f"(MIT OR Apache-2.0) AND {of_tables}", (text,)),
        # Arithmetic that a processor lacks; partly from LLVM and musl, under licences of their own.
        Part("Rust compiler-builtins", number, "MIT AND Apache-2.0 WITH LLVM-exception", builtins_licences(standard_library(sysroot()))),
    ]
    if not artifact.for_android:
        return standard
    folder = ndk()
    if folder:
        return [*standard, Part("LLVM libunwind and compiler-rt", revision(folder), "Apache-2.0 WITH LLVM-exception")]
    return [*standard, Part("libgcc (armeabi-v7a alone)", "12", "GPL-3.0-or-later WITH GCC-exception-3.1")]


def revision(folder: Path) -> str:
    """The version of an NDK."""
    found = re.search(r"(?m)^Pkg\.Revision\s*=\s*(\S+)", (folder / "source.properties").read_text(encoding="utf-8"))
    if not found:
        raise SystemExit(f"{folder} does not say which NDK it is")
    return found.group(1)


def unicode_licence(toolchain: Path) -> tuple[str, str]:
    """Of the tables by which the standard library knows letters: what SPDX calls it, and the text."""
    brought = toolchain / "share" / "doc" / "rust" / "licenses" / "Unicode-3.0.txt"
    if brought.is_file():
        return "Unicode-3.0", brought.read_text(encoding="utf-8").strip()
    # Debian has the text of an earlier version beside the same tables.
    return "Unicode-DFS-2016", debian.licence("Unicode-Data-Files-and-Software-License")


def builtins_licences(standard: Path) -> tuple[str, ...]:
    """Of compiler-builtins and of libm, which is in it. rustup has them with the sources, Debian apart from these."""
    sources = standard / "compiler-builtins"
    brought = [sources / "LICENSE.txt", sources / "libm" / "LICENSE.txt"]
    if all(file.is_file() for file in brought):
        return tuple(file.read_text(encoding="utf-8").strip() for file in brought)
    notices = debian.notices(sources / "compiler-builtins" / "src", sources / "libm" / "src")
    # For the licence itself Debian points to a file of its own.
    _, _, exception = debian.licence("Apache-2.0 with LLVM exception").partition("the LLVM exception is as follows:")
    if not exception:
        raise SystemExit("Debian words the LLVM exception in another way")
    whole = f"The Apache License 2.0, whose text is in the file LICENSE beside this one, with an exception:{exception}"
    return (COMPILER_RT, *notices, debian.licence("MIT"), whole)
