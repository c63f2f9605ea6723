"""Each thing that is wrong with couchpass-testing is found: in its jar, in its library and command, and beside them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from breaking import Break, appended, archive, edited, named, rewritten, segment
from couchpass_aar.archive import Aar
from couchpass_aar.desktop import HERE, Program
from couchpass_aar.jar import LICENSE
from couchpass_aar.maven import BESIDE
from couchpass_aar.source import version
from couchpass_aar.testing import COMMAND, ENTRIES, LIBRARY, NOTICES, CouchpassTesting

NATIVE = "Java_io_couchpass_internal_Native_"
CLASS = "io/couchpass/testing/Sandbox.class"
SOURCE = "io/couchpass/testing/Sandbox.kt"
PAGE = "couchpass-testing/io.couchpass.testing/-sandbox/index.html"
CHECKOUT = "/srv/checkout/couchpass"


@pytest.fixture
def broken(testing: CouchpassTesting, tmp_path: Path) -> CouchpassTesting:
    folder = "io/couchpass/couchpass-testing"
    shutil.copytree(testing.repository / folder, tmp_path / folder)
    return CouchpassTesting(tmp_path)


def changed(suffix: str, change: Break) -> Callable[[CouchpassTesting], None]:
    return lambda broken: rewritten(broken.folder.path(suffix), change)


def inside(name: str, change: Break | bytes | None) -> Callable[[CouchpassTesting], None]:
    return changed(".jar", archive({name: change}))


AROUND: dict[str, tuple[Callable[[CouchpassTesting], object], str]] = {
    **{f"no {suffix}": (lambda broken, suffix=suffix: broken.folder.path(suffix).unlink(), f"{suffix} is missing") for suffix in BESIDE},
    **{f"no {name}": (inside(name, None), f"{name} is missing") for name in sorted(ENTRIES)},
    "something else": (inside("native/notes.txt", b""), "native/notes.txt does not belong there"),
    "something beside it": (lambda broken: (broken.folder.place / "notes.txt").touch(), "notes.txt does not belong there"),
    "no checksum": (lambda broken: broken.folder.path(".jar.sha256").unlink(), ".jar.sha256 is missing"),
    "another licence": (inside(LICENSE, b"All rights reserved"), f"the jar: {LICENSE} is not LICENSE"),
    "a path of this machine": (inside(CLASS, appended(CHECKOUT)), f"the jar: {CLASS} has a path of where it was built: {CHECKOUT}"),
    "no notice of a crate": (inside(NOTICES, edited("\nclap ", "\nclop ")), "lacks clap "),
    "a bill without the command": (changed("-cyclonedx.json", edited('"maud"', '"mood"')), "the bill of materials lacks maud "),
    "another POM": (changed(".pom", edited("<artifactId>nanojson", "<artifactId>gson")), "the POM lacks com.grack:nanojson"),
    "another kind of POM": (changed(".pom", edited("<name>Couchpass", "<packaging>aar</packaging><name>Couchpass")), "the POM is one of"),
    "a source less": (changed("-sources.jar", archive({SOURCE: None})), f"the sources: {SOURCE} is missing"),
    "a page less": (changed("-javadoc.jar", archive({PAGE: None})), "no page for io.couchpass.testing.Sandbox"),
}

# In either of the two that run.
PROGRAMS: dict[str, tuple[Break, str]] = {
    "another kind of file": (lambda data: data[:16] + b"\2" + data[17:], f"not for {HERE}"),
    "another processor": (lambda data: data[:18] + b"\x08" + data[19:], f"not for {HERE}"),
    "a library that few have": (named(".dynstr", "libgcc_s.so.1", "libssl.so.3"), "needs libssl.so.3, which not every desktop has"),
    "a newer C library": (
        named(".dynstr", "GLIBC_2.34", "GLIBC_2.38"),
        "needs GLIBC_2.38, which desktops with glibc 2.34 do not have",
    ),
    "a C library of its own": (named(".dynstr", "GLIBC_2.2.5", "GLIBC_ABI_X"), "needs GLIBC_ABI_X, which desktops with glibc 2.34"),
    "code that can be written": (segment("PT_LOAD", "p_flags", 7), "that can be both written and executed"),
    "a stack that runs": (segment("PT_GNU_STACK", "p_flags", 7), "wants a stack that can be executed"),
    "a symbol table": (named(".shstrtab", ".rodata", ".symtab"), "is not stripped: it has .symtab"),
    "a path of a build machine": (appended(f"{'/home'}/somebody/src/lib.rs"), f"where it was built: {'/home'}/somebody"),
    "a path behind a crate's": (appended(f"crates/ring-0.17.14/src/lib.rs{'/home'}/somebody"), f"where it was built: {'/home'}/somebody"),
    "a path of this machine": (appended(f"{CHECKOUT}/lib.rs"), f"where it was built: {CHECKOUT}"),
    "a path of a registry": (appended("registry/src/mirror-1949cf8c6b5b557f/ring-0.17"), "where it was built: registry/src/mirror"),
    "a crate that is not told of": (appended("crates/left-pad-1.3.0/src"), "names left-pad 1.3.0, which cargo"),
    "a crate of another standard library": (appended("/rust/deps/left-pad-1.3.0/src"), "names left-pad 1.3.0, which cargo"),
}

LIBRARIES: dict[str, tuple[Break, str]] = {
    **PROGRAMS,
    "an entry point that is missing": (named(".dynstr", f"{NATIVE}signIn", f"{NATIVE}signOn"), f"does not export {NATIVE}signIn"),
    "an export that nobody looks for": (named(".dynstr", f"{NATIVE}signIn", "_Unwind_Resume"), "exports _Unwind_Resume, which nobody"),
    "no way in": (named(".dynstr", "JNI_OnLoad", "JNI_OnLord"), "does not export JNI_OnLoad"),
    "a string of the tests": (appended("a panic on demand"), "has something for tests in it"),
    "a function that no desktop has": (named(".dynstr", "getaddrinfo", "getaddrinfa"), "does not load: "),
}

COMMANDS: dict[str, tuple[Break, str]] = {
    **PROGRAMS,
    "one that does not run": (named(".dynstr", "getaddrinfo", "getaddrinfa"), f"does not say that it is couchpass {version()}: "),
    "one that is another": (lambda _: Path("/bin/true").read_bytes(), f"does not say that it is couchpass {version()}"),
}


def test_couchpass_testing_as_it_is_has_nothing_wrong(testing: CouchpassTesting, aar: Aar) -> None:
    assert list(testing.complaints(aar.exports, (CHECKOUT,))) == []


@pytest.mark.parametrize("what", AROUND)
def test_what_is_wrong_around_them_is_found(broken: CouchpassTesting, what: str) -> None:
    change, complaint = AROUND[what]
    change(broken)
    found = list(broken.around((CHECKOUT,)))
    assert any(complaint in line for line in found), found


@pytest.mark.parametrize("what", LIBRARIES)
def test_what_is_wrong_with_the_library_is_found(testing: CouchpassTesting, aar: Aar, what: str) -> None:
    change, complaint = LIBRARIES[what]
    found = list(Program(change(testing.files[LIBRARY]), HERE).library_complaints(aar.exports, (CHECKOUT,)))
    assert any(complaint in line for line in found), found


@pytest.mark.parametrize("what", COMMANDS)
def test_what_is_wrong_with_the_command_is_found(testing: CouchpassTesting, what: str) -> None:
    change, complaint = COMMANDS[what]
    found = list(Program(change(testing.files[COMMAND]), HERE).command_complaints((CHECKOUT,)))
    assert any(complaint in line for line in found), found


@pytest.mark.parametrize("name", (LIBRARY, COMMAND))
def test_what_runs_is_looked_at_where_it_lies(broken: CouchpassTesting, aar: Aar, name: str) -> None:
    inside(name, appended("crates/left-pad-1.3.0/src"))(broken)
    assert [line.partition(":")[0] for line in broken.complaints(aar.exports)] == [name]


@pytest.mark.parametrize("name", (LIBRARY, COMMAND))
def test_what_runs_on_a_desktop_names_the_crates_that_are_linked_in(testing: CouchpassTesting, name: str) -> None:
    """A build that called its sources otherwise would let every stranger pass."""
    assert b"crates/rustls-" in testing.files[name]
