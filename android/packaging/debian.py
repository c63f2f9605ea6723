"""Licences as Debian keeps them: it takes their files out of the sources of Rust, and has all of them in one document."""

import re
from pathlib import Path

# Of the package with the sources of Rust's standard library; its format is Debian's "machine-readable copyright file".
COPYRIGHT = Path("/usr/share/doc/rust-web-src/copyright")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What draws a comment, and is no part of what it says.
_FRAME = re.compile(r"(?m)^[ \t]*(?:/\*+|\*+/|\*)?[ \t]?|[ \t]*\*+/$|[ \t]+$")
_RULE = re.compile(r"(?m)^[=\-* ]*$")


def licence(name: str, document: Path = COPYRIGHT) -> str:
    """The text of a licence by Debian's name for it."""
    if not document.is_file():
        raise SystemExit(f"the text of {name} was not found: there is no {document}")
    for paragraph in document.read_text(encoding="utf-8").split("\n\n"):
        head, _, body = paragraph.strip().partition("\n")
        if head == f"License: {name}" and body:
            # An empty line is a dot, and every line begins with a space.
            return "\n".join("" if line == " ." else line.removeprefix(" ") for line in body.splitlines())
    raise SystemExit(f"the text of {name} was not found in {document}")


def notices(*folders: Path) -> list[str]:
    """The notices of copyright that stand in sources, each once."""
    found = {
        _RULE.sub("", _FRAME.sub("", comment)).strip(): None
        for folder in folders
        for file in sorted(folder.rglob("*.rs"))
        for comment in _COMMENT.findall(file.read_text(encoding="utf-8"))
        if "copyright" in comment.lower()
    }
    if not found:
        raise SystemExit(f"there is no notice of copyright in the sources in {', '.join(map(str, folders))}")
    return list(found)
