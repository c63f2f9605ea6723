"""Each thing that is wrong beside the AAR is found: in its folder, in the jar, in the symbols."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from breaking import Break, appended, archive, edited, rewritten, twice
from couchpass_aar.jar import LICENSE
from couchpass_aar.library import NAME
from couchpass_aar.released import Released

CLASS = "io/couchpass/PassClient.class"


@pytest.fixture
def copy(released: Released, tmp_path: Path) -> Released:
    shutil.copytree(released.repository / "io" / "couchpass" / "couchpass", tmp_path / "repository/io/couchpass/couchpass")
    shutil.copytree(released.symbols, tmp_path / "symbols")
    return Released(tmp_path / "repository", tmp_path / "symbols")


def changed(suffix: str, change: Break) -> Callable[[Released], None]:
    return lambda copy: rewritten(copy.folder.path(suffix), change)


def symbols(change: Callable[[Path, Path], object]) -> Callable[[Released], None]:
    """A change to the symbols of one library; those of another are at hand."""
    return lambda copy: change(copy.symbols / "x86_64" / f"{NAME}.debug", copy.symbols / "arm64-v8a" / f"{NAME}.debug")


BREAKS: dict[str, tuple[Callable[[Released], object], str]] = {
    "no POM": (lambda copy: copy.folder.path(".pom").unlink(), ".pom is missing"),
    "a class of the jar less": (changed(".jar", archive({CLASS: None})), f"the jar: {CLASS} is missing"),
    "a class of the jar more": (changed(".jar", archive({"io/couchpass/X.class": b""})), "the jar: io/couchpass/X.class does not belong there"),
    "another class in the jar": (changed(".jar", archive({CLASS: appended("x")})), f"the jar: {CLASS} is another"),
    "a class twice in the jar": (changed(".jar", twice(CLASS)), f"the jar: {CLASS} is there 2 times"),
    "a jar without its licence": (changed(".jar", archive({LICENSE: None})), f"the jar: {LICENSE} is missing"),
    "a jar under another": (changed(".jar", archive({LICENSE: b"Mine"})), f"the jar: {LICENSE} is another"),
    "something else": (lambda copy: (copy.folder.place / "notes.txt").touch(), "notes.txt does not belong there"),
    "another AAR": (changed(".aar", archive({"R.txt": None})), "R.txt is missing"),
    "no symbols": (symbols(lambda file, _: file.unlink()), "x86_64: there are no symbols"),
    "the symbols of another build": (symbols(lambda file, other: shutil.copy(other, file)), "x86_64: the symbols are another"),
    "symbols without lines": (
        symbols(lambda file, _: file.write_bytes(file.read_bytes().replace(b".debug_info\0", b".nobug_info\0"))),
        "x86_64: the symbols know no lines",
    ),
    "a function that no panic gets out of": (
        symbols(lambda file, _: file.write_bytes(edited("ring_core_", "song_core_")(file.read_bytes()))),
        "x86_64: a panic cannot leave song_core_",
    ),
    "symbols of a crate that is not told of": (
        symbols(lambda file, _: file.write_bytes(appended("crates/left-pad-1.3.0/src")(file.read_bytes()))),
        "x86_64: names left-pad 1.3.0, which cargo does not count",
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


def test_the_symbols_name_the_crates_that_are_linked_in(released: Released) -> None:
    """A build that called its sources otherwise would let every stranger pass."""
    for library in released.aar.libraries:
        assert b"crates/rustls-" in (released.symbols / library.abi.name / f"{NAME}.debug").read_bytes()
