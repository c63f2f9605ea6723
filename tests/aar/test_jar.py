"""Each thing that is wrong with a jar of ours is found: with its classes, and with what there is beside them."""

from collections.abc import Callable

import pytest

from breaking import Break, appended, archive, edited, replaced, twice
from couchpass_aar.archive import Aar
from couchpass_aar.jar import LICENSE, MANIFEST, Jar, entries
from couchpass_aar.linked import AAR, TESTING
from couchpass_aar.testing import BROUGHT, CouchpassTesting

CHECKOUT = "/srv/checkout/couchpass"

# A public class of each.
CLASSES = {AAR.name: "io/couchpass/PassClient", TESTING.name: "io/couchpass/testing/Sandbox"}

# What to do with the jar, given its class and its module.
BREAKS: dict[str, tuple[Callable[[str, str], Break], str]] = {
    "a file more": (lambda name, module: archive({"a.txt": b""}), "a.txt does not belong there"),
    "a resource of Kotlin's tests": (lambda name, module: archive({"META-INF/x.kotlin_module": b""}), "META-INF/x.kotlin_module does not"),
    "a folder of nobody's": (lambda name, module: archive({"somebody/": b""}), "somebody/ does not belong there"),
    "another licence": (lambda name, module: archive({LICENSE: b"Mine"}), f"{LICENSE} is not LICENSE"),
    "no manifest": (lambda name, module: archive({MANIFEST: None}), f"{MANIFEST} is missing"),
    "no module": (lambda name, module: archive({module: None}), ".kotlin_module is missing"),
    "who has built it": (
        lambda name, module: archive({MANIFEST: edited("Created-By: ", "Built-By: somebody\r\nCreated-By: ")}),
        f"{MANIFEST} says Built-By: somebody",
    ),
    "where the JDK is": (
        lambda name, module: archive({MANIFEST: edited("Build-Jdk-Spec: 17", "Build-Jdk-Spec: /opt/jdk")}),
        f"{MANIFEST} says Build-Jdk-Spec: /opt/jdk",
    ),
    "which JDK it is": (
        lambda name, module: archive({MANIFEST: edited("Build-Jdk-Spec: ", "Build-Jdk: 17.0.12\r\nBuild-Jdk-Spec: ")}),
        f"{MANIFEST} says Build-Jdk: 17.0.12",
    ),
    "packed by another": (
        lambda name, module: archive({MANIFEST: edited("Maven JAR Plugin", "Somebody's Plugin")}),
        f"{MANIFEST} says Created-By: Somebody's Plugin",
    ),
    "nobody says for which JDK": (
        lambda name, module: archive({MANIFEST: edited("Build-Jdk-Spec: 17\r\n", "")}),
        f"{MANIFEST} does not say Build-Jdk-Spec",
    ),
    "a path in the manifest": (
        lambda name, module: archive({MANIFEST: appended(CHECKOUT)}),
        f"{MANIFEST} has a path of where it was built",
    ),
    "a path in the module": (
        lambda name, module: archive({module: appended(CHECKOUT)}),
        f"module has a path of where it was built: {CHECKOUT}",
    ),
    "a path in a class": (
        lambda name, module: archive({f"{name}.class": appended(CHECKOUT)}),
        f".class has a path of where it was built: {CHECKOUT}",
    ),
    "a home in a class": (
        lambda name, module: archive({f"{name}.class": appended(f"{'/home'}/somebody/A.kt")}),
        f".class has a path of where it was built: {'/home'}/somebody/A.kt",
    ),
    "a public class less": (lambda name, module: archive({f"{name}.class": None}), ", which is in its API"),
    "a public class elsewhere": (lambda name, module: moved(f"{name}.class", "x.class"), ", which is in its API"),
    "a class twice": (lambda name, module: twice(f"{name}.class"), ".class is there 2 times"),
    "a class for a newer JVM": (
        lambda name, module: archive({f"{name}.class": lambda data: data[:7] + b"\x3d" + data[8:]}),
        "is of class version 61, not 52",
    ),
    "a stranger's class": (lambda name, module: renamed(name, f"ox{name[2:]}"), "which is not ours"),
    "Amazon's class": (lambda name, module: renamed(name, "com/amazon/".ljust(len(name), "A")), "which would hide Amazon's own"),
    "a class under another's name": (lambda name, module: renamed(name, f"{name[:-1]}z"), "z as io/couchpass"),
}


def renamed(name: str, other: str) -> Break:
    """A class that calls itself otherwise than its place does."""

    def constant(text: str) -> bytes:
        return b"\1" + len(text).to_bytes(2) + text.encode()

    return archive({f"{name}.class": replaced(constant(name), constant(other))})


def moved(name: str, place: str) -> Break:
    return lambda data: archive({name: None, place: Jar("", "", data).zipped.files[name]})(data)


@pytest.fixture(params=CLASSES)
def jar(request: pytest.FixtureRequest) -> tuple[Jar, set[str]]:
    """With what it brings besides its classes."""
    if request.param == AAR.name:
        aar: Aar = request.getfixturevalue("aar")
        return aar.classes, set()
    testing: CouchpassTesting = request.getfixturevalue("testing")
    return testing.jar, BROUGHT


def test_a_jar_as_it_is_has_nothing_wrong(jar: tuple[Jar, set[str]]) -> None:
    content, brought = jar
    assert list(content.complaints(brought, (CHECKOUT,))) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_wrong_is_found(jar: tuple[Jar, set[str]], what: str) -> None:
    content, brought = jar
    change, complaint = BREAKS[what]
    (module,) = entries(content.artifact) - {MANIFEST}
    broken = Jar(content.artifact, content.package, change(CLASSES[content.artifact], module)(content.data))
    found = list(broken.complaints(brought, (CHECKOUT,)))
    assert any(complaint in line for line in found), found
