"""Every way into the portal by which something could be found: the routes of the URL map that only read, and the search
itself. Each is asked as somebody who may not see the markers, and nothing of them may come back."""

import io
import itertools
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.search import plain_search
from portal.search.markers import Marker
from portal.search.query import LARGEST_PAGE, SearchQuery
from portal.search.results import Asker
from portal.search.searching import search_as

PUBLIC, STAFF, OWNER = "public", "staff", "owner"
# Rooms that answer questions are asked word by word; the others once with all words.
ITEM_NUMBERS: Final = frozenset({"item_id", "asset_id", "report_id", "thread_id", "event_id"})
ANSWERING: Final = frozenset({"search", "api", "expertise"})
MISSING: Final = 2_000_000_000  # the number of no item
ADDRESS: Final = "https://localhost"
LONGEST_WAIT: Final = 61.0  # seconds, when the portal says that it was asked too often
ATTEMPTS: Final = 3
PDF: Final = b"%PDF"


class Interrupted(Exception):
    """The process is to end."""


@dataclass(frozen=True)
class Leak:
    """What somebody was shown of a restricted item: `what` is text, count or existence."""

    door: str
    asker: str
    marker: str
    what: str

    def as_data(self) -> dict[str, str]:
        return asdict(self)


@dataclass
class Tried:
    """What was tried so far and what came of it. `failed` are doors that gave an error or did not answer."""

    doors: set[tuple[str, str]] = field(default_factory=set)
    requests: int = 0
    leaks: set[Leak] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


class Caller:
    """Somebody's browser within this process; `secret` is that of his session, the public has none.

    It asks from a thread of its own: within the context of whoever checks, one person's request would be taken for the next
    one's. `with Caller(…)` ends the thread.
    """

    def __init__(self, app: Flask, name: str, secret: str = ""):
        self.name = name
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="self-check")
        self._client = FlaskClient(app, app.response_class, use_cookies=True)
        if secret:
            self._thread.submit(self._sign_in, secret).result()

    def _sign_in(self, secret: str) -> None:
        with self._client.session_transaction(base_url=ADDRESS) as cookie:
            cookie["secret"] = secret

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.shutdown()

    def get(self, path: str, **arguments: str) -> TestResponse:
        """The answer, waited for when the portal says that it was asked too often."""
        for attempt in itertools.count(1):
            answer = self._thread.submit(
                self._client.get, path, base_url=ADDRESS, query_string=arguments, buffered=True
            ).result()
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS or attempt == ATTEMPTS:
                return answer
            time.sleep(min(float(answer.headers.get("Retry-After", 1)), LONGEST_WAIT))
        raise AssertionError("unreachable")


def try_doors(
    app: Flask,
    caller: Caller,
    markers: Sequence[Marker],
    known: Mapping[str, Sequence[Any]],
    tried: Tried,
    ended: Callable[[], bool],
) -> None:
    """Ask every route that only reads and all of whose arguments are known. Interrupted when the process is to end."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        if ended():
            raise Interrupted
        names = rule.arguments & ITEM_NUMBERS
        if names:
            _by_number(rule, caller, markers, known, tried)
        else:
            for path in _paths(rule, known):
                for arguments in _questions(rule, markers):
                    _look(rule, caller, _get(rule, caller, path, tried, **arguments), markers, tried)


def try_search(askers: Mapping[str, Asker], markers: Sequence[Marker], tried: Tried) -> None:
    """Ask the search itself, with the index and without it, where also numbers are seen that no page shows. Within a
    request's context."""
    for name, asker in askers.items():
        for text in _all_words(markers), *(marker.asked for marker in markers):
            query = SearchQuery.from_args({"q": text, "limit": str(LARGEST_PAGE)})
            found = search_as(query, asker)
            counted = found.total or any(option.count for facet in found.facets for option in facet.options)
            without = plain_search.find(query, asker).total
            for door, number in (("search", counted), ("search without the index", without)):
                tried.doors.add((door, name))
                if number:
                    tried.leaks.add(Leak(door, name, _kinds(text, markers), "count"))
            shown = repr(found)
            tried.leaks |= {Leak("search", name, one.kind, "text") for one in markers if one.secret in shown}


