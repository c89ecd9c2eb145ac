"""Numerals are the reader's own, on every page and whoever opened it before him."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal import templating
from portal.thai.numerals import Numerals


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    token = templating.numerals.set(Numerals.ARABIC)
    yield
    templating.numerals.reset(token)


def test_who_opened_a_page_first_does_not_choose_the_numerals_of_those_after_him(app: Flask) -> None:
    """Jinja works out a filter of a constant when it compiles a template, which is when somebody first opens the page."""
    page = app.jinja_env.from_string(
        "{{ 5 | number }} {{ 2569 | year }} {{ '1/2' | in_numerals }} {{ 12 | filesize }}"
    )
    templating.numerals.set(Numerals.THAI)
    assert page.render() == "๕ ๒๕๖๙ ๑/๒ ๑๒ ไบต์"
    templating.numerals.set(Numerals.ARABIC)
    assert page.render() == "5 2569 1/2 12 ไบต์"
