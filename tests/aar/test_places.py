"""No path of this machine is forgotten, and none is searched for that may be in any library."""

from pathlib import Path

import pytest

from couchpass_aar import places
from couchpass_aar.source import TOP

VARIABLES = ("CARGO_HOME", "RUSTUP_HOME", "ANDROID_NDK_HOME", "MAVEN_OPTS", "MAVEN_ARGS")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, and no word of where anything else is."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "target/aar/repository"
    folder.mkdir(parents=True)
    return folder


def test_the_checkout_the_home_and_what_is_built_in_are_here(home: Path, repository: Path) -> None:
    assert places.here(repository) == (str(TOP), str(home), str(repository.parent))


def test_the_repository_may_be_named_from_where_one_is(home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.parent)
    assert str(repository.parent) in places.here(Path("repository"))
    monkeypatch.chdir(repository)
    assert str(repository.parent) in places.here(Path("."))


@pytest.mark.parametrize("variable", VARIABLES[:3])
def test_the_tools_are_where_the_environment_says(
    home: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    folder = tmp_path / "tools"
    monkeypatch.setenv(variable, str(folder))
    assert str(folder) not in places.here(repository)
    folder.mkdir()
    assert str(folder) in places.here(repository)


@pytest.mark.parametrize("name", (".cargo", ".rustup", ".m2/repository"))
def test_or_where_they_are_otherwise(home: Path, repository: Path, name: str) -> None:
    (home / name).mkdir(parents=True)
    assert str(home / name) in places.here(repository)


@pytest.mark.parametrize("variable", VARIABLES[3:])
def test_maven_may_be_called_with_another_repository(
    home: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    folder = tmp_path / "maven"
    folder.mkdir()
    monkeypatch.setenv(variable, f"-Xmx1g -Dmaven.repo.local={folder} -B")
    assert str(folder) in places.here(repository)


@pytest.mark.parametrize("namespace", ("", ' xmlns="http://maven.apache.org/SETTINGS/1.0.0"'))
def test_maven_may_be_set_up_with_another_repository(home: Path, repository: Path, namespace: str) -> None:
    folder = home / "maven"
    folder.mkdir()
    settings = home / ".m2/settings.xml"
    settings.parent.mkdir()
    settings.write_text(f"<settings{namespace}><localRepository>${{user.home}}/maven</localRepository></settings>", encoding="utf-8")
    assert str(folder) in places.here(repository)


def test_a_link_is_searched_for_as_well_as_what_it_leads_to(
    home: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, link = tmp_path / "tools", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    monkeypatch.setenv("CARGO_HOME", str(link))
    found = places.here(repository)
    assert {str(folder), str(link)} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("folder", ("/", "/usr", "/usr/lib", "/tmp", "/var/lib"))
def test_what_any_library_may_name_is_not_searched_for(
    home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("CARGO_HOME", folder)
    monkeypatch.setenv("HOME", folder)
    assert places.here(repository) == (str(TOP), str(repository.parent))
