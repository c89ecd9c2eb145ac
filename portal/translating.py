"""Two languages: msgids are English, the catalogue is Thai, Thai is the default. Knows nothing of the web.

The current language belongs to the context (a request, a mail being written, a command).
"""

import gettext as stdlib_gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from portal.paths import LOCALE

LANGUAGES = {"th": "ไทย", "en": "English"}
DEFAULT = "th"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def _catalogue(language: str) -> stdlib_gettext.NullTranslations:
    if language == "en":
        return stdlib_gettext.NullTranslations()
    with (LOCALE / f"{language}.mo").open("rb") as compiled:
        return stdlib_gettext.GNUTranslations(compiled)


def language() -> str:
    """The language of the current context, `th` or `en`."""
    return _language.get()


def speak(code: str) -> None:
    """Set the language of the current context; an unknown code is Thai."""
    _language.set(code if code in LANGUAGES else DEFAULT)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Another language for a while: a mail in its reader's language."""
    token = _language.set(code if code in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(message: str, **values: object) -> str:
    """The message in the current language, with `%(name)s` filled from the values."""
    text = _catalogue(language()).gettext(message) if message else ""
    return text % values if values else text


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    """The right form for the count; `%(num)s` is the count unless a value of that name says otherwise."""
    return form_for(singular, plural, count) % {"num": count, **values}


def form_for(singular: str, plural: str, count: int) -> str:
    """The right form for the count with its `%(name)s` still open, for somebody else to fill."""
    return _catalogue(language()).ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a message for the catalogue without translating it yet."""
    return message


class Lazy:
    """A message that is translated when it is shown: form labels are written once, at import."""

    def __init__(self, message: str, **values: object):
        self._message, self._values = message, values

    def __str__(self) -> str:
        return gettext(self._message, **self._values)

    def __html__(self) -> str:
        # Labels are ours, but a value may be a person's: nothing unescaped leaves here.
        return str(self).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")

    def __mod__(self, values: Any) -> str:
        return str(str(self) % values)


def lazy_gettext(message: str, **values: object) -> Any:
    """Like gettext, said later. Typed Any since form libraries ask for str."""
    return Lazy(message, **values)
