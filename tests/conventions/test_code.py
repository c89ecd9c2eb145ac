"""The conventions of the code, held by reading it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(
    path for path in (ROOT / "portal").rglob("*.py") if "migrations/versions" not in path.as_posix()
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
VIEWS = [path for path in CODE if path.name.endswith("views.py") or path.parent.name == "admin"]
DRAWERS = {"utils.py", "helpers.py", "services.py", "manager.py", "handler.py", "common.py", "misc.py"}
MOST_LINES = 420


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_module_is_short_enough_to_find_ones_way(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_there_is_no_drawer_of_unrelated_things():
    assert not [name(path) for path in CODE if path.name in DRAWERS]


@pytest.mark.parametrize("path", CODE, ids=name)
def test_thai_is_never_matched_by_classes_that_leave_out_its_marks(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"compile", "sub", "findall", "split", "match", "search", "fullmatch", "finditer"}:  # fmt: skip
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    assert not re.search(r"\\[wWbB]", argument.value), argument.value


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_public_function_says_what_its_caller_gets(path):
    if path in VIEWS or path.name == "forms.py":
        return  # a view is a URL, a form a list of fields: their names say it
    for node in ast.parse(path.read_text()).body:
        is_public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if is_public and node.name != "install" and len(node.body) > 3:
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_has_inline_script_or_style(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son(?!ly=)[a-z]+=[\"']|javascript:", text)


def test_readers_are_addressed_in_one_way():
    """The interface says คุณ to everybody; ท่าน stands in speeches and handbooks."""
    thai = re.compile("(?<!ห)ท่าน(?!้)")
    spoken = [*CODE, *TEMPLATES, *sorted((ROOT / "portal/locale").rglob("*.po"))]
    assert not [name(path) for path in spoken if thai.search(path.read_text().replace("เท่านั้น", ""))]


# Where a template trusts HTML: what was cleaned by portal/markup, or made by another template.
TRUSTED = {"rendering.html", "post.html", "html", "preview", "result.title", "result.snippet"} | {
    'shapes.get(name, shapes["file"])'  # the icons, drawn in that very file
}


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_trust_only_what_was_cleaned(path):
    for expression in re.findall(r"\{\{-?\s*([^{}|]+?)\s*\|\s*safe\b", path.read_text()):
        assert expression in TRUSTED, f"{expression} is trusted in {name(path)}"


@pytest.mark.parametrize("path", CODE, ids=name)
def test_no_room_joins_another_by_being_imported(path):
    """portal/app.py joins them (ASKED_ABOVE): which modules a process imports decides nothing."""
    tree = ast.parse(path.read_text())
    taken = {alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}  # fmt: skip
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        if call is not None and isinstance(call.func, ast.Attribute):
            joins = call.func.attr in {"append", "extend", "add", "update", "insert"}
            assert not (joins and getattr(call.func.value, "id", "") in taken), ast.unparse(node)
