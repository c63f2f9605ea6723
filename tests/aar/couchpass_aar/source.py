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
