"""The page of results: a GET form, so that every search has an address that can be kept and passed on."""

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from portal import templating
from portal.items.views import page_of
from portal.people.signing_in import public
from portal.search.facets import kind_name
from portal.search.permissions import can_keep_thesaurus
from portal.search.query import SearchQuery
from portal.search.searching import Result, search
from portal.search.snippets import Pieces
from portal.templating import in_language
from portal.web.visibility import current_person

bp = Blueprint("search", __name__)


@bp.get("/search")
@public
def results() -> ResponseReturnValue:
    query = SearchQuery.from_args(request.args)
    person = current_person()
    found = search(query, person)
    if person is not None and query.text and query.page == 1 and not query.filters:
        current_app.extensions["asked"].note_asked(
            person.id, query.text, found_nothing=not found.total and not found.is_rebuilding
        )
    return render_template(
        "search/results.html",
        query=query,
        found=found,
        is_staff=person is not None,
        keeps_words=can_keep_thesaurus(person),
        hits=[_shown(result, with_author=person is not None) for result in found.results],
        url_of=lambda page: url_for("search.results", **query.as_args(page=page)),
        hidden={name: value for name, value in query.as_args().items() if name in ("q", "sort", "limit")},
    )


def marks(pieces: Pieces) -> Markup:
    """Pieces of text as markup, each escaped, the marked ones in <mark>."""
    shown = (f"<mark>{escape(text)}</mark>" if is_marked else escape(text) for text, is_marked in pieces)
    return Markup("".join(shown))  # noqa: S704 - each piece is escaped


def address_of(result: Result) -> str:
    """The address of the item's page, at the section the snippet stands in."""
    return page_of(result.item, _anchor=result.quote.anchor) if result.quote.anchor else page_of(result.item)


def _shown(result: Result, *, with_author: bool) -> dict[str, Any]:
    """What a line of the list shows. The public is not told who wrote it."""
    item = result.item
    return {
        "title": marks(result.quote.title),
        "url": address_of(result),
        "snippet": marks(result.quote.snippet),
        "also": [(section.heading, page_of(item, _anchor=section.anchor)) for section in result.quote.also],
        "tags": [(kind_name(item.kind), "")],
        "meta": [
            result.quote.heading,
            in_language(item.unit, "name") if item.unit else "",
            item.author.name if with_author else "",
            templating.show_date(item.published_at),
        ],
    }
