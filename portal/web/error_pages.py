"""One page for every error: what happened, what to do now, and the request's number for the admin."""

import errno
from urllib.parse import urlsplit

from flask import (
    Flask,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.db import only_read_from_here, session
from portal.errors import Conflict, PortalError, TooOften
from portal.translating import N_, gettext
from portal.web.kept_forms import KeptForm

TITLES = {
    400: N_("This request can't be understood"),
    401: N_("Please sign in"),
    403: N_("You may not do this"),
    404: N_("Not found"),
    405: N_("This request can't be understood"),
    409: N_("Somebody was quicker"),
    410: N_("No longer valid"),
    413: N_("Too large"),
    422: N_("This can't be used as it is"),
    429: N_("Too many requests"),
    500: N_("Something went wrong"),
    503: N_("The portal is busy"),
    507: N_("The disk is full"),
}
ADVICE = {
    400: N_("Go back one page and try again."),
    403: N_("If you think you should be able to, ask your admin."),
    404: N_("It may have been moved, withdrawn, or never been open to you. Try the search."),
    409: N_("Open the page again to see what has changed."),
    413: N_("Make it smaller or divide it, then send it again."),
    429: N_("Wait a little, then try again. Until then nothing is sent and nothing is lost."),
    500: N_("It was noted. Try again; if it happens once more, tell your admin the number below."),
    503: N_("Many people are writing at once. Nothing was half-written. Please send it again in a moment."),
    507: N_("Nothing was half-written. Tell your admin that the disk is full, then send it again."),
}
# What a database says when somebody else took the place, or removed what is referred to.
QUICKER = frozenset(
    {
        *("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_FOREIGNKEY"),
        *("23505", "23503"),  # PostgreSQL: unique_violation, foreign_key_violation
    }
)
READ_ONLY = "25006"  # PostgreSQL: read_only_sql_transaction


def install(app: Flask) -> None:
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(IntegrityError, _two_at_once)
    app.register_error_handler(OperationalError, _database_trouble)
    app.register_error_handler(InternalError, _trouble_within)
    app.register_error_handler(OSError, _disk_trouble)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def answer(
    status: int,
    message: str = "",
    *,
    kept: KeptForm | None = None,
    in_vain: KeptForm | None = None,
    title: str = "",
    advice: str = "",
) -> ResponseReturnValue:
    """The error page, or its words as JSON for the API and for scripts. `title` and `advice` (msgids) in place of the usual;
    `kept` can be sent again, `in_vain` only be copied."""
    session.rollback()
    title = gettext(title or TITLES.get(status, TITLES[500]))
    advice = advice or ADVICE.get(status, "")
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        return jsonify(error=message or title, status=status, request_id=g.get("request_id", "")), status
    page = render_template(
        "errors/page.html",
        status=status,
        title=title,
        message=message,
        advice=gettext(advice) if advice else "",
        kept=None if kept and kept.is_anothers else kept,
        in_vain=in_vain.typed() if in_vain and not in_vain.is_anothers else (),
        retry_url=request.full_path.rstrip("?") if status in (429, 503) and request.method == "GET" else "",
        request_id=g.get("request_id", ""),
    )
    return page, status


def _portal_error(error: PortalError) -> ResponseReturnValue:
    keeps = error.keeps_what_was_typed or error.status in (409, 413, 422, 429)
    kept = KeptForm.from_request(request) if keeps else None
    # What was typed for a place that is closed by now is given back; of the place nothing is said, as where there never was one.
    in_vain = KeptForm.from_request(request) if error.status in (403, 404) and not keeps else None
    message = gettext(error.message, **error.values)
    response = make_response(answer(error.status, message, kept=kept, in_vain=in_vain))
    if isinstance(error, TooOften):
        response.headers["Retry-After"] = str(error.wait)
    return response


def _expired_form(error: CSRFError) -> ResponseReturnValue:
    if not current_user.is_authenticated and request.endpoint != "people.sign_in":
        return _please_sign_in()
    kept = KeptForm.from_request(request)
    if kept is not None and kept.is_anothers:
        return _please_sign_in()
    return answer(400, gettext("This page was open for too long."), kept=kept)


def _page_before() -> str:
    """The address of the page of ours that the form was on; empty when the browser does not say, or says nonsense."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    page = came_from._replace(scheme="", netloc="", fragment="").geturl()
    return page if came_from.netloc == request.host else ""


def _please_sign_in() -> ResponseReturnValue:
    """To the sign-in page; a form that was on its way goes along and is offered again afterwards."""
    kept = KeptForm.from_request(request)
    session.rollback()
    if kept is None or not kept.sealed():
        if request.method in ("GET", "HEAD"):
            next_page = request.full_path.rstrip("?")
        else:  # back to the page the form was on, where its draft waits
            flash(gettext("Your session has ended, so nothing was sent. Sign in to go on."), "warning")
            next_page = _page_before()
        return redirect(url_for("people.sign_in", next=next_page))
    return current_app.ensure_sync(current_app.view_functions["people.sign_in"])(kept=kept), 401


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError) or (error.code is not None and error.code < 400):
        return error  # asked for under a foreign name no address can be made, so no page of ours either
    if error.code == 401 and not request.path.startswith("/api/"):
        return _please_sign_in()
    if error.code == 413:
        limit = (request.max_content_length or 0) // (1024 * 1024)
        return answer(413, gettext("At most %(limit)s MB can be sent at once.", limit=limit))
    return answer(error.code or 500)


def _two_at_once(error: IntegrityError) -> ResponseReturnValue:
    """Two at the very same moment passed the domain's own questions; the database let the first one in."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    if code not in QUICKER:
        return _unexpected(error)  # a CHECK or an empty column is a mistake of ours
    return _portal_error(Conflict())


def _trouble_within(error: InternalError) -> ResponseReturnValue:
    """A PostgreSQL that takes no writing, as a standby or on a disk that fails, is trouble of its own; else it is ours."""
    if getattr(error.orig, "sqlstate", None) == READ_ONLY:
        return _database_trouble(error)
    return _unexpected(error)


def _database_trouble(error: DBAPIError) -> ResponseReturnValue:
    text = str(error.orig).lower()
    current_app.logger.error("database trouble", exc_info=error)
    # The page itself reads, and must not ask for the lock that could not be had.
    only_read_from_here()
    if "full" in text or "no space" in text:
        return answer(507, kept=KeptForm.from_request(request))
    if "readonly" in text or "read-only" in text:
        return _not_writable()
    return answer(503, kept=KeptForm.from_request(request))


def _disk_trouble(error: OSError) -> ResponseReturnValue:
    current_app.logger.error("disk trouble", exc_info=error)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return _not_writable()
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return answer(507 if is_full else 500, kept=KeptForm.from_request(request))


def _not_writable() -> ResponseReturnValue:
    return answer(
        507,
        kept=KeptForm.from_request(request),
        title=N_("The disk can't be written"),
        advice=N_("Everything can be read, nothing was half-written. Tell your admin, then send it again."),
    )


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.error("unexpected error", exc_info=error)
    return answer(500, kept=KeptForm.from_request(request))
