"""Texts that are too long, too deep or built to exhaust the parser."""

import pytest

from portal.markup.dialect import draft
from portal.markup.limits import MAX_CELLS, MAX_FOOTNOTES, MAX_TEXT, TooLong
from portal.markup.plain_text import plain
from portal.markup.rendering import render


def test_two_megabytes_of_markdown_are_refused_with_the_limit():
    with pytest.raises(TooLong) as refusal:
        render("ก " * 1_000_000)
    assert refusal.value.status == 413
    assert refusal.value.values == {"limit": MAX_TEXT}


def test_a_text_as_long_as_allowed_is_laid_out():
    line = "การจัดการความรู้ในองค์กร **สำคัญ** ตาม[แผน](/plans/1) ปี ๒๕๗๐ \n"
    paragraph = line * 12 + "\n"
    text = paragraph * (MAX_TEXT // len(paragraph))
    rendered = render(text)
    assert rendered.html.count("<strong>") == text.count("**สำคัญ**")
    assert rendered.html.count('<a href="/plans/1">') == text.count("[แผน]")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 3_000,
        "[" * 3_000 + "]" * 3_000,
        "![" * 3_000,
        "> " * 3_000 + "ก",
        ">" * 3_000,
        "\n".join("    " * depth + "- ก" for depth in range(400)),
        "".join("> - " for _ in range(3_000)) + "ก",
        "<b>" * 3_000 + "ก" + "</b>" * 3_000,
        "<b><i>" * 3_000,
        "*" * 3_000 + "ก" + "*" * 3_000,
        "_*" * 3_000,
        "`" * 3_000,
        "((" * 3_000,
        "[a](" * 3_000,
        "!!! note\n" + "\n".join("    " * depth + "!!! note" for depth in range(1, 300)),
        "\n".join(":   " * depth + "ก" for depth in range(1, 200)),
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_what_is_nested_three_thousand_deep_neither_fails_nor_gets_lost(text: str):
    assert render(text).html
    assert ("ก" in text) == ("ก" in plain(text))


# Each of these takes a plain run of the parser minutes at this length.
@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "# a\n",
        "---\n",
        "a\n=\n",
        "a\n\n",
        "- a\n\n",
        "> a\n",
        "<",
        "&",
        "<b>",
        "~~~a\n",
        "a\n:   b\n",
        "`|",
    ],
)
def test_a_text_made_to_exhaust_the_parser_comes_back_with_its_characters(piece: str):
    text = piece * (100_000 // len(piece))
    assert len(render(text).html) >= 50_000 or piece in ("`|", "---\n")


def test_what_can_not_be_laid_out_is_shown_as_it_was_typed():
    rendered = render("> " * 100 + "<script>ก</script> **ข**")
    assert rendered.html == f'<pre class="as-typed">{"&gt; " * 100}&lt;script&gt;ก&lt;/script&gt; **ข**</pre>'
    assert rendered.headings == ()


def test_a_reference_repeated_does_not_make_gigabytes():
    text = f"[a]: /{'x' * 20_000}\n\n" + "[a] " * 60_000
    assert len(render(text[:300_000]).html) < 3_000_000


def test_a_wide_header_over_many_empty_rows_does_not_make_millions_of_cells():
    text = "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|\n" * 100_000
    assert draft(text).html.count("<td") <= MAX_CELLS


def test_hundreds_of_footnotes_are_too_many():
    assert draft("\n".join(f"[^{n}]: ก" for n in range(MAX_FOOTNOTES + 1))).tangled
    assert not draft("ก[^1]" * 2_000 + "\n\n[^1]: ข").tangled


def test_the_same_text_always_gives_the_same_page():
    text = "# ก\n\n" + "[ก](/a) **ข** `ค` " * 400 + "\n\n| a | b |\n|--|--|\n| x ||\n" * 40
    assert render(text) == render(text)


@pytest.mark.parametrize(
    "text",
    [
        "".join("> " * (n % 40 + 1) + "a\n" for n in range(9_000)),
        "".join("    " * (n % 58) + "1. a\n\n" for n in range(3_000)),
        "".join(f"x[^{n}]\n\n" for n in range(400))
        + "".join(f"[^{n}]: " + "y[^1] " * 100 + "\n\n" for n in range(400)),
    ],
    ids=["quotes in quotes", "lists in lists", "footnotes in footnotes"],
)
def test_what_would_keep_the_reader_busy_for_seconds_is_shown_as_it_was_typed(text):
    """Seen: a text of 400 kB that took 28 seconds, during which nobody else could save."""
    assert draft(text).tangled


def test_many_small_tables_are_tables_up_to_the_limit_of_all_together():
    text = ("|a|b|\n|-|-|\n" + "|c|d|\n" * 20 + "\n") * 600
    assert MAX_CELLS / 3 < draft(text).html.count("<td") <= MAX_CELLS
