"""The repository that all this is built from, as far as what is released repeats it."""

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

TOP = Path(__file__).resolve().parents[3]
POM = "{http://maven.apache.org/POM/4.0.0}"


@cache
def version() -> str:
    found = re.search(r'(?ms)^\[workspace\.package\].*?^version = "(.*?)"', (TOP / "Cargo.toml").read_text(encoding="utf-8"))
    assert found, "Cargo.toml has no version"
    return found.group(1)


@cache
def licence() -> bytes:
    return (TOP / "LICENSE").read_bytes()


@cache
def api_classes(artifact: str) -> list[str]:
    """The classes that the file with the public names of an artifact has, as the JVM writes them."""
    names = (TOP / "android" / "api" / f"{artifact}.api").read_text(encoding="utf-8")
    found = re.findall(r"(?m)^public (?:[a-z]+ )*class (\S+)", names)
    assert found, f"no public name of {artifact} was found"
    return found


@cache
def maven_versions() -> dict[str, str]:
    """The one version that the root pom.xml has for each library, by its coordinates."""
    pom = ElementTree.parse(TOP / "pom.xml").getroot()
    properties = {element.tag.removeprefix(POM): element.text or "" for element in pom.findall(f"{POM}properties/*")}
    properties["project.version"] = version()

    def text(element: ElementTree.Element, name: str) -> str:
        said = element.findtext(f"{POM}{name}", "")
        return re.sub(r"\$\{(.+?)}", lambda found: properties[found.group(1)], said)

    return {
        f"{text(element, 'groupId')}:{text(element, 'artifactId')}": text(element, "version")
        for element in pom.findall(f"{POM}dependencyManagement/{POM}dependencies/{POM}dependency")
    }
