"""What the page of history and the page of a conflict say has changed."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from portal.markup.difference import Overlap, compare, merge, runs

LINES = st.lists(st.text("กา้น ขิ่ง\tABab12๑๒ำ", max_size=12), max_size=12)


def test_texts_that_say_the_same_have_no_changes():
    assert compare("ก\nข", "ก\r\nข\n") == ()


def test_a_word_changed_inside_a_thai_sentence_is_marked_alone():
    (change,) = compare("ส่งรายงานภายใน ๓๐ วัน", "ส่งรายงานภายใน ๑๕ วัน")
    assert change.kind == "changed"
    assert [span.text for span in change.old if span.changed] == ["๓๐"]
    assert [span.text for span in change.new if span.changed] == ["๑๕"]


def test_a_change_of_one_tone_mark_marks_the_whole_cluster():
    (change,) = compare("แผนงานน้ำ", "แผนงานนำ")
    assert [span.text for span in change.old if span.changed] == ["น้ำ"]
    assert [span.text for span in change.new if span.changed] == ["นำ"]


def test_lines_added_and_removed_are_counted_from_one():
    added, removed = compare("ก\nค\nง\nจ", "ก\nข\nค\nจ")
    assert (added.kind, added.old_line, added.new_line, added.old, added.new[0].text) == (
        "added",
        2,
        2,
        (),
        "ข",
    )
    assert (removed.kind, removed.old_line, removed.new_line, removed.old[0].text, removed.new) == (
        "removed",
        3,
        4,
        "ง",
        (),
    )


@given(LINES, LINES)
def test_the_spans_put_together_are_the_lines_and_never_tear_a_cluster(old: list[str], new: list[str]):
    ours, theirs = "\n".join(old).splitlines(), "\n".join(new).splitlines()
    rebuilt, at = [], 0
    for change in compare("\n".join(old), "\n".join(new)):
        rebuilt += ours[at : change.old_line - 1]
        at = change.old_line - 1
        if change.old:
            before = "".join(span.text for span in change.old)
            assert before.split("\n") == ours[at : at + before.count("\n") + 1]
            at += before.count("\n") + 1
            clusters = regex.findall(r"\X", before)
            assert [c for span in change.old for c in regex.findall(r"\X", span.text)] == clusters
        if change.new:
            rebuilt += "".join(span.text for span in change.new).split("\n")
    assert rebuilt + ours[at:] == theirs


@given(LINES, LINES)
def test_the_text_to_read_holds_every_line_that_came_or_went(old: list[str], new: list[str]):
    pairs = runs("\n".join(old), "\n".join(new), around=1_000)
    if not pairs:
        assert "\n".join(old).splitlines() == "\n".join(new).splitlines()
        return
    after = "".join(text for kind, text in pairs if kind != "del")
    before = "".join(text for kind, text in pairs if kind != "ins")
    assert [line for line in after.splitlines() if line] == [
        line for line in "\n".join(new).splitlines() if line
    ]
    assert [line for line in before.splitlines() if line] == [
        line for line in "\n".join(old).splitlines() if line
    ]


def test_far_from_a_change_the_text_is_left_out():
    old = "\n".join(map(str, range(100)))
    pairs = runs(old, old.replace("50", "ห้าสิบ"))
    assert ("del", "50") in pairs
    assert ("ins", "ห้าสิบ") in pairs
    assert sum(len(text) for _, text in pairs) < 60
    assert pairs[0] == ("same", "…\n48\n49\n")


def test_two_megabytes_are_compared_whatever_they_hold():
    lines = [f"บรรทัดที่ {n} ของเอกสารที่ยาวมาก" for n in range(60_000)]
    changed = [*lines[:30_000], "แทรก", *lines[30_000:59_990]]
    kinds = [change.kind for change in compare("\n".join(lines), "\n".join(changed))]
    assert kinds == ["added", "removed"]
    assert compare("\n".join(lines), "\n".join(reversed(lines)))
    assert [c.kind for c in compare("ก" * 1_000_000, "ข" * 1_000_000)] == ["changed"]
    assert compare("ก\nข\n" * 200_000, "ข\nค\n" * 200_000)


BASE = "หนึ่ง\nสอง\nสาม\nสี่"


def test_changes_on_different_lines_are_put_together_also_where_the_lines_touch():
    merged = merge(BASE, "หนึ่งของฉัน\nสอง\nสาม\nสี่", "หนึ่ง\nสองของเพื่อน\nสาม\nสี่\nห้า")
    assert merged.text == "หนึ่งของฉัน\nสองของเพื่อน\nสาม\nสี่\nห้า"
    assert merged.overlaps == ()


def test_a_line_added_beside_a_line_that_the_other_changed_or_removed_stays():
    assert merge("ก\nข", "ก\nขข", "ก\nข\nค").text == "ก\nขข\nค"
    assert merge("ก\nข", "กก\nข", "ก\nใหม่\nข").text == "กก\nใหม่\nข"
    assert merge("ก\nข\nค", "ก\nค", "ก\nข\nใหม่\nค").text == "ก\nใหม่\nค"


def test_what_both_changed_alike_stands_once():
    assert merge(BASE, BASE.replace("สอง", "๒"), BASE.replace("สอง", "๒")) == merge(
        BASE, BASE, BASE.replace("สอง", "๒")
    )


def test_a_line_that_both_changed_is_left_to_decide_and_stands_with_both_texts():
    merged = merge("ก\nข\nค", "ก\nของฉัน\nค", "ก\nของเพื่อน\nค")
    assert merged.text == "ก\nของเพื่อน\nของฉัน\nค"
    assert merged.overlaps == (Overlap(2, "ข", "ของฉัน", "ของเพื่อน"),)


def test_what_both_added_in_the_same_place_is_left_to_decide():
    merged = merge("ก", "ก\nเหมือน\nของฉัน", "ก\nเหมือน\nของเพื่อน")
    assert merged.text == "ก\nเหมือน\nของเพื่อน\nของฉัน"
    assert merged.overlaps == (Overlap(3, "", "ของฉัน", "ของเพื่อน"),)


def test_a_line_that_one_removed_and_the_other_changed_stays_and_is_told():
    merged = merge("ก\nข\nค", "ก\nค", "ก\nขข\nค")
    assert merged.text == "ก\nขข\nค"
    assert merged.overlaps == (Overlap(2, "ข", "", "ขข"),)


SAID = st.lists(st.text("กา้น ขิ่ง\tABab12๑๒ำ", min_size=1, max_size=3), max_size=8)


@given(SAID, SAID, SAID)
def test_nothing_that_either_wrote_is_lost_and_nothing_is_invented(
    base: list[str], mine: list[str], theirs: list[str]
):
    was, one, other = ("\n".join(lines) for lines in (base, mine, theirs))
    merged = merge(was, one, other)
    came = set(one.splitlines()) - set(was.splitlines()) | set(other.splitlines()) - set(was.splitlines())
    kept = set(merged.text.splitlines())
    assert came <= kept
    assert kept <= came | set(was.splitlines())
    assert merge(was, one, was).text.splitlines() == one.splitlines()
    assert merge(was, was, other).text.splitlines() == other.splitlines()
    assert merge(was, one, one).text.splitlines() == one.splitlines()
    assert len(merge(was, other, one).overlaps) == len(merged.overlaps)


def test_two_megabytes_are_merged():
    lines = [f"บรรทัดที่ {n}" for n in range(60_000)]
    mine = [*lines[:10], "ของฉัน", *lines[10:]]
    theirs = [*lines[:-10], "ของเพื่อน", *lines[-10:]]
    merged = merge(*("\n".join(one) for one in (lines, mine, theirs)))
    assert merged.overlaps == ()
    assert len(merged.text.splitlines()) == 60_002
