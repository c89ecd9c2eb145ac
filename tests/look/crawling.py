"""Open every page of a town as each of its people, then every link found on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from tests.look.pages import Page
from tests.look.worlds import CAST, EXAMPLES, Town

# Filters and facets make links without end; so many of one route, for one person, show what the route does.
MOST_LINKS_OF_A_ROUTE = 6
NOWHERE = "/nothing/stands/here"


@dataclass(frozen=True)
class Visit:
    """What one of the cast got from one address; `found_on` is the page whose link led here, empty for an example."""

    who: str
    route: str
    url: str
    status: int
    mimetype: str
    body: str
    found_on: str = ""

    @cached_property
    def page(self) -> Page:
        return Page(self.body)

    @property
    def is_page(self) -> bool:
        return self.mimetype == "text/html" and self.status != 204 and not 300 <= self.status < 400

    def __str__(self) -> str:
        return f"{self.who} {self.url}" + (f" (from {self.found_on})" if self.found_on else "")


def reading_routes(app: Flask) -> dict[str, bool]:
    """The routes that answer GET, each with whether it needs arguments."""
    routes: dict[str, bool] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and "GET" in (rule.methods or ()):
            needs = bool(rule.arguments - set(rule.defaults or ()))
            routes[rule.endpoint] = routes.get(rule.endpoint, True) and needs
    return routes


def crawl(town: Town) -> list[Visit]:
    """All visits of all the cast; routes without an example are left out (a test of its own tells of them)."""
    return [visit for who in CAST for visit in _walk(town, who)]


def open_bare(app: Flask) -> list[Visit]:
    """The first-run page, to which every other page leads, in both languages."""
    browser = app.test_client()
    visits = []
    for language in ("th", "en"):
        with browser.session_transaction() as cookie:
            cookie["language"] = language
        visits += [
            _open(browser, "visitor", _route_of(app, url), url, "") for url in ("/setup", "/", "/knowledge")
        ]
    return visits


def _walk(town: Town, who: str) -> Iterator[Visit]:
    browser = town.browser_of(who)
    seen: set[str] = set()
    waiting: list[tuple[str, str]] = [(url, "") for url in examples(town)]
    followed: dict[str, int] = {}
    while waiting:
        url, found_on = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        route = _route_of(town.app, url)
        if found_on:
            followed[route] = followed.get(route, 0) + 1
            if followed[route] > MOST_LINKS_OF_A_ROUTE:
                continue
        visit = _open(browser, who, route, url, found_on)
        yield visit
        if visit.is_page and visit.status == 200:
            waiting += [(link, url) for link in _links(visit) if link not in seen]


def examples(town: Town, most: int | None = None) -> list[str]:
    """The addresses of EXAMPLES, of each route at most so many, those of routes without arguments, and one of nothing."""
    urls = []
    with town.app.test_request_context():
        for route, needs_arguments in reading_routes(town.app).items():
            if route in EXAMPLES:
                urls += [town.app.url_for(route, **arguments) for arguments in EXAMPLES[route](town)[:most]]
            elif not needs_arguments:
                urls.append(town.app.url_for(route))
    return [*urls, NOWHERE]


def _open(browser: FlaskClient, who: str, route: str, url: str, found_on: str) -> Visit:
    answer = browser.get(url)
    mimetype = answer.mimetype
    body = answer.get_data(as_text=True) if mimetype.startswith("text/html") else ""
    answer.close()
    return Visit(who, route, url, answer.status_code, mimetype, body, found_on)


def _links(visit: Visit) -> Iterator[str]:
    for link in dict.fromkeys(visit.page.links):
        target = urldefrag(urljoin(f"http://localhost{visit.url}", link)).url
        parts = urlsplit(target)
        if parts.netloc == "localhost" and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def _route_of(app: Flask, url: str) -> str:
    """The route that answers the address, or what is said instead (404 Not Found, 405 …)."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(url).path, method="GET")
    except HTTPException as error:
        return str(error.code)
    return str(endpoint)
