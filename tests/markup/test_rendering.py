"""What a writer's Markdown becomes for those who read it."""

import re

import pytest

from portal.markup.plain_text import sections
from portal.markup.rendering import render


def html(text: str) -> str:
    return render(text).html


def test_a_single_line_break_shows_as_people_type_it():
    assert html("บรรทัดหนึ่ง\nบรรทัดสอง") == "<p>บรรทัดหนึ่ง<br>\nบรรทัดสอง</p>"


def test_a_heading_keeps_its_thai_whole_in_its_anchor():
    rendered = render("# การจัดการความรู้ ที่นี่ (KM) ปี ๒๕๗๐")
    assert rendered.headings[0].anchor == "s-การจัดการความรู้-ที่นี่-km-ปี-๒๕๗๐"
    assert f'<h2 id="{rendered.headings[0].anchor}">' in rendered.html


def test_two_headings_of_one_name_have_anchors_of_their_own():
    assert [h.anchor for h in render("# ก\n\n# ก\n\n# ก 2\n\n# ก").headings] == [
        "s-ก",
        "s-ก-2",
        "s-ก-2-2",
        "s-ก-3",
    ]


def test_a_long_heading_is_cut_between_clusters_for_its_anchor():
    anchor = render("# " + "กำ้" * 100).headings[0].anchor
    assert anchor == "s-" + "กำ้" * 60 or anchor.endswith(("ำ้", "ก"))
    assert len(anchor) < 200


def test_headings_nest_below_the_page_heading_and_skip_no_level():
    levels = [h.level for h in render("### ก\n\n# ข\n\n##### ค\n\n## ง\n\n###### จ").headings]
    assert levels == [2, 2, 3, 3, 4]
    assert [h.level for h in render("# ก\n\n## ข", heading_offset=2).headings] == [3, 4]
    assert "<h1" not in html("# ก\n\nข\n===")


def test_a_heading_without_space_around_it_still_is_one():
    assert [h.text for h in render("ก\n# ข\nค\n## ง\nจ").headings] == ["ข", "ง"]


def test_anchors_of_texts_on_one_page_differ_by_their_prefix():
    first, second = (render("# ก[^1]\n\n[^1]: ข", anchor_prefix=f"p{n}-") for n in (1, 2))
    ids = re.findall(r'id="([^"]*)"', first.html) + re.findall(r'id="([^"]*)"', second.html)
    assert len(ids) == len(set(ids)) == 6
    assert all(re.match(r"p[12]-", name) for name in ids)


def test_a_link_to_a_heading_of_the_text_arrives():
    page = html("[ดู](#ตัวชี้วัด) [เดิม](#s-ตัวชี้วัด) [ไม่มี](#อื่น)\n\n# ตัวชี้วัด")
    assert page.count('href="#s-ตัวชี้วัด"') == 2
    assert "<span>ไม่มี</span>" in page


def test_a_table_scrolls_by_itself_and_names_its_columns():
    page = html("| ที่ | กิจกรรม |\n|:-:|---|\n| ๑ | ก\\|ข<br>ค |")
    assert page.startswith(
        '<div aria-label="ที่ · กิจกรรม" class="table-scroll" role="region" tabindex="0"><table>'
    )
    assert '<th align="center" scope="col">ที่</th>' in page
    assert "<td>ก|ข<br>\nค</td>" in page
    assert "style" not in page


def test_two_tables_with_the_same_columns_can_be_told_apart_by_ear():
    table = "| ก | ข |\n|--|--|\n| 1 | 2 |\n\nต่อ\n\n"
    assert re.findall(r'aria-label="([^"]*)"', html(table * 2)) == ["ก · ข", "ก · ข (2)"]


def test_a_row_closed_by_pipes_alone_spans_the_table_and_an_empty_form_row_does_not():
    page = html("| ที่ | ก | ข |\n|--|--|--|\n| ขั้นตอนที่ ๑ |||\n| ๑ | | |")
    assert '<th colspan="3" scope="colgroup">ขั้นตอนที่ ๑</th>' in page
    assert page.count("<td>") == 3


def test_a_table_without_a_header_has_none_and_an_empty_header_cell_is_no_header():
    assert "<thead>" not in html("| | |\n|--|--|\n| ก | ข |")
    assert html("| | ข |\n|--|--|\n| ก | ข |").count("<th") - 1 == 1  # <thead> and one <th>


def test_own_pictures_show_and_pictures_from_elsewhere_are_links():
    assert (
        html("![ผัง](/files/12/chart.png)") == '<p><img alt="ผัง" loading="lazy" src="/files/12/chart.png"></p>'
    )
    page = html("![ผัง](https://elsewhere.example/x.png)")
    assert "<img" not in page
    assert '<a href="https://elsewhere.example/x.png" rel="nofollow noopener noreferrer">ผัง</a>' in page
    assert "<img" not in html("![x](files/1.png) ![x](//e.example/files/1.png) ![x](/items/1) ![x](/files/)")


