"""What of a question is looked for otherwise, too: abbreviations, misspellings, synonyms, English, in both directions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.people.audiences import tokens_of
from portal.search.analysis import MOST_QUESTION_WORDS, analyse
from portal.search.expanding import (
    MOST_ALTERNATIVES,
    MOST_EXPANDED,
    WEIGHTS,
    expand,
    units_of,
)
from portal.search.question import Concept, Reason
from portal.search.thesaurus import Group, Thesaurus, read, shipped
from tests.making import make_organisation, make_person, make_unit

THESAURUS = read(shipped())


def asked(text, units=()):
    """Typed stretch → the labels it is expanded to; stretches without are left out."""
    return {
        concept.typed: [alternative.label for alternative in concept.alternatives]
        for concept in expand(text, THESAURUS, units)
        if concept.alternatives
    }


def found_by(text):
    """What an expanded question finds: sets of words, each of which is enough."""
    return [
        set(alternative.words) for concept in expand(text, THESAURUS) for alternative in concept.alternatives
    ]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("อบต", "องค์การบริหารส่วนตำบล"),
        ("อ.บ.ต.", "องค์การบริหารส่วนตำบล"),
        ("องค์การบริหารส่วนตำบล", "อบต."),
        ("เว็ปไซค์", "เว็บไซต์"),
        ("เว็บไซต์", "เว็ปไซค์"),
        ("ปรับปรุงเว็ปไซค์อบต", "เว็บไซต์"),
        ("ดีกาเบิกเงิน", "การเบิกจ่ายเงิน"),
        ("KM", "การจัดการความรู้"),
        ("การจัดการความรู้", "KM"),
        ("best practices", "แนวปฏิบัติที่ดี"),
        ("แนวปฏิบัติที่ดี", "Best Practice"),
        ("จัดซื้อจัดจ้าง", "พัสดุ"),
        ("พรบ.", "พระราชบัญญัติ"),
        ("นายก อบต.", "นายกองค์การบริหารส่วนตำบล"),
        ("อีจีพี", "e-GP"),
    ],
)
def test_what_is_typed_finds_what_is_written(typed, written):
    assert any(words <= set(analyse(written)) for words in found_by(typed))


def test_a_stretch_keeps_what_was_typed_and_its_words():
    assert expand("แผน ขยะ", Thesaurus()) == (Concept(("แผน",), "แผน"), Concept(("ขยะ",), "ขยะ"))
    concept = next(concept for concept in expand("ระเบียบ อ.บ.ต.", THESAURUS) if concept.words == ("อบต",))
    assert concept.typed.startswith("อ.บ.ต")


def test_the_longest_name_is_taken():
    assert list(asked("นายก อบต. ลาออก")) == ["นายก อบต"]


def test_the_surer_counts_more_and_nothing_counts_as_much_as_what_was_typed():
    assert (
        1
        > WEIGHTS[Reason.ABBREVIATION]
        > WEIGHTS[Reason.MISSPELLING]
        > WEIGHTS[Reason.SYNONYM]
        > WEIGHTS[Reason.ENGLISH]
    )
    (concept,) = expand("อบต", THESAURUS)
    weights = [alternative.weight for alternative in concept.alternatives]
    assert weights == sorted(weights, reverse=True)
    assert [alternative.reason for alternative in concept.alternatives] == [
        Reason.ABBREVIATION,
        Reason.ENGLISH,
    ]
    assert weights[1] < WEIGHTS[Reason.ENGLISH]  # two steps away


def test_from_a_misspelling_nothing_leads_to_another_misspelling():
    (concept,) = expand("เว็ปไซค์", THESAURUS)
    assert "เว็บไซด์" not in [alternative.label for alternative in concept.alternatives]


def test_what_finds_nothing_more_is_no_alternative():
    thesaurus = Thesaurus(
        [Group("ขยะมูลฝอย", synonym=("ขยะ", "มูลฝอย")), Group("กองคลัง", synonym=("กอง คลัง",))]
    )
    assert expand("ขยะ", thesaurus) == (Concept(("ขยะ",), "ขยะ"),)
    assert all(not concept.alternatives for concept in expand("กองคลัง", thesaurus))


def test_a_misspelling_inside_a_right_word_is_none():
    assert asked("กระทุ้งดิน") == {}
    assert "กระทุ้" in asked("ตั้งกระทุ้")


def test_an_abbreviation_that_is_a_word_is_expanded_only_with_its_dot():
    assert asked("ทน. เชียงใหม่")["ทน"][0] == "เทศบาลนคร"
    assert asked("ปูนทนความร้อน") == {}


def test_a_name_has_few_alternatives_and_a_question_few_expanded_stretches():
    names = [group.canonical for group in THESAURUS.groups]
    for name in names:
        assert all(len(concept.alternatives) <= MOST_ALTERNATIVES for concept in expand(name, THESAURUS))
    concepts = expand(" / ".join(names[:20]), THESAURUS)
    assert sum(bool(concept.alternatives) for concept in concepts) <= MOST_EXPANDED
    assert sum(len(concept.words) for concept in concepts) <= MOST_QUESTION_WORDS


def test_the_surest_stretches_are_the_expanded_ones():
    thesaurus = Thesaurus(
        [Group(f"name{n}", synonym=(f"like{n}",)) for n in range(MOST_EXPANDED)]
        + [Group("last name", abbreviation=("ln",))]
    )
    expanded = [
        concept.typed
        for concept in expand("like0 like1 like2 like3 like4 like5 ln", thesaurus)
        if concept.alternatives
    ]
    assert expanded == ["like0", "like1", "like2", "like3", "like4", "ln"]


def test_without_expansion_every_word_stands_alone():
    concepts = expand("อบต เว็ปไซค์", Thesaurus())
    assert [concept.words for concept in concepts] == [("อบต",), ("เว็ป",), ("ไซ",), ("ค์",)]
    assert expand("ที่ ของ และ", Thesaurus()) == ()


# ---- abbreviations that mean several things ----

PAIRS = [
    ("กค. เบิกจ่ายเงิน", "กองคลัง", "สรุปงานถึง 15 ก.ค. 2566", "กรกฎาคม"),
    ("หลักสูตร ก.พ. ข้าราชการใหม่", "สำนักงานคณะกรรมการข้าราชการพลเรือน", "ประชุม 7 ก.พ. 2567", "กุมภาพันธ์"),
    ("ถนนคอนกรีต 10 กม.", "กิโลเมตร", "หารือ กม. ให้นิติกรตอบ", "กองกฎหมายและระเบียบท้องถิ่น"),
    ("CM 6 องค์ประกอบ", "กระบวนการบริหารการเปลี่ยนแปลง 6 องค์ประกอบ", "ป้ายสูง 120 cm", "เซนติเมตร"),
    ("กจ. เลื่อนเงินเดือน", "กองการเจ้าหน้าที่", "มติ ก.จ.", "คณะกรรมการข้าราชการองค์การบริหารส่วนจังหวัด"),
    ("สป. เทศบาล ธุรการ", "สำนักปลัด", "สป. กระทรวง", "สำนักงานปลัดกระทรวง"),
    ("บก. จัดซื้อจัดจ้าง", "กรมบัญชีกลาง", "บก. วารสาร", "บรรณาธิการ"),
    ("สธ. วัคซีน", "กระทรวงสาธารณสุข", "หนังสือ สธ. ถึง อปท.", "กรมส่งเสริมการปกครองท้องถิ่น"),
    ("LO องค์กร", "องค์กรแห่งการเรียนรู้", "LO นักเรียน", "ผลลัพธ์การเรียนรู้"),
    ("SAO ตำบล", "องค์การบริหารส่วนตำบล", "SAO ข้อทักท้วง", "สำนักงานการตรวจเงินแผ่นดิน"),
    ("KV ปลาทู", "หัวปลา", "สายส่ง 115 KV", "กิโลโวลต์"),
    ("อ.เมือง จ.กาฬสินธุ์", "อำเภอ", "อ.สมชาย บรรยาย", "อาจารย์"),
    ("ลว. หนังสือ", "ลงวันที่", "ลว. ค่าจ้าง", "ลูกจ้างชั่วคราว"),
]


@pytest.mark.parametrize(("one", "meant", "other", "meant_there"), PAIRS)
def test_the_words_beside_an_abbreviation_decide_what_it_means(one, meant, other, meant_there):
    here = [label for labels in asked(one).values() for label in labels]
    there = [label for labels in asked(other).values() for label in labels]
    assert meant in here
    assert meant_there in there
    assert meant not in there
    assert meant_there not in here


@pytest.mark.parametrize(
    "text", ["กค", "ก.พ.", "กม.", "สป.", "CM", "SAO", "LO", "KA", "ว.", "จ.", "อ.", "กจ", "บก", "มท", "สธ"]
)
def test_an_ambiguous_abbreviation_alone_is_not_expanded(text):
    assert asked(text) == {}


def test_words_for_two_meanings_alike_decide_nothing():
    assert "บก" not in asked("บก. จัดซื้อจัดจ้าง วารสาร")


def test_the_number_of_a_letter_names_no_ministry():
    assert "มท" not in asked("ที่ มท 0808.2/ว 1234")
    assert asked("ระเบียบ มท พัสดุ")["มท"][0] == "กระทรวงมหาดไทย"


def test_where_no_word_decides_the_askers_unit_does():
    assert asked("กค.", ["กองคลัง"])["กค"][0] == "กองคลัง"
    assert asked("กม.", ["กองกฎหมายและระเบียบท้องถิ่น"])["กม"][0] == "กองกฎหมายและระเบียบท้องถิ่น"
    assert asked("สป.", ["สำนักปลัดเทศบาล", "เทศบาลตำบลทดสอบ"])["สป"][0] == "สำนักปลัด"
    assert asked("15 กค 2566", ["กองคลัง"])["กค"][0] == "กรกฎาคม"  # a word counts before the unit
    assert asked("กค.", ["กองช่าง"]) == {}


@pytest.mark.usefixtures("app")
def test_the_units_of_an_asker_are_his_own_and_those_above():
    root = make_organisation("เทศบาลตำบลทดสอบ")
    finance = make_unit("กองคลัง", root)
    make_unit("กองช่าง", root)
    person = make_person(unit=finance)
    assert units_of(tokens_of(person)) == ("กองคลัง", "เทศบาลตำบลทดสอบ")
    assert units_of(tokens_of(None)) == ()


# ---- whatever is typed ----

PARTS = st.sampled_from(
    ["อบต", ".", " ", "เว็ปไซค์", "กระทุ้", "ก.พ.", "๒๕๖๗", "KM", "ค์", "ุ", "e-GP", "/", "จ.", "ที่", "ํา", "\u200b"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PARTS, st.text(max_size=6)), max_size=20).map("".join))
def test_any_text_is_read(text):
    concepts = expand(text, THESAURUS, ["กองคลัง"])
    assert sum(len(concept.words) for concept in concepts) <= MOST_QUESTION_WORDS
    assert len({concept.words for concept in concepts}) == len(concepts)
    for concept in concepts:
        assert all(concept.words)
        assert all(0 < alternative.weight < 1 for alternative in concept.alternatives)
    if text and not any(concept.alternatives for concept in concepts):
        assert [word for concept in concepts for word in concept.words] == list(dict.fromkeys(analyse(text)))[
            :MOST_QUESTION_WORDS
        ] or THESAURUS.misspelt.search(text)
