"""A headless Chromium: of any width, by day or by night, with scripts or without."""

import base64
import json
import re
from pathlib import Path
from typing import Any, Callable

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

PHONE, DESKTOP = (390, 844), (1280, 900)
# Far more than any page takes; what it waits for comes as soon as it can.
PATIENCE = 30


class Browser:
    def __init__(self, chromium: str, driver: str, axe: Path, output: Path, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # Root, as in many containers, can have no sandbox around the browser.
        for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"):
            options.add_argument(word)
        options.add_argument(f"--user-data-dir={profile}")
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        self._axe, self._output = axe.read_text(encoding="utf-8"), output
        self.downloads = output / "downloads"
        self.downloads.mkdir(parents=True, exist_ok=True)

    def stop(self) -> None:
        self.driver.quit()

    def fresh(self) -> None:
        """As at the start: a desk, by day, with scripts, nothing said, nothing downloaded."""
        self.driver.get("about:blank")
        self.size(DESKTOP)
        self.scheme("light")
        self.scripts(True)
        self.driver.get_log("browser")
        for file in self.downloads.iterdir():
            file.unlink()
        behaviour = {"behavior": "allow", "downloadPath": str(self.downloads)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)

    def size(self, size: tuple[int, int]) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def scheme(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def scripts(self, on: bool) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not on})

    def open(self, url: str) -> None:
        self.driver.get(url)

    def until(self, come: Callable[[], Any], what: str) -> Any:
        """What is waited for, as soon as it is there."""
        return WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(lambda _: come(), f"waited for {what}")

    def page(self, title: str) -> None:
        """Returns once the page with this heading is there."""
        self.until(lambda: self.run("return document.readyState === 'complete' && document.querySelector('h1')?.textContent") == title, title)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """What of it can be seen. One look, for a page may change between two."""
        return self.run("return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())", selector)

    def text(self, selector: str) -> str:
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def named(self, name: str) -> WebElement:
        """The button or link that says this."""
        script = """
            const called = (one) => (one.getAttribute("aria-label") ?? one.innerText).trim() === arguments[0];
            return [...document.querySelectorAll("button, a")].filter((one) => one.checkVisibility() && called(one));
        """
        found = self.run(script, name)
        assert len(found) == 1, f"{len(found)} are called {name}"
        return found[0]

    def fill(self, selector: str, text: str) -> None:
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def press(self, *keys: str) -> None:
        """On the keyboard, wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def focus(self) -> str:
        """What has the focus, by its id or its text; it has to be seen that it has."""
        script = """
            const one = document.activeElement;
            return [getComputedStyle(one).outlineStyle, one.id || one.innerText];
        """
        outline, name = self.run(script)
        assert outline not in ("none", ""), f"nobody sees that {name} has the focus"
        return name

    def tab_to(self, wanted: str) -> None:
        """Goes on from one element to the next until this one has the focus."""
        passed = []
        for _ in range(40):
            self.press(Keys.TAB)
            passed.append(self.focus())
            if passed[-1] == wanted:
                return
        raise AssertionError(f"no way to {wanted} by keyboard: {passed}")

    def keep(self, name: str, whole: bool = False) -> None:
        """A picture of the window, or of the whole page, for those who look at what the tests have seen."""
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": whole})
        file = self._output / f"{re.sub('[^a-z0-9]+', '-', name.lower())}.png"
        file.write_bytes(base64.b64decode(taken["data"]))

    def assert_accessible(self) -> None:
        """By axe: WCAG 2.2, levels A and AA, and what axe itself recommends. And nothing is wider than the window."""
        if not self.run("return 'axe' in window"):
            self.run(self._axe + "; return null")
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        found = self.driver.execute_async_script(
            "const done = arguments[1]; axe.run(document, arguments[0]).then(done, (error) => done({error: String(error)}))", options)
        assert "error" not in found, found
        assert len(found["passes"]) > 10, "axe has looked at next to nothing"
        wrong = [(one["id"], [(node["target"], node.get("failureSummary")) for node in one["nodes"]]) for one in found["violations"]]
        assert not wrong, json.dumps(wrong, indent=1)
        wide = self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{wide} pixels too wide"

    def complaints(self) -> list[str]:
        """What the browser itself finds wrong: a script's error, something that a policy forbids."""
        said = self.driver.get_log("browser")
        # A refusal that a page shows to its viewer is an error to the browser.
        return [one["message"] for one in said if one["level"] == "SEVERE" and "the server responded with a status of 40" not in one["message"]]
