"""What is released with native code in it: of which crates of ours that is built, for which processors, by which compiler."""

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Artifact:
    # As Maven calls it.
    name: str
    # What has native code, at the beginning of a sentence.
    contains: str
    packages: tuple[str, ...]
    # None for the one that builds.
    targets: tuple[str, ...] | None

    @property
    def for_android(self) -> bool:
        return self.targets is not None


AAR = Artifact(
    "couchpass",
    "The native libraries of Couchpass contain",
    ("couchpass-jni",),
    ("armv7-linux-androideabi", "aarch64-linux-android", "x86_64-linux-android"),
)
TESTING = Artifact(
    "couchpass-testing",
    "The native library and the command in couchpass-testing contain",
    ("couchpass-jni", "couchpass-cli"),
    None,
)
ARTIFACTS = {artifact.name: artifact for artifact in (AAR, TESTING)}


def ndk() -> Path | None:
    """The NDK that builds, or None where it is Debian's compilers."""
    named = os.environ.get("ANDROID_NDK_HOME")
    return Path(named) if named else None


def rustc(*words: str) -> str:
    """What the compiler of all this answers: rustup's with an NDK, without one Debian's."""
    return _said("rustc" if ndk() else "/usr/bin/rustc", *words)


def cargo(*words: str) -> str:
    """What the cargo beside it answers."""
    return _said("cargo" if ndk() else "/usr/bin/cargo", *words)


def standard_library(sysroot: Path) -> Path:
    """The sources of the standard library, which know what it is built of and under which licences."""
    sources = sysroot / "lib" / "rustlib" / "src" / "rust" / "library"
    if not (sources / "Cargo.lock").is_file():
        raise SystemExit(
            f"there are no sources of Rust's standard library in {sources}, and nobody else knows its licences: "
            "rustup component add rust-src, or on Debian apt-get install rust-web-src"
        )
    return sources


@cache
def sysroot() -> Path:
    return Path(rustc("--print", "sysroot").strip())


@cache
def _said(*words: str) -> str:
    # The manifests of the standard library are meant for the nightly compiler that it is developed with.
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1", **({} if ndk() else {"RUSTC": "/usr/bin/rustc"})}
    return subprocess.run(words, cwd=TOP, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
