"""How often one person, or one address that is not signed in, may ask. Counted in each web worker's own memory.

What a request counts as is read off the request itself, so that no room has to ask for a limit and none can forget it.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from flask import Flask, current_app, request
from flask_login import current_user

from portal.config import Rate
from portal.errors import TooOften
from portal.templating import number
from portal.translating import N_

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What belongs to a page, and what a monitor asks, is never refused.
UNCOUNTED = frozenset({"static", "web.health"})
SEARCHES = frozenset({"search", "api"})
# Asked with every few letters: whoever types long may not be kept from searching.
WHILE_TYPING = frozenset({"search.suggestions"})


class TooManyRequests(TooOften):
    message = N_("Many requests came in a short time. It works again in %(seconds)s seconds.")


def install(app: Flask, rates: Mapping[str, Rate]) -> None:
    """Refuse with TooManyRequests what is over a limit. `rates` are the figures by name, as in the settings."""
    # What counts towards each limit, and how much: of files each, since it is each that costs.
    counts: dict[str, Callable[[], int]] = {
        "default": lambda: 1,
        "search": lambda: request.blueprint in SEARCHES and request.endpoint not in WHILE_TYPING,
        "write": lambda: _writes() and not _is_stranger_s_form(),
        "upload": _files_carried,
        "sign_in": _is_stranger_s_form,
    }
    counters = [(counts[name], Counted(rate)) for name, rate in rates.items()]

    @app.before_request
    def count() -> None:
        if request.endpoint in UNCOUNTED:
            return
        who = _who_asks()
        wait = max(counter.count(who, much) for counts, counter in counters if (much := counts()))
        if wait:
            raise TooManyRequests(seconds=number(wait), wait=wait)


class Counted:
    """Requests by who sends them, in stretches of time that begin for all at once."""

    def __init__(self, rate: Rate):
        self._rate = rate
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._ends = 0.0

    def count(self, who: str, much: int = 1) -> int:
        """Whole seconds till the next stretch when this was too much, else 0."""
        with self._lock:
            moment = time.time()
            if moment >= self._ends:
                self._counts.clear()
                self._ends = (moment // self._rate.seconds + 1) * self._rate.seconds
            self._counts[who] += much
            return math.ceil(self._ends - moment) if self._counts[who] > self._rate.most else 0


def _who_asks() -> str:
    return f"person {current_user.id}" if current_user.is_authenticated else f"address {request.remote_addr}"


def _writes() -> bool:
    return request.method not in READING_METHODS


def _is_stranger_s_form() -> bool:
    """Sent from a page that is open to people who are not signed in: to sign in, to get a new password, to set up."""
    view = current_app.view_functions.get(request.endpoint or "")
    return _writes() and not current_user.is_authenticated and getattr(view, "is_public", False)


def _files_carried() -> int:
    if not _writes():
        return 0
    return sum(bool(file.filename) for _, file in request.files.items(multi=True))
