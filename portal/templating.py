"""What every template can use: one filter each for numbers, dates and sizes, texts in two languages, static addresses."""

import hashlib
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from flask import Flask, has_request_context, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from portal.paths import STATIC
from portal.thai import dates
from portal.thai.numerals import Numerals, format_number, to_thai_digits
from portal.translating import form_for, gettext, language

_THAI_LETTER = re.compile("[\u0e01-\u0e2e]")
# The reader's choice of numerals; set with each request, like the language.
numerals: ContextVar[Numerals] = ContextVar("numerals", default=Numerals.ARABIC)


def number(value: float | None, decimals: int = 0) -> str:
    """The number with thousands grouped, in the reader's numerals; a dash when there is none."""
    if value is None:
        return "–"
    return format_number(round(value, decimals) if decimals else round(value), numerals.get())


def show_date(value: date | datetime | None, style: str = "short") -> str:
    """The day in Bangkok, Buddhist era, in the reader's language and numerals; empty for None."""
    if value is None:
        return ""
    return _known_date(value, style, language(), numerals.get())


@lru_cache(maxsize=10_000)
def _known_date(value: date | datetime, style: str, lang: str, in_numerals: Numerals) -> str:
    day = dates.bangkok_day(value) if isinstance(value, datetime) else value
    return dates.format_date(day, style=style, lang=lang, numerals=in_numerals)


def show_datetime(value: datetime | None, style: str = "short") -> str:
    """Day and time in Bangkok; empty for None."""
    if value is None:
        return ""
    return dates.format_datetime(value, style=style, lang=language(), numerals=numerals.get())


def show_clock(value: datetime | None, *, bare: bool = False) -> str:
    """The time of day in Bangkok, without the day; empty for None. `bare`: without the word for o'clock, before another."""
    if value is None:
        return ""
    here = value.astimezone(dates.BANGKOK)
    word = "" if bare else "\u00a0น."
    return shown_digits(f"{here:%H:%M}" if language() == "en" else f"{here:%H.%M}{word}")


def year(value: int) -> str:
    """A Buddhist year: no thousands grouped."""
    text = str(value)
    return to_thai_digits(text) if numerals.get() == Numerals.THAI else text


def shown_digits(text: str) -> str:
    """The text with its digits in the reader's numerals: satang, a telephone number of ours."""
    return to_thai_digits(text) if numerals.get() == Numerals.THAI else text


def filesize(size: int) -> str:
    """Bytes as people read them, in the reader's numerals."""
    amount, unit = float(size), gettext("bytes")
    for unit_name in ("KB", "MB", "GB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, unit_name
    shown = f"{amount:.1f}".rstrip("0").rstrip(".") if unit != gettext("bytes") else f"{amount:.0f}"
    return f"{to_thai_digits(shown) if numerals.get() == Numerals.THAI else shown} {unit}"


def in_language(thing: Any, attribute: str = "title") -> str:
    """`thing.title_en` for an English reader where it was filled in, else `thing.title`."""
    other = getattr(thing, f"{attribute}_en", "") if language() == "en" else ""
    return str(other or getattr(thing, attribute))


def written_in(text: str) -> str:
    """The language of a text people wrote, for the `lang` of its element: `th` when there is a Thai letter in it."""
    return "th" if _THAI_LETTER.search(text) else "en"


@cache
def _checksum(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a static file with its checksum, so that browsers may keep it for a year."""
    return page_url("static", filename=name, v=_checksum(name))


# A whole address holds the host that this browser named: nothing to be shown to another.
_OF_ONE_REQUEST = frozenset({"_external", "_scheme"})


@lru_cache(maxsize=10_000)
def _known_url(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def page_url(endpoint: str, **values: Any) -> str:
    """`url_for` for templates, which ask for the same forty addresses on every page: worked out once."""
    if not has_request_context() or endpoint.startswith(".") or not _OF_ONE_REQUEST.isdisjoint(values):
        return url_for(endpoint, **values)
    try:
        return _known_url(request.root_path, endpoint, tuple(values.items()))
    except TypeError:  # a list among the values
        return url_for(endpoint, **values)


Fragment = Callable[[Any], str | Markup]


class Slots:
    """Named places of a page that rooms above fill: a lower room's page asks for the slot, `app` registers fragments."""

    def __init__(self) -> None:
        self._fragments: dict[str, list[Fragment]] = {}

    def fill(self, name: str, fragment: Fragment) -> None:
        self._fragments.setdefault(name, []).append(fragment)

    def show(self, name: str, subject: Any = None) -> Markup:
        """The fragments of a slot one after the other; empty when nobody filled it."""
        # Fragments are rendered templates, escaped where they were made.
        return Markup("").join(Markup(part(subject)) for part in self._fragments.get(name, ()))  # noqa: S704


def _for_the_reader(show: Callable[..., str]) -> Callable[..., str]:
    """A filter whose answer depends on who reads. Given a constant, Jinja would work it out once for all when it compiles
    the template, in the numerals of whoever opened the page first; it does not for a filter that takes the context."""

    @pass_context
    def shown(_context: Context, *values: Any, **options: Any) -> str:
        return show(*values, **options)

    return shown


def install(app: Flask) -> None:
    """Give the application's templates their filters and functions."""
    jinja = app.jinja_env
    jinja.add_extension("jinja2.ext.i18n")
    jinja.add_extension("jinja2.ext.do")
    # Jinja fills the values in itself: a count in the reader's numerals would come too late for a filled text.
    jinja.install_gettext_callables(gettext, form_for, newstyle=True)  # type: ignore[attr-defined]
    jinja.filters.update(
        number=_for_the_reader(number),
        date=_for_the_reader(show_date),
        datetime=_for_the_reader(show_datetime),
        clock=_for_the_reader(show_clock),
        year=_for_the_reader(year),
        filesize=_for_the_reader(filesize),
        in_language=_for_the_reader(in_language),
        written_in=written_in,
        in_numerals=_for_the_reader(shown_digits),
    )
    jinja.globals.update(
        static_url=static_url,
        url_for=page_url,
        in_thai_numerals=lambda: numerals.get() == Numerals.THAI,
    )
    jinja.trim_blocks = jinja.lstrip_blocks = True
    app.extensions["slots"] = slots = Slots()
    jinja.globals["slot"] = slots.show
