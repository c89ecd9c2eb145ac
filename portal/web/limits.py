"""How often one person, or one address that is not signed in, may ask. Counted in each web worker's own memory.

What a request counts as is read off the request itself, so that no room has to ask for a limit and none can forget it.
"""

import math
import time
from collections.abc import Mapping

from flask import Flask, current_app, request
from flask_limiter import ApplicationLimit, Limiter, RequestLimit
from flask_login import current_user

from portal.errors import TooOften
from portal.templating import number
from portal.translating import N_

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What belongs to a page, and what a monitor asks, is never refused.
UNCOUNTED = frozenset({"static", "web.health"})
SEARCHES = frozenset({"search", "api"})


class TooManyRequests(TooOften):
    message = N_("Many requests came in a short time. It works again in %(seconds)s seconds.")


def install(app: Flask, limits: Mapping[str, str]) -> None:
    """Refuse with TooManyRequests what is over a limit. `limits` are the figures by name, as in the settings."""
    # Each limit, and what does not count towards it.
    uncounted = {
        "default": lambda: False,
        "search": lambda: request.blueprint not in SEARCHES,
        "write": lambda: not _writes() or _is_stranger_s_form(),
        "upload": lambda: not _carries_files(),
        "sign_in": lambda: not _is_stranger_s_form(),
    }
    limiter = Limiter(
        _who_asks,
        application_limits=[
            ApplicationLimit(figure, scope=name, exempt_when=uncounted[name])
            for name, figure in limits.items()
        ],
        request_identifier=lambda: request.endpoint or "nothing is here",  # is counted all the same
        on_breach=_refuse,
        storage_uri="memory://",
    )
    limiter.request_filter(lambda: request.endpoint in UNCOUNTED)
    limiter.init_app(app)


def _who_asks() -> str:
    return f"person {current_user.id}" if current_user.is_authenticated else f"address {request.remote_addr}"


def _writes() -> bool:
    return request.method not in READING_METHODS


def _is_stranger_s_form() -> bool:
    """Sent from a page that is open to people who are not signed in: to sign in, to get a new password, to set up."""
    view = current_app.view_functions.get(request.endpoint or "")
    return _writes() and not current_user.is_authenticated and getattr(view, "is_public", False)


def _carries_files() -> bool:
    return _writes() and any(file.filename for file in request.files.values())


def _refuse(limit: RequestLimit) -> None:
    seconds = max(1, math.ceil(limit.window.reset_time - time.time()))
    raise TooManyRequests(seconds=number(seconds), wait=seconds)
