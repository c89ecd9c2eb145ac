"""The application: every room is wired together here and nowhere else."""

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, g, request
from flask import session as cookie
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import templating, translating
from portal.admin import setup
from portal.admin.views import bp as admin_bp
from portal.api.views import bp as api_bp
from portal.communities import first_page as unread_card
from portal.communities.belonging import groups_kept_in_order
from portal.communities.hearing import who_muted
from portal.communities.hearing_views import bp as hearing_bp
from portal.communities.keeping_views import bp as keeping_bp
from portal.communities.kept import stood_on
from portal.communities.meeting_link import link_of_event
from portal.communities.poll_views import bp as polls_bp
from portal.communities.poll_views import polls_panel
from portal.communities.polling import polls_asked_by
from portal.communities.thread_views import bp as threads_bp
from portal.communities.views import bp as communities_bp
from portal.config import Settings
from portal.db import connect, read_only, session
from portal.demo import demo_accounts, furnish
from portal.drafts.views import bp as drafts_bp
from portal.evidence.views import bp as evidence_bp
from portal.expertise import views as expertise
from portal.home import frame
from portal.home.notice_views import bp as notices_bp
from portal.home.views import bp as home_bp
from portal.items.attaching import KEPT_FILES
from portal.items.attachment_views import bp as attachments_bp
from portal.items.last_reading import FLUSH_SECONDS as LAST_READ_FLUSH_SECONDS
from portal.items.last_reading import LastReadings
from portal.items.looking_after import TRUSTED
from portal.items.minding import ON_HOLDING, ON_TURNING_BACK
from portal.items.post_views import bp as posts_bp
from portal.items.rates import SENT_ELSEWHERE
from portal.items.reading import STOOD_ON
from portal.items.readings import FLUSH_SECONDS, ReadingCounter
from portal.items.views import bp as items_bp
from portal.items.views import follow_panel
from portal.knowledge import writing_views  # noqa: F401 - adds its routes to the blueprint
from portal.knowledge.views import bp as knowledge_bp
from portal.lifting.views import asset_panel, lifting_address, thread_panel
from portal.lifting.views import bp as lifting_bp
from portal.meetings import (
    attendance_views,  # noqa: F401 - adds its routes to the blueprint
    figure_views,  # noqa: F401 - adds its routes to the blueprint
    fragments,
    note_views,  # noqa: F401 - adds its routes to the blueprint
)
from portal.meetings.models import MUTED
from portal.meetings.noting import files_shown_in_notes
from portal.meetings.views import bp as meetings_bp
from portal.moderation import fragments as order
from portal.moderation import (
    piece_views,  # noqa: F401 - adds its routes to the blueprint
    rules_views,  # noqa: F401 - adds its routes to the blueprint
)
from portal.moderation.letting_through import tell_not_let_through
from portal.moderation.reporting import tell_of_held
from portal.moderation.views import bp as moderation_bp
from portal.paths import STATIC, TEMPLATES
from portal.people import signing_in
from portal.people.settings import organisation_and_settings
from portal.people.views import bp as people_bp
from portal.plan.views import bp as plan_bp
from portal.profiles import notice_views  # noqa: F401 - adds its routes to the blueprint
from portal.profiles.views import bp as profiles_bp
from portal.recognition import views as recognition
from portal.search import (
    insight_views,  # noqa: F401 - adds its routes to the blueprint
    need_views,  # noqa: F401 - adds its routes to the blueprint
    saved_views,  # noqa: F401 - adds its routes to the blueprint
    searching,
    thesaurus_views,  # noqa: F401 - adds its routes to the blueprint
)
from portal.search.insight import FLUSH_SECONDS as ASKED_FLUSH_SECONDS
from portal.search.insight import AskedCounter
from portal.search.views import bp as search_bp
from portal.thai.numerals import Numerals
from portal.training import after_card, first_page
from portal.training.register_views import development_section
from portal.training.views import bp as training_bp
from portal.web import access_log, error_pages, limits, parts, security, unfit_input
from portal.web.limits import READING_METHODS
from portal.web.views import bp as web_bp
from portal.web.visibility import current_person

