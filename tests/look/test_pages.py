"""Every page, opened as everybody who may come: it answers, it is whole, and it asks the browser to run nothing inline."""

import re

import pytest
from flask import Flask

from tests.look.crawling import NOWHERE, Visit, reading_routes
from tests.look.worlds import CAST, EXAMPLES

Visits = list[Visit]
# What a page must never show: a template that was not filled, a value that was not there, a message without its values.
LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|%\(|\bNone\b|\bUndefined\b|<Lazy|<bound method|object at 0x")


# Its pages are there till an organisation is; the bare portal below opens them.
ONLY_BEFORE = {"setup.first_run"}


@pytest.fixture(scope="module")
def visits(english_visits: Visits, thai_visits: Visits, bare_visits: Visits) -> Visits:
    return english_visits + thai_visits + bare_visits


@pytest.fixture(scope="module")
def pages(visits: Visits) -> Visits:
    """Those that are pages (no redirects, downloads or JSON)."""
    return [visit for visit in visits if visit.is_page]


def test_every_route_with_arguments_has_an_example(app: Flask) -> None:
    routes = reading_routes(app)
    assert [route for route, needs in routes.items() if needs and route not in EXAMPLES] == []
    assert [route for route in EXAMPLES if route not in routes] == []


def test_every_example_answers_everybody_and_nothing_breaks(visits: Visits) -> None:
    fine = {200, 204, 302, 303, 308, 401, 403, 404}
    assert [(str(visit), visit.status) for visit in visits if visit.status not in fine] == []


def test_pages_without_arguments_are_never_missing(app: Flask, visits: Visits) -> None:
    bare = {route for route, needs in reading_routes(app).items() if not needs} - ONLY_BEFORE
    wrong = [
        (str(visit), visit.status)
        for visit in visits
        if visit.route in bare
        and visit.status not in {200, 204, 302, 303, 403}
        and not (visit.route.startswith("api.") and visit.status == 401)
    ]
    assert wrong == []


def test_what_is_not_there_says_so_and_shows_the_way_on(visits: Visits) -> None:
    lost = [visit for visit in visits if visit.url == NOWHERE]
    assert [visit.status for visit in lost] == [404] * len(CAST) * 2
    assert all(
        "/" in visit.page.links and "/search" in {form.action for form in visit.page.forms} for visit in lost
    )


def test_every_route_is_a_page_for_at_least_one_of_the_cast(app: Flask, visits: Visits) -> None:
    answered = ONLY_BEFORE | {visit.route for visit in visits if visit.status in {200, 204, 302, 303, 308}}
    assert sorted(set(reading_routes(app)) - answered) == []


def test_no_link_leads_a_person_to_a_page_that_is_missing_or_closed_to_him(visits: Visits) -> None:
    followed = [visit for visit in visits if visit.found_on]
    assert len(followed) > 50
    assert [(str(visit), visit.status) for visit in followed if visit.status >= 400] == []


def test_a_page_has_one_heading_a_title_and_its_language(pages: Visits) -> None:
    assert [str(visit) for visit in pages if len(visit.page.h1) != 1 or not visit.page.h1[0].strip()] == []
    assert [str(visit) for visit in pages if not visit.page.title.partition(" · ")[0]] == []
    assert {visit.page.lang for visit in pages} == {"en", "th"}


def test_two_pages_in_a_row_are_told_apart_by_their_titles(english_visits: Visits) -> None:
    titles = {
        visit.route: visit.page.title
        for visit in english_visits
        if visit.is_page and visit.status == 200 and visit.who == "admin" and not visit.found_on
    }
    twice = sorted(title for title in titles.values() if list(titles.values()).count(title) > 1)
    assert twice == []


def test_an_id_stands_once_on_a_page(pages: Visits) -> None:
    doubled = {
        (visit.route, name) for visit in pages for name in visit.page.ids if visit.page.ids.count(name) > 1
    }
    assert doubled == set()


def test_nothing_inline_is_asked_of_the_browser(pages: Visits) -> None:
    assert {(visit.route, what) for visit in pages for what in visit.page.inline} == set()


def test_every_form_that_changes_something_carries_its_token(pages: Visits) -> None:
    bare = {
        (visit.route, form.action)
        for visit in pages
        for form in visit.page.forms
        if form.method != "get" and not any(name.endswith("csrf_token") for name in form.fields)
    }
    assert bare == set()
    assert sum(len(visit.page.forms) for visit in pages) > 100


def test_no_form_sends_a_secret_in_the_address(pages: Visits) -> None:
    leaking = {
        (visit.route, form.action)
        for visit in pages
        for form in visit.page.forms
        if form.method == "get" and "csrf_token" in form.fields
    }
    assert leaking == set()


def test_nothing_is_left_over_from_templates_or_messages(pages: Visits) -> None:
    left = {
        (visit.route, found[0], visit.url) for visit in pages if (found := LEFTOVERS.search(visit.page.text))
    }
    assert left == set()


def test_no_sheet_of_style_is_asked_for_that_is_not_there(pages: Visits) -> None:
    """A page names its static files through static_url, which reads them: a missing one would have broken it."""
    assert all('rel="stylesheet"' in visit.body for visit in pages)
    assert {visit.route for visit in pages if re.search(r'(?:src|href)="https?://', visit.body)} == set()
