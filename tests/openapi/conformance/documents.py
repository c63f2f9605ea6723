"""Adobe's two documents, and the slips that are mended in memory."""

import copy
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Iterator

import jsonpatch
import jsonpointer
import yaml

HERE = Path(__file__).resolve().parent.parent
FILES = {"v2": HERE / "adobe" / "restApiV2.json", "dcr": HERE / "adobe" / "dcrApi.json"}
BASE = {"v2": "/api/v2", "dcr": "/o"}


@dataclass(frozen=True)
class Slip:
    """One entry of slips.yaml."""

    document: str
    name: str
    why: str
    page: str
    patch: list[dict[str, Any]]
    accepts: dict[str, Any] | None
    refuses: dict[str, Any] | None


@cache
def slips() -> list[Slip]:
    entries = yaml.safe_load((HERE / "slips.yaml").read_text(encoding="utf-8"))
    return [
        Slip(
            document,
            entry["name"],
            entry["why"],
            entry["page"],
            entry["patch"],
            entry.get("accepts"),
            entry.get("refuses"),
        )
        for document in FILES
        for entry in entries[document]
    ]


def original(document: str) -> dict[str, Any]:
    return json.loads(FILES[document].read_text(encoding="utf-8"))


def mended(document: str, without: str | None = None) -> dict[str, Any]:
    """The document with its slips mended, all or all but one."""
    found = original(document)
    for slip in slips():
        if slip.document == document and slip.name != without:
            found = apply(found, slip.patch, slip.name)
    _close(found)
    return found


def _close(node: Any) -> None:
    """Says of every object whose fields are listed that there are no others: these would be outside of the document."""
    if isinstance(node, dict):
        if node.get("type") == "object" and node.get("properties"):
            node.setdefault("additionalProperties", False)
        for below in node.values():
            _close(below)
    elif isinstance(node, list):
        for below in node:
            _close(below)


def apply(document: dict[str, Any], patch: list[dict[str, Any]], name: str) -> dict[str, Any]:
    document = copy.deepcopy(document)
    for operation in patch:
        paths = list(_places(document, operation["path"].split("/")[1:]))
        if not paths:
            raise ValueError(f"slips.yaml: {name}: nothing in the document is at {operation['path']}")
        # A value of its own for each place: later entries change some of them.
        concrete = [{**copy.deepcopy(operation), "path": path} for path in paths]
        try:
            document = jsonpatch.apply_patch(document, concrete)
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
            raise ValueError(f"slips.yaml: {name}: {operation['op']} {operation['path']}: {error}") from error
    return document


def _places(node: Any, parts: list[str], so_far: str = "") -> Iterator[str]:
    """The pointers that a path with `*`, `|` and `{parameter}` stands for."""
    if not parts:
        yield so_far
        return
    part, rest = parts[0], parts[1:]
    wanted = part.replace("~1", "/").replace("~0", "~")
    if isinstance(node, list):
        for at, item in enumerate(node):
            selector = isinstance(item, dict) and f"{{{item.get('name', '')}}}".lower() == wanted.lower()
            if selector or wanted == str(at):
                yield from _places(item, rest, f"{so_far}/{at}")
        if wanted == "-":
            yield f"{so_far}/-"
    elif isinstance(node, dict):
        choices = wanted.split("|")
        names = [key for key in node if any(fnmatchcase(key, choice) for choice in choices)]
        for key in names:
            escaped = key.replace("~", "~0").replace("/", "~1")
            yield from _places(node[key], rest, f"{so_far}/{escaped}")
        # What is added need not be there yet.
        if not rest and "*" not in wanted:
            for choice in choices:
                if choice not in names:
                    yield f"{so_far}/{choice.replace('~', '~0').replace('/', '~1')}"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation
