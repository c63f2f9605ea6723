"""What nobody should see in what is released: where it was built, and what belongs to tests."""

import re
from collections.abc import Iterator

# The first is followed by a name, so a device's own "/data/local/tmp" is none. Each begins with what it is searched for by, which
# is many times as fast in a library as one expression for all.
_FOLDERS = re.compile(
    rb"/(?:home|root|Users|work|workspace|builds?|usr/src|usr/lib/rustlib|rustc|github|private)/[\w.@+-]+[\w./@+-]*"
)
_TEMPORARY = re.compile(rb"/tmp/(?<![\w/]/tmp/)[\w./@+-]+")
_TOOLS = re.compile(rb"(?:\.cargo/|registry/src|index\.crates\.io|\.rustup/)[\w./@+-]*")
_BEFORE = re.compile(rb"[\w./@+-]*\Z")
_LONGEST = 256

# What belongs to tests.
_TESTING = re.compile(rb"NativeTesting|on demand|couchpass[-_]sandbox|couchpass[-_]jni[-_]testing")


def path_complaints(data: bytes, here: tuple[str, ...], alike: re.Pattern[bytes] | None = None) -> Iterator[str]:
    """`here` are paths of the machine that has built it; `alike` are names of sources that are the same for everybody."""
    paths = set(_build_paths(alike.sub(b"\0", data) if alike else data))
    paths |= {path.encode() for path in here if path.encode() in data}
    yield from (f"has a path of where it was built: {path.decode()}" for path in sorted(paths))


def _build_paths(data: bytes) -> Iterator[bytes]:
    for pattern in (_FOLDERS, _TEMPORARY):
        yield from (found.group() for found in pattern.finditer(data))
    for found in _TOOLS.finditer(data):
        before = _BEFORE.search(data, max(0, found.start() - _LONGEST), found.start())
        yield (before.group() if before else b"") + found.group()


def string_complaints(data: bytes, what: str = "tests", pattern: re.Pattern[bytes] = _TESTING) -> Iterator[str]:
    for found in sorted({found.group() for found in pattern.finditer(data)}):
        yield f"has something for {what} in it: {found.decode()}"
