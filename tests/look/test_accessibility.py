"""Every page in a real browser, narrow and wide, light and dark: axe finds nothing, nothing sticks out, nothing is refused."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from tests.look.crawling import reading_routes
from tests.look.worlds import EXAMPLES, THAI, Town, town

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LOOKS = [(1280, "light"), (1280, "dark"), (360, "dark"), (360, "light")]
# Routes that answer with no page: JSON, files, redirects.
NO_PAGES = (
    "api.",
    "web.",
    "drafts.",
    "attachments.",
    "knowledge.download",
    "items.show_item",
    "plan.show_year",
)
# Drawn once into the page: its own styles decide, so the browser need not load it anew for each look.
axe = Axe()


@pytest.fixture(scope="module")
def place(workspace: Path, empty_database: Path) -> Iterator[Town]:
    with town(workspace / "seen", empty_database.read_bytes(), THAI, language="th", numerals="thai") as found:
        yield found


@pytest.fixture(scope="module")
def address(place: Town) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, place.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: the browser tests must run in CI")
        pytest.skip("NO CHROMIUM FOUND: the browser tests are skipped")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


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
    """Every page as the admin, who sees most of each, and the open ones as a visitor."""
    pages: list[tuple[str, str]] = []
    with place.app.test_request_context():
        for route, needs_arguments in reading_routes(place.app).items():
            if route.startswith(NO_PAGES):
                continue
            arguments = EXAMPLES[route](place)[0] if route in EXAMPLES else {}
            if needs_arguments and not arguments:
                continue  # test_pages tells of it
            url = place.app.url_for(route, **arguments)
            is_public = getattr(place.app.view_functions[route], "is_public", False)
            pages.append(("visitor" if route.startswith("people.") and is_public else "admin", url))
        pages += [
            ("visitor", place.app.url_for("home.first_page")),
            ("visitor", place.app.url_for("knowledge.show_asset", asset_id=place.ids["asset"])),
            ("staff", place.app.url_for("knowledge.edit_asset", asset_id=place.ids["asset"])),
            ("staff", place.app.url_for("knowledge.show_asset", asset_id=place.ids["drafts"]["staff"])),
            ("staff", "/nothing/here"),
        ]
    return pages


def test_axe_finds_nothing_and_nothing_sticks_out_on_any_page(
    browsing: Callable[[str], BrowserContext], place: Town, address: str
) -> None:
    wrong: list[tuple[str, str, str]] = []
    pages = _addresses(place)
    assert len(pages) > 25
    windows: dict[str, Page] = {}
    for who, url in pages:
        page = windows.setdefault(who, browsing(who).new_page())
        complaints: list[str] = []

        def note(said: ConsoleMessage, heard: list[str] = complaints) -> None:
            if said.type in ("error", "warning") and "404" not in said.text:
                heard.append(said.text)

        page.on("console", note)
        page.goto(address + url, wait_until="load")
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            look = f"{who} {url} {width} {scheme}"
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over:
                wrong.append((look, "sticks out", f"{over} px"))
            wrong += [
                (look, rule["id"], rule["nodes"][0]["html"][:160])
                for rule in axe.run(page).response["violations"]
            ]
        wrong += [(f"{who} {url}", "console", text) for text in complaints]
        page.remove_listener("console", note)
    assert wrong == []
