"""One sandbox and one browser for all tests; each test finds both as at their start."""

import os
import shutil
from pathlib import Path
from typing import Iterator

import pytest

from stage.browser import Browser
from stage.sandbox import Sandbox


@pytest.fixture(scope="session")
def command() -> str:
    return os.environ["COUCHPASS"]


@pytest.fixture(scope="session")
def started(command: str) -> Iterator[Sandbox]:
    sandbox = Sandbox(command)
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    output = Path(os.environ["PAGES_OUTPUT"])
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert chromium and driver
    browser = Browser(chromium, driver, Path(os.environ["AXE"]), output, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.stop()


@pytest.fixture
def sandbox(started: Sandbox) -> Sandbox:
    started.ask("POST", "/reset")
    return started


@pytest.fixture
def browser(window: Browser) -> Iterator[Browser]:
    window.fresh()
    yield window
    assert window.complaints() == []
