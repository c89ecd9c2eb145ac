"""Words that differ in a tone, a spelling or a digit: what is meant stands first, what only looks like it stands apart."""

import pytest

from portal.db import session
from portal.knowledge.models import AssetKind
from portal.search.indexing import index_pending
from portal.search.query import SearchQuery
from portal.search.searching import search
from tests.making import make_asset, make_person
from tests.postgresql import BOTH_DATABASES

# One word each that differs from the others in its tone only.
TONES = {"ข้าว": "rice", "ข่าว": "news", "ขาว": "white"}
SAYING = {
    "ข้าว": ("การเก็บข้าวในฉาง", "ชาวนาตากข้าวให้แห้งก่อนเข้าฉาง"),
    "ข่าว": ("ข่าวของเทศบาล", "ผู้รับผิดชอบเขียนข่าวส่งทุกวันศุกร์"),
    "ขาว": ("เส้นจราจรสีขาว", "ทาสีขาวบนพื้นถนนหน้าโรงเรียน"),
}
KIND_OF = {"ข้าว": AssetKind.MANUAL, "ข่าว": AssetKind.STORY, "ขาว": AssetKind.QA}
OTHERS = (
    ("ต้นไม้ริมทาง", "รดต้นไม้ทุกเช้าและตัดกิ่งเดือนละสองครั้ง"),
    ("ยืมเครื่องเสียง", "ผู้ยืมลงชื่อที่งานธุรการและส่งคืนภายในสามวัน"),
    ("ตารางเวรรักษาความสงบ", "เวรกลางคืนเริ่มสองทุ่มถึงหกโมงเช้า"),
)


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


@pytest.fixture
def staff(app):
    return make_person("มาลี")


@pytest.fixture
def asked(staff, settings):
    """Asks once everything is indexed."""

    def ask(text, **args):
        session.commit()
        while index_pending(settings):
            pass
        return search(SearchQuery.from_args({"q": text, "limit": "100", **args}), staff)

    return ask


@pytest.fixture
def others(staff):
    """What has nothing to do with any of the questions."""
    for title, text in OTHERS:
        make_asset(title, text, author=staff)


def titles(found):
    return [result.item.title for result in found.results]


def near(found):
    return [result.item.title for result in found.near]


def first(found):
    """What stands first on the page, under whatever heading."""
    return [*titles(found), *near(found), ""][0]


def counted(found):
    return {
        option.value: option.count
        for facet in found.facets
        if facet.name == "kind"
        for option in facet.options
    }


# ---- tones ----


def test_own_hits_stand_above_all_others_and_alone_are_counted(asked, others):
    for tone, (title, text) in SAYING.items():
        make_asset(title, "รายละเอียดอยู่ในเอกสาร", kind=KIND_OF[tone])
        make_asset(f"บันทึกที่ {TONES[tone]}", text, kind=KIND_OF[tone])
    own = {tone: {SAYING[tone][0], f"บันทึกที่ {TONES[tone]}"} for tone in TONES}
    for word in TONES:
        found = asked(word)
        assert set(titles(found)) == own[word]
        assert found.total == 2
        assert counted(found) == {KIND_OF[word]: 2}
        assert set(near(found)) == set().union(*(own[tone] for tone in TONES if tone != word))
        exactly = asked(word, exact="1")
        assert (set(titles(exactly)), near(exactly)) == (own[word], [])


@pytest.mark.parametrize("word", TONES)
def test_a_text_of_the_word_stands_above_titles_that_only_sound_so(asked, word):
    make_asset("บันทึกหนึ่ง", "รายละเอียดอื่น " * 150 + SAYING[word][1])
    for tone in TONES:
        if tone != word:
            make_asset(tone, f"{tone} " * 20)
    found = asked(word)
    assert titles(found) == ["บันทึกหนึ่ง"]
    assert set(near(found)) == set(TONES) - {word}


@pytest.mark.parametrize("word", TONES)
def test_with_no_own_hit_what_is_spelt_alike_is_found_and_counted(asked, others, word):
    alike = [tone for tone in TONES if tone != word]
    for tone in alike:
        make_asset(*SAYING[tone], kind=KIND_OF[tone])
    found = asked(word)
    assert {*titles(found), *near(found)} == {SAYING[tone][0] for tone in alike}
    assert found.total == 2
    assert counted(found) == {KIND_OF[tone]: 1 for tone in alike}