def owner_finds(caller: Caller, path: str, markers: Sequence[Marker]) -> bool:
    """Whether the owner is shown every marker that is published: else that nobody is would prove nothing."""
    text = caller.get(path, q=_all_words(markers), limit=str(LARGEST_PAGE)).text
    return all(marker.secret in text for marker in markers if marker.is_findable)


def _by_number(
    rule: Rule, caller: Caller, markers: Sequence[Marker], known: Mapping[str, Sequence[Any]], tried: Tried
) -> None:
    """A restricted item and one that never was must look the same."""
    name = next(iter(rule.arguments & ITEM_NUMBERS))
    for marker in markers:
        there = _paths(rule, {**known, name: [marker.item_id]})
        nowhere = _paths(rule, {**known, name: [MISSING]})
        for path, other in zip(there, nowhere, strict=True):
            answer = _get(rule, caller, path, tried)
            _look(rule, caller, answer, markers, tried)
            if answer.status_code != _get(rule, caller, other, tried).status_code:
                tried.leaks.add(Leak(rule.rule, caller.name, marker.kind, "existence"))


def _questions(rule: Rule, markers: Sequence[Marker]) -> Iterator[dict[str, str]]:
    """Nothing; all words; where questions are answered each word, its beginning, and it with a letter missing."""
    yield {}
    yield {"q": _all_words(markers)}
    if rule.endpoint.split(".")[0] in ANSWERING:
        for marker in markers:
            middle = len(marker.asked) // 2
            for text in (
                marker.asked,
                marker.asked[:middle],
                marker.asked[:middle] + marker.asked[middle + 1 :],
            ):
                yield {"q": text}


def _get(rule: Rule, caller: Caller, path: str, tried: Tried, **arguments: str) -> TestResponse:
    answer = caller.get(path, **arguments)
    tried.doors.add((rule.rule, caller.name))
    tried.requests += 1
    if (
        answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    ):
        tried.failed.add(rule.rule)
    return answer


def _look(rule: Rule, caller: Caller, answer: TestResponse, markers: Sequence[Marker], tried: Tried) -> None:
    text = f"{answer.headers}\n{text_of(answer.get_data())}"
    # What was typed comes back on many pages; a whole word that was typed only in part does not.
    typed = answer.request.args.get("q", "")
    for marker in markers:
        if marker.secret in text or (marker.asked in text and marker.asked not in typed):
            tried.leaks.add(Leak(rule.rule, caller.name, marker.kind, "text"))
    if answer.is_json and isinstance(answer.json, dict) and typed and answer.json.get("total"):
        tried.leaks.add(Leak(rule.rule, caller.name, _kinds(typed, markers), "count"))


def text_of(data: bytes) -> str:
    """What can be read in an answer, also in workbooks and documents, which are packed; nothing in PDF."""
    if data.startswith(PDF):
        return ""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return data.decode("utf-8", "replace")


def _paths(rule: Rule, known: Mapping[str, Sequence[Any]]) -> list[str]:
    """The addresses of a route for everything that is known; none when one of its arguments is not."""
    names = sorted(rule.arguments)
    if any(name not in known for name in names):
        return []
    built = (
        rule.build(dict(zip(names, values, strict=True)))
        for values in itertools.product(*(known[name] for name in names))
    )
    return [address[1] for address in built if address is not None]


def _all_words(markers: Iterable[Marker]) -> str:
    return " ".join(marker.asked for marker in markers)


def _kinds(typed: str, markers: Iterable[Marker]) -> str:
    """Which markers a question was about; empty when it was about all."""
    named = [
        marker.kind for marker in markers if marker.asked[: len(typed)] == typed or marker.asked in typed
    ]
    return named[0] if len(named) == 1 else ""
