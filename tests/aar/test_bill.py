"""Each thing that is wrong in a bill of materials or in the notices is found, in those of either artifact."""

import copy
import json
from collections.abc import Callable

import pytest

from breaking import Break, edited
from couchpass_aar import bill, notices, released, testing
from couchpass_aar.linked import AAR, TESTING, Artifact, everything
from couchpass_aar.source import maven_versions, version
from couchpass_aar.testing import CouchpassTesting

ARTIFACTS = {AAR.name: (AAR, released.DEPENDENCIES), TESTING.name: (TESTING, testing.DEPENDENCIES)}
RING = next(thing for thing in everything(AAR) if thing.name == "ring")
PARTS = [thing for thing in everything(AAR) if thing.name.startswith("Rust ")]


def component(name: str, **changes: object) -> Callable[[dict], None]:
    """Another value in the entry of one component; None takes the whole entry away."""

    def apply(content: dict) -> None:
        (entry,) = [entry for entry in content["components"] if entry["name"] == name]
        entry.update(changes)
        if not changes:
            content["components"].remove(entry)

    return apply


def one_more(content: dict) -> None:
    content["components"].append({"bom-ref": "x", "name": "left-pad", "version": "1.3.0"})


def twice(content: dict) -> None:
    content["components"].append(copy.deepcopy(content["components"][0]))


def a_library_more(content: dict) -> None:
    purl = "pkg:maven/org.example/left-pad@1.3.0?type=jar"
    content["components"].append({"bom-ref": purl, "group": "org.example", "name": "left-pad", "version": "1.3.0", "purl": purl})


def about_another(content: dict) -> None:
    content["metadata"]["component"]["purl"] = "pkg:maven/org.example/left-pad@1.3.0?type=jar"


def of_the_other_kind(content: dict) -> None:
    about = content["metadata"]["component"]
    before, _, kind = about["purl"].partition("?type=")
    about["purl"] = f"{before}?type={'jar' if kind == 'aar' else 'aar'}"


def under(*licences: dict) -> Callable[[dict], None]:
    """Another licence of what the bill is about."""
    return lambda content: content["metadata"]["component"].update(licenses=list(licences))


def about_the_other_kind(content: dict) -> None:
    about = content["metadata"]["component"]
    about["purl"] = about["purl"].translate(str.maketrans("jr", "ra")).replace("?type=", "?type=")


def under(*licences: dict) -> Callable[[dict], None]:
    """Another licence of what the bill is about."""
    return lambda content: content["metadata"]["component"].update(licenses=list(licences))


def nothing_needs_ring(content: dict) -> None:
    for entry in content["dependencies"]:
        entry["dependsOn"] = [reference for reference in entry["dependsOn"] if not reference.startswith("pkg:cargo/ring@")]


BREAKS: dict[str, tuple[Callable[[dict], object], str]] = {
    "another format": (lambda content: content.update(bomFormat="SPDX"), "is not one of CycloneDX"),
    "another artifact": (about_another, "is about pkg:maven/org.example/left-pad@1.3.0"),
    "another kind of artifact": (of_the_other_kind, "is about pkg:maven/io.couchpass/couchpass"),
    "no licence of what it is about": (under(), f"{version()} no licence"),
    "another licence of what it is about": (under({"license": {"id": "MIT"}}), f"{version()} that it is under MIT"),
    "a second licence of what it is about": (
        under({"license": {"id": "Apache-2.0"}}, {"license": {"name": "Mine"}}),
        f"{version()} that it is under Apache-2.0, Mine",
    ),
    "no licence of a library": (component("kotlin-stdlib", licenses=[]), "says of kotlin-stdlib 2."),
    "a licence without a name": (component("annotations", licenses=[{"license": {"url": "x"}}]), "says of annotations 13.0 no licence"),
    "a crate less": (component("rustls"), "lacks rustls 0."),
    "a crate more": (one_more, "has left-pad 1.3.0, which does not belong there"),
    "another version of a crate": (component("ring", version="0.16.20"), f"has ring 0.16.20 in place of {RING.version}"),
    "another checksum": (component("ring", hashes=[]), "another checksum than Cargo.lock"),
    "another licence": (component("ring", licenses=[{"expression": "MIT"}]), f"another licence than {RING.licence}"),
    "another name by which it is found": (component("ring", purl="pkg:cargo/wring@1.0.0"), "that it is pkg:cargo/wring@1.0.0"),
    "one of ours less": (component("device-auth"), f"lacks device-auth {version()}"),
    "a part of the toolchain less": (component("Rust compiler-builtins"), "lacks Rust compiler-builtins"),
    "a library less": (component("kotlin-stdlib"), "lacks org.jetbrains.kotlin:kotlin-stdlib"),
    "a library more": (a_library_more, "has org.example:left-pad 1.3.0, which does not belong there"),
    "another version of a library": (component("kotlin-stdlib", version="1.0.0"), "has org.jetbrains.kotlin:kotlin-stdlib 1.0.0 in place of"),
    "another version of what a library brings": (component("annotations", version="9.9"), "calls annotations 9.9"),
    "something twice": (twice, " 2 times"),
    "what nothing needs": (nothing_needs_ring, "does not say what needs pkg:cargo/ring@"),
    "what is needed and not there": (component("annotations"), "needs pkg:maven/org.jetbrains/annotations"),
}

