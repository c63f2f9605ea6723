"""Where this machine keeps what a build reads and writes: none of these paths belongs into what is released."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from .source import TOP

# What lies directly in one of these may be on a device as well, or on everybody's desktop.
_EVERYBODYS = ("/", "/usr", "/var")
_SHORTEST = 4

_OPTION = re.compile(r"-Dmaven\.repo\.local=(\S+)")


def here(repository: Path) -> tuple[str, ...]:
    """Those that exist, by every name they have. `repository` lies in the folder that ./aar builds in."""
    home = Path.home()
    environment = os.environ
    places = (
        TOP,
        home,
        Path(os.path.abspath(repository)).parent,
        Path(environment.get("CARGO_HOME") or home / ".cargo"),
        Path(environment.get("RUSTUP_HOME") or home / ".rustup"),
        *([Path(environment["ANDROID_NDK_HOME"])] if environment.get("ANDROID_NDK_HOME") else []),
        *_maven(home),
    )
    named = (os.path.abspath(place) for place in places if place.is_dir())
    names = {name: None for place in named for name in (place, os.path.realpath(place))}
    return tuple(name for name in names if len(name) >= _SHORTEST and os.path.dirname(name) not in _EVERYBODYS)


def _maven(home: Path) -> Iterator[Path]:
    """Where Maven's local repository may be: as it is called, as it is set up, and where it is otherwise."""
    for variable in ("MAVEN_OPTS", "MAVEN_ARGS"):
        yield from map(Path, _OPTION.findall(os.environ.get(variable, "")))
    settings = home / ".m2" / "settings.xml"
    if settings.is_file():
        named = ElementTree.parse(settings).getroot().findtext("{*}localRepository", "").strip()
        if named:
            yield Path(named.replace("${user.home}", str(home)))
    yield home / ".m2" / "repository"
