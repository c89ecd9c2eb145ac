"""What the frame of every page shows: foot, account, the other language."""

from typing import Any

from flask import g, has_request_context, request, url_for

from portal import translating
from portal.home.site_pages import PAGES, last_update
from portal.people.permissions import can_administer
from portal.templating import in_language
from portal.translating import gettext
from portal.web import navigation
from portal.web.visibility import current_person


def context() -> dict[str, Any]:
    """The variables that base.html asks for; empty outside a request."""
    if not has_request_context():
        return {}
    if "settings" not in g:  # an error before the request was prepared
        return {"current_language": translating.language()}
    organisation = g.organisation
    person = current_person()
    other = "en" if translating.language() == "th" else "th"
    return {
        "organisation": organisation,
        "organisation_name": in_language(organisation, "name") if organisation else "",
        "settings": g.settings,
        "emblem_url": url_for("home.show_emblem") if g.settings.emblem_file_id else None,
        "me": person,
        "current_language": translating.language(),
        "demo_mode": g.settings.demo,
        "navigation": navigation.links(),
        "home_url": url_for("home.first_page"),
        "search_url": url_for("search.results") if organisation else None,
        "search_query": request.args.get("q", "")[:500] if request.endpoint == "search.results" else "",
        "footer_pages": _foot() if organisation else [],
        "last_update": last_update(organisation) if organisation else None,
        "account": _account(person) if person else None,
        "sign_in_url": None if person or not organisation else url_for("people.sign_in"),
        "language_switch": {
            "label": translating.LANGUAGES[other],
            "code": other,
            "url": url_for(
                "web.choose_language",
                language=other,
                next=request.full_path.rstrip("?") if request.method == "GET" else "/",
            ),
            "post": True,
        },
    }


def _foot() -> list[dict[str, str]]:
    return [
        {"label": gettext(page.title), "url": url_for("home.show_site_page", slug=page.slug)}
        for page in PAGES.values()
    ]


def _account(person: Any) -> dict[str, Any]:
    links = [
        {"label": gettext("My page"), "url": url_for("profiles.my_page")},
        {"label": gettext("Change password"), "url": url_for("people.change_password")},
    ]
    if can_administer(person):
        links.append({"label": gettext("Administration"), "url": url_for("admin.overview")})
    return {"name": person.short_name, "links": links, "sign_out_url": url_for("people.sign_out")}
