"""Any input of any length is a question or none, never an error."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.search.models import SavedSearch
from portal.search.query import LARGEST_PAGE, LAST_PAGE, LONGEST, SearchQuery
from portal.search.saving import canonical, question_of

NAMES = ("q", "kind", "step", "goal", "unit", "year", "author", "exact", "sort", "page", "limit")
# What the query language gives a meaning, among any other text.
TEXTS = st.lists(
    st.sampled_from(['"', "“", "-", "–", "ปี:66", "ประเภท:", "โดย:สมชาย", " ", "คู่มือ"]) | st.text(max_size=20),
    max_size=20,
).map("".join)


@settings(deadline=None)  # the dictionary is loaded with the first example
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=200) | TEXTS), max_size=40))
def test_whatever_the_address_says_there_is_a_question(pairs):
    query = SearchQuery.from_args(MultiDict(pairs))
    assert len(query.text) <= LONGEST
    assert 1 <= query.page <= LAST_PAGE
    assert 1 <= query.limit <= LARGEST_PAGE
    assert isinstance(query.words, tuple)
    assert all(one in query.text for one in (*query.phrases, *query.without, *query.unreadable))
    assert SearchQuery.from_args(MultiDict(_flat(query.as_args()))) == query


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "ภาษี" + ")" * 3000,
        "\x00ภาษี\x00",
        "ภาษี" + "\u0e48" * 5000,
        "body:* OR title:[a TO",
        '"ไม่ปิดเครื่องหมาย',
        "ก" * 1_000_000,
        "ภาษี " * 200_000,
        "\ud800\udfff",
        "🏴\U000e0067\U000e0062",
    ],
)
def test_brackets_nuls_and_a_megabyte_are_read_like_anything_else(text):
    query = SearchQuery.from_args({"q": text})
    assert len(query.text) <= LONGEST
    assert "\x00" not in query.text
    assert isinstance(query.words, tuple)


def test_a_cut_question_does_not_end_in_half_a_letter():
    query = SearchQuery.from_args({"q": "ก" * (LONGEST - 1) + "ที่"})
    assert query.text == "ก" * (LONGEST - 1)


def test_what_makes_no_sense_in_a_filter_is_left_out():
    query = SearchQuery.from_args(
        MultiDict(
            [
                ("step", "km6"),
                ("step", "KM9"),
                ("year", "2569"),
                ("year", "2026"),
                ("goal", "-1"),
                ("unit", "²"),
            ]
        )
    )
    assert (query.steps, query.years, query.goals, query.units) == (("KM6",), (2569,), (), ())


def test_limits_and_pages_out_of_bounds_are_the_nearest_possible():
    query = SearchQuery.from_args({"limit": "100000", "page": "999999999999999999"})
    assert (query.limit, query.page) == (LARGEST_PAGE, LAST_PAGE)
    assert SearchQuery.from_args({"limit": "0", "page": "-3"}) == SearchQuery()


def _flat(args):
    return [
        (name, str(one))
        for name, value in args.items()
        for one in (value if isinstance(value, tuple) else (value,))
    ]


@settings(deadline=None)
@given(TEXTS)
def test_a_kept_question_is_the_question(text):
    query = SearchQuery.from_args({"q": text, "kind": "manual", "page": "2"})
    kept = question_of(SavedSearch(query=canonical(query)))
    assert kept == replace(query, page=1)
