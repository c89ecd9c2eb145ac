"""Names and quotations within Markdown: nothing of a name means anything, and nothing of a quotation leaves it."""

import pytest

from portal.markup.escaping import escaped_name
from portal.markup.plain_text import plain
from portal.markup.quoting import quotation
from portal.markup.rendering import render


@pytest.mark.parametrize(
    "name",
    [
        "นาง_สาว_ชูใจ",
        "[ชู](/x)ใจ",
        "**ชู**ใจ",
        "ชู`ใจ`",
        "<b>ชูใจ",
        "ชู&lt;ใจ &#64;",
        "ชู\\ใจ]",
        "ชูใจ) ([ข",
        "![ชูใจ](/files/1)",
    ],
)
def test_a_name_reads_as_it_was_typed_in_a_link_and_in_a_heading(name):
    link = render(f"[{escaped_name(name)}](/people/3) ต่อ").html
    assert link.count("<a ") == 1
    assert plain(f"[{escaped_name(name)}](/people/3)") == plain(f"## {escaped_name(name)}") == name


def test_a_quotation_says_who_said_it_and_ends_where_it_ends():
    text = quotation("บรรทัดแรก\n\n- ข้อหนึ่ง\n> คนอื่น", by="ชู*ใจ", at="/posts/9") + "ตอบ"
    assert text.splitlines()[:2] == ["> [ชู\\*ใจ](/posts/9):", ">"]
    html = render(text).html
    assert html.index("</blockquote>") < html.index("ตอบ")
    assert quotation("คำ\n") == "> คำ\n\n"


def test_what_is_written_right_under_a_quotation_is_ones_own():
    html = render(
        "> [มาลี](/posts/1):\n>\n> ขยายเวลาก่อนครบ ๓๐ วัน\nเห็นด้วย แต่ทำไม่ทัน\n> อีกคำ\n\n```\n> ก\nข\n```"
    ).html
    assert html.index("</blockquote>") < html.index("เห็นด้วย") < html.rindex("<blockquote>")
    assert "&gt; ก\nข" in html, "code stays as it is"
