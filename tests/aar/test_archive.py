"""Each thing that is wrong with the AAR around the libraries is found, and by its name."""

import pytest

from breaking import Break, appended, archive, edited, twice
from couchpass_aar.archive import ENTRIES, MANIFEST, METADATA, SAME, Aar
from couchpass_aar.classfile import parse
from couchpass_aar.limits import LARGEST_AAR
from couchpass_aar.notices import NOTICES
from couchpass_aar.source import TOP, version

CHECKOUT = "/srv/checkout/couchpass"
NATIVE = "io/couchpass/internal/Native.class"


def metadata(old: str, new: str) -> tuple[Break, str]:
    return archive({METADATA: edited(old, new)}), f"{METADATA} is not {SAME[METADATA]}"


BREAKS: dict[str, tuple[Break, str]] = {
    **{f"no {name}": (archive({name: None}), f"{name} is missing") for name in sorted(ENTRIES)},
    "something else": (archive({"assets/notes.txt": b""}), "assets/notes.txt does not belong there"),
    "a folder": (archive({"assets/": b""}), "assets/ does not belong there"),
    "a library for another ABI": (archive({"jni/x86/libcouchpass.so": b""}), "jni/x86/libcouchpass.so does not belong there"),
    "a library twice": (twice("jni/arm64-v8a/libcouchpass.so"), "jni/arm64-v8a/libcouchpass.so is there 2 times"),
    "too much": (lambda data: b"\0" * (LARGEST_AAR + 1 - len(data)) + data, f"are more than the {LARGEST_AAR} of the budget"),
    "other rules": (archive({"proguard.txt": b""}), "proguard.txt is not android/consumer-rules.pro"),
    "other notices": (archive({NOTICES: edited("\nring ", "\nwring ")}), f"{NOTICES} lacks ring "),
    "another licence": (archive({"LICENSE": b"All rights reserved"}), "LICENSE is not LICENSE"),
    "a resource": (archive({"R.txt": b"int string app_name 0x0\n"}), "R.txt is not empty"),
    "a newer SDK to build with": metadata("minCompileSdk=30", "minCompileSdk=35"),
    "newer build tools": metadata("minAndroidGradlePluginVersion=4.1.0", "minAndroidGradlePluginVersion=8.0.0"),
    "desugaring": metadata("coreLibraryDesugaringEnabled=false", "coreLibraryDesugaringEnabled=true"),
    "one demand more": metadata("minCompileSdkExtension=0", "minCompileSdkExtension=0\nforceCompileSdkPreview=V"),
    "another manifest": (archive({MANIFEST: edited("<application>", "<application >")}), f"{MANIFEST} is not {SAME[MANIFEST]}"),
    "one permission more": (
        archive({MANIFEST: edited("<queries>", '<uses-permission android:name="android.permission.NFC" /><queries>')}),
        "the manifest has manifest/uses-permission android:name=android.permission.NFC, which does not belong there",
    ),
    "another class": (archive({"classes.jar": archive({"x/A.kt": b""})}), "classes.jar: x/A.kt does not belong there"),
    "no native method": (archive({"classes.jar": archive({NATIVE: None})}), "classes.jar has no native method"),
    "a path of this machine": (
        archive({"classes.jar": archive({NATIVE: appended(CHECKOUT)})}),
        f"classes.jar: {NATIVE} has a path of where it was built: {CHECKOUT}",
    ),
    "a library of the tests": (
        archive({"jni/x86_64/libcouchpass.so": appended("a panic on demand")}),
        "x86_64: has something for tests in it",
    ),
}


def complaints(data: bytes) -> list[str]:
    return list(Aar(data).complaints(version(), (CHECKOUT,)))


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
