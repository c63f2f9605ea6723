"""What the compilers themselves link into a native library: Rust's standard library, and the runtime of a C compiler."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    name: str
    version: str
    licence: str
    texts: tuple[str, ...] = ()


def parts() -> list[Part]:
    """Those of the toolchain that builds here: Debian's, or an NDK and what rustup has."""
    with_ndk = bool(os.environ.get("ANDROID_NDK_HOME"))
    rustc = "rustc" if with_ndk else "/usr/bin/rustc"
    number = _said(rustc, "--version").split()[1]
    sources = Path(_said(rustc, "--print", "sysroot").strip()) / "lib" / "rustlib" / "src" / "rust"
    # Arithmetic that a processor lacks; partly from LLVM and musl, under licences of their own.
    builtins = sources / "library" / "compiler-builtins" / "LICENSE.txt"
    standard = Part(
        "Rust standard library",
        number,
        "MIT OR Apache-2.0; compiler-builtins: MIT AND Apache-2.0 WITH LLVM-exception",
        (builtins.read_text(encoding="utf-8").strip(),) if builtins.exists() else (),
    )
    if with_ndk:
        return [standard, Part("LLVM libunwind and compiler-rt", "of the NDK", "Apache-2.0 WITH LLVM-exception")]
    return [standard, Part("libgcc (armeabi-v7a alone)", "12", "GPL-3.0-or-later WITH GCC-exception-3.1")]


def _said(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
