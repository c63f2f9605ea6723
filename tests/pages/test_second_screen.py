"""The second screen in a real browser: with a thumb, with a keyboard, without scripts, and when something goes wrong."""

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from stage.browser import DESKTOP, PHONE, Browser
from stage.sandbox import Sandbox
from stage.tv import Tv

APIS = pytest.mark.parametrize("api", ["v1", "v2"])
# Each API on each width, each width by day and by night.
LOOKS = pytest.mark.parametrize(
    ("api", "size", "scheme"),
    [("v1", PHONE, "dark"), ("v1", DESKTOP, "light"), ("v2", PHONE, "light"), ("v2", DESKTOP, "dark")],
    ids=["v1-phone-dark", "v1-desktop-light", "v2-phone-light", "v2-desktop-dark"],
)


def typed(code: str) -> str:
    """As somebody types a code who has other things to do."""
    return f" {code[:3].lower()} - {code[3:].lower()} "


def enter(browser: Browser, sandbox: Sandbox, code: str) -> None:
    browser.open(f"{sandbox.web}/activate")
    browser.page("Connect your TV")
    browser.fill("#code", typed(code))
    browser.named("Continue").click()
    browser.page("Choose your TV provider")


def sign_in(browser: Browser, user: str = "everything", password: str = "sandbox-everything") -> None:
    browser.page("Sign in to Northwind Cable")
    browser.fill("#user", user)
    browser.fill("#password", password)
    browser.named("Sign in").click()


@LOOKS
def test_a_viewer_signs_the_tv_in(browser: Browser, sandbox: Sandbox, api: str, size: Any, scheme: str) -> None:
    browser.size(size)
    browser.scheme(scheme)
    tv = Tv(sandbox, api)
    code = tv.code()

    def look(name: str) -> None:
        browser.assert_accessible()
        browser.keep(f"{name} {api} {'phone' if size == PHONE else 'desktop'} {scheme}")

    browser.open(f"{sandbox.web}/activate")
    browser.page("Connect your TV")
    look("1 code")
    enter(browser, sandbox, code)
    assert "Lantern TV on AFTKA, Android 9" in browser.text("main")
    assert browser.text("#count") == "4 providers"
    broken = browser.run("return [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src)")
    assert broken == [], "every provider has a logo"
    look("2 provider")
    browser.named("Northwind Cable").click()
    browser.page("Sign in to Northwind Cable")
    look("3 sign in")
    sign_in(browser)
    browser.page("Is this your TV?")
    assert code in browser.text("main") and "AFTKA, Android 9" in browser.text("main")
    look("4 consent")
    browser.named("Allow").click()
    browser.page("Done")
    look("5 done")
    assert sandbox.signed_in() == ["everything"]
    assert tv.signed_in()


