"""Whatever is noted in the audit log has words for its readers."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from portal.admin import acts
from portal.home.site_pages import PAGES
from portal.people.settings import OrganisationSettings

ROOT = Path(__file__).resolve().parents[2]


def records() -> Iterator[tuple[str, ast.Call]]:
    """Every call of `record` in the portal, with the place it stands at."""
    for path in sorted((ROOT / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def actions() -> dict[str, str]:
    """Each action with the place that notes it; also those that are handed on as `act` or `action`."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            told: list[ast.expr] = []
            if isinstance(node, ast.Call):
                if getattr(node.func, "id", "") == "record":
                    told.append(node.args[0])
                told += [keyword.value for keyword in node.keywords if keyword.arg == "action"]
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "act":
                told.append(node.value)
            for expression in told:
                assert not isinstance(expression, ast.JoinedStr), (
                    "an action that is put together is not found"
                )
                for part in ast.walk(expression):
                    if isinstance(part, ast.Constant) and "." in str(part.value):
                        found[str(part.value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_act_that_is_noted_has_words():
    assert len(actions()) > 40
    assert not {action: place for action, place in actions().items() if action not in acts.ACTS}


def test_every_act_with_words_is_noted_somewhere():
    assert not set(acts.ACTS) - set(actions())


def test_every_detail_that_is_noted_has_words():
    named = {
        (place, keyword.arg)
        for place, call in records()
        for keyword in call.keywords
        if keyword.arg and keyword.arg != "by" and acts.name_of_value(keyword.arg) == keyword.arg
    }
    assert not named


def test_every_decision_and_page_has_words():
    assert not [one.name for one in fields(OrganisationSettings) if acts.name_of_value(one.name) == one.name]
    assert not [slug for slug in PAGES if acts.name_of_page(slug) == slug]
