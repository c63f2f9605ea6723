"""What a bill of materials and the notices have to name: all that is linked in, as cargo and the compilers have it."""

import re
import sys
from collections.abc import Iterable, Iterator

from .source import TOP

# What writes both is asked for the list, and for nothing that it has written.
sys.path.insert(0, str(TOP / "android" / "packaging"))
from artifacts import AAR, TESTING, Artifact  # noqa: E402
from crates import Crate, linked  # noqa: E402
from toolchain import Part, parts  # noqa: E402

__all__ = ["AAR", "TESTING", "Artifact", "Crate", "Part", "differences", "everything", "linked", "strangers"]

Named = tuple[str, str]

# What every crate's sources are called in what is built, instead of by their place on a machine; the second is the standard library's.
_SOURCES = [
    re.compile(place + rb"/([A-Za-z0-9_-]+?)-([0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*)/") for place in (rb"crates", rb"/rust/deps")
]


def everything(artifact: Artifact) -> list[Crate | Part]:
    return [*linked(artifact), *parts(artifact)]


def differences(where: str, wanted: Iterable[Named], found: Iterable[Named]) -> Iterator[str]:
    """What is missing in a list of names with versions, what has another version there, and what does not belong there."""
    wanted, found = set(wanted), set(found)
    missing, surplus = wanted - found, found - wanted
    for name, version in sorted(missing):
        others = sorted(other for other_name, other in surplus if other_name == name)
        if others:
            yield f"{where} has {name} {', '.join(others)} in place of {version}"
        else:
            yield f"{where} lacks {name} {version}"
    for name, version in sorted(surplus):
        if name not in {missing_name for missing_name, _ in missing}:
            yield f"{where} has {name} {version}, which does not belong there"


def strangers(data: bytes, artifact: Artifact) -> Iterator[str]:
    """Crates that what was built names, and the list does not: the proof of the list, and not by cargo."""
    known = {(crate.name, crate.version) for crate in linked(artifact)}
    found = {(name.decode(), version.decode()) for sources in _SOURCES for name, version in sources.findall(data)}
    for name, version in sorted(found - known):
        yield f"names {name} {version}, which cargo does not count among what is linked in"
