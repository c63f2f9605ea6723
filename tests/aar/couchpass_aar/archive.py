"""The AAR as a whole: what is in it, what its manifest asks of an app, what its classes are."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from xml.etree import ElementTree

from . import notices
from .classfile import ClassFile, parse
from .library import NAME, Library
from .limits import ABIS, LARGEST_AAR, MIN_API
from .linked import AAR
from .notices import NOTICES
from .source import TOP

METADATA = "META-INF/com/android/build/gradle/aar-metadata.properties"
LIBRARIES = {f"jni/{abi.name}/{NAME}": abi for abi in ABIS}
ENTRIES = {"AndroidManifest.xml", "classes.jar", "R.txt", "proguard.txt", METADATA, "LICENSE", NOTICES, *LIBRARIES}

# What every file of the AAR that has nothing but what it says may be compared with.
SAME = {"proguard.txt": "android/consumer-rules.pro", "LICENSE": "LICENSE"}

ANDROID = "{http://schemas.android.com/apk/res/android}"
# Java 8.
CLASS_VERSION = 52


@dataclass(frozen=True)
class Aar:
    data: bytes

    @cached_property
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(BytesIO(self.data)) as archive:
            return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}

    @cached_property
    def class_files(self) -> list[ClassFile]:
        with zipfile.ZipFile(BytesIO(self.files["classes.jar"])) as classes:
            return [parse(classes.read(name)) for name in classes.namelist() if name.endswith(".class")]

    @cached_property
    def exports(self) -> list[str]:
        """What the native library has to export for these classes."""
        return sorted(name for class_file in self.class_files for name in class_file.exports)

    @cached_property
    def libraries(self) -> list[Library]:
        return [Library.read(abi, self.files[path]) for path, abi in LIBRARIES.items() if path in self.files]

    def complaints(self, version: str, here: tuple[str, ...] = ()) -> Iterator[str]:
        """All that is wrong with it; `here` are paths of the machine that has built it."""
        names = set(self.files)
        yield from (f"{name} is missing" for name in sorted(ENTRIES - names))
        yield from (f"{name} does not belong there" for name in sorted(names - ENTRIES))
        if len(self.data) > LARGEST_AAR:
            yield f"{len(self.data)} bytes are more than the {LARGEST_AAR} of the budget"
        for name, source in SAME.items():
            if name in names and self.files[name] != (TOP / source).read_bytes():
                yield f"{name} is not {source}"
        if "AndroidManifest.xml" in names:
            yield from self._manifest()
        if METADATA in names and b"minAndroidGradlePluginVersion=" not in self.files[METADATA]:
            yield f"{METADATA} does not say which build tools it takes"
        if NOTICES in names:
            yield from notices.complaints(self.files[NOTICES].decode("utf-8"), AAR)
        if "classes.jar" in names:
            yield from self._classes(version, here)

    def _manifest(self) -> Iterator[str]:
        manifest = ElementTree.fromstring(self.files["AndroidManifest.xml"])

        def names(path: str) -> list[str]:
            return sorted(element.get(f"{ANDROID}name", "") for element in manifest.findall(path))

        if manifest.get("package") != "io.couchpass":
            yield "the manifest's package is not io.couchpass"
        if [element.get(f"{ANDROID}minSdkVersion") for element in manifest.findall("uses-sdk")] != [str(MIN_API)]:
            yield f"the manifest does not say that it takes API {MIN_API}"
        wanted = ["android.permission.ACCESS_NETWORK_STATE", "android.permission.INTERNET"]
        if names("uses-permission") != wanted or manifest.findall("uses-permission-sdk-23"):
            yield f"the manifest asks for {', '.join(names('uses-permission')) or 'no permission'}"
        if names("queries/package") != ["com.amazon.tv.ottssocompanionapp", "com.amazon.tv.ottssolib"]:
            yield "the manifest does not name Amazon's two packages under queries"
        libraries = [
            (element.get(f"{ANDROID}name"), element.get(f"{ANDROID}required"))
            for element in manifest.findall("application/uses-library")
        ]
        if libraries != [("com.amazon.ottssotokenlib", "false")]:
            yield "the manifest does not ask for Amazon's library where there is one"
        application = manifest.find("application")
        if application is not None and (application.attrib or len(application) != 1):
            yield "the manifest decides about the app itself"
        for element in manifest:
            if element.tag not in ("uses-sdk", "uses-permission", "queries", "application"):
                yield f"the manifest has a {element.tag}"

    def _classes(self, version: str, here: tuple[str, ...]) -> Iterator[str]:
        if not self.exports:
            yield "classes.jar has no native method: nothing would be checked"
        for class_file in self.class_files:
            if class_file.name.startswith("com/amazon/"):
                yield f"classes.jar has {class_file.name}, which would hide Amazon's own"
            elif not class_file.name.startswith("io/couchpass/"):
                yield f"classes.jar has {class_file.name}, which is not ours"
            if class_file.major != CLASS_VERSION:
                yield f"{class_file.name} is of class version {class_file.major}, not {CLASS_VERSION}"
        for library in self.libraries:
            for complaint in library.complaints(self.exports, version, here):
                yield f"{library.abi.name}: {complaint}"
