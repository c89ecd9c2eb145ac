"""The page of results: a GET form, so that every search has an address that can be kept and passed on."""

from dataclasses import asdict
from typing import Any, Final

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from portal import templating
from portal.communities.listing import communities_of
from portal.items.views import page_of, page_of_reply
from portal.people.models import Person
from portal.people.signing_in import public
from portal.plan.needs import asked_for_already
from portal.plan.permissions import can_plan
from portal.search.actions import offers_for
from portal.search.facets import chips, kind_name
from portal.search.filtering import complaints
from portal.search.opened import ShownResults
from portal.search.permissions import can_keep_thesaurus
from portal.search.query import SearchQuery
from portal.search.results import Quote, Result
from portal.search.saving import canonical
from portal.search.searching import SearchResults, search
from portal.search.snippets import Pieces
from portal.search.suggesting import suggest
from portal.templating import in_language, number
from portal.translating import N_, gettext
from portal.web.visibility import current_person

bp = Blueprint("search", __name__)

MOST_ASKED: Final = 3
ORDERS: Final = {
    "best": N_("Best first"),
    "newest": N_("Newest first"),
    "oldest": N_("Oldest first"),
    "title": N_("By title"),
}


@bp.get("/search")
@public
def results() -> ResponseReturnValue:
    person = current_person()
    found = search(SearchQuery.from_args(request.args), person)
    query = found.query
    if person is not None and query.text and query.page == 1 and not query.filters:
        current_app.extensions["asked"].note_asked(
            person.id, query.text, found_nothing=not found.total and not found.is_rebuilding
        )
    return render_template(
        "search/results.html",
        query=query,
        found=found,
        complaints=[*complaints(query), *_said_of(found)],
        absent=_absent(found),
        chips=[(chip.label, _address(chip.without)) for chip in chips(query, person)],
        orders=_orders(query),
        offers=offers_for(query, person),
        is_staff=person is not None,
        shown=_sealed(found, person),
        asked_for=asked_for_already(query.sought, person) if person is not None else None,
        may_answer=can_plan(person),
        to_ask=_communities_to_ask(person) if person is not None and query.sought and not found.total else [],
        keeps_words=can_keep_thesaurus(person),
        to_save=canonical(query) if person is not None and not query.is_empty else "",
        hits=[_shown(result, with_author=person is not None) for result in found.results],
        near=[_shown(result, with_author=person is not None) for result in found.near],
        as_typed_url=_address(query, exact=not query.exact, page=1),
        meant_url=_address(query, text=found.did_you_mean, page=1) if found.did_you_mean else "",
        url_of=lambda page: _address(query, page=page),
        hidden=_beside_the_boxes(query),
    )


@bp.get("/search/suggestions")
@public
def suggestions() -> ResponseReturnValue:
    """What is offered while one types; by script only, the page does without."""
    return jsonify(suggestions=[asdict(one) for one in suggest(request.args.get("q", ""), current_person())])


def _communities_to_ask(person: Person) -> list[tuple[str, int]]:
    """Name and id of some of the communities one may ask what the search did not answer."""
    mine = communities_of(person, mine=True)[:MOST_ASKED]
    return [(in_language(one.community.group, "name"), one.community.id) for one in mine]


def _sealed(found: SearchResults, person: Person | None) -> str:
    """What the page sends when one of its results is opened; empty where that is not counted."""
    if person is None or not found.query.text or not found.results:
        return ""
    first = found.query.start + 1
    return ShownResults(person.id, found.query.text, range(first, first + len(found.results))).sealed()


def _address(query: SearchQuery, **changes: Any) -> str:
    return url_for("search.results", **query.as_args(**changes))


def _orders(query: SearchQuery) -> list[tuple[str, str, bool]]:
    """Label and address of each order, and whether it is this one. Without words nothing is better than anything else."""
    present = query.sort if query.sought or query.sort != "best" else "newest"
    return [
        (gettext(name), _address(query, sort=sort, page=1), sort == present)
        for sort, name in ORDERS.items()
        if sort != "best" or query.sought
    ]


def _beside_the_boxes(query: SearchQuery) -> dict[str, Any]:
    """What the form of the filters sends on besides its boxes. Those typed are boxes there, so that they can be unticked."""
    authors = tuple(query.filters.get("author", ()))
    args = query.as_args(text=query.text_without_filters, understood=(), authors=authors)
    return {name: value for name, value in args.items() if name in ("q", "author", "exact", "sort", "limit")}


def _said_of(found: SearchResults) -> list[str]:
    """What the reader must know of how the results were found."""
    said = []
    if found.phrases_apart:
        said.append(gettext("Nothing holds these words together as quoted, so they are searched one by one."))
    if found.only_spelt_alike:
        said.append(
            gettext("Nothing holds the words as they were typed; these hold words that are spelt alike.")
        )
    return said


def _absent(found: SearchResults) -> list[str]:
    """What of the question stands nowhere, else partial hits would hide it."""
    words, numbers = ("”, “".join(some) for some in (found.absent.words, found.absent.numbers))
    said = []
    if words:
        said.append(gettext("Nothing that you may read holds “%(words)s”.", words=words))
    if numbers:
        said.append(gettext("Nothing that you may read holds the number “%(numbers)s”.", numbers=numbers))
    return said


def marks(pieces: Pieces) -> Markup:
    """Pieces of text as markup, each escaped, the marked ones in <mark>."""
    shown = (f"<mark>{escape(text)}</mark>" if is_marked else escape(text) for text, is_marked in pieces)
    return Markup("".join(shown))  # noqa: S704 - each piece is escaped


def address_of(result: Result) -> str:
    """The address of the item's page, at the section or the post that the snippet stands in."""
    if result.quote.post is not None:
        return page_of_reply(result.item, result.quote.post)
    return page_of(result.item, _anchor=result.quote.anchor) if result.quote.anchor else page_of(result.item)


def _where(quote: Quote) -> str:
    """The section that the snippet stands in, or whose reply or comment."""
    if quote.post is None:
        return quote.heading
    return gettext("Said by %(name)s, #%(number)s", name=quote.by, number=number(quote.post))


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
            _where(result.quote),
            in_language(item.unit, "name") if item.unit else "",
            item.author.name if with_author else "",
            templating.show_date(item.published_at),
        ],
    }