# What the rooms of items and meetings ask of, or tell, the rooms above them. Nothing is put there by the import of a module: which of
# them a process imports must not decide whether a moderator is told.
ASKED_ABOVE: Sequence[tuple[list[Any], Callable[..., Any]]] = (
    (TRUSTED, groups_kept_in_order),
    (ON_HOLDING, tell_of_held),
    (ON_TURNING_BACK, tell_not_let_through),
    (KEPT_FILES, files_shown_in_notes),
    (SENT_ELSEWHERE, polls_asked_by),
    (MUTED, who_muted),
    (STOOD_ON, stood_on),
)
# What a room shows in a place that a lower room's page keeps for others, in the order in which it stands there.
FRAGMENTS: Sequence[tuple[str, Callable[..., str]]] = (
    ("home.first", first_page.card),
    ("home.first", after_card.card),
    ("home.first", unread_card.card),
    ("home.first", fragments.card),
    *((place, follow_panel) for place in ("asset.aside", "report.aside", "thread.aside", "event.aside")),
    ("thread.aside", thread_panel),
    ("thread.lifting", lifting_address),
    ("thread.polls", polls_panel),
    ("asset.aside", asset_panel),
    ("opening.actions", order.opening_actions),
    ("posts.standing", order.posts_standing),
    ("community.standing", order.community_standing),
    ("community.aside", fragments.of_community),
    ("community.member", expertise.member_tags),
    ("event.community", link_of_event),
    ("search.people", expertise.beside_results),
    ("profile.sections", expertise.profile_section),
    ("profile.sections", recognition.profile_section),
    ("profile.sections", development_section),
    ("me.sections", order.own_page),
    ("me.sections", expertise.my_section),
    ("me.sections", recognition.my_section),
    ("me.sections", development_section),
)


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """The portal as a WSGI application on the database and folders of the settings (default: the environment's)."""
    settings = settings or Settings.from_environment()
    for asked, answering in ASKED_ABOVE:
        if answering not in asked:
            asked.append(answering)
    app = Flask("portal", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=testing,
        MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=8
        * 1024
        * 1024,  # the texts of a form with files; of one without: web/security.py
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; the session itself ends
        TRUSTED_HOSTS=_trusted_hosts(settings),
    )
    if settings.behind_proxies:
        hops = settings.behind_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _log_in_lines(settings.log_level)
    connect(settings.database_url)

    security.install(app, over_tls=settings.secure_cookies)
    access_log.install(app, access_log.AccessLog(settings.log_dir))
    app.before_request(_open_session)
    app.teardown_request(_close_session)
    app.before_request(
        _choose_words
    )  # before pages are closed: also the sign-in page speaks the reader's language
    if not testing:
        limits.install(app, settings.limits)
    setup.install(app, furnish=furnish)
    signing_in.install(app)
    # A mail program that ends the mails for its reader has no token; the address is signed, and nothing else can be done there.
    CSRFProtect(app).exempt("portal.home.notice_views.end_mails")
    unfit_input.install(app)
    templating.install(app)
    parts.install(app)
    frame.install(app)
    for place, fragment in FRAGMENTS:
        app.extensions["slots"].fill(place, fragment)
    error_pages.install(app)
    app.extensions["readings"] = ReadingCounter(settings.secret_key, 3600 if testing else FLUSH_SECONDS)
    app.extensions["last_readings"] = LastReadings(3600 if testing else LAST_READ_FLUSH_SECONDS)
    app.extensions["asked"] = AskedCounter(settings.secret_key, 3600 if testing else ASKED_FLUSH_SECONDS)
    app.extensions["search_state"] = searching.install(app, settings)
    if settings.demo:
        app.extensions["demo"] = demo_accounts()
    for blueprint in (
        web_bp,
        home_bp,
        notices_bp,
        people_bp,
        profiles_bp,
        drafts_bp,
        items_bp,
        posts_bp,
        attachments_bp,
        knowledge_bp,
        plan_bp,
        training_bp,
        communities_bp,
        threads_bp,
        hearing_bp,
        keeping_bp,
        polls_bp,
        meetings_bp,
        lifting_bp,
        moderation_bp,
        evidence_bp,
        search_bp,
        expertise.bp,
        recognition.bp,
        admin_bp,
        api_bp,
    ):
        app.register_blueprint(blueprint)
    return app


def _trusted_hosts(settings: Settings) -> list[str] | None:
    """The names under which the portal may be asked for, where they are known: links in mails are made from them."""
    if settings.base_url:
        return [urlsplit(settings.base_url).hostname or "", "localhost", "127.0.0.1", "[::1]"]
    return ["localhost", "127.0.0.1", "[::1]"] if settings.demo else None


def _open_session() -> None:
    """Pages that only read never wait for somebody who writes. For one that writes the body is read before anything is
    asked of the database: the write lock must not be held while a slow line sends forty megabytes."""
    if request.method in READING_METHODS:
        read_only()
        return
    session.remove()
    try:
        request.get_data() if request.is_json else request.form
    except HTTPException as error:
        g.unreadable = error  # answered in the reader's language, below


def _close_session(_error: BaseException | None) -> None:
    session.remove()


def _choose_words() -> None:
    """Language and numerals of this request: the person's choice, else the browser's cookie, else the organisation's."""
    if request.endpoint in ("static", "web.health"):
        return
    g.organisation, g.settings = organisation_and_settings()
    decisions = g.settings
    person = current_person()
    language = cookie.get("language") or (person and person.language) or decisions.language
    translating.speak(language)
    if "unreadable" in g:
        raise g.unreadable
    numerals = (person and person.numerals) or decisions.numerals
    templating.numerals.set(
        Numerals.THAI if numerals == Numerals.THAI and language == "th" else Numerals.ARABIC
    )


def _log_in_lines(level: str) -> None:
    """Structured lines on standard error; no texts, names or queries of people."""
    logging.basicConfig(level=level.upper(), format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(
            sys.stderr
        ),  # standard output is for the commands' data
        cache_logger_on_first_use=False,
    )
