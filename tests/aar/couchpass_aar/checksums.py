"""The checksums beside each file of a Maven repository: whoever fetches one compares them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

ALGORITHMS = ("sha1", "sha256")


def beside(file: Path) -> dict[str, Path]:
    """Where the checksums of a file are, by how they are made."""
    return {algorithm: file.with_name(f"{file.name}.{algorithm}") for algorithm in ALGORITHMS}


def complaints(file: Path) -> Iterator[str]:
    content = file.read_bytes()
    for algorithm, checksum in beside(file).items():
        if not checksum.is_file():
            yield f"{checksum.name} is missing"
        elif checksum.read_bytes() != hashlib.new(algorithm, content).hexdigest().encode():
            yield f"{checksum.name} is not that of {file.name}, or has more in it"
