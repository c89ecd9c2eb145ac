"""Sign-in for the web: wraps Person for Flask-Login, and closes every page that is not marked public.

A signed-in browser holds a random secret in its session cookie and a row in `sign_in`; the row ends after eight idle
hours, with the sign-out, or all at once with "sign out everywhere".
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from flask import Flask, Request, abort, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from portal.db import now, session, transaction
from portal.people.models import Person
from portal.people.passwords import digest
from portal.people.remembered import remembered_people
from portal.people.sign_in_models import ApiToken, SignIn
from portal.remembering import joined
from portal.thai.dates import bangkok_today
from portal.web.form_tokens import begin_tokens_of

IDLE = timedelta(hours=8)
# An ended session's row is kept a while: it tells whose form it was that came back too late.
FORGOTTEN = timedelta(days=7)
# last_seen_at is written at most this often, not with every page.
SEEN_EVERY = timedelta(minutes=5)
# Where somebody who must change his first password may still go.
BEFORE_PASSWORD_CHANGE = frozenset(
    {"people.change_password", "people.sign_out", "web.choose_language", "static"}
)

_SIGN_INS = SignIn.__table__.c
_SIGN_IN = select(_SIGN_INS.id, _SIGN_INS.person_id, _SIGN_INS.last_seen_at).where(
    _SIGN_INS.secret_hash == bindparam("secret_hash")
)

log = structlog.get_logger()

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view as open to people who are not signed in. Every other view is closed to them."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login asks of a user, around a Person who knows nothing of it."""

    def __init__(self, person: Person):
        self.person = person

    def get_id(self) -> str:
        return str(self.person.id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.person, name)


def begin_session(person: Person) -> None:
    """Begin a signed-in session in this browser; anything the browser's session held before is dropped."""
    session.execute(delete(SignIn).where(SignIn.secret_hash == digest(cookie.get("secret", ""))))
    language = cookie.get("language")
    _empty_cookie()
    if language:
        cookie["language"] = language
    cookie["secret"] = secret = secrets.token_urlsafe(32)
    begin_tokens_of(person.id)
    cookie["person"] = person.id  # whose form it was, when the session was ended in another browser
    session.execute(delete(SignIn).where(SignIn.last_seen_at < now() - FORGOTTEN))
    session.add(
        SignIn(secret_hash=digest(secret), person_id=person.id, browser=str(request.user_agent)[:200])
    )
    g.person_id, g._login_user = (
        person.id,
        SignedIn(person),
    )  # also the page that answers this request knows him


def end_session() -> None:
    """End this browser's session."""
    session.execute(delete(SignIn).where(SignIn.secret_hash == digest(cookie.get("secret", ""))))
    _empty_cookie()


def _empty_cookie() -> None:
    """Nothing of this browser's session before is left, neither in the cookie nor in the form token made from it."""
    cookie.clear()
    g.pop("csrf_token", None)


def end_all_sessions(person: Person) -> None:
    """End every session of the person, in every browser."""
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))


def _load(incoming: Request) -> SignedIn | None:
    if incoming.path.startswith("/api/") and (secret := _token_in(incoming)):
        person = _by_token(secret)
    elif "secret" in cookie:
        person = _by_cookie(cookie["secret"])
    else:
        person = None
    if person is None or not person.is_active:
        return None
    g.person_id = person.id
    return SignedIn(person)


def _by_cookie(secret: str) -> Person | None:
    found = session.connection().execute(_SIGN_IN, {"secret_hash": digest(secret)}).one_or_none()
    if found is None:
        g.person_of_ended_session = cookie.get("person")
        return None
    if found.last_seen_at < now() - IDLE:
        g.person_of_ended_session = found.person_id
        return None
    if found.last_seen_at < now() - SEEN_EVERY:
        g.seen_sign_in_id = found.id
    return _person(found.person_id)


def _person(person_id: int) -> Person | None:
    person = remembered_people((person_id,)).get(person_id)
    return person and joined(session(), person)


def _token_in(incoming: Request) -> str:
    scheme, _, secret = incoming.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _by_token(secret: str) -> Person | None:
    token = session.scalar(
        select(ApiToken)
        .where(ApiToken.secret_hash == digest(secret), ApiToken.revoked_at.is_(None))
        .options(joinedload(ApiToken.person))
    )
    if token is None or not token.person.is_active:
        g.token_is_wrong = True  # refused below, never taken for the public
        return None
    if token.last_used_on != bangkok_today():
        g.used_token_id = token.id
    return token.person


def _keep_seen(_error: BaseException | None) -> None:
    """Note that the session or the token is in use, after the answer and in a transaction of its own."""
    sign_in_id, token_id = g.pop("seen_sign_in_id", None), g.pop("used_token_id", None)
    if sign_in_id is None and token_id is None:
        return
    try:
        with transaction() as own:
            own.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now()))
            own.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_on=bangkok_today()))
    except SQLAlchemyError:
        # The page was answered; that it was asked for is noted with the next one.
        log.warning("the last use of a session or a token was not noted")


def install(app: Flask) -> None:
    """Close every page that is not `@public` to people who are not signed in."""
    manager = LoginManager(app)
    manager.request_loader(_load)
    manager.session_protection = None  # guards the library's own sessions; ours are rows in `sign_in`

    @app.before_request
    def close_pages() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static":
            return None
        if not current_user.is_authenticated:
            if "token_is_wrong" in g:
                abort(401)
            if not getattr(view, "is_public", False):
                abort(401)
        elif current_user.must_change_password and request.endpoint not in BEFORE_PASSWORD_CHANGE:
            return redirect(url_for("people.change_password"))
        return None

    app.teardown_request(_keep_seen)
