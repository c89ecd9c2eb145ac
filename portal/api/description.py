"""The API described in OpenAPI 3.1; a test holds it against the routes and the answers."""

from typing import Any

from portal.knowledge.models import AssetKind
from portal.plan.steps import STEPS
from portal.search.query import LARGEST_PAGE, LAST_PAGE, LONGEST, PAGE_SIZE, SORTS


def describe() -> dict[str, Any]:
    """The whole description, ready for JSON."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "KM portal",
            "version": "1",
            "description": "Made for people first: what a person may not see on a page does not exist here either. "
            "Without a token only what is public is answered.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{}, {"token": []}],
        "paths": {
            "/search": {"get": _search()},
            "/training/due": {"get": _training_due()},
            "/openapi.json": {"get": _openapi()},
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal token, made on one's own page (/me) or with `portal token USERNAME`, and revoked there.",
                }
            },
            "schemas": {
                "SearchResults": _results(),
                "SearchResult": _result(),
                "DueDates": _due_dates(),
                "Error": _error(),
            },
        },
    }


def _search() -> dict[str, Any]:
    return {
        "operationId": "search",
        "summary": "Search what is published and open to the caller, best first",
        "description": "Any input gives an answer: what makes no sense is left out, what is too long or too large is cut. "
        "A parameter that is given several times means any of its values.",
        "parameters": [
            _parameter(
                "q",
                {"type": "string"},
                f'The words looked for, as on the page: "phrases", −without and filters like ประเภท:คู่มือ or '
                f"year:2566 are understood. {LONGEST} characters are read.",
            ),
            _parameter(
                "kind", _several({"type": "string", "examples": sorted(AssetKind)}), "The kind of item."
            ),
            _parameter("step", _several({"enum": list(STEPS)}), "The KM step or change element it fulfils."),
            _parameter("goal", _several({"type": "integer"}), "Id of the goal it fulfils; for staff only."),
            _parameter("unit", _several({"type": "integer"}), "Id of the unit it belongs to."),
            _parameter("year", _several({"type": "integer"}), "Fiscal year of publication, Buddhist era."),
            _parameter(
                "author", _several({"type": "integer"}), "Id of the person who wrote it; for staff only."
            ),
            _parameter("exact", {"enum": ["1"]}, "Only the words as they were typed, nothing like them."),
            _parameter("sort", {"enum": list(SORTS), "default": "best"}, "The order."),
            _parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
                "Results on a page.",
            ),
            _parameter(
                "page",
                {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
                "Which page, from 1.",
            ),
        ],
        "responses": {
            "200": _answer("A page of results.", "SearchResults"),
            "401": _answer("The token is not valid.", "Error"),
            "429": _answer(
                "Too many requests; Retry-After says in how many seconds it works again.", "Error"
            ),
        },
    }


def _training_due() -> dict[str, Any]:
    returned = _parameter(
        "returned",
        {
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "examples": ["2026-03-27", "2569-03-27"],
        },
        "The day of return, which itself is not counted. A year from 2400 to 2699 is of the Buddhist era, one from 1900 to "
        "2100 of the Common Era; others are refused.",
    )
    return {
        "operationId": "trainingDue",
        "summary": "By when the report on a training is due",
        "description": "Counted by the organisation's rule for reports (15 days unless it decided otherwise) and its holidays.",
        "parameters": [returned | {"required": True}],
        "responses": {
            "200": _answer("The dates, in the Common Era.", "DueDates"),
            "401": _answer("The token is not valid.", "Error"),
            "422": _answer("The day of return is missing, or is no day.", "Error"),
            "429": _answer(
                "Too many requests; Retry-After says in how many seconds it works again.", "Error"
            ),
        },
    }


def _openapi() -> dict[str, Any]:
    return {
        "operationId": "openapi",
        "summary": "This description",
        "responses": {
            "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    }


def _results() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["query", "total", "took_ms", "results"],
        "properties": {
            "query": {"type": "string", "description": "The question as it was read."},
            "total": {"type": "integer", "description": "How many there are on all pages."},
            "took_ms": {"type": "number"},
            "results": {"type": "array", "items": {"$ref": "#/components/schemas/SearchResult"}},
        },
    }


def _result() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id", "external_id", "kind", "title", "url", "snippet", "score"],
        "properties": {
            "id": {"type": "integer"},
            "external_id": {
                "type": ["string", "null"],
                "description": "What it was called where it was imported from.",
            },
            "kind": {"type": "string"},
            "title": {"type": "string"},
            "url": {"type": "string", "description": "Path of its page, with the section's anchor."},
            "snippet": {"type": "string", "description": "The passage that answers best, plain text."},
            "score": {
                "type": "number",
                "description": "Larger is better; comparable within one answer only.",
            },
            "near": {
                "type": "boolean",
                "description": "True for what follows the results proper and is not counted in `total`: it holds too little of the question, or words that are only spelt alike.",
            },
            "anchor": {"type": "string", "description": "Anchor of the section the snippet stands in."},
            "heading": {"type": "string", "description": "Heading of that section."},
            "also": {
                "type": "array",
                "description": "Other sections that answer nearly as well, best first.",
                "items": {
                    "type": "object",
                    "required": ["heading", "anchor"],
                    "properties": {"heading": {"type": "string"}, "anchor": {"type": "string"}},
                },
            },
        },
    }


def _due_dates() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["strict", "lenient", "remind_by"],
        "properties": {
            "strict": {"type": "string", "format": "date", "description": "The last day, holiday or not."},
            "lenient": {
                "type": "string",
                "format": "date",
                "description": "The first working day from it on.",
            },
            "remind_by": {
                "type": "string",
                "format": "date",
                "description": "The last working day up to it.",
            },
        },
    }


def _error() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["error", "status", "request_id"],
        "properties": {
            "error": {"type": "string"},
            "status": {"type": "integer"},
            "request_id": {"type": "string"},
        },
    }


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _several(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _answer(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}
