"""Results as data: the same object from the API and from the command line."""

from typing import Any

from portal.search.results import Result
from portal.search.searching import SearchResults
from portal.search.snippets import Pieces
from portal.search.views import address_of


def as_data(found: SearchResults) -> dict[str, Any]:
    """`{"query", "total", "took_ms", "results": […]}`; `anchor` and `heading` only where the passage stands under one,
    `post` (with its anchor) where it stands in that reply or comment."""
    return {
        "query": found.query.text,
        "total": found.total,
        "took_ms": round(found.took_ms, 1),
        "results": [
            *(_result(result) for result in found.results),
            *({**_result(result), "near": True} for result in found.near),
        ],
    }


def plain(pieces: Pieces) -> str:
    return "".join(text for text, _ in pieces)


def _result(result: Result) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": result.item.id,
        "external_id": result.item.external_id,
        "kind": result.item.kind,
        "title": result.item.title,
        "url": address_of(result),
        "snippet": plain(result.quote.snippet),
        "score": round(result.score, 4),
    }
    if result.quote.anchor:
        data["anchor"] = result.quote.anchor
    if result.quote.post is not None:
        data["post"] = result.quote.post
    if result.quote.heading:
        data["heading"] = result.quote.heading
    if result.quote.also:
        data["also"] = [
            {"heading": section.heading, "anchor": section.anchor} for section in result.quote.also
        ]
    return data
