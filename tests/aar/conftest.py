"""What the tests break copies of: what ./aar has built before."""

from pathlib import Path

import pytest

from couchpass_aar.archive import Aar
from couchpass_aar.released import Released
from couchpass_aar.testing import CouchpassTesting


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--repository", type=Path, required=True, help="the Maven repository that ./aar has filled")
    parser.addoption("--symbols", type=Path, required=True, help="the symbols of its libraries")


@pytest.fixture(scope="session")
def released(request: pytest.FixtureRequest) -> Released:
    return Released(request.config.getoption("--repository"), request.config.getoption("--symbols"))


@pytest.fixture(scope="session")
def aar(released: Released) -> Aar:
    return released.aar


@pytest.fixture(scope="session")
def testing(request: pytest.FixtureRequest) -> CouchpassTesting:
    return CouchpassTesting(request.config.getoption("--repository"))
