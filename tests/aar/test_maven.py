"""Each thing that is wrong beside the AAR is found: in the POM, the sources, the documentation, the checksums."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from breaking import Break, appended, archive, edited, rewritten, twice
from couchpass_aar.checksums import ALGORITHMS
from couchpass_aar.jar import LICENSE, MANIFEST
from couchpass_aar.maven import BESIDE, Folder
from couchpass_aar.released import Released
from couchpass_aar.source import version

SUFFIXES = (".aar", *BESIDE)
KOTLIN = "io/couchpass/PassClient.kt"
PAGE = "couchpass/io.couchpass/-pass-client/index.html"


@pytest.fixture
def folder(released: Released, tmp_path: Path) -> Folder:
    shutil.copytree(released.folder.place, tmp_path / released.folder.place.relative_to(released.repository))
    return Released(tmp_path, released.symbols).folder


def changed(suffix: str, change: Break) -> Callable[[Folder], None]:
    return lambda folder: rewritten(folder.path(suffix), change)


def add(file: Path, end: bytes) -> None:
    file.write_bytes(file.read_bytes() + end)


def pom(old: str, new: str) -> Callable[[Folder], None]:
    return changed(".pom", edited(old, new))


BREAKS: dict[str, tuple[Callable[[Folder], object], str]] = {
    **{f"no {suffix}": (lambda folder, suffix=suffix: folder.path(suffix).unlink(), f"{suffix} is missing") for suffix in SUFFIXES},
    "something else": (lambda folder: (folder.place / "notes.txt").touch(), "notes.txt does not belong there"),
    **{
        f"no {algorithm} of {suffix}": (
            lambda folder, name=f"{suffix}.{algorithm}": folder.path(name).unlink(),
            f"{suffix}.{algorithm} is missing",
        )
        for suffix in SUFFIXES
        for algorithm in ALGORITHMS
    },
    "a checksum of something else": (
        lambda folder: folder.path(".aar.sha1").write_bytes(folder.path(".jar.sha1").read_bytes()),
        ".aar.sha1 is not that of couchpass-",
    ),
    "a checksum with a line's end": (lambda folder: add(folder.path(".pom.sha256"), b"\n"), ".pom.sha256 is not that of couchpass-"),
    "a file that was changed afterwards": (lambda folder: add(folder.path(".pom"), b"\n"), ".pom.sha1 is not that of couchpass-"),
    "a checksum of another kind": (lambda folder: folder.path(".aar.md5").touch(), ".aar.md5 does not belong there"),
    "a property in the POM": (pom(f"<version>{version()}", "<version>${project.version}"), "a property that nobody has filled in"),
    "another kind of POM": (pom("<packaging>aar", "<packaging>jar"), "the POM is one of"),
    "a parent": (pom("<dependencies>", "<parent/><dependencies>"), "the POM has a parent"),
    "another licence": (pom("<name>Apache-2.0", "<name>MIT"), "the POM does not say that it is under Apache-2.0"),
    "a dependency less": (pom("kotlin-stdlib", "kotlin-reflect"), "the POM lacks org.jetbrains.kotlin:kotlin-stdlib"),
    "a dependency more": (pom("kotlin-stdlib", "kotlin-reflect"), "the POM has org.jetbrains.kotlin:kotlin-reflect"),
    "a dependency of another version": (
        pom("<artifactId>kotlin-stdlib</artifactId>\n      <version>", "<artifactId>kotlin-stdlib</artifactId>\n      <version>1."),
        "the POM has org.jetbrains.kotlin:kotlin-stdlib 1.",
    ),
    "a dependency for tests": (pom("<scope>compile", "<scope>test"), "the POM brings org.jetbrains.kotlin:kotlin-stdlib along for test"),
    "a source less": (changed("-sources.jar", archive({KOTLIN: None})), f"the sources: {KOTLIN} is missing"),
    "a source more": (changed("-sources.jar", archive({"x.kt": b""})), "the sources: x.kt does not belong there"),
    "a source twice": (changed("-sources.jar", twice(KOTLIN)), f"the sources: {KOTLIN} is there 2 times"),
    "sources without their licence": (changed("-sources.jar", archive({LICENSE: None})), f"the sources: {LICENSE} is missing"),
    "sources under another": (changed("-sources.jar", archive({LICENSE: b"Mine"})), f"the sources: {LICENSE} is another"),
    "who has packed the sources": (
        changed("-sources.jar", archive({MANIFEST: b"Built-By: somebody\r\n"})),
        f"the sources: {MANIFEST} does not belong there",
    ),
    "another source": (changed("-sources.jar", archive({KOTLIN: appended("// x")})), f"the sources: {KOTLIN} is another"),
    "a page less": (changed("-javadoc.jar", archive({PAGE: None})), "no page for io.couchpass.PassClient"),
}


def test_the_folder_as_it_is_has_nothing_wrong(folder: Folder) -> None:
    assert list(folder.complaints()) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_wrong_is_found(folder: Folder, what: str) -> None:
    change, complaint = BREAKS[what]
    change(folder)
    found = list(folder.complaints())
    assert any(complaint in line for line in found), found
