"""Each thing that is wrong beside the AAR is found: in the POM, the jar, the bill of materials, the symbols."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from couchpass_aar.library import NAME
from couchpass_aar.released import SUFFIXES, Released, version


@pytest.fixture
def copy(released: Released, tmp_path: Path) -> Released:
    shutil.copytree(released.repository / "io" / "couchpass" / "couchpass", tmp_path / "repository/io/couchpass/couchpass")
    shutil.copytree(released.symbols, tmp_path / "symbols")
    return Released(tmp_path / "repository", tmp_path / "symbols")


def edited(suffix: str, old: str, new: str) -> Callable[[Released], None]:
    def apply(copy: Released) -> None:
        text = copy.path(suffix).read_text(encoding="utf-8")
        assert old in text
        copy.path(suffix).write_text(text.replace(old, new), encoding="utf-8")

    return apply


def without_component(name: str) -> Callable[[Released], None]:
    def apply(copy: Released) -> None:
        path = copy.path("-cyclonedx.json")
        bill = json.loads(path.read_text(encoding="utf-8"))
        kept = [component for component in bill["components"] if component["name"] != name]
        assert len(kept) < len(bill["components"])
        path.write_text(json.dumps({**bill, "components": kept}), encoding="utf-8")

    return apply


def symbols(change: Callable[[Path, Path], object]) -> Callable[[Released], None]:
    """A change to the symbols of one library; those of another are at hand."""
    return lambda copy: change(copy.symbols / "x86_64" / f"{NAME}.debug", copy.symbols / "arm64-v8a" / f"{NAME}.debug")


BREAKS: dict[str, tuple[Callable[[Released], object], str]] = {
    **{f"no {suffix}": (lambda copy, suffix=suffix: copy.path(suffix).unlink(), f"{suffix} is missing") for suffix in SUFFIXES},
    "another jar": (lambda copy: copy.path(".jar").write_bytes(b""), "the jar is not the classes.jar of the AAR"),
    "a property in the POM": (edited(".pom", f"<version>{version()}", "<version>${project.version}"), "a property that nobody has filled in"),
    "another kind of POM": (edited(".pom", "<packaging>aar", "<packaging>jar"), "the POM is one of"),
    "a parent": (edited(".pom", "<dependencies>", "<parent/><dependencies>"), "the POM has a parent"),
    "another dependency": (edited(".pom", "kotlin-stdlib", "kotlin-reflect"), "the POM brings along"),
    "another format": (edited("-cyclonedx.json", '"CycloneDX"', '"SPDX"'), "is not one of CycloneDX"),
    "a crate that is not told of": (without_component("rustls"), "the bill of materials lacks pkg:cargo/rustls"),
    "a library that is not told of": (without_component("kotlin-stdlib"), "lacks pkg:maven/org.jetbrains.kotlin/kotlin-stdlib"),
    "no symbols": (symbols(lambda file, _: file.unlink()), "x86_64: there are no symbols"),
    "the symbols of another build": (symbols(lambda file, other: shutil.copy(other, file)), "x86_64: the symbols are another"),
    "symbols without lines": (
        symbols(lambda file, _: file.write_bytes(file.read_bytes().replace(b".debug_info\0", b".nobug_info\0"))),
        "x86_64: the symbols know no lines",
    ),
}


def test_the_release_as_it_is_has_nothing_wrong(copy: Released) -> None:
    assert list(copy.complaints()) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_wrong_is_found(copy: Released, what: str) -> None:
    change, complaint = BREAKS[what]
    change(copy)
    found = list(copy.complaints())
    assert any(complaint in line for line in found), found
