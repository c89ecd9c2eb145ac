"""Changes of the thesaurus on their way: what is refused, what a table may hold, what two people do to one group."""

import pytest

from portal.documents.columns import NoHeaderFound
from portal.documents.sheets import read_table
from portal.search.thesaurus import Group, read, shipped, write
from portal.search.thesaurus_changes import Pending, differences, faults_of, read_lines

HEADER = "canonical,kind,variants\n"


def lines_of(text):
    return read_lines(read_table(text.encode()))


def faulty(text):
    """Line → what is said about it."""
    return [(fault.where, str(fault)) for fault in lines_of(HEADER + text)[1]]


@pytest.mark.usefixtures("app")
class TestTables:
    def test_what_is_taken_home_is_taken_in_again(self):
        groups, faults = lines_of(shipped())
        assert faults == []
        assert write(groups) == write(read(shipped()).groups)

    def test_columns_and_kinds_may_be_named_in_thai_in_any_order(self):
        groups, faults = lines_of("ชนิด;ชื่อ;คำที่ใช้แทน\nอักษรย่อ;โดรน;อจ.|อจ\nคำพ้อง;โดรน;อากาศยานไร้คนขับ\n")
        assert faults == []
        assert groups == [Group("โดรน", abbreviation=("อจ.", "อจ"), synonym=("อากาศยานไร้คนขับ",))]

    def test_wide_signs_part_columns_and_words_like_the_plain_ones(self):
        for sign in "，；":
            table = "ชนิด;ชื่อ;คำที่ใช้แทน\nอักษรย่อ;โดรน;อจ.｜อจ\n".replace(";", sign)
            assert lines_of(table) == ([Group("โดรน", abbreviation=("อจ.", "อจ"))], [])

    def test_a_kind_may_stand_on_several_lines(self):
        groups, faults = lines_of(HEADER + "โดรน,synonym,ก้อนบิน\nโดรน,synonym,อากาศยาน\n")
        assert faults == []
        assert groups == [Group("โดรน", synonym=("ก้อนบิน", "อากาศยาน"))]

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (",synonym,อากาศยาน", "ชื่อ"),
            ("โดรน,nickname,อากาศยาน", "nickname"),
            ("โดรน,synonym,", "ไม่มีคำ"),
            ("โดรน,synonym,!!!", "!!!"),
            ("โดรน,synonym,ที่", "ที่"),
            (f"โดรน,synonym,{'ก' * 300}", "200"),
            ("โดรน,abbreviation,ก.พ.", "หลายความหมาย"),
            ("โดรน,synonym,อากาศยาน|อากาศยาน", "ซ้ำ"),
            ("โดรน,synonym,=1+1", "สูตร"),
            ("โดรน,synonym,＝1+1", "สูตร"),
            ("＠โดรน,synonym,ก้อนบิน", "สูตร"),
            ("โดรน，synonym，ก้อนบิน", "จุลภาค"),
            (f"โดรน,synonym,{'|'.join(f'อากาศยาน{n}' for n in range(90))}", "900"),
        ],
    )
    def test_each_faulty_line_is_named_with_what_is_wrong(self, line, said):
        found = faulty(f"ดี,synonym,เยี่ยม\n{line}\n")
        assert {where for where, _ in found} == {3}
        assert any(said in text for _, text in found)

    def test_several_faulty_lines_are_all_named(self):
        assert [where for where, _ in faulty("ก,x,ข\nดี,synonym,เยี่ยม\nค,y,ง\n")] == [2, 4]

    def test_a_table_of_something_else_is_refused(self):
        with pytest.raises(NoHeaderFound):
            lines_of("วันที่,จำนวน\n1,2\n")

    def test_a_word_that_stands_twice_over_two_lines_is_named(self):
        assert [
            where for where, _ in faulty("โดรน,synonym,อากาศยาน\nโดรน,english,drone\nโดรน,synonym,อากาศยาน\n")
        ] == [4]


def test_a_good_group_has_no_faults():
    assert list(faults_of(Group("โดรน", synonym=("อากาศยานไร้คนขับ",), english=("drone", "UAV")))) == []


ONE, TWO = Group("โดรน", synonym=("อากาศยาน",)), Group("ขยะ", english=("waste",))


def test_changes_are_put_upon_what_holds():
    more = Group("โดรน", synonym=("อากาศยาน", "ก้อนบิน"))
    new = Group("ฝาย", english=("weir",))
    pending = Pending({"โดรน": (ONE, more), "ขยะ": (TWO, None), "ฝาย": (None, new)})
    assert pending.upon([ONE, TWO]) == [more, new]
    assert differences([ONE, TWO], [more, new]) == pending.changes


def test_two_who_change_different_groups_do_not_meet():
    pending = Pending({"โดรน": (ONE, None)})
    theirs = Group("ขยะ", english=("waste", "garbage"))
    assert pending.overtaken([ONE, theirs]) == {}
    assert pending.upon([ONE, theirs]) == [theirs]


def test_two_who_change_one_group_differently_are_told_and_those_who_did_the_same_are_not():
    mine, theirs = Group("โดรน", synonym=("ก",)), Group("โดรน", synonym=("ข",))
    pending = Pending({"โดรน": (ONE, mine)})
    assert pending.overtaken([theirs]) == {"โดรน": theirs}
    assert pending.overtaken([]) == {"โดรน": None}
    assert pending.overtaken([mine]) == {}
