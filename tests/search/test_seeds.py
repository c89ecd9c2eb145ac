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


# The phrase stands in 001 several times; under the first KM goal, after the town's name, it is in old glyphs.
UNDER_THE_FIRST_GOAL = "ปากน้ำท่าเรือ ได้รับการพัฒนาศักยภาพ"


def quoted_from_001(question):
    return [one["snippet"] for one in found(question) if one["external_id"].startswith("001")]


def test_the_passage_in_old_glyphs_is_found_and_quoted_as_it_reads(app, settings):
    bring_in(settings)
    assert "ได้รับการพัฒนาศักยภาพ" in quoted_from_001("ได้รับการพัฒนาศักยภาพ")[0]
    assert UNDER_THE_FIRST_GOAL in quoted_from_001(UNDER_THE_FIRST_GOAL)[0]


def test_with_the_glyph_map_switched_off_that_passage_is_not_found(app, settings, monkeypatch):
    monkeypatch.setattr(repair, "LEGACY_GLYPHS", {})
    bring_in(settings)
    assert not any(UNDER_THE_FIRST_GOAL in snippet for snippet in quoted_from_001(UNDER_THE_FIRST_GOAL))
