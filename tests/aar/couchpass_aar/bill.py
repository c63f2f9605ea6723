"""A bill of materials, held against what is linked in and what Maven brings along."""

from collections import Counter
from collections.abc import Iterable, Iterator

from .linked import Artifact, Crate, Named, differences, everything
from .source import version

WHERE = "the bill of materials"

# What the libraries that we name bring along themselves, in a version that is theirs to say.
BROUGHT = {"org.jetbrains:annotations"}


def complaints(bill: dict, artifact: Artifact, libraries: Iterable[Named]) -> Iterator[str]:
    """All that is wrong with it. `libraries` are those of the POM, by their coordinates."""
    if bill.get("bomFormat") != "CycloneDX":
        yield f"{WHERE} is not one of CycloneDX"
    about = bill["metadata"]["component"]
    kind = "aar" if artifact.for_android else "jar"
    if about.get("purl") != f"pkg:maven/io.couchpass/{artifact.name}@{version()}?type={kind}":
        yield f"{WHERE} is about {about.get('purl')}"
    components = bill.get("components", [])
    for component in [about, *components]:
        yield from _licence(component)
    for name, times in Counter(component["bom-ref"] for component in components).items():
        if times > 1:
            yield f"{WHERE} has {name} {times} times"
    # Only what Maven has put there has a group.
    yield from _maven([component for component in components if "group" in component], set(libraries))
    yield from _native([component for component in components if "group" not in component], artifact)
    yield from _graph(bill, about["bom-ref"])


def _licence(component: dict) -> Iterator[str]:
    """Whether it has one, as an expression or by its name, and ours that of this repository."""
    called = f"{WHERE} says of {component['name']} {component['version']}"
    names = [entry.get("expression") or _name(entry.get("license", {})) for entry in component.get("licenses", [])]
    if not names or not all(names):
        yield f"{called} no licence"
    elif component.get("group") == "io.couchpass" and names != ["Apache-2.0"]:
        yield f"{called} that it is under {', '.join(names)}"


def _name(licence: dict) -> str | None:
    return licence.get("id") or licence.get("name")


def _maven(components: list[dict], libraries: set[Named]) -> Iterator[str]:
    found = {(f"{component['group']}:{component['name']}", component["version"]) for component in components}
    yield from differences(WHERE, libraries, {named for named in found if named[0] not in BROUGHT})
    for component in components:
        purl = f"pkg:maven/{component['group']}/{component['name']}@{component['version']}?type="
        if not component.get("purl", "").startswith(purl):
            yield f"{WHERE} calls {component['name']} {component['version']} {component.get('purl')}"


def _native(components: list[dict], artifact: Artifact) -> Iterator[str]:
    wanted = {(thing.name, thing.version): thing for thing in everything(artifact)}
    yield from differences(WHERE, wanted, {(component["name"], component["version"]) for component in components})
    for component in components:
        thing = wanted.get((component["name"], component["version"]))
        if thing is None:
            continue
        called = f"{WHERE} says of {thing.name} {thing.version}"
        if [entry.get("expression") for entry in component.get("licenses", [])] != [thing.licence]:
            yield f"{called} another licence than {thing.licence}"
        if isinstance(thing, Crate) and not thing.ours:
            if component.get("purl") != thing.purl:
                yield f"{called} that it is {component.get('purl')}"
            if component.get("hashes") != [{"alg": "SHA-256", "content": thing.checksum}]:
                yield f"{called} another checksum than Cargo.lock"


def _graph(bill: dict, root: str) -> Iterator[str]:
    """Whether each is there because something needs it."""
    needs = {entry["ref"]: set(entry.get("dependsOn", [])) for entry in bill["dependencies"]}
    reached, todo = set(), [root]
    while todo:
        reference = todo.pop()
        if reference not in reached:
            reached.add(reference)
            todo += needs.get(reference, ())
    for component in bill.get("components", []):
        if component["bom-ref"] not in reached:
            yield f"{WHERE} does not say what needs {component['bom-ref']}"
    for reference in sorted(reached - {root} - {component["bom-ref"] for component in bill.get("components", [])}):
        yield f"{WHERE} needs {reference}, and does not have it"
