"""The notices that go with what is linked in: that each is there, and nothing else is."""

import re
from collections.abc import Iterator

from .linked import Artifact, Crate, Part, differences, everything

NOTICES = "THIRD-PARTY-NOTICES.txt"

_LISTED = re.compile(r"(?m)^(\S.*?) (\S+): (.+)$")
_SECTION = re.compile(r"(?m)^-{80}\n(.+)\n-{80}\n\n(?=\S)")

# Licences of which nothing has to be passed on with what a compiler has put into a program.
_SILENT = ("GPL-3.0-or-later WITH GCC-exception-3.1", "Apache-2.0 WITH LLVM-exception")


# Where Debian has the licences that its documents then only name.
_DEBIANS = "/usr/share/common-licenses"


def complaints(text: str, artifact: Artifact) -> Iterator[str]:
    # Our own are under the LICENSE beside the notices.
    wanted = [thing for thing in everything(artifact) if not (isinstance(thing, Crate) and thing.ours)]
    # The first line is the title.
    head = text.partition("\n" + "-" * 80)[0].partition("\n")[2]
    listed = {(name, version): licence for name, version, licence in _LISTED.findall(head)}
    yield from differences(NOTICES, ((thing.name, thing.version) for thing in wanted), listed)
    sections = {name for names in _SECTION.findall(text) for name in names.split(", ")}
    if _DEBIANS in text:
        yield f"{NOTICES} points to a file in {_DEBIANS}, which only Debian has"
    for thing in wanted:
        said = listed.get((thing.name, thing.version), thing.licence)
        if said != thing.licence:
            yield f"{NOTICES} says that {thing.name} {thing.version} is under {said}, and it is under {thing.licence}"
        if _wants_text(thing) and f"{thing.name} {thing.version}" not in sections:
            yield f"{NOTICES} has no text of the licence of {thing.name} {thing.version}"


def _wants_text(thing: Crate | Part) -> bool:
    """Whether the licence is another than the Apache License, which is in a file of its own."""
    return thing.licence not in _SILENT and (" AND " in thing.licence or "Apache-2.0" not in thing.licence.split(" OR "))
