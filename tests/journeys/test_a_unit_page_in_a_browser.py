"""An official opens a unit's page: in both languages, at a desk and on a phone, by key, on paper.

A real Chromium, the strict policy in force; pictures go to ``artefacts/``, which is not committed.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer
from tests import two_districts
from tests.worlds import OPENING, World

from hengneng.people.accounts.rules.roles import Role
from hengneng.protocol.records import Record
from hengneng.telemetry.journal import operations as journal

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "artefacts"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FAULTS = """axe.run(document, {runOnly: RULES}).then(done => JSON.stringify(
    done.violations.filter(one => ["serious", "critical"].includes(one.impact))
        .map(one => [one.id, one.nodes.map(node => node.html)])))"""
LANGUAGES = {"zh": ("zh-CN", "用能曲线"), "en": ("en-GB", "Curves")}
PHONE = 390


class Desk(NamedTuple):
    """A browser in which an official is signed in.

    Attributes:
        browser: Chromium.
        site: Address of the platform.
        session: The session's cookie.
        unit: Address of the curves of a unit that has data.
        empty: Address of the page of one that has none.
    """

    browser: Browser
    site: str
    session: str
    unit: str
    empty: str

    def opened(self, width: int = 1440, language: str = "zh", **more: Any) -> BrowserContext:
        """Return a window of that width, in that language, signed in."""
        window = self.browser.new_context(
            viewport={"width": width, "height": 900}, locale=LANGUAGES[language][0], **more
        )
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": self.session, "url": self.site}
        window.add_cookies([cookie])
        return window


@pytest.fixture
def site(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[str]:
    """The platform's address; its assets as they lie in the checkout."""
    settings.STATIC_ROOT = tmp_path
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    # A request's connection ends with it, so that the test's database can be taken down.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def desk(site: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An official's browser, and a unit whose register left a gap and was read late."""
    city, world = two_districts.build(), World.made()
    hours = [hour for hour in range(49) if not 8 < hour < 12]
    world.send([
        Record("R:M1:total", OPENING + h * 3600, 1000 + 100 * h + h % 7, 1, "M",
               OPENING + h * 3600 + (10 * 86400 if h == 15 else 60))
        for h in hours
    ])  # fmt: skip
    world.settle()
    journal.stop()  # its connection would outlive the test
    client = Client()
    client.force_login(two_districts.account(Role.CITY_OFFICIAL, city.own))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    # Playwright's own loop runs in this thread; Django would refuse its database beside one.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        unit, empty = f"{world.code}/curves?day=2025-11-08", city.own.unit.code
        yield Desk(browser, site, session, f"/desk/units/{unit}", f"/desk/units/{empty}")
        browser.close()


