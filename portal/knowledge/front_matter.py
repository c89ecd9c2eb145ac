"""What an imported document says about itself: the YAML between two lines of --- in Markdown, the fields of a JSON record.

Nothing of it is believed before it was looked at: a document that says something unknown (a step, a kind, a day that can't
be told) is refused with the reason, since guessing would file it wrongly for years.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import yaml

from portal.errors import BadInput
from portal.items.audience import CHOICES
from portal.items.models import TITLE_LENGTH
from portal.knowledge.models import AssetKind, KnowledgeForm
from portal.plan.steps import STEPS, KMStep
from portal.thai.dates import BANGKOK, AmbiguousYear, UnreadableDate, read_date
from portal.thai.repair import repair
from portal.translating import N_
from portal.web.numbers import whole_number

EXTERNAL_ID_LENGTH = 200
# A head of a document, not a document: YAML is slow, and 20 kB of it are some 300 lines.
MOST_FRONT_MATTER = 20_000
MOST_ENTRIES = 100
KNOWN = frozenset(
    [
        "external_id",
        "kind",
        "title",
        "step",
        "steps",
        "goal",
        "knowledge",
        "author",
        "unit",
        "tags",
        "audience",
        "published_at",
        "origins",
    ]
)
_FENCE = "---"


class BadSource(BadInput):
    """A document that can't be imported as it is; the message says why."""


class NoFrontMatterEnd(BadSource):
    message = N_("the front matter begins with --- but does not end with ---")


class FrontMatterTooLong(BadSource):
    message = N_("the front matter is longer than %(limit)s characters")


class BadFrontMatter(BadSource):
    message = N_("the front matter can't be read as YAML (line %(line)s)")


class NotAMapping(BadSource):
    message = N_("the front matter must be lines of “name: value”")


class BadField(BadSource):
    message = N_("“%(field)s” can't be used as it is: %(value)s")


class UnknownStep(BadSource):
    message = N_("there is no step %(value)s; the steps are KM1 to KM7 and CM1 to CM6")


class UnreadableDay(BadSource):
    message = N_("“published_at” can't be read as a day: %(value)s; write it as 2026-10-01 or 1 ต.ค. 2569")


class TitleTooLong(BadSource):
    message = N_("the title has more than %(limit)s characters")


@dataclass(frozen=True)
class Fields:
    """What a document says about itself, looked at, with the defaults for what it does not say."""

    external_id: str = ""  # empty: named after its file
    kind: AssetKind = AssetKind.DOCUMENT
    title: str = ""
    steps: tuple[str, ...] = (KMStep.ORGANIZATION.value,)
    goal: int | None = None  # the number of a goal in the organisation's plan
    knowledge: KnowledgeForm = KnowledgeForm.EXPLICIT
    author: str = ""  # user name; empty: the importer
    unit: str = ""  # code; empty: the author's
    tags: tuple[str, ...] = ()
    audience: str = "organisation"
    published_at: datetime | None = None
    origins: tuple[str, ...] = ()  # external ids
    ignored: tuple[str, ...] = ()  # names that mean nothing here


