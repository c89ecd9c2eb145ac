"""What the look promises to the phones, printers and policies it must live with."""

import re
from pathlib import Path

import pytest

from portal.paths import STATIC, TEMPLATES

SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
MINE = [
    TEMPLATES / "base.html",
    TEMPLATES / "living_page.html",
    *sorted((TEMPLATES / "components").glob("*.html")),
    *sorted((TEMPLATES / "errors").glob("*.html")),
]

# What Chrome 76 (July 2019) does not know and what breaks without it: docs/decisions/0001-css-without-layers.md
NEWER_CSS = {
    "@layer": r"@layer",
    "min(), max(), clamp()": r"(?<![-a-z])(?:min|max|clamp)\(",
    ":is(), :where(), :has()": r":(?:is|where|has)\(",
    "inset": r"(?<![-a-z])inset\s*:",
    "aspect-ratio": r"(?<![-a-z(])aspect-ratio\s*:",
    "oklch, color-mix": r"oklch\(|color-mix\(",
    "gap (flexbox: Chrome 84; write grid-gap in grids)": r"(?<![-a-z])(?:row-|column-)?gap\s*:",
    "media query ranges": r"@media[^{]*[<>]",
    "logical shorthands": r"(?:margin|padding)-(?:inline|block)\s*:",
    "nesting": r"^\s*&",
    "container queries": r"@container",
}
NEWER_JS = {
    "?.": r"\?\.(?=[A-Za-z_\[(])",
    "??": r"\?\?",
    "||= and kin": r"(?:\|\||&&)=",
    "replaceAll, replaceChildren, at": r"\.(?:replaceAll|replaceChildren|at)\(",
    "private fields": r"\bthis\.#",
    "structuredClone": r"structuredClone\(",
}


def without_comments(path: Path) -> str:
    return re.sub(
        r"/\*.*?\*/|^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_stylesheet_needs_nothing_that_a_phone_of_2019_lacks(sheet: Path) -> None:
    text = without_comments(sheet)
    assert [what for what, sign in NEWER_CSS.items() if re.search(sign, text, re.MULTILINE)] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_needs_nothing_that_a_phone_of_2019_lacks(script: Path) -> None:
    text = without_comments(script)
    assert [what for what, sign in NEWER_JS.items() if re.search(sign, text)] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_colours_are_named_by_meaning_and_raw_ones_stand_in_tokens_alone(sheet: Path) -> None:
    text = without_comments(sheet)
    if sheet.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgba?\(|hsla?\(", text) == []
        raw = re.findall(
            r"^  --([a-z-]+): #", (STATIC / "css" / "tokens.css").read_text(encoding="utf-8"), re.MULTILINE
        )
        assert [name for name in set(raw) if f"var(--{name})" in text] == []


def test_every_property_that_is_used_is_defined() -> None:
    everything = "".join(without_comments(sheet) for sheet in SHEETS)
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", everything))
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", everything))
    assert used - defined == set()


@pytest.mark.parametrize("template", MINE, ids=lambda path: path.name)
def test_a_template_holds_no_style_and_no_script_of_its_own(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r"https?://(?!www\.w3\.org)", text) == []


@pytest.mark.parametrize(
    "template", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda path: path.name
)
def test_the_head_of_a_component_file_tells_each_of_its_macros(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    head = text[: text.index("-#}")]
    macros = re.findall(r"\{%-? macro ([a-z]\w*)\(", text)
    assert [name for name in macros if not re.search(rf"\b{name}\(", head)] == []


def test_a_font_is_small_enough_for_a_village_line_and_has_its_licence() -> None:
    fonts = sorted((STATIC / "fonts").glob("*.woff2"))
    assert [font.stem for font in fonts] == ["sarabun-400", "sarabun-600", "sarabun-700"]
    assert all(font.stat().st_size <= 40_000 for font in fonts)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (STATIC / "fonts" / "OFL.txt").read_text(encoding="utf-8")


def test_all_styles_and_scripts_of_a_page_stay_under_what_a_slow_phone_loads_in_a_second() -> None:
    assert sum(path.stat().st_size for path in SHEETS) < 60_000
    assert all(path.stat().st_size < 12_000 for path in SCRIPTS)
