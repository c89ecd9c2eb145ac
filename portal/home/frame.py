"""What the frame of every page shows: whose it is, the main ways, the account, the foot, the other language."""

from typing import Any

from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from portal import translating
from portal.db import session
from portal.home.site_pages import PAGES, last_update
from portal.items.models import FOLLOWING_OF
from portal.notice_words import SPEAKERS
from portal.notices.reading import expect_the_bell, unread_of
from portal.people.models import Person
from portal.people.permissions import can_administer
from portal.remembering import PEOPLE, SITE_PAGES, expect, stamps_of
from portal.templating import in_language, page_url
from portal.thai.dates import bangkok_today
from portal.translating import gettext
from portal.web import navigation
from portal.web.parts import part
from portal.web.visibility import current_person


def install(app: Flask) -> None:
    app.before_request(_expect_stamps)
    app.context_processor(context)


def _expect_stamps() -> None:
    """What the frame asks of the database is asked along with what the page does."""
    person = current_person() if request.endpoint not in ("static", "web.health") else None
    if person is not None:
        expect_the_bell(person)
        expect(session(), FOLLOWING_OF.format(person.id))


def context() -> dict[str, Any]:
    """The variables that base.html asks for; empty outside a request."""
    if not has_request_context():
        return {}
    if "settings" not in g:  # an error before the request was prepared
        return {"current_language": translating.language()}
    return {
        "settings": g.settings,
        "me": current_person(),
        "current_language": translating.language(),
        "frame": {"links": _links, "top": _top, "foot": _foot},
        **_whose(),
    }


def _whose() -> dict[str, Any]:
    organisation = g.organisation
    return {
        "organisation": organisation,
        "organisation_name": in_language(organisation, "name") if organisation else "",
        "home_url": page_url("home.first_page"),
        "search_url": page_url("search.results") if organisation else None,
        "suggestions_url": page_url("search.suggestions") if organisation else None,
        "sign_in_url": page_url("people.sign_in") if organisation and current_person() is None else None,
    }


def _links() -> Markup:
    return part("frame/links.html", "as shipped", {}, dict)


def _top() -> Markup:
    person = current_person()

    def given() -> dict[str, Any]:
        return {
            "emblem_url": page_url("home.show_emblem") if g.settings.emblem_file_id else None,
            "demo_mode": g.settings.demo,
            "navigation": navigation.links(),
            "account": _account(person) if person else None,
            "notices_url": page_url("notices.list_notices") if person else None,
            **_whose(),
        }

    return part(
        "frame/top.html",
        stamps_of(session(), PEOPLE),
        {
            "person_id": person and person.id,
            "day": bangkok_today(),
            "place": navigation.place(),
            "unread": _unread(person),
        },
        given,
        {"search_query": request.args.get("q", "")[:500] if request.endpoint == "search.results" else ""},
    )


def _unread(person: Person | None) -> int:
    """The number at the bell. Past a hundred it is "99+", so that all beyond share one frame."""
    return min(unread_of(person, SPEAKERS), 100) if person else 0


def _foot() -> Markup:
    other = "en" if translating.language() == "th" else "th"

    def given() -> dict[str, Any]:
        return {
            "footer_pages": _site_pages() if g.organisation else [],
            "last_update": last_update(g.organisation) if g.organisation else None,
            "language_switch": {
                "label": translating.LANGUAGES[other],
                "code": other,
                "url": page_url("web.choose_language", language=other),
                "post": True,
            },
            **_whose(),
        }

    return part(
        "frame/foot.html",
        stamps_of(session(), PEOPLE, SITE_PAGES),
        {"is_guest": current_person() is None},
        given,
        {"this_page": request.full_path.rstrip("?") if request.method == "GET" else "/"},
    )


def _site_pages() -> list[dict[str, str]]:
    return [
        {"label": gettext(page.title), "url": page_url("home.show_site_page", slug=page.slug)}
        for page in PAGES.values()
    ]


def _account(person: Person) -> dict[str, Any]:
    links = [
        {"label": gettext("My page"), "url": page_url("profiles.my_page")},
        {"label": gettext("Saved searches"), "url": page_url("search.list_saved")},
        {"label": gettext("Change password"), "url": page_url("people.change_password")},
    ]
    if can_administer(person):
        links.append({"label": gettext("Administration"), "url": page_url("admin.overview")})
    return {"name": person.short_name, "links": links, "sign_out_url": page_url("people.sign_out")}