def test_vowels_and_tones_that_were_not_typed_are_forgiven(asked, others):
    meant = {
        "ผูสูงอายุ": "งานผู้สูงอายุ",  # a tone left out
        "เบียยังชีพ": "เบี้ยยังชีพรายเดือน",
        "กอสราง": "ใบอนุญาตก่อสร้าง",
        "ภาษปาย": "ยื่นภาษีป้าย",  # a vowel and a tone
        "สัตวเลี้ยง": "ควบคุมสัตว์เลี้ยง",  # a karan
        "เด็กเลก": "ศูนย์เด็กเล็ก",  # mai taikhu
        "ทะเบยนพาณิชย์": "จดทะเบียนพาณิชย์",  # a vowel in the middle
    }
    for title in meant.values():
        make_asset(title, "รายละเอียดอยู่ในเอกสาร")
    assert {typed: first(asked(typed)) for typed in meant} == meant


# ---- the same letters by other keys ----


def test_water_is_water_however_its_marks_were_typed(asked, others):
    typed = (
        "น\u0e49\u0e33",
        "น\u0e33\u0e49",
        "น\u0e4d\u0e49\u0e32",
        "น\u0e49\u0e4d\u0e32",
        "น\u0e4d\u0e32\u0e49",
    )
    for number, water in enumerate(typed):
        make_asset(f"บันทึก {number}", f"สั่ง {water} สามถัง")
    for water in typed:
        assert set(titles(asked(water))) == {f"บันทึก {number}" for number in range(len(typed))}


def test_thai_and_arabic_digits_are_one(asked, others):
    make_asset("กำหนดหนึ่ง", "ส่งภายใน ๑๕ วัน ค่าปรับ 1,500 บาท")
    make_asset("กำหนดสอง", "ส่งภายใน 15 วัน ค่าปรับ ๑๕๐๐ บาท")
    make_asset("กำหนดอื่น", "ส่งภายใน 30 วัน ค่าปรับ ๕๐๐ บาท")
    for typed in ("15", "๑๕", "1500", "1,500", "๑๕๐๐", "๑,๕๐๐"):
        assert set(titles(asked(typed))) == {"กำหนดหนึ่ง", "กำหนดสอง"}, typed


def test_a_year_is_one_year_in_every_era(asked, others):
    for number, year in enumerate(("ปี ๖๒", "พ.ศ. 2562", "FY2019", "ปีงบประมาณ 2562")):
        make_asset(f"สรุปผล {number}", f"ตัวเลขของ{year} ทั้งหมด")
    make_asset("สรุปผลอื่น", "ตัวเลขของพ.ศ. 2563 ทั้งหมด 62 เรื่อง")
    wanted = {f"สรุปผล {number}" for number in range(4)}
    for typed in ("2562", "๒๕๖๒", "FY2019", "fy2019", "FY 2019", "FY19", "FY 19"):
        assert set(titles(asked(typed))) == wanted, typed
    for typed in ("ปี ๖๒", "ปี 62", "ปี 2562", "พ.ศ. ๒๕๖๒", "ค.ศ. 2019"):
        assert titles(asked(typed))[0] in wanted, typed


# ---- the same thing by other names ----

OF_ONE_NAME = {"one": ("อบต", "อบต.", "อ.บ.ต.", "อ. บ. ต."), "two": ("พรบ", "พ.ร.บ.", "พ. ร. บ.", "พ.ร.บ")}
OF_TWO_NAMES = (
    ("อบต", "องค์การบริหารส่วนตำบล"),
    ("อ.บ.ต.", "องค์การบริหารส่วนตำบล"),
    ("เว็ปไซค์", "เว็บไซต์"),
    ("พรบ", "พระราชบัญญัติ"),
)


def test_dots_of_an_abbreviation_make_no_difference(asked, others):
    for name, written in OF_ONE_NAME.items():
        for number, way in enumerate(written):
            make_asset(f"{number} {name}", f"ประกาศของ {way} ลงวันที่หนึ่ง")
    for name, written in OF_ONE_NAME.items():
        for typed in written:
            found = asked(typed, exact="1")  # without the thesaurus
            assert set(titles(found)) == {f"{number} {name}" for number in range(len(written))}, typed


@pytest.mark.parametrize("names", OF_TWO_NAMES)
def test_what_is_called_otherwise_is_found_too_and_below_what_is_called_as_typed(asked, others, names):
    for name in names:
        make_asset(f"ไฟล์ที่ {names.index(name)}", f"ประกาศของ {name} ลงวันที่หนึ่ง")
    for typed in names:
        found = asked(typed)
        order = (0, 1) if typed == names[0] else (1, 0)
        assert titles(found) == [f"ไฟล์ที่ {number}" for number in order]
        assert found.total == 2
        assert found.expanded
        assert titles(asked(typed, exact="1")) == [f"ไฟล์ที่ {order[0]}"]


