"""Tables from offices: every encoding, delimiter and habit; and what must not get in."""

import io
import os
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.documents.sheets import (
    MAX_UNPACKED,
    EmptyTable,
    NotATable,
    OldExcel,
    PasswordProtected,
    TooManyRows,
    UnpacksTooLarge,
    read_table,
    write_table,
)
from portal.errors import PortalError

FEW = 2_000 if os.environ.get("SOAK") else 60
HEADER = ["ชื่อ", "นามสกุล", "ตำแหน่ง"]
ROW = ["พิมพ์ใจ", "เงินวิจิตร", "ผู้อำนวยการกองคลัง"]


def workbook(rows: list[list[Any]], *, merge: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The same archive with some parts replaced or added."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    parts.update(changes)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def cells(data: bytes, name: str = "") -> list[list[str]]:
    return [list(row.cells) for row in read_table(data, name).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "tis-620", "cp874"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_csv_is_read_in_every_encoding_and_with_every_delimiter(encoding, mark):
    text = "\r\n".join(mark.join(row) for row in (HEADER, ROW, ROW, ROW)) + "\r\n"
    assert cells(text.encode(encoding)) == [HEADER, ROW, ROW, ROW]


def test_a_comma_inside_quotes_divides_nothing():
    text = 'ชื่อ;ที่อยู่\n"ใจดี, พิมพ์";"99 หมู่ 9, ริมธาร"\n"บรรทัด\nสอง";b\nท้าย;c\n'
    table = read_table(text.encode())
    assert table.rows[1].cells == ("ใจดี, พิมพ์", "99 หมู่ 9, ริมธาร")
    assert [row.number for row in table.rows] == [1, 2, 3, 5]


def test_the_line_by_which_excel_names_its_delimiter_is_obeyed():
    assert cells("sep=;\r\nชื่อ;สกุล\r\nก;ข\r\n".encode()) == [["ชื่อ", "สกุล"], ["ก", "ข"]]


def test_an_xlsx_is_read_with_its_row_numbers_and_empty_rows_left_out():
    table = read_table(workbook([HEADER, [], ROW, [None, None, None], ROW]))
    assert [row.number for row in table.rows] == [1, 3, 5]
    assert list(table.rows[1].cells) == ROW


def test_dates_and_numbers_come_as_people_write_them():
    row = [date(2026, 10, 1), datetime(2569, 10, 1, 0, 0), 812345678, 2.5, 7.0, True]  # noqa: DTZ001 - as Excel gives it
    assert cells(workbook([row])) == [["1/10/2026", "1/10/2569", "812345678", "2.5", "7", "1"]]


def test_what_is_merged_stands_in_every_cell():
    rows = [["กองคลัง", "ก"], [None, "ข"], [None, "ค"], ["กองช่าง", "ง"]]
    assert cells(workbook(rows, merge=("A1:A3",))) == [
        ["กองคลัง", "ก"],
        ["กองคลัง", "ข"],
        ["กองคลัง", "ค"],
        ["กองช่าง", "ง"],
    ]
    assert cells(workbook([["ชื่อ-สกุล", None, None], ["นาง", "ก", "ข"]], merge=("A1:C1",)))[0] == ["ชื่อ-สกุล"] * 3


def test_a_formula_without_a_result_is_told_and_one_with_a_result_is_read():
    data = workbook([["ก", "=A1"], ["ข", "=A2"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    sheet = sheet.replace("<f>A1</f><v></v>", "<f>A1</f><v>7</v>").replace(
        "<f>A1</f><v />", "<f>A1</f><v>7</v>"
    )
    solved = repacked(data, {"xl/worksheets/sheet1.xml": sheet.encode()})
    rows = read_table(solved).rows
    assert rows[0].cells == ("ก", "7")
    assert rows[0].unsolved == frozenset()
    assert rows[1].unsolved == {1}


def test_the_second_sheet_is_read_when_the_first_is_empty():
    book = openpyxl.Workbook()
    book.create_sheet("รายชื่อ").append(ROW)
    written = io.BytesIO()
    book.save(written)
    assert cells(written.getvalue()) == [ROW]


def test_a_sheet_that_lies_about_its_size_is_read_whole():
    data = workbook([ROW] * 50)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    lying = repacked(
        data, {"xl/worksheets/sheet1.xml": sheet.replace('ref="A1:C50"', 'ref="A1:C3"').encode()}
    )
    assert len(cells(lying)) == 50


def test_fifty_thousand_rows_are_refused_in_one_sentence():
    many = "ชื่อ,สกุล\n" + "ก,ข\n" * 50_000
    with pytest.raises(TooManyRows) as caught:
        read_table(many.encode())
    assert caught.value.values["most"] == "5,000"
    with pytest.raises(TooManyRows):
        read_table(workbook([["ก", "ข"]] * 5_001))


@pytest.mark.parametrize("data", [b"", b"\n\n \r\n", b"\x00" * 100])
def test_an_empty_file_is_called_empty(data):
    with pytest.raises(EmptyTable):
        read_table(data)


def test_a_workbook_without_a_word_is_called_empty():
    with pytest.raises(EmptyTable):
        read_table(workbook([]))


def test_old_and_locked_workbooks_are_told_apart():
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    with pytest.raises(OldExcel):
        read_table(old, "รายชื่อ.xls")
    with pytest.raises(PasswordProtected):
        read_table(old + "EncryptedPackage".encode("utf-16-le"), "รายชื่อ.xlsx")


def test_a_cell_of_a_hundred_thousand_letters_is_no_table():
    """A quotation mark that is never closed."""
    for line in ("x" * 200_000, "x\n" * 100_000):
        with pytest.raises(NotATable):
            read_table(f'name,kind\n"{line}'.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n....",
        b"PK\x03\x04 no zip at all",
        b"<html><body><table></table></body></html>",
        workbook([ROW])[:-200],
        repacked(workbook([ROW]), {"xl/workbook.xml": b"<nonsense"}),
        repacked(workbook([ROW]), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
        repacked(workbook([ROW]), {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'}),
    ],
    ids=["pdf", "png", "broken zip", "html", "cut off", "no workbook", "cut sheet", "entities"],
)
def test_what_is_no_table_is_refused(data):
    with pytest.raises(NotATable):
        read_table(data, "x.xlsx")


def test_a_word_file_is_no_table():
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(NotATable):
        read_table(word.getvalue(), "x.docx")


def test_a_zip_bomb_is_stopped_while_it_is_unpacked():
    bomb = repacked(workbook([ROW]), {"xl/media/bomb.xml": b"\x00" * (MAX_UNPACKED + 1)})
    assert len(bomb) < 200_000
    with pytest.raises(UnpacksTooLarge):
        read_table(bomb)


def test_a_row_that_calls_itself_number_ten_milliards_does_not_keep_the_reader_busy():
    data = workbook([ROW])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    far = sheet.replace('<row r="1"', '<row r="9999999999"').replace('r="A1"', 'r="A9999999999"')
    with pytest.raises(NotATable):
        read_table(repacked(data, {"xl/worksheets/sheet1.xml": far.encode()}))


# ---- writing


def written(*rows: list[Any], title: str = "บุคลากร") -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_table(title, HEADER, rows))).active


def test_a_text_that_begins_like_a_formula_stays_a_text():
    sheet = written(["=1+1", "+66", "@SUM(A1)"])
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [
        ("=1+1", "s"),
        ("+66", "s"),
        ("@SUM(A1)", "s"),
    ]


def test_dates_can_be_counted_with_and_are_shown_in_the_buddhist_era():
    sheet = written([date(2026, 10, 1), datetime(2026, 10, 1, 18, 30, tzinfo=UTC), None])
    assert sheet["A2"].is_date
    assert sheet["A2"].number_format.startswith("[$-107041E]")
    assert sheet["B2"].value == datetime(2026, 10, 2, 1, 30)  # noqa: DTZ001 - Excel knows no zones; this is Bangkok's


def test_control_characters_and_forbidden_titles_break_nothing():
    sheet = written(["ก\x00\x0bข", "x" * 40_000, 3], title="รายงาน [1/2]: ปี*2569?")
    assert sheet["A2"].value == "กข"
    assert len(sheet["B2"].value) == 32_767
    assert sheet["C2"].value == 3
    assert not set("[]:*?/\\") & set(sheet.title)


def test_what_is_written_is_read_again():
    data = write_table("บุคลากร", HEADER, [ROW, ["ธิดา", "", "ครู"]])
    assert cells(data) == [HEADER, ROW, ["ธิดา", "", "ครู"]]


# ---- whatever is sent


@pytest.mark.soak
def test_any_bytes_are_a_table_or_a_refusal():
    @settings(max_examples=FEW * 2, deadline=None)
    @given(st.binary(max_size=400))
    def trial(data: bytes) -> None:
        try:
            table = read_table(data)
        except PortalError:
            return
        assert len({len(row.cells) for row in table.rows}) == 1

    trial()


@pytest.mark.soak
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_a_workbook_with_any_part_garbled_is_a_table_or_a_refusal(part):
    data = workbook([HEADER, ROW, [date(2026, 10, 1), 5, "=A1"]], merge=("A1:B1",))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(part)

    @settings(max_examples=FEW, deadline=None)
    @given(st.integers(0, len(content) - 1), st.integers(0, 12), st.binary(max_size=6))
    def trial(at: int, cut: int, put: bytes) -> None:
        garbled = repacked(data, {part: content[:at] + put + content[at + cut :]})
        try:
            read_table(garbled)
        except PortalError:
            return

    trial()
