"""What a sandbox has written down: HAR entries, one a line."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Message:
    """A request or an answer: its headers and body. `body` is None where it was not kept whole."""

    headers: list[tuple[str, str]]
    body: bytes | None

    def header(self, name: str) -> str | None:
        return next((value for have, value in self.headers if have.lower() == name.lower()), None)


@dataclass(frozen=True)
class Exchange:
    where: str
    suite: str
    method: str
    path: str
    query: list[tuple[str, str]]
    request: Message
    status: int
    answer: Message
    origin: str
    fault: str | None


class TornLine(Exception):
    """A log that cannot be read to its end."""


def read(directory: Path) -> Iterator[Exchange]:
    """Every exchange below the directory. A suite is the folder that a log lies in."""
    for file in sorted(directory.glob("**/*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                where = f"{file.relative_to(directory)}:{number}"
                try:
                    yield of_entry(json.loads(line), where, file.parent.name)
                except (ValueError, KeyError) as error:
                    raise TornLine(f"{where}: no HAR entry: {error}") from error


def of_entry(entry: dict[str, Any], where: str = "", suite: str = "") -> Exchange:
    request, response = entry["request"], entry["response"]
    url = urlsplit(request["url"])
    return Exchange(
        where=where,
        suite=suite,
        method=request["method"],
        path=url.path,
        query=_pairs(request["queryString"]),
        request=Message(_pairs(request["headers"]), _body(request.get("postData"), "_encoding")),
        status=response["status"],
        answer=Message(_pairs(response["headers"]), _body(response["content"], "encoding")),
        origin=entry["_origin"],
        fault=entry.get("_fault"),
    )


def _pairs(pairs: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(pair["name"], pair["value"]) for pair in pairs]


def _body(content: dict[str, Any] | None, encoding: str) -> bytes | None:
    if content is None:
        return b""
    # A comment says that a body was cut or left unread.
    if "comment" in content:
        return None
    text = content.get("text", "")
    return base64.b64decode(text) if content.get(encoding) == "base64" else text.encode()