# ---- numbers of letters ----


def test_a_letter_is_first_by_its_number_above_those_that_hold_its_parts(asked):
    for n in range(3):
        make_asset(f"หนังสือ มท 0808.2/ว {n + 1}", f"หนังสือ มท 0808.2 ว {n + 1} และ 3274 หนังสือ มท")
    make_asset("ราคา 3274 บาท ว่าด้วยค่าเช่า", "ราคา 3274 บาท 3274 บาท")
    make_asset("แนวทางบันทึกบัญชี", "ถือปฏิบัติตามหนังสือกระทรวงมหาดไทย ที่ มท 0808.2/ว 3274 ลงวันที่ 19 มิถุนายน")
    whole = ("มท 0808.2/ว 3274", "มท ๐๘๐๘.๒/ว ๓๒๗๔", "มท0808.2/ว3274", "หนังสือ มท 0808.2/ว 3274")
    for typed in (*whole, "ว3274", "ว 3274", "ว ๓๒๗๔", "ว.3274"):
        assert titles(asked(typed))[:1] == ["แนวทางบันทึกบัญชี"], typed


def test_a_letter_number_in_a_title_stands_above_one_in_a_text(asked):
    make_asset("แนวทางบันทึกบัญชี", "มท 0808.2/ว 3274 " * 5)
    make_asset("หนังสือด่วนที่สุด มท 0808.2/ว 3274", "ซักซ้อมแนวทาง")
    assert titles(asked("มท 0808.2/ว 3274")) == ["หนังสือด่วนที่สุด มท 0808.2/ว 3274", "แนวทางบันทึกบัญชี"]


# ---- titles ----


def test_an_exact_title_stands_above_longer_titles_fuller_texts_and_synonyms(asked):
    make_asset("แผนพัฒนาบุคลากร", "เอกสาร")
    make_asset("แผนพัฒนาบุคลากรของกองคลังและกองช่าง", "แผนพัฒนาบุคลากร " * 30)
    make_asset("คู่มือจัดทำแผนพัฒนาบุคลากร", "แผนพัฒนาบุคลากร " * 30)
    make_asset("แผนพัฒนาพนักงาน", "พัฒนาบุคลากรตามแผน " * 30)
    assert titles(asked("แผนพัฒนาบุคลากร"))[0] == "แผนพัฒนาบุคลากร"
    assert titles(asked("แผน พัฒนา บุคลากร"))[0] == "แผนพัฒนาบุคลากร"


def test_an_exact_title_stands_above_what_the_thesaurus_adds(asked):
    make_asset("อบต.", "เอกสาร")
    make_asset("องค์การบริหารส่วนตำบล", "องค์การบริหารส่วนตำบล " * 30)
    assert titles(asked("อบต"))[0] == "อบต."
    assert titles(asked("องค์การบริหารส่วนตำบล"))[0] == "องค์การบริหารส่วนตำบล"


def test_a_compound_title_is_found_by_a_part_of_it(asked, others):
    make_asset("ภาษีที่ดินและสิ่งปลูกสร้าง", "ยื่นแบบภายในเดือนเมษายน")
    make_asset("ที่สาธารณะ", "ที่ดินของรัฐ")
    for typed in ("ภาษีที่ดิน", "ภาษีที่ดินและ", "สิ่งปลูกสร้าง", "ภาษี ที่ดิน"):
        found = asked(typed)
        assert titles(found)[:1] == ["ภาษีที่ดินและสิ่งปลูกสร้าง"], typed


def test_a_title_is_among_the_first_with_one_letter_wrong(asked, others):
    meant = "การขออนุญาตก่อสร้างอาคาร"
    for title in (meant, "การขอเลขที่บ้าน", "การก่อสร้างถนน", "อาคารสำนักงาน", "การขออนุญาตลา"):
        make_asset(title, "รายละเอียดอยู่ในเอกสาร")
    for typed in (
        "การขออนุญาตก่อสร้างอาคาน",  # another letter
        "การขออนญาตก่อสร้างอาคาร",  # one left out
        "การขออนุญาตก่อสร้างงอาคาร",  # one twice
        "การขออนุญาตกอ่สร้างอาคาร",  # two changed about
        "หารขออนุญาตก่อสร้างอาคาร",  # the key beside
    ):
        assert meant in titles(asked(typed))[:3], typed