def split(text: str) -> tuple[Mapping[str, Any], str]:
    """The front matter and the text below it; no front matter is an empty mapping. BadSource when it is broken."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return {}, text
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in (_FENCE, "...")), None)
    if end is None:
        raise NoFrontMatterEnd
    head = "\n".join(lines[1:end])
    if len(head) > MOST_FRONT_MATTER:
        raise FrontMatterTooLong(limit=MOST_FRONT_MATTER)
    try:
        loaded = yaml.load(head, _Loader)  # noqa: S506 - a safe loader that is stricter still
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadFrontMatter(line=mark.line + 2 if mark else 1) from error
    if loaded is None:
        loaded = {}
    if not isinstance(loaded, dict) or not all(isinstance(name, str) for name in loaded):
        raise NotAMapping
    return loaded, "\n".join(lines[end + 1 :])


def read_fields(given: Mapping[str, Any]) -> Fields:
    """The fields a document gives, each looked at; what is absent or empty has its default. BadSource for the rest."""
    found = {name: value for name, value in given.items() if name in KNOWN and value not in (None, "", [])}
    wanted: dict[str, Any] = {
        "external_id": _line(found, "external_id", EXTERNAL_ID_LENGTH),
        "title": _title(found),
        "author": _line(found, "author", 80),
        "unit": _line(found, "unit", 40),
        "goal": _whole(found, "goal"),
        "kind": _code(
            found, "kind", {**{str(kind): kind for kind in AssetKind}, "asset": AssetKind.DOCUMENT}
        ),
        "knowledge": _code(found, "knowledge", {str(form): form for form in KnowledgeForm}),
        "audience": _code(found, "audience", {choice: choice for choice in CHOICES}),
        "steps": _steps(found),
        "tags": tuple(_lines(found, "tags", split_at=",")),
        "origins": tuple(_lines(found, "origins")),
        "published_at": _moment(found),
    }
    ignored = tuple(sorted(name for name in given if name not in KNOWN | {"body"}))
    return Fields(**{name: value for name, value in wanted.items() if value}, ignored=ignored)


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        """Nothing is written once and meant many times: ten names of ten names of ten … are a gigabyte in 500 letters."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def _text(value: Any) -> str | None:
    """A number is a text in YAML when nobody quotes it; a truth value or a mapping is none, nor is a number of thousands
    of digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    with suppress(ValueError):
        return " ".join(repair(str(value)).split())
    return None


def _line(found: Mapping[str, Any], name: str, most: int) -> str:
    if name not in found:
        return ""
    text = _text(found[name])
    if not text or len(text) > most:
        raise BadField(field=name, value=_shown(found[name]))
    return text


def _title(found: Mapping[str, Any]) -> str:
    text = _text(found["title"]) if "title" in found else ""
    if text is None:
        raise BadField(field="title", value=_shown(found["title"]))
    if len(text) > TITLE_LENGTH:
        raise TitleTooLong(limit=TITLE_LENGTH)
    return text


def _lines(found: Mapping[str, Any], name: str, split_at: str = "") -> list[str]:
    given = found.get(name, [])
    if isinstance(given, str):
        given = given.split(split_at) if split_at else [given]
    texts = [_text(value) for value in given[:MOST_ENTRIES]] if isinstance(given, list) else [None]
    if None in texts:
        raise BadField(field=name, value=_shown(given))
    return [text for text in texts if text]


def _whole(found: Mapping[str, Any], name: str) -> int | None:
    if name not in found:
        return None
    number = whole_number(_text(found[name]))
    if number is None:
        raise BadField(field=name, value=_shown(found[name]))
    return number


def _code(found: Mapping[str, Any], name: str, codes: Mapping[str, Any]) -> Any:
    if name not in found:
        return None
    text = _text(found[name]) or ""
    if text not in codes:
        raise BadField(field=name, value=_shown(found[name]))
    return codes[text]


def _steps(found: Mapping[str, Any]) -> tuple[str, ...]:
    given = [one.upper() for name in ("step", "steps") for one in _lines(found, name, split_at=",")]
    for step in given:
        if step not in STEPS:
            raise UnknownStep(value=_shown(step))
    return tuple(dict.fromkeys(given))


def _moment(found: Mapping[str, Any]) -> datetime | None:
    """A day is its morning in Bangkok; a moment without its zone is Bangkok's."""
    given: Any = found.get("published_at")
    if given is None:
        return None
    if isinstance(given, str):
        given = _as_written(given.strip())
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=BANGKOK)
    if isinstance(given, date):
        return datetime.combine(given, time(9), BANGKOK)
    raise UnreadableDay(value=_shown(given))


def _as_written(text: str) -> date:
    for read_iso in (date.fromisoformat, datetime.fromisoformat):
        with suppress(ValueError):
            return read_iso(text)
    try:
        return read_date(text)
    except (AmbiguousYear, UnreadableDate) as error:
        raise UnreadableDay(value=_shown(text)) from error


def _shown(value: Any) -> str:
    text = _text(value) or type(value).__name__
    return text if len(text) <= 60 else f"{text[:60]}…"