def show(window: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Open a page; return it with what the browser complained of."""
    page, complaints = window.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address, wait_until="networkidle")
    return page, complaints


def faults_of(page: Page) -> list[Any]:
    """Return what axe finds serious; it comes by the protocol, for the policy lets nothing in."""
    wire = page.context.new_cdp_session(page)
    wire.send("Runtime.evaluate", {"expression": AXE.read_text()})
    script = FAULTS.replace("RULES", json.dumps(RULES))
    asked = {"expression": script, "awaitPromise": True, "returnByValue": True}
    found: list[Any] = json.loads(wire.send("Runtime.evaluate", asked)["result"]["value"])
    return found


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1440, PHONE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_can_be_read_by_everyone(desk: Desk, language: str, width: int):
    window = desk.opened(width, language)
    unit = desk.unit.partition("/curves")[0]
    pages = {
        "curves": desk.unit,
        "overview": f"{unit}?day=2025-11-08",
        **{
            tab: f"{unit}/{tab}" for tab in ("points", "consumption", "evidence", "facts", "people")
        },
        "message": f"{unit}/messages/1",
        "empty": desk.empty,
        "desk": "/desk/",
        "done": "/desk/done",
        "units": "/desk/units",
        "energy": "/energy",
        "energy-type": "/energy/ELECTRICITY",
    }
    for name, address in pages.items():
        page, complaints = show(window, desk.site + address)
        picture(page, f"journey-{name}-{language}-{width}")
        assert complaints == [], name
        assert faults_of(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.close()


def test_the_drawing_speaks_the_language(desk: Desk):
    for language, (_, title) in LANGUAGES.items():
        page, _ = show(desk.opened(language=language), desk.site + desk.unit)
        assert page.get_by_role("link", name=title, exact=True).count() == 1
        assert page.locator("#curve .drawing svg").count() == 1


def test_the_numbers_are_one_key_away(desk: Desk):
    page, _ = show(desk.opened(), desk.site + desk.unit)
    numbers = page.locator("#curve .numbers")
    assert not numbers.is_visible()
    page.keyboard.press("t")
    assert not numbers.is_visible(), "a key acts only where the focus is"
    page.locator("#curve [data-toggle]").focus()
    page.keyboard.press("t")
    assert numbers.is_visible()
    assert numbers.locator("tbody tr").count() == 24


def test_the_keyboard_begins_with_a_way_past_the_navigation(desk: Desk):
    page, _ = show(desk.opened(), desk.site + desk.unit)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_next_day_comes_without_leaving_the_page(desk: Desk):
    page, complaints = show(desk.opened(), desk.site + desk.unit)
    page.evaluate("document.body.dataset.kept = 'yes'")
    page.locator("#day-after").click()
    page.wait_for_url("**day=2025-11-09**")
    page.locator("#curve .drawing svg").wait_for()
    assert page.evaluate("document.body.dataset.kept") == "yes"
    assert page.locator("#day").input_value() == "2025-11-09"
    kept = page.locator("main form input[name=day][type=hidden]")
    assert {one.input_value() for one in kept.all()} == {"2025-11-09"}
    assert "2025-11-09" in page.locator("#mine input[name=next]").first.input_value()
    assert "2025-11-09" in page.locator(".tabs a").nth(1).get_attribute("href")
    assert complaints == []


def test_without_scripts_the_numbers_stand_there(desk: Desk):
    page, _ = show(desk.opened(java_script_enabled=False), desk.site + desk.unit)
    assert page.locator("#curve .numbers tbody tr").count() == 24
    assert page.locator("#curve .numbers").is_visible()
    assert not page.locator("#curve .drawing").is_visible()
    page.locator("#day-after").click()
    assert "day=2025-11-09" in page.url


def test_keys_go_through_a_list_and_open_a_row(desk: Desk):
    page, complaints = show(desk.opened(), desk.site + "/desk/units")
    names = page.locator("[data-rows] tbody th a").all_inner_texts()
    focused = "document.activeElement.innerText"
    for key, place in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert page.evaluate(focused) == names[place], key
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("j")
    assert page.locator("#search").input_value() == "j", "a letter typed is a letter"
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/units/9*")
    assert complaints == []


def test_keys_are_shown_and_can_be_switched_off(desk: Desk):
    page, _ = show(desk.opened(), desk.site + "/desk/units")
    page.keyboard.press("?")
    assert page.locator("#keyboard").is_visible()
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.locator("[data-keys-help]").click()
    assert page.locator("#keyboard").is_visible()


def test_the_dark_is_chosen_against_the_device(desk: Desk):
    page, complaints = show(desk.opened(color_scheme="light"), desk.site + "/desk/")
    page.locator("details.menu summary").first.click()
    page.locator("button[name=theme][value=dark]").click()
    page.wait_for_load_state()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 23, 31)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert complaints == []


def test_on_paper_it_is_black_on_white(desk: Desk):
    page, complaints = show(desk.opened(), desk.site + desk.unit)
    page.emulate_media(media="print")
    page.wait_for_timeout(300)
    picture(page, "journey-unit-paper")
    strokes = page.evaluate(
        "[...new Set([...document.querySelectorAll('#curve svg path')]"
        ".map(one => one.getAttribute('stroke')))]"
    )
    assert "#000000" in strokes
    assert "#0f6a90" not in strokes
    assert not page.locator(".top nav").is_visible()
    assert not page.locator("#day").is_visible()
    assert complaints == []


def test_a_list_lies_broad_on_paper_and_says_what_it_holds(desk: Desk):
    page, _ = show(desk.opened(), desk.site + "/desk/units?district=310101")
    sheets = re.findall(rb"/MediaBox \[0 0 (\S+) (\S+)\]", page.pdf(prefer_css_page_size=True))
    assert {(round(float(width)), round(float(height))) for width, height in sheets} == {(842, 595)}
    page.emulate_media(media="print")
    assert page.locator("p.said .condition").is_visible()
    assert not page.locator("p.said > a:not(.condition)").is_visible()


@pytest.mark.parametrize(("width", "height", "size"), [(1920, 1080, 24), (3840, 2160, 48)])
def test_a_wall_of_any_size_says_what_is_not_known(desk: Desk, width, height, size):
    page = desk.opened().new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(desk.site + "/boards/?wall=1", wait_until="networkidle")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == size
    assert page.locator(".panel-now > .note").first.is_visible()
    assert page.evaluate("document.documentElement.scrollHeight") == height


def test_the_dark_of_the_device_is_heeded(desk: Desk):
    page, _ = show(desk.opened(color_scheme="dark"), desk.site + desk.unit)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 23, 31)"
    assert faults_of(page) == []


def test_the_browser_is_the_system_s():
    assert CHROMIUM is not None
    assert os.access(CHROMIUM, os.X_OK)