NOTICE_BREAKS: dict[str, tuple[Break, str]] = {
    "a licence that only Debian has": (
        lambda text: text + b"See /usr/share/common-licenses/GPL-3.\n",
        "points to a file in /usr/share/common-licenses, which only Debian has",
    ),
    "a crate less": (edited("\nring ", "\nwring "), f"lacks ring {RING.version}"),
    "a crate more": (edited("\nring ", "\nwring "), f"has wring {RING.version}, which does not belong there"),
    "another version": (edited(f"\nring {RING.version}: ", "\nring 0.16.20: "), f"has ring 0.16.20 in place of {RING.version}"),
    "another licence": (edited(f"\nring {RING.version}: {RING.licence}", f"\nring {RING.version}: MIT"), f"ring {RING.version} is under MIT"),
    "no text": (edited(f"-\nring {RING.version}\n-", "-\nnobody\n-"), f"no text of the licence of ring {RING.version}"),
    "an empty text": (
        lambda text: text[: text.index(b"\n" + b"-" * 80)] + b"\n" + b"-" * 80 + f"\nring {RING.version}\n".encode() + b"-" * 80 + b"\n\n",
        f"no text of the licence of ring {RING.version}",
    ),
    **{
        f"nothing of the {part.name}": (edited(f"\n{part.name} {part.version}: ", "\nSomething 1: "), f"lacks {part.name} {part.version}")
        for part in PARTS
    },
    **{
        f"no text of the {part.name}": (edited(f"-\n{part.name} {part.version}", "-\nnobody"), f"no text of the licence of {part.name}")
        for part in PARTS
    },
}


def bill_complaints(content: dict, artifact: Artifact, dependencies: tuple[str, ...]) -> list[str]:
    return list(bill.complaints(content, artifact, {(name, maven_versions()[name]) for name in dependencies}))


@pytest.fixture(params=ARTIFACTS)
def written(request: pytest.FixtureRequest) -> tuple[dict, Artifact, tuple[str, ...]]:
    folder = request.getfixturevalue("released" if request.param == AAR.name else "testing").folder
    return json.loads(folder.path("-cyclonedx.json").read_text(encoding="utf-8")), *ARTIFACTS[request.param]


@pytest.fixture(params=ARTIFACTS)
def text(request: pytest.FixtureRequest) -> tuple[bytes, Artifact]:
    if request.param == AAR.name:
        return request.getfixturevalue("aar").files[notices.NOTICES], AAR
    return request.getfixturevalue("testing").files[testing.NOTICES], TESTING


def test_a_bill_as_it_is_has_nothing_wrong(written: tuple[dict, Artifact, tuple[str, ...]]) -> None:
    assert bill_complaints(*written) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_wrong_in_a_bill_is_found(written: tuple[dict, Artifact, tuple[str, ...]], what: str) -> None:
    content, artifact, dependencies = written
    change, complaint = BREAKS[what]
    change(content)
    found = bill_complaints(content, artifact, dependencies)
    assert any(complaint in line for line in found), found


@pytest.mark.parametrize("name", ("com.grack:nanojson", "io.couchpass:couchpass"))
def test_a_library_for_tests_has_a_licence(testing: CouchpassTesting, name: str) -> None:
    content = json.loads(testing.folder.path("-cyclonedx.json").read_text(encoding="utf-8"))
    group, artifact = name.split(":")
    (entry,) = [entry for entry in content["components"] if (entry.get("group"), entry["name"]) == (group, artifact)]
    del entry["licenses"]
    found = bill_complaints(content, *ARTIFACTS[TESTING.name])
    assert found == [f"the bill of materials says of {artifact} {entry['version']} no licence"]


def test_notices_as_they_are_have_nothing_wrong(text: tuple[bytes, Artifact]) -> None:
    content, artifact = text
    assert list(notices.complaints(content.decode(), artifact)) == []


@pytest.mark.parametrize("what", NOTICE_BREAKS)
def test_what_is_wrong_in_notices_is_found(text: tuple[bytes, Artifact], what: str) -> None:
    content, artifact = text
    change, complaint = NOTICE_BREAKS[what]
    found = list(notices.complaints(change(content).decode(), artifact))
    assert any(complaint in line for line in found), found


def test_a_command_has_more_in_it_than_a_library() -> None:
    """A list for the desktop that left the command out would be as good as the AAR's."""
    more = {thing.name for thing in everything(TESTING)} - {thing.name for thing in everything(AAR)}
    assert {"clap", "maud", "rcgen", "couchpass-cli", "couchpass-sandbox"} <= more
    assert "unwinding" not in {thing.name for thing in everything(TESTING)}
