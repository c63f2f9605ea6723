"""A licence that the packaging does not find stops it: nothing is left out in silence."""

from pathlib import Path

import pytest

from couchpass_aar.linked import TESTING, parts
import artifacts
import debian
import toolchain

COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: vendor/other/*
License: MIT

License: MIT
 Permission is granted.
 .
 Without warranty.
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "copyright"
    file.write_text(COPYRIGHT, encoding="utf-8")
    return file


def test_every_part_of_this_toolchain_has_its_licence() -> None:
    for part in parts(TESTING):
        assert max(map(len, part.texts)) > 1000, part.name


def test_a_licence_of_debian_is_its_text(document: Path) -> None:
    assert debian.licence("MIT", document) == "Permission is granted.\n\nWithout warranty."


def test_a_licence_that_debian_does_not_have_is_an_error(document: Path) -> None:
    with pytest.raises(SystemExit, match="the text of ISC was not found in"):
        debian.licence("ISC", document)


def test_a_document_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="the text of MIT was not found: there is no"):
        debian.licence("MIT", tmp_path / "copyright")


def test_sources_without_a_notice_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "lib.rs").write_text("/* Nobody's. */", encoding="utf-8")
    with pytest.raises(SystemExit, match="no notice of copyright"):
        debian.notices(tmp_path)


def test_a_notice_is_what_a_comment_says_and_not_how_it_is_drawn(tmp_path: Path) -> None:
    for name in ("a.rs", "b.rs"):
        (tmp_path / name).write_text("/*\n * =====\n * Copyright (C) 1993 Somebody.\n *\n * Keep this.\n * =====\n */\n", encoding="utf-8")
    assert debian.notices(tmp_path) == ["Copyright (C) 1993 Somebody.\n\nKeep this."]


def test_a_toolchain_without_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="nobody else knows its licences: rustup component add rust-src"):
        artifacts.standard_library(tmp_path)


def test_a_standard_library_without_what_its_licence_is_read_from_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no notice of copyright"):
        toolchain.builtins_licences(tmp_path)


def test_the_licence_beside_the_sources_comes_first(tmp_path: Path) -> None:
    for name in ("LICENSE.txt", "libm/LICENSE.txt"):
        file = tmp_path / "compiler-builtins" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name}\n", encoding="utf-8")
    assert toolchain.builtins_licences(tmp_path) == ("LICENSE.txt", "libm/LICENSE.txt")


def test_the_licence_of_unicode_is_rustups_where_it_has_one(tmp_path: Path) -> None:
    file = tmp_path / "share/doc/rust/licenses/Unicode-3.0.txt"
    file.parent.mkdir(parents=True)
    file.write_text("UNICODE LICENSE V3\n", encoding="utf-8")
    assert toolchain.unicode_licence(tmp_path) == ("Unicode-3.0", "UNICODE LICENSE V3")


def test_the_version_of_an_ndk_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "source.properties").write_text("Pkg.Desc = Android NDK\nPkg.Revision = 27.2.12479018\n", encoding="utf-8")
    assert toolchain.revision(tmp_path) == "27.2.12479018"
    (tmp_path / "source.properties").write_text("Pkg.Desc = Android NDK\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="does not say which NDK it is"):
        toolchain.revision(tmp_path)
