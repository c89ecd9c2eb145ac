"""Every text can be read on what it stands on, in both themes: WCAG 2.2 AA, computed from static/css/tokens.css."""

import re

import pytest

from portal.paths import STATIC

CSS = STATIC / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")

# (what is drawn, on what): 4.5:1 for text (1.4.3), 3:1 for the edges of controls, focus rings and charts (1.4.11)
TEXT = [
    *[
        (text, ground)
        for text in ("text", "quiet", "link", "link-hover", "late", "soon", "fine")
        for ground in ("page", "sheet")
    ],
    *[(text, ground) for text in ("text", "link", "quiet") for ground in ("accent-wash",)],
    ("text", "late-wash"),
    ("text", "soon-wash"),
    ("text", "fine-wash"),
    ("late", "late-wash"),
    ("soon", "soon-wash"),
    ("fine", "fine-wash"),
    ("danger", "late-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("found-text", "found"),
]
SHAPES = [
    *[
        (shape, ground)
        for shape in ("edge", "accent", "focus", *[f"series-{n}" for n in range(1, 7)])
        for ground in ("page", "sheet")
    ],
    ("focus", "accent-wash"),
    ("late", "late-wash"),
    ("soon", "soon-wash"),
    ("fine", "fine-wash"),
]


def _values(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block))


def _block(after: str) -> str:
    start = TOKENS.index("{", TOKENS.index(after)) if after else TOKENS.index(":root {") + 6
    inside = TOKENS.index("{", start + 1) if after else start
    return TOKENS[inside : TOKENS.index("}", inside)]


LIGHT = _values(_block(""))
THEMES = {
    "light": LIGHT,
    "dark": {**LIGHT, **_values(_block("prefers-color-scheme: dark"))},
    "print": {**LIGHT, **_values(_block("@media print"))},
}
MEANINGS = _values(TOKENS[TOKENS.index("color-scheme: light dark;") :])


def colour(theme: str, meaning: str) -> str:
    raw = re.fullmatch(r"var\(--([a-z-]+)\)", MEANINGS[f"color-{meaning}"])
    assert raw, f"--color-{meaning} must be a raw colour of tokens.css"
    return THEMES[theme][raw[1]]


def luminance(hexadecimal: str) -> float:
    channels = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_21_to_1_so_the_measure_itself_is_right() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read_on_its_ground(theme: str, text: str, ground: str) -> None:
    found = contrast(colour(theme, text), colour(theme, ground))
    assert found >= 4.5, f"{theme}: {text} on {ground} is {found:.2f}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_the_edges_of_what_one_uses_can_be_seen(theme: str, shape: str, ground: str) -> None:
    found = contrast(colour(theme, shape), colour(theme, ground))
    assert found >= 3, f"{theme}: {shape} on {ground} is {found:.2f}"


def test_dark_says_every_raw_colour_anew() -> None:
    colours = {name for name, value in LIGHT.items() if value.startswith("#")}
    assert set(_values(_block("prefers-color-scheme: dark"))) == colours
    assert set(_values(_block("@media print"))) == colours


def test_every_colour_that_a_stylesheet_writes_text_in_is_measured() -> None:
    measured = {name for pair in TEXT + SHAPES for name in pair} | {"line"}
    meanings = {name.removeprefix("color-") for name in MEANINGS if name.startswith("color-")}
    assert meanings - measured == set()
