"""The crates that are linked into what is released, as cargo knows them."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from artifacts import TOP, Artifact, cargo, ndk, rustc, standard_library, sysroot


@dataclass(frozen=True, order=True)
class Crate:
    name: str
    version: str
    # As SPDX writes it. Old crates have a stroke for "or".
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


def version() -> str:
    return tomllib.loads((TOP / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]["version"]


@cache
def linked(artifact: Artifact) -> list[Crate]:
    """All of them, over all targets, and those that the standard library is made of: what runs at build time alone is not among
    them."""
    targets = artifact.targets or (_host(),)
    # An NDK brings an unwinder.
    ours = _crates(TOP, artifact.packages, targets, ["own-unwinder"] if artifact.for_android and not ndk() else [])
    # The one that comes with a compiler prints backtraces. Its own workspace stands for a part of the toolchain.
    features = ["panic-unwind", "optimize_for_size" if artifact.for_android else "backtrace"]
    standard = _crates(standard_library(sysroot()), ["std"], targets, features)
    return sorted({*ours, *(crate for crate in standard if not crate.ours)})


def _crates(workspace: Path, packages: Iterable[str], targets: Iterable[str], features: list[str]) -> list[Crate]:
    manifest = ["--locked", "--manifest-path", str(workspace / "Cargo.toml")]
    tree = ["tree", *manifest, "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]
    if features:
        tree += ["--features", ",".join(features)]
    names = set()
    for package in packages:
        for target in targets:
            for line in cargo(*tree, "--package", package, "--target", target).splitlines():
                name, number, *_ = line.split()
                names.add((name, number.removeprefix("v")))
    metadata = json.loads(cargo("metadata", *manifest, "--format-version", "1", "--all-features"))
    lock = tomllib.loads((workspace / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock}
    return [
        Crate(
            package["name"],
            package["version"],
            (package["license"] or "").replace("/", " OR "),
            Path(package["manifest_path"]).parent,
            checksums[package["name"], package["version"]],
        )
        for package in metadata["packages"]
        if (package["name"], package["version"]) in names
    ]


def _host() -> str:
    return next(line.removeprefix("host: ") for line in rustc("-vV").splitlines() if line.startswith("host: "))
