"""The documents the project was started with are found the way people ask for them."""

import json

import pytest
from click.testing import CliRunner

from portal.db import session
from portal.knowledge.importing import import_paths
from portal.search.commands import search_command
from portal.search.indexing import index_pending
from portal.thai import repair
from tests.conftest import SEEDS
from tests.making import make_organisation

pytestmark = pytest.mark.shared


def bring_in(settings):
    import_paths([SEEDS], publish=True, as_person=None, organisation=make_organisation(), settings=settings)
    session.commit()
    while index_pending(settings):
        pass


def found(question):
    answer = CliRunner().invoke(search_command, [question, "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)["results"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("รายงานผลการอบรมภายใน 15 วัน", "001"),
        ("รายงานผลการอบรมภายใน ๑๕ วัน", "001"),
        ("อบต.บ่อทอง", "000"),
    ],
)
def test_the_right_document_comes_first(app, settings, question, first):
    bring_in(settings)
    assert found(question)[0]["external_id"].startswith(first)


PHRASE = "ได้รับการพัฒนาศักยภาพ"
# It stands in 001 several times; under the first KM goal, after the town's name, it is in old glyphs.
GOALS = "๔ เป้าหมาย KM (Desired State)"
UNDER_THE_FIRST_GOAL = f"ปากน้ำท่าเรือ {PHRASE}"


def of_001(question):
    return next(one for one in found(question) if one["external_id"].startswith("001"))


def sections_of_001(question):
    result = of_001(question)
    return {result.get("heading"), *(section["heading"] for section in result.get("also", ()))}


def test_the_passage_in_old_glyphs_is_found_and_quoted_as_it_reads(app, settings):
    bring_in(settings)
    assert PHRASE in of_001(PHRASE)["snippet"]
    assert GOALS in sections_of_001(PHRASE)
    assert UNDER_THE_FIRST_GOAL in of_001(UNDER_THE_FIRST_GOAL)["snippet"]


def test_with_the_glyph_map_switched_off_that_passage_is_not_found(app, settings, monkeypatch):
    monkeypatch.setattr(repair, "LEGACY_GLYPHS", {})
    bring_in(settings)
    assert GOALS not in sections_of_001(PHRASE)
    assert UNDER_THE_FIRST_GOAL not in of_001(UNDER_THE_FIRST_GOAL)["snippet"]
