"""The crates that are linked into the native libraries, as cargo knows them."""

import json
import os
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TARGETS = ("armv7-linux-androideabi", "aarch64-linux-android", "x86_64-linux-android")


@dataclass(frozen=True, order=True)
class Crate:
    name: str
    version: str
    licence: str
    folder: Path
    # SHA-256 of what the registry gave out; None for our own.
    checksum: str | None

    @property
    def ours(self) -> bool:
        return self.checksum is None

    @property
    def purl(self) -> str:
        return f"pkg:cargo/{self.name}@{self.version}"


def _cargo(*words: str) -> str:
    return subprocess.run(["cargo", *words], cwd=TOP, check=True, capture_output=True, text=True).stdout


def version() -> str:
    return tomllib.loads((TOP / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]["version"]


def linked() -> list[Crate]:
    """All of them, over all targets: what runs at build time alone is not among them."""
    tree = ["tree", "--locked", "--package", "couchpass-jni", "--edges", "normal,no-proc-macro", "--prefix", "none"]
    if not os.environ.get("ANDROID_NDK_HOME"):
        tree += ["--features", "own-unwinder"]
    names = set()
    for target in TARGETS:
        for line in _cargo(*tree, "--target", target, "--format", "{p}").splitlines():
            name, number, *_ = line.split()
            names.add((name, number.removeprefix("v")))
    metadata = json.loads(_cargo("metadata", "--format-version", "1", "--locked", "--all-features"))
    lock = tomllib.loads((TOP / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock}
    return sorted(
        Crate(
            package["name"],
            package["version"],
            package["license"],
            Path(package["manifest_path"]).parent,
            checksums[package["name"], package["version"]],
        )
        for package in metadata["packages"]
        if (package["name"], package["version"]) in names
    )
