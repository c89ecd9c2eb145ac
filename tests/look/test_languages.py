"""Thai and English, each complete: beside what people wrote, a page holds no word of the other language.

The towns are in worlds.py: all that people wrote in one is English, in the other Thai.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from wtforms import (
    DecimalField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import URL, DataRequired, EqualTo, InputRequired, Length, NumberRange

from portal.people.list_columns import TEMPLATE
from portal.search.question import Reason
from portal.search.thesaurus import read, shipped
from portal.training.import_columns import COLUMNS
from portal.translating import gettext, ngettext, speaking
from portal.web.forms import NotTooLong, PortalForm
from tests.look.crawling import Visit
from tests.look.pages import THAI, in_other_language
from tests.making import make_organisation

Visits = list[Visit]

LATIN = re.compile(r"[A-Za-z][A-Za-z'’.-]*[A-Za-z]|[A-Za-z]")
# Names of things that are called so in Thai offices, and of this field.
ALLOWED = frozenset(
    [
        "API",
        "KM",
        "CM",
        "CoP",
        "AAR",
        "https",
        "CKO",
        "CEO",
        "KPI",
        "Desired",
        "State",
        "Markdown",
        "KB",
        "MB",
        "GB",
        "XLSX",
        "ICS",
        "CSV",
        "PDF",
        "PNG",
        "HEIC",
        "JPEG",
        "WebP",
        "Word",
        "Excel",
        "PowerPoint",
        "OpenDocument",
    ]
)
# What is nobody's language: addresses, endings and encodings of files, codes of steps, what user names are made of.
NEUTRAL = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S+|/[a-z0-9/_-]+|\.(?:png|csv|xlsx)\b|\b(?:utf|tis|cp)-?[0-9]+"
    r"|\b(?:KM|CM)[1-7]\b|\ba–z\b|\bPORTAL_[A-Z_]+|\bORG\b"
)
# The names by which the towns' people sign in.
ACCOUNTS = frozenset({"staff", "kmteam", "admin", "system", "new"})
# A language is called by its own name, numerals are shown; a list of people may come with Thai words in its cells.
OWN_NAMES = frozenset({"ไทย", "English"})
NUMERALS = re.compile(r"\((?:123|๑๒๓)\)")
CELLS = frozenset(column.explanation for column in (*TEMPLATE, *COLUMNS))
# The words of the search that the portal brings hold both languages, too.
SHIPPED = frozenset(
    name
    for group in read(shipped()).groups
    for name in (group.canonical, *(text for kind in Reason for text in group.variants(kind)))
)
# Its samples are Thai, whoever looks at it.
LIVING_PAGE = "admin.show_components"


@pytest.fixture(scope="module")
def in_english(english_visits: Visits, bare_visits: Visits) -> Visits:
    return english_visits + [visit for visit in bare_visits if visit.is_page and visit.page.lang == "en"]


@pytest.fixture(scope="module")
def in_thai(thai_visits: Visits, bare_visits: Visits) -> Visits:
    return thai_visits + [visit for visit in bare_visits if visit.is_page and visit.page.lang == "th"]


def _own_words(visits: Visits, language: str) -> Iterator[tuple[str, str]]:
    """(route, text) of what the portal itself says on the pages, without what is in no language."""
    for visit in visits:
        if visit.is_page and visit.route != LIVING_PAGE:
            for words in in_other_language(visit.page, language):
                if words.text not in OWN_NAMES | CELLS | SHIPPED:
                    yield visit.route, NEUTRAL.sub("", NUMERALS.sub("", words.text))


def _foreign(text: str) -> list[str]:
    return [
        word for word in LATIN.findall(NEUTRAL.sub("", text)) if word.strip(".") not in ALLOWED | ACCOUNTS
    ]


def test_an_english_page_holds_no_thai_letter(in_english: Visits) -> None:
    words = list(_own_words(in_english, "en"))
    assert len({route for route, _ in words}) > 50
    assert {(route, text) for route, text in words if THAI.search(text)} == set()
    assert {visit.route for visit in in_english if visit.is_page and THAI.search(visit.page.title)} == set()


def test_a_thai_page_holds_no_english_but_what_is_called_so_in_thai(in_thai: Visits) -> None:
    words = list(_own_words(in_thai, "th"))
    assert len({route for route, _ in words}) > 50
    assert {(route, word, text) for route, text in words for word in _foreign(text)} == set()


def test_with_thai_numerals_no_page_mixes_in_an_arabic_one(thai_visits: Visits) -> None:
    words = _own_words(thai_visits, "th")
    assert {(route, text) for route, text in words if re.search("[0-9]", text)} == set()


def test_with_arabic_numerals_no_page_mixes_in_a_thai_one(in_english: Visits) -> None:
    words = _own_words(in_english, "en")
    assert {(route, text) for route, text in words if re.search("[๐-๙]", text)} == set()


def test_the_page_of_the_other_language_is_one_press_away(
    english_visits: Visits, thai_visits: Visits
) -> None:
    for visit in english_visits + thai_visits:
        if visit.is_page:
            other = "th" if visit.page.lang == "en" else "en"
            assert any(f"language={other}" in form.action for form in visit.page.forms), str(visit)


class EveryMistake(PortalForm):
    """One field for each message of WTForms that a form of ours can show."""

    needed = StringField(validators=[DataRequired()])
    given = StringField(validators=[InputRequired()])
    short = StringField(validators=[Length(min=5)])
    long = StringField(validators=[Length(max=1)])
    exact = StringField(validators=[Length(min=3, max=3)])
    between = StringField(validators=[Length(min=3, max=4)])
    too_long = StringField(validators=[NotTooLong(1)])
    least = IntegerField(validators=[NumberRange(min=5)])
    most = IntegerField(validators=[NumberRange(max=1)])
    within = IntegerField(validators=[NumberRange(min=5, max=6)])
    whole = IntegerField()
    decimal = DecimalField()
    float = FloatField()
    choice = SelectField(choices=["a"])
    chosen = RadioField(choices=["a"])
    several = SelectMultipleField(choices=["a"])
    url = StringField(validators=[URL()])
    again = StringField(validators=[EqualTo("needed")])


MISTAKES = {
    "short": "ab", "long": "ab", "exact": "ab", "between": "ab", "too_long": "ab", "least": "2", "most": "2",
    "within": "2", "whole": "ข", "decimal": "ข", "float": "ข", "choice": "b", "chosen": "b", "several": "b",
    "url": "ข", "again": "ข",
}  # fmt: skip


@pytest.fixture
def mistakes(app: Flask) -> dict[str, dict[str, str]]:
    """The first error of each field, in both languages."""
    said: dict[str, dict[str, str]] = {}
    for language in ("th", "en"):
        with app.test_request_context(method="POST", data=MISTAKES), speaking(language):
            form = EveryMistake()
            form.validate()
            said[language] = {field.name: str(field.errors[0]) for field in form if field.errors}
    return said


def test_whatever_is_wrong_with_a_field_is_said_in_thai(mistakes: dict[str, dict[str, str]]) -> None:
    assert set(mistakes["th"]) == {"needed", "given", *MISTAKES}
    assert {
        name: text
        for name, text in mistakes["th"].items()
        if _foreign(text.replace("“b”", "").replace("needed", ""))
    } == {}


def test_whatever_is_wrong_with_a_field_is_said_in_english_to_an_english_reader(
    mistakes: dict[str, dict[str, str]],
) -> None:
    assert {name: text for name, text in mistakes["en"].items() if THAI.search(text)} == {}
    assert mistakes["en"]["too_long"] == "At most 1 characters; this has 2."


def test_one_form_of_a_thai_word_serves_one_and_many() -> None:
    with speaking("th"):
        assert ngettext("%(num)s goal", "%(num)s goals", 1) == "1 เป้าหมาย"
        assert ngettext("%(num)s goal", "%(num)s goals", 2, num="๒") == "๒ เป้าหมาย"
    with speaking("en"):
        assert ngettext("%(num)s goal", "%(num)s goals", 1) == "1 goal"
        assert gettext("Goals") == "Goals"


def test_thai_is_what_a_stranger_reads_first_and_his_choice_is_kept(client: object, app: Flask) -> None:
    make_organisation()
    browser = app.test_client()
    assert '<html lang="th">' in browser.get("/").text
    browser.post("/language", data={"language": "en", "next": "/"})
    assert '<html lang="en">' in browser.get("/").text
    browser.post("/language", data={"language": "xx"})
    assert '<html lang="en">' in browser.get("/").text
