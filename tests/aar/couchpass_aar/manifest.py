"""What the AAR's manifest brings into an app's own. It is the one of the sources; this judges what these say."""

from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from .limits import MIN_API

_ANDROID = "{http://schemas.android.com/apk/res/android}"

# Every element with every attribute: one that is not here would decide something for an app.
_WANTED = (
    "manifest package=io.couchpass",
    f"manifest/uses-sdk android:minSdkVersion={MIN_API}",
    "manifest/uses-permission android:name=android.permission.INTERNET",
    "manifest/uses-permission android:name=android.permission.ACCESS_NETWORK_STATE",
    "manifest/queries",
    "manifest/queries/package android:name=com.amazon.tv.ottssocompanionapp",
    "manifest/queries/package android:name=com.amazon.tv.ottssolib",
    "manifest/application",
    # Required, it would keep apps away from all devices but a Fire TV.
    "manifest/application/uses-library android:name=com.amazon.ottssotokenlib android:required=false",
)


def complaints(manifest: bytes) -> Iterator[str]:
    found, wanted = Counter(_elements(ElementTree.fromstring(manifest), "")), Counter(_WANTED)
    yield from (f"the manifest lacks {element}" for element in sorted((wanted - found).elements()))
    yield from (f"the manifest has {element}, which does not belong there" for element in sorted((found - wanted).elements()))


def _elements(element: ElementTree.Element, above: str) -> Iterator[str]:
    path = above + element.tag
    attributes = sorted((name.replace(_ANDROID, "android:"), value) for name, value in element.attrib.items())
    yield " ".join([path, *(f"{name}={value}" for name, value in attributes)])
    for child in element:
        yield from _elements(child, f"{path}/")