def test_day_and_night_look_different(browser: Browser, sandbox: Sandbox) -> None:
    browser.open(f"{sandbox.web}/activate")
    grounds = []
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        grounds.append(browser.run("return getComputedStyle(document.querySelector('main')).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(27, 32, 43)"]


@APIS
def test_a_scanned_code_says_whose_tv_it_is(browser: Browser, sandbox: Sandbox, api: str) -> None:
    browser.size(PHONE)
    code = Tv(sandbox, api).code()
    browser.open(f"{sandbox.web}/activate?code={code}")
    browser.page("Connect your TV")
    assert browser.find("#code").get_attribute("value") == code
    assert "Lantern TV on AFTKA, Android 9 shows this code." in browser.text("main")
    browser.assert_accessible()
    browser.keep(f"1 code scanned {api}")
    browser.named("Continue").click()
    browser.page("Choose your TV provider")


@APIS
def test_by_keyboard_alone(browser: Browser, sandbox: Sandbox, api: str) -> None:
    tv = Tv(sandbox, api)
    browser.open(f"{sandbox.web}/activate")
    browser.page("Connect your TV")
    browser.until(lambda: browser.focus() == "code", "the focus in the field for the code")
    browser.press(typed(tv.code()), Keys.ENTER)
    browser.page("Choose your TV provider")
    browser.tab_to("q")
    browser.press("a")
    assert browser.text("#count") == "4 providers"
    browser.press(Keys.BACKSPACE, "WIND")
    assert browser.text("#count") == "1 provider", "which is read out as it changes"
    assert [one.text for one in browser.all("#providers li")] == ["Northwind Cable"]
    browser.tab_to("Northwind Cable")
    browser.press(Keys.ENTER)
    browser.page("Sign in to Northwind Cable")
    browser.until(lambda: browser.focus() == "user", "the focus in the field for the user")
    browser.press("everything")
    browser.tab_to("password")
    browser.press("sandbox-everything")
    browser.tab_to("Show password")
    browser.press(Keys.SPACE)
    assert browser.find("#password").get_attribute("type") == "text"
    browser.tab_to("Sign in")
    browser.press(Keys.ENTER)
    browser.page("Is this your TV?")
    browser.tab_to("Allow")
    browser.press(Keys.ENTER)
    browser.page("Done")
    assert sandbox.signed_in() == ["everything"]


@APIS
def test_without_scripts(browser: Browser, sandbox: Sandbox, api: str) -> None:
    browser.size(PHONE)
    browser.scripts(False)
    tv = Tv(sandbox, api)
    enter(browser, sandbox, tv.code())
    browser.fill("#q", "harbor")
    browser.named("Search").click()
    browser.until(lambda: browser.text("#count") == "1 provider", "the server's search")
    browser.named("Show all providers").click()
    browser.until(lambda: browser.text("#count") == "4 providers", "all providers")
    browser.named("Northwind Cable").click()
    sign_in(browser, password="wrong")
    browser.until(lambda: browser.all("[role=alert]"), "the complaint")
    assert not browser.all("[aria-pressed]"), "no button that does nothing"
    sign_in(browser)
    browser.page("Is this your TV?")
    browser.named("Allow").click()
    browser.page("Done")
    assert tv.signed_in()


def test_a_wrong_code(browser: Browser, sandbox: Sandbox) -> None:
    browser.open(f"{sandbox.web}/activate")
    browser.fill("#code", "aaa-aaaa")
    browser.named("Continue").click()
    browser.until(lambda: browser.all("[role=alert]"), "the complaint")
    assert "This code is not known" in browser.text("[role=alert]")
    assert browser.driver.title == "Error: Connect your TV"
    assert browser.focus() == "why", "who listens hears first what is wrong"
    field = browser.find("#code")
    assert field.get_attribute("value") == "aaa-aaaa", "to be corrected, not typed again"
    assert (field.get_attribute("aria-invalid"), field.get_attribute("aria-describedby")) == ("true", "why code-hint")
    browser.assert_accessible()
    browser.keep("code wrong")


@APIS
def test_a_wrong_password(browser: Browser, sandbox: Sandbox, api: str) -> None:
    enter(browser, sandbox, Tv(sandbox, api).code())
    browser.named("Northwind Cable").click()
    sign_in(browser, password="wrong")
    browser.until(lambda: browser.all("[role=alert]"), "the complaint")
    assert browser.text("[role=alert]") == "The name or the password is not right."
    assert browser.focus() == "why"
    assert browser.find("#user").get_attribute("value") == "everything"
    assert browser.find("#password").get_attribute("value") == ""
    browser.assert_accessible()
    browser.keep(f"password wrong {api}")
    assert sandbox.signed_in() == []
    sign_in(browser)
    browser.page("Is this your TV?")


@APIS
def test_another_provider_after_all(browser: Browser, sandbox: Sandbox, api: str) -> None:
    enter(browser, sandbox, Tv(sandbox, api).code())
    browser.named("Cedar Satellite").click()
    browser.page("Sign in to Cedar Satellite")
    browser.named("Choose another provider").click()
    browser.page("Choose your TV provider")
    browser.named("Northwind Cable").click()
    sign_in(browser)
    browser.page("Is this your TV?")


def test_a_field_without_a_code(browser: Browser, sandbox: Sandbox) -> None:
    browser.open(f"{sandbox.web}/activate")
    browser.page("Connect your TV")
    browser.fill("#code", " - ")
    browser.named("Continue").click()
    browser.until(lambda: browser.text("[role=alert]") == "Type the code that your TV shows.", "the complaint")


@APIS
def test_a_code_that_expires_at_the_door(browser: Browser, sandbox: Sandbox, api: str) -> None:
    code = Tv(sandbox, api).code()
    sandbox.ask("PUT", "/clock", {"advance_ms": 31 * 60 * 1000})
    browser.open(f"{sandbox.web}/activate")
    browser.fill("#code", code)
    browser.named("Continue").click()
    browser.until(lambda: browser.all("[role=alert]"), "the complaint")
    assert "This code has expired." in browser.text("[role=alert]")
    browser.assert_accessible()
    browser.keep(f"code expired {api}")


@APIS
def test_a_code_that_expires_on_the_way(browser: Browser, sandbox: Sandbox, api: str) -> None:
    enter(browser, sandbox, Tv(sandbox, api).code())
    browser.named("Northwind Cable").click()
    browser.page("Sign in to Northwind Cable")
    sandbox.ask("PUT", "/clock", {"advance_ms": 31 * 60 * 1000})
    sign_in(browser)
    browser.page("This sign-in is over")
    browser.assert_accessible()
    browser.keep(f"over {api}")
    browser.named("Enter the code on your TV").click()
    browser.page("Connect your TV")
    assert sandbox.signed_in() == []


@APIS
def test_a_viewer_says_no_and_changes_their_mind(browser: Browser, sandbox: Sandbox, api: str) -> None:
    tv = Tv(sandbox, api)
    code = tv.code()
    enter(browser, sandbox, code)
    browser.named("Northwind Cable").click()
    sign_in(browser)
    browser.page("Is this your TV?")
    browser.named("Deny").click()
    browser.page("Not signed in")
    assert "You have said no" in browser.text("main")
    browser.assert_accessible()
    browser.keep(f"denied {api}")
    assert sandbox.ask("GET", "/codes")["codes"][0]["state"] == "denied"
    assert not tv.signed_in()
    browser.named("Try again").click()
    browser.page("Connect your TV")
    assert browser.find("#code").get_attribute("value") == code
