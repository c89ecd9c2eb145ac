"""Every page in a real browser, narrow and wide, light and dark: axe finds nothing, nothing sticks out, nothing is refused."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.databases import Databases
from tests.look.browsing import serving
from tests.look.crawling import examples
from tests.look.worlds import THAI, Town, bare_portal, town

pytestmark = pytest.mark.browser
# A theme changes colours and nothing else, so the second of each width is looked at for contrast alone. What lies between
# a phone and a PC is made of the parts of both: there it is only seen to that nothing sticks out.
EVERYTHING: list[str] = []
CONTRAST = ["color-contrast", "link-in-text-block"]
LOOKS: list[tuple[int, str, list[str] | None]] = [
    (1280, "light", EVERYTHING),
    (1280, "dark", CONTRAST),
    (768, "light", None),
    (360, "dark", EVERYTHING),
    (360, "light", CONTRAST),
]
# axe itself comes from the package; it is put into a page once and answers no more than what is wrong.
AXE = Axe().axe_script
RUN_AXE = """rules => axe.run({resultTypes: ["violations"], ...(rules.length && {runOnly: rules})})
  .then(found => found.violations.map(rule => [rule.id, rule.nodes[0].html.slice(0, 160)]))"""


@pytest.fixture(scope="module")
def place(workspace: Path, databases: Databases) -> Iterator[Town]:
    with town(workspace / "seen", databases, THAI, language="th", numerals="thai") as found:
        yield found


@pytest.fixture(scope="module")
def address(place: Town) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with serving(place.app) as address:
        yield address


@pytest.fixture(scope="module")
def browsing(browser: Browser, place: Town, address: str) -> Iterator[Callable[[str], BrowserContext]]:
    """The window of one of the cast, kept open for all pages."""
    contexts: dict[str, BrowserContext] = {}

    def window_of(who: str) -> BrowserContext:
        if who not in contexts:
            contexts[who] = browser.new_context(locale="th-TH")
            cookie = place.browser_of(who).get_cookie("portal")
            if cookie is not None:
                contexts[who].add_cookies([{"name": "portal", "value": cookie.value, "url": address}])
        return contexts[who]

    yield window_of
    for context in contexts.values():
        context.close()


def _addresses(place: Town) -> list[tuple[str, str]]:
    """Every page as the admin, who sees most of each, and those that look different to others as these."""
    admin = place.browser_of("admin")
    pages = [("admin", url) for url in dict.fromkeys(examples(place, most=1)) if _is_page(admin, url)]
    with place.app.test_request_context():
        pages += [
            ("visitor", place.app.url_for("people.sign_in")),
            ("visitor", place.app.url_for("home.first_page")),
            ("visitor", place.app.url_for("knowledge.show_asset", asset_id=place.ids["asset"])),
            ("staff", place.app.url_for("home.first_page")),
            ("staff", place.app.url_for("knowledge.edit_asset", asset_id=place.ids["asset"])),
            ("staff", place.app.url_for("knowledge.show_asset", asset_id=place.ids["drafts"]["staff"])),
            ("staff", place.app.url_for("knowledge.show_asset", asset_id=place.ids["long"])),
            ("staff", place.app.url_for("knowledge.edit_asset", asset_id=place.ids["long"])),
            ("staff", place.app.url_for("knowledge.show_revision", asset_id=place.ids["long"], number=1)),
            ("staff", place.app.url_for("search.results", q=place.words.tag)),
        ]
    return pages


def _is_page(browser: FlaskClient, url: str) -> bool:
    answer = browser.get(url)
    answer.close()
    return answer.mimetype == "text/html" and answer.status_code in (200, 404)


def faults_of(page: Page, url: str) -> list[tuple[str, str, str]]:
    """What is wrong with the page at the address in any look: the look, the rule, and the place."""
    faults: list[tuple[str, str, str]] = []

    def note(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "404" not in said.text:
            faults.append(("", "console", said.text))

    page.on("console", note)
    page.goto(url, wait_until="load")
    page.evaluate(AXE)
    for width, scheme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        look = f"{width} {scheme}"
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over:
            faults.append((look, "sticks out", f"{over} px"))
        if rules is not None:
            faults += [(look, rule, html) for rule, html in page.evaluate(RUN_AXE, rules)]
    page.remove_listener("console", note)
    return faults


def test_the_first_page_of_an_empty_portal_is_as_good(
    browser: Browser, workspace: Path, databases: Databases
) -> None:
    with bare_portal(workspace / "nobody", databases) as app, serving(app) as address:
        page = browser.new_page(locale="th-TH")
        assert faults_of(page, f"{address}/setup") == []
        page.close()


def test_axe_finds_nothing_and_nothing_sticks_out_on_any_page(
    browsing: Callable[[str], BrowserContext], place: Town, address: str
) -> None:
    pages = _addresses(place)
    assert len(pages) > 40
    windows: dict[str, Page] = {}
    wrong = []
    for who, url in pages:
        page = windows.setdefault(who, browsing(who).new_page())
        wrong += [(f"{who} {url}", *fault) for fault in faults_of(page, address + url)]
    assert not wrong, "\n".join(" | ".join(parts) for parts in wrong)
