"""Each thing that is wrong with the AAR around the libraries is found, and by its name."""

import zipfile
from io import BytesIO

import pytest

from breaking import Break, archive, edited, replaced
from couchpass_aar.archive import ENTRIES, METADATA, Aar
from couchpass_aar.classfile import parse
from couchpass_aar.limits import LARGEST_AAR
from couchpass_aar.source import TOP, version

MANIFEST = "AndroidManifest.xml"


def manifest(old: str, new: str) -> Break:
    return archive({MANIFEST: edited(old, new)})


def with_class(name: str, change: Break) -> Break:
    """One more class: a copy of one of ours under another name."""

    def apply(data: bytes) -> bytes:
        with zipfile.ZipFile(BytesIO(Aar(data).files["classes.jar"])) as classes:
            content = change(classes.read("io/couchpass/internal/Native.class"))
        return archive({"classes.jar": archive({name: content})})(data)

    return apply


BREAKS: dict[str, tuple[Break, str]] = {
    **{f"no {name}": (archive({name: None}), f"{name} is missing") for name in sorted(ENTRIES)},
    "something else": (archive({"assets/notes.txt": b""}), "assets/notes.txt does not belong there"),
    "a library for another ABI": (archive({"jni/x86/libcouchpass.so": b""}), "jni/x86/libcouchpass.so does not belong there"),
    "too much": (lambda data: b"\0" * (LARGEST_AAR + 1 - len(data)) + data, f"are more than the {LARGEST_AAR} of the budget"),
    "other rules": (archive({"proguard.txt": b""}), "proguard.txt is not android/consumer-rules.pro"),
    "another licence": (archive({"LICENSE": b"All rights reserved"}), "LICENSE is not LICENSE"),
    "no word about build tools": (archive({METADATA: b"aarFormatVersion=1.0\n"}), "which build tools it takes"),
    "another package": (manifest('package="io.couchpass"', 'package="io.other"'), "package is not io.couchpass"),
    "a newer Android": (manifest('minSdkVersion="22"', 'minSdkVersion="23"'), "does not say that it takes API 22"),
    "one permission more": (
        manifest("<queries>", '<uses-permission android:name="android.permission.READ_PHONE_STATE" /><queries>'),
        "the manifest asks for",
    ),
    "one permission less": (manifest("android.permission.INTERNET", "android.permission.NFC"), "the manifest asks for"),
    "a package that cannot be seen": (manifest("com.amazon.tv.ottssolib", "com.amazon.tv"), "Amazon's two packages"),
    "a library that is required": (manifest('required="false"', 'required="true"'), "Amazon's library where there is one"),
    "no library": (manifest("com.amazon.ottssotokenlib", "com.amazon.other"), "Amazon's library where there is one"),
    "a decision for the app": (manifest("<application>", '<application android:debuggable="true">'), "about the app itself"),
    "a feature that is required": (manifest("<queries>", "<uses-feature /><queries>"), "the manifest has a uses-feature"),
    "Amazon's class": (
        with_class(
            "com/amazon/A.class",
            replaced(b"\0\x1cio/couchpass/internal/Native", b"\0\x1ccom/amazon/ottssotokenlib/AA"),
        ),
        "which would hide Amazon's own",
    ),
    "a stranger's class": (
        with_class("x.class", replaced(b"\0\x1cio/couchpass/internal/Native", b"\0\x1cox/couchpass/internal/Native")),
        "classes.jar has ox/couchpass/internal/Native, which is not ours",
    ),
    "a class for a newer JVM": (
        with_class("y.class", lambda data: data[:7] + b"\x3d" + data[8:]),
        "is of class version 61, not 52",
    ),
}


def complaints(data: bytes) -> list[str]:
    return list(Aar(data).complaints(version()))


def test_the_aar_as_it_is_has_nothing_wrong(aar: Aar) -> None:
    assert complaints(aar.data) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_wrong_is_found(aar: Aar, what: str) -> None:
    change, complaint = BREAKS[what]
    found = complaints(change(aar.data))
    assert any(complaint in line for line in found), found


def test_the_native_members_are_those_of_the_source(aar: Aar) -> None:
    """The class files are read by a parser of our own; the source says the same."""
    source = (TOP / "android/src/main/kotlin/io/couchpass/internal/Native.kt").read_text(encoding="utf-8")
    names = [line.split("external fun ")[1].split("(")[0] for line in source.splitlines() if "external fun " in line]
    assert aar.exports == sorted(f"Java_io_couchpass_internal_Native_{name}" for name in names)


def test_a_file_that_is_no_class_is_no_class() -> None:
    with pytest.raises(ValueError, match="not a class file"):
        parse(b"PK\3\4")
