"""README says what is so."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from portal.cli import main
from portal.config import Raw

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_settings_table_is_complete():
    table = README.split("<!-- settings")[1].split("<!-- end")[0]
    written = re.findall(r"^\| `(PORTAL_\w+)` \| (.*?) ?\| (.*) \|$", table, re.M)
    real = [
        (Raw.variable(field.name), f"`{field.default}`" if field.default else "", field.metadata["meaning"])
        for field in fields(Raw)
    ]
    assert written == real


def test_every_dependency_is_named_with_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    table = README.split("## Dependencies")[1].split("##")[0]
    for requirement in project["dependencies"]:
        package = re.match(r"[a-z0-9-]+", requirement).group(0)
        assert re.search(rf"^\| [^|]*\b{package}\b[^|]*\|", table, re.M), package


def test_every_command_is_named():
    listed = README.split("On the command line:")[1].split("\n\n")[0]
    for command in main.commands:
        assert command in listed, command


def test_what_readme_points_to_is_there():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
