"""The dashboard in a real browser: it shows what happens as it happens, and its switches switch."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.support.select import Select

from stage.browser import DESKTOP, PHONE, Browser
from stage.sandbox import Refused, Sandbox
from stage.tv import INFO, Tv


@pytest.fixture
def dashboard(browser: Browser, sandbox: Sandbox) -> Browser:
    browser.open(f"{sandbox.control}/")
    browser.until(lambda: browser.text("#link") == "Live", "the sandbox's world")
    return browser


def choose(browser: Browser, selector: str, value: str) -> None:
    Select(browser.find(selector)).select_by_value(value)


def says(browser: Browser, selector: str, words: str) -> None:
    browser.until(lambda: words in browser.text(selector), f"{words} in {selector}")


def signed_in(sandbox: Sandbox, api: str) -> Tv:
    tv = Tv(sandbox, api)
    sandbox.ask("POST", f"/codes/{tv.code()}/approve", {"account": "everything"})
    tv.look()
    return tv


def saved(browser: Browser, ending: str) -> Path:
    """The file that the browser has downloaded, once it is whole."""
    def whole() -> Any:
        return next((file for file in browser.downloads.iterdir() if file.name.endswith(ending) and file.stat().st_size), None)
    return browser.until(whole, f"a download that ends with {ending}")


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_requests_come_by_themselves_by_device_and_without_secrets(dashboard: Browser, sandbox: Sandbox, api: str) -> None:
    assert dashboard.all("#nothing"), "there is nothing to see yet"
    tv = signed_in(sandbox, api)
    other = Tv(sandbox, api, "the-tv-in-the-bedroom")
    other.code()
    # Two devices, who has no device id yet, and the browser that plays the viewer.
    dashboard.until(lambda: len(dashboard.all(".lane")) == 4, "a lane for each")
    says(dashboard, "#lanes", "AFTKA, Android 9")
    says(dashboard, "#authentications", "everything · Northwind · LANTERN")
    dashboard.find("#browsers").click()
    dashboard.until(lambda: len(dashboard.all(".lane")) == 3, "the devices alone")
    dashboard.find(".lane:last-child summary").click()
    says(dashboard, ".lane:last-child", "device_id")
    page = dashboard.driver.page_source
    for secret in (tv.bearer, tv.device, other.bearer, other.device, INFO):
        assert secret not in page


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")], ids=["phone-dark", "desktop-light", "desktop-dark"]
)
def test_everybody_can_read_it(dashboard: Browser, sandbox: Sandbox, size: Any, scheme: str) -> None:
    dashboard.size(size)
    dashboard.scheme(scheme)
    sandbox.ask("PUT", "/settings", {"throttling": "leaking"})
    sandbox.ask("POST", "/faults", {"effect": {"status": {"status": 503}}, "endpoint": "media_token", "calls": "always"})
    signed_in(sandbox, "v1")
    tv = Tv(sandbox, "v2", "the-tv-in-the-bedroom")
    tv.code()
    with pytest.raises(Refused):
        tv.ask("GET", "profiles/Nobody")
    dashboard.until(lambda: len(dashboard.all(".lane")) == 4, "a lane for each")
    says(dashboard, "#codes", "waiting")
    dashboard.assert_accessible()
    dashboard.find("#browsers").click()
    dashboard.until(lambda: len(dashboard.all(".lane")) == 3, "the devices alone")
    dashboard.keep(f"dashboard {'phone' if size == PHONE else 'desktop'} {scheme}", whole=True)


def test_a_code_is_answered(dashboard: Browser, sandbox: Sandbox) -> None:
    tv = Tv(sandbox, "v2")
    code = tv.code()
    says(dashboard, "#codes", code)
    choose(dashboard, "#answer-as", "basic")
    dashboard.named(f"Deny {code}").click()
    says(dashboard, "#codes", "denied")
    dashboard.named(f"Approve {code}").click()
    says(dashboard, "#authentications", "basic · Harborlight")
    says(dashboard, "#codes", "approved")
    assert [one.text for one in dashboard.all("#codes button, #codes a")] == ["Open"], "nothing is left to answer"
    dashboard.named("Sign everyone out").click()
    says(dashboard, "#authentications", "Nobody is signed in.")
    assert sandbox.signed_in() == []


def test_faults(dashboard: Browser, sandbox: Sandbox) -> None:
    tv = signed_in(sandbox, "v1")
    choose(dashboard, "#effect", "status")
    dashboard.fill("#value", "503")
    dashboard.fill("#endpoint", "authn_token")
    dashboard.named("Add the fault").click()
    says(dashboard, "#faults", "status 503 at authn_token, first 1, before")
    with pytest.raises(Refused) as refused:
        tv.look()
    assert refused.value.status == 503
    says(dashboard, "#faults", "struck 1 of 1")
    says(dashboard, "#lanes", "503 · status")
    dashboard.named("Remove all faults").click()
    says(dashboard, "#faults", "Nothing goes wrong on purpose.")
    tv.look()
    dashboard.fill("#endpoint", "nowhere")
    dashboard.named("Add the fault").click()
    says(dashboard, "#told", "nowhere")


def test_a_fault_whose_value_is_none_is_not_sent(dashboard: Browser, sandbox: Sandbox) -> None:
    for effect, value in (("status", "600"), ("status", ""), ("delay", "-1"), ("hold", ""), ("error", "")):
        choose(dashboard, "#effect", effect)
        dashboard.fill("#value", value)
        dashboard.named("Add the fault").click()
        assert dashboard.run("return document.querySelector('#value').matches(':invalid')"), (effect, value)
    choose(dashboard, "#effect", "drop")
    dashboard.named("Add the fault").click()
    says(dashboard, "#faults", "drop at any call")
    assert len(sandbox.ask("GET", "/faults")["faults"]) == 1


def test_a_sandbox_that_is_started_again_is_found_with_its_new_addresses(browser: Browser, command: str) -> None:
    first = Sandbox(command)
    try:
        browser.open(f"{first.control}/")
        says(browser, "#addresses", first.api)
    finally:
        first.stop()
    says(browser, "#link", "does not answer")
    second = Sandbox(command, int(first.control.rpartition(":")[2]))
    try:
        says(browser, "#addresses", second.api)
        says(browser, "#addresses", f"{second.web}/activate")
    finally:
        second.stop()
    # What the browser says of a sandbox that is away.
    assert browser.complaints()


def test_degradation_and_trials(dashboard: Browser, sandbox: Sandbox) -> None:
    choose(dashboard, "#degraded", "LANTERN Northwind")
    dashboard.named("Degrade").click()
    says(dashboard, "#degradations", "AuthNAll · Northwind · LANTERN")
    assert sandbox.ask("GET", "/degradations")["degradations"][0]["rule"] == "AuthNAll"
    dashboard.named("End all degradations").click()
    says(dashboard, "#degradations", "No provider is degraded.")
    tv = Tv(sandbox, "v1")
    preview = {"requestor_id": "LANTERN", "mso_id": "LanternPreview", "domain_name": "lantern.example"}
    tv.ask("POST", "/api/v1/authenticate/freepreview", **preview)
    tv.ask("GET", "/api/v1/authorize", resource="LanternOne")
    says(dashboard, "#trials", "LanternPreview")
    assert tv.device not in dashboard.driver.page_source
    dashboard.named("Reset all trials").click()
    says(dashboard, "#trials", "Nobody has had a trial.")


def test_clock_and_throttling(dashboard: Browser, sandbox: Sandbox) -> None:
    dashboard.find("#freeze").click()
    says(dashboard, "#frozen", "stands still")
    before = sandbox.ask("GET", "/clock")
    assert before["frozen"]
    dashboard.named("+ 30 minutes").click()
    dashboard.until(lambda: sandbox.ask("GET", "/clock")["now"] == before["now"] + 1_800_000, "the clock")
    Select(dashboard.find("#throttling")).select_by_visible_text("strict")
    dashboard.until(lambda: sandbox.ask("GET", "/settings")["throttling"] == "strict", "the throttling")
    tv = Tv(sandbox, "v2")
    # Two calls for the registration, and three more.
    for _ in range(3):
        tv.look()
    says(dashboard, "#buckets", "6 of 11 calls")
    dashboard.find("#enhanced").click()
    dashboard.until(lambda: sandbox.ask("GET", "/settings")["enhanced_errors"], "enhanced errors")
    dashboard.named("Reset the sandbox").click()
    dashboard.until(lambda: dashboard.all("#nothing"), "nothing")
    assert not sandbox.ask("GET", "/clock")["frozen"]


def test_what_has_happened_is_saved_and_replayed(dashboard: Browser, sandbox: Sandbox, command: str) -> None:
    tv = signed_in(sandbox, "v1")
    sandbox.ask("POST", "/faults", {"effect": "bearer_expired", "endpoint": "authorize"})
    with pytest.raises(Refused):
        tv.ask("GET", "/api/v1/authorize", resource="LanternOne")
    says(dashboard, "#lanes", "401 · bearer_expired")
    dashboard.named("Save as HAR").click()
    har = json.loads(saved(dashboard, ".har").read_text(encoding="utf-8"))
    assert har["log"]["version"] == "1.2"
    assert har["log"]["entries"][-1]["response"]["status"] == 401
    dashboard.named("Save as a case").click()
    case = saved(dashboard, ".json")
    for secret in (tv.bearer, tv.device, INFO):
        assert secret not in case.read_text(encoding="utf-8") + json.dumps(har)

    again = subprocess.run([command, "sandbox", "--replay", str(case)], capture_output=True, text=True, timeout=60)
    assert (again.returncode, "each answered as recorded" in again.stdout) == (0, True), again

    dashboard.named("Reset the sandbox").click()
    dashboard.until(lambda: dashboard.all("#nothing"), "nothing")
    dashboard.find("#replay-file").send_keys(str(case))
    says(dashboard, "#replayed", "were answered as recorded.")
    says(dashboard, "#lanes", "401 · bearer_expired")
    says(dashboard, "#authentications", "everything")

    no_case = case.with_name("other.json")
    no_case.write_text("no JSON", encoding="utf-8")
    dashboard.find("#replay-file").send_keys(str(no_case))
    says(dashboard, "#told", "This is no recorded case")

    other = json.loads(case.read_text(encoding="utf-8"))
    next(step for step in other["steps"] if step.get("fault") == "bearer_expired")["status"] = 200
    case.write_text(json.dumps(other), encoding="utf-8")
    dashboard.find("#replay-file").send_keys(str(case))
    says(dashboard, "#replayed", "1 differences. The first: status of GET /api/v1/authorize was 200, and is 401.")


def test_no_other_page_reaches_the_control_api(browser: Browser, sandbox: Sandbox) -> None:
    # By what a reset would take away.
    fault = sandbox.ask("POST", "/faults", {"effect": "drop", "endpoint": "logout"})["id"]
    # A page of the same host on another port, without a policy of its own.
    browser.open(f"{sandbox.web}/logo/Cedar.svg")
    script = """
        const done = arguments[1];
        const headers = arguments[0].withHeader ? { "Couchpass-Control": "1" } : {};
        fetch(arguments[0].url, { method: arguments[0].method, headers })
          .then((answer) => done(answer.type + answer.status), () => done("refused"));
    """
    for method, path in (("GET", "/secrets"), ("POST", "/reset"), ("GET", "/world")):
        for with_header in (True, False):
            ask = {"url": sandbox.control + path, "method": method, "withHeader": with_header}
            assert browser.driver.execute_async_script(script, ask) == "refused"
    # A browser refuses to hand an answer over even where the call has had its effect.
    assert [one["id"] for one in sandbox.ask("GET", "/faults")["faults"]] == [fault]
    # What the browser says about each is what was to be shown.
    assert browser.complaints()


def framed(browser: Browser, sandbox: Sandbox, url: str) -> str:
    """The address of what is in a frame, on a page of another origin that has no policy of its own."""
    browser.open(f"{sandbox.api}/nowhere")
    browser.driver.execute_async_script("""
        const frame = document.createElement("iframe");
        frame.addEventListener("load", () => arguments[1]());
        frame.src = arguments[0];
        document.body.append(frame);
    """, url)
    browser.driver.switch_to.frame(browser.find("iframe"))
    inside = browser.run("return document.URL")
    browser.driver.switch_to.default_content()
    return inside


def test_no_page_is_put_into_a_frame(browser: Browser, sandbox: Sandbox) -> None:
    picture = f"{sandbox.web}/logo/Cedar.svg"
    assert framed(browser, sandbox, picture) == picture, "what does not mind is framed"
    for page in (f"{sandbox.control}/", f"{sandbox.web}/activate"):
        assert framed(browser, sandbox, page).startswith("chrome-error:"), page
        assert any("frame-ancestors" in one for one in browser.complaints()), page


def test_who_has_scrolled_back_in_the_timeline_stays_there(dashboard: Browser, sandbox: Sandbox) -> None:
    tv = signed_in(sandbox, "v2")
    for _ in range(40):
        tv.look()
    list_of = "[...document.querySelectorAll('.requests')].sort((a, b) => b.children.length - a.children.length)[0]"
    count = lambda: dashboard.run(f"return {list_of}?.children.length ?? 0")
    dashboard.until(lambda: count() >= 40, "the requests of the device")
    at_end = f"const list = {list_of}; return list.scrollHeight > list.clientHeight && list.scrollTop + list.clientHeight >= list.scrollHeight - 1"
    assert dashboard.run(at_end)
    dashboard.run(f"const list = {list_of}; list.scrollTop = 30; list.firstChild.id = 'first'")
    # Something else changes: the list is not drawn anew.
    sandbox.ask("POST", "/faults", {"effect": "drop", "endpoint": "logout"})
    says(dashboard, "#faults", "drop at logout")
    assert dashboard.all("#first")
    before = count()
    tv.look()
    dashboard.until(lambda: count() > before, "one request more")
    assert dashboard.run(f"return [{list_of}.scrollTop, !document.getElementById('first')]") == [30, True]
    dashboard.run(f"const list = {list_of}; list.scrollTop = list.scrollHeight")
    before = count()
    tv.look()
    dashboard.until(lambda: count() > before, "one request more")
    assert dashboard.run(at_end)


def test_the_dashboard_has_no_script_inside(dashboard: Browser, sandbox: Sandbox) -> None:
    inline = dashboard.run("return [...document.scripts].filter((one) => !one.src).length")
    assert inline == 0
    blocked = dashboard.run("""
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken over'";
        document.body.append(script);
        return document.title;
    """)
    assert blocked == "Couchpass sandbox"
    assert any("Content Security Policy" in one for one in dashboard.complaints())
