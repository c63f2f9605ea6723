"""Each thing that a manifest must not ask of an app is found."""

import pytest

from breaking import Break, edited
from couchpass_aar import manifest
from couchpass_aar.archive import MANIFEST, SAME
from couchpass_aar.source import TOP

SOURCE = (TOP / SAME[MANIFEST]).read_bytes()


def one_more(element: str) -> Break:
    return edited("<queries>", f"{element}<queries>")


BREAKS: dict[str, tuple[Break, str]] = {
    "another package": (edited('package="io.couchpass"', 'package="io.other"'), "lacks manifest package=io.couchpass"),
    "a user that apps share": (edited("package=", 'android:sharedUserId="x" package='), "has manifest android:sharedUserId=x package="),
    "a newer Android": (edited('minSdkVersion="22"', 'minSdkVersion="23"'), "lacks manifest/uses-sdk android:minSdkVersion=22"),
    "no newer Android": (
        edited('minSdkVersion="22"', 'minSdkVersion="22" android:maxSdkVersion="30"'),
        "has manifest/uses-sdk android:maxSdk",
    ),
    "an Android that it is for": (
        edited('minSdkVersion="22"', 'minSdkVersion="22" android:targetSdkVersion="34"'),
        "android:targetSdkVersion=34",
    ),
    "one permission more": (one_more('<uses-permission android:name="x" />'), "has manifest/uses-permission android:name=x"),
    "one permission less": (
        edited("permission.INTERNET", "permission.NFC"),
        "lacks manifest/uses-permission android:name=android.permission.INTERNET",
    ),
    "a permission twice": (
        one_more('<uses-permission android:name="android.permission.INTERNET" />'),
        "has manifest/uses-permission android:name=android.permission.INTERNET, which",
    ),
    "a permission on old devices alone": (
        edited('permission.INTERNET"', 'permission.INTERNET" android:maxSdkVersion="25"'),
        "has manifest/uses-permission android:maxSdkVersion=25 android:name=android.permission.INTERNET",
    ),
    "a permission of newer devices": (one_more('<uses-permission-sdk-23 android:name="x" />'), "has manifest/uses-permission-sdk-23"),
    "a package that cannot be seen": (
        edited('.ottssolib"', '.other"'),
        "lacks manifest/queries/package android:name=com.amazon.tv.ottssolib",
    ),
    "a package more that can be seen": (
        edited("<queries>", '<queries><package android:name="x" />'),
        "has manifest/queries/package android:name=x",
    ),
    "all that can be opened": (
        edited("<queries>", '<queries><intent><action android:name="android.intent.action.MAIN" /></intent>'),
        "has manifest/queries/intent/action android:name=android.intent.action.MAIN",
    ),
    "a library that is required": (edited('required="false"', 'required="true"'), "lacks manifest/application/uses-library"),
    "another library": (
        edited("com.amazon.ottssotokenlib", "com.amazon.other"),
        "has manifest/application/uses-library android:name=com.amazon.other",
    ),
    "a decision for the app": (
        edited("<application>", '<application android:debuggable="true">'),
        "has manifest/application android:debuggable",
    ),
    "a service": (edited("<application>", '<application><service android:name="x" />'), "has manifest/application/service android:name=x"),
    "a feature that is required": (one_more('<uses-feature android:name="x" />'), "has manifest/uses-feature android:name=x"),
    "an order to the tools": (
        edited("<uses-sdk ", '<uses-sdk xmlns:tools="http://schemas.android.com/tools" tools:overrideLibrary="x" '),
        "{http://schemas.android.com/tools}overrideLibrary=x",
    ),
}


def test_the_manifest_of_the_sources_has_nothing_wrong() -> None:
    assert list(manifest.complaints(SOURCE)) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_wrong_is_found(what: str) -> None:
    change, complaint = BREAKS[what]
    found = list(manifest.complaints(change(SOURCE)))
    assert any(complaint in line for line in found), found