def test_links_out_of_the_portal_say_so_and_links_inside_do_not():
    page = html(
        "[ใน](/knowledge/12) [นอก](https://dla.go.th) [โทร](tel:+6621234567) [จดหมาย](mailto:a@b.go.th)"
    )
    assert '<a href="/knowledge/12">ใน</a>' in page
    assert '<a href="https://dla.go.th" rel="nofollow noopener noreferrer">นอก</a>' in page
    assert page.count("rel=") == 1
    assert 'rel="nofollow' in html("[x](//dla.go.th)")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ดูที่https://dla.go.th/a_b_cได้", "https://dla.go.th/a_b_cได้"),
        ("(https://dla.go.th/x)", "https://dla.go.th/x"),
        ("https://dla.go.th/x.", "https://dla.go.th/x"),
        ("“https://dla.go.th/x”", "https://dla.go.th/x"),
        ("https://dla.go.th/?a=1&b=2", "https://dla.go.th/?a=1&amp;b=2"),
        ("<https://dla.go.th/ความรู้>", "https://dla.go.th/ความรู้"),
    ],
)
def test_an_address_in_a_sentence_becomes_a_link_though_no_space_stands_before_it(typed: str, address: str):
    assert f'<a href="{address}" rel="nofollow noopener noreferrer">{address}</a>' in html(typed)


def test_names_of_files_and_addresses_without_a_scheme_stay_words():
    assert "<a" not in html("readme.md a.py dla.go.th www.dla.go.th a@b.go.th `https://dla.go.th`")


def test_harmless_inline_tags_work_and_others_leave_their_text():
    assert html("H<sub>2</sub>O <b onclick=x>หนา</b> <mark>เน้น</mark>") == (
        "<p>H<sub>2</sub>O <b>หนา</b> <mark>เน้น</mark></p>"
    )
    assert html("<div style='color:red'>ข้อ<span>ความ</span></div>") == "<p>ข้อความ</p>"
    assert html("ก < ข และ ค > ง <ช่องว่าง>") == "<p>ก &lt; ข และ ค &gt; ง &lt;ช่องว่าง&gt;</p>"
    assert html("<b>ไม่ปิด\n\nย่อหน้าถัดไป") == "<p>ไม่ปิด</p>\n<p>ย่อหน้าถัดไป</p>"


def test_code_shows_the_characters_that_were_typed():
    assert html("`<b>&amp;</b>`") == "<p><code>&lt;b&gt;&amp;amp;&lt;/b&gt;</code></p>"
    assert html('```python\nx = "<b>&"\n```') == (
        '<pre><code class="language-python">x = "&lt;b&gt;&amp;"\n</code></pre>'
    )


def test_a_task_is_a_box_that_is_named_by_its_line():
    page = html("- [x] ส่ง **รายงาน**\n- [ ] แนบ\n    - [ ] ใบประกาศ")
    assert '<input aria-label="ส่ง รายงาน" checked="" disabled="" type="checkbox"> ส่ง' in page
    assert '<input aria-label="แนบ" disabled="" type="checkbox">' in page
    assert '<input aria-label="ใบประกาศ" disabled="" type="checkbox">' in page


def test_a_footnote_leads_there_and_back():
    page = html("ก[^หนึ่ง] ข[^หนึ่ง]\n\n[^หนึ่ง]: เชิงอรรถ")
    for target in re.findall(r'href="#([^"]*)"', page):
        assert f'id="{target}"' in page
    assert page.count('class="footnote-backref"') == 2
    assert "Jump back" not in page


def test_an_admonition_without_a_title_has_a_thai_one():
    assert '<p class="admonition-title">ข้อควรระวัง</p>' in html("!!! warning\n    น้ำท่วม")
    assert '<div class="admonition note">' in html('!!! unknown "ข้อสังเกต"\n    น้ำท่วม')


def test_a_definition_list_and_numbers_that_begin_at_three():
    assert html("คำ\n:   ความหมาย") == "<dl>\n<dt>คำ</dt>\n<dd>ความหมาย</dd>\n</dl>"
    assert '<ol start="3">' in html("3. สาม\n4. สี่")


def test_lines_numbered_in_thai_keep_the_numbers_that_were_typed():
    assert html("๑. หนึ่ง\n๓. สาม") == "<p>๑. หนึ่ง<br>\n๓. สาม</p>"


def test_sections_for_search_have_the_anchors_of_the_page():
    text = "นำ\n\n# ก *ข* `ค`[^1]\n\nเนื้อ\n\n## ง &copy; <b>จ</b>\n\n# ก ข ค\n\n[^1]: อ"
    assert [(s.heading, s.level, s.anchor) for s in sections(text) if s.anchor] == [
        (h.text, h.level, h.anchor) for h in render(text).headings
    ]
    assert [h.text for h in render(text).headings] == ["ก ข ค", "ง © จ", "ก ข ค"]


def test_an_empty_text_is_an_empty_page():
    assert render("").html == ""
    assert render(" \n\t\n").html == ""
