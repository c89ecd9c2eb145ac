"""Parts of pages that are the same in many answers: rendered once and remembered.

A part sees only what it is given, and all of that is in its key or under its stamps: what one reader may see is never shown
to another. What differs with every answer, like the token of a form, has its place kept by a mark that nobody can
guess, and is filled in when the part is shown.
"""

import secrets
from collections.abc import Callable, Hashable, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

from flask import Flask, current_app, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from portal import templating
from portal.remembering import Remembered
from portal.translating import language

_PARTS: Final = Remembered[Hashable, str](most=20_000_000, weigh=len)


_keeps_places: ContextVar[bool] = ContextVar("keeps_places", default=False)


def csrf_token() -> str:
    """For templates and the macros they import: this answer's token, within a part the mark of its place."""
    return place_of("csrf_token") if _keeps_places.get() else _token()


def _token() -> str:
    # flask-wtf keeps it in g, and makes a serializer anew to find that out.
    token: str = g.get("csrf_token") or generate_csrf()
    return token


def install(app: Flask) -> None:
    """After flask-wtf, whose own function knows of no parts."""
    app.jinja_env.globals["csrf_token"] = csrf_token


@cache
def place_of(name: str) -> str:
    """The mark that keeps the place of what is filled in under this name."""
    return f"{name}{secrets.token_hex(16)}"


def part(
    template: str,
    stamps: str | None,
    key: Mapping[str, Hashable],
    given: Callable[[], Mapping[str, Any]],
    fill: Mapping[str, str] | None = None,
) -> Markup:
    """The template rendered with the values of `key` and `given`; anew when the stamps or a value of the key are others.

    What `given` answers must follow from the key under these stamps. `fill` are texts that may be others each time, by
    the names under which the template shows them; `csrf_token()` is this answer's own.
    """
    fill = fill or {}

    def render() -> str:
        keeping = _keeps_places.set(True)
        try:
            return current_app.jinja_env.get_template(template).render(
                {**key, **given(), **{name: place_of(name) for name in fill}}, current_language=language()
            )
        finally:
            _keeps_places.reset(keeping)

    html = _PARTS.under(stamps, (template, language(), templating.numerals.get(), *key.values()), render)
    if place_of("csrf_token") in html:
        html = html.replace(place_of("csrf_token"), _token())
    for name, text in fill.items():
        html = html.replace(place_of(name), str(escape(text)))
    # Rendered templates, escaped where they were made.
    return Markup(html)  # noqa: S704
