from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.thai.dates import (
    STYLES,
    AmbiguousYear,
    UnreadableDate,
    bangkok_day,
    bangkok_today,
    fiscal_year,
    fiscal_year_dates,
    format_date,
    format_datetime,
    read_date,
)
from portal.thai.numerals import Numerals

OCTOBER_FIRST = date(2023, 10, 1)  # a Sunday
DAYS = st.dates(date(1900, 1, 1), date(2150, 12, 31))


@given(DAYS, st.sampled_from(STYLES), st.sampled_from(["th", "en"]), st.sampled_from(Numerals))
def test_every_date_that_is_shown_can_be_typed_again(
    day: date, style: str, lang: str, numerals: Numerals
) -> None:
    assert read_date(format_date(day, style, lang, numerals)) == day


@given(st.text())
def test_any_other_text_is_refused_with_an_error_that_says_so(text: str) -> None:
    with suppress(UnreadableDate):
        assert isinstance(read_date(text), date)


@given(st.text(st.sampled_from("0123456789๑/-. กพตคศม.วันที่octbe,"), max_size=24))
def test_a_text_of_the_letters_of_dates_is_read_or_refused(text: str) -> None:
    with suppress(UnreadableDate):
        assert 1000 <= read_date(text).year <= 2399


@pytest.mark.parametrize(
    "typed",
    [
        "1 ต.ค. 2566",
        "๑ ต.ค. ๒๕๖๖",
        "๑ ต.ค. ๖๖",
        "1 ต.ค 66",
        "1 ตค 66",
        "1 ต. ค. 66",
        "1ต.ค.66",
        "1-ต.ค.-66",
        "1 ตุลาคม 2566",
        "01 ตุลา 66",
        "1 เดือนตุลาคม พ.ศ. 2566",
        "วันที่ 1 ตุลาคม พ.ศ.2566",
        "วันที่ ๑ เดือน ตุลาคม ปี พ.ศ. ๒๕๖๖",
        "วันอาทิตย์ที่ 1 ตุลาคม 2566",
        "1 ตุลาคม ค.ศ. 2023",
        "1 ตุลาคม คศ 2023",
        "1 ตุลาคม 2023",
        "1 October 2023",
        "1 Oct. 2566",
        "1 OCT 2566 BE",
        "1 October 2023 CE",
        "October 1, 2023",
        "Oct 1st 2023",
        "1st of October, 2566",
        "Sunday, 1 October 2566 B.E.",
        "1/10/66",
        "01/10/2566",
        "1/10/2023",
        "1-10-2566",
        "1.10.66",
        "1 10 2566",
        "1 – 10 – 2566",
        "  1  /  10  /  2566 ",
        "1/10/พ.ศ. 66",
        "2566-10-01",
        "2023-10-01",
        "๒๕๖๖-๑๐-๐๑",
        "2566/10/1",
        "1\u00a0ต.ค.\u200b 2566",
    ],
)
def test_a_date_is_read_in_every_form_people_write(typed: str) -> None:
    assert read_date(typed) == OCTOBER_FIRST


def test_every_month_is_read_by_each_of_its_names() -> None:
    long = "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"
    short = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."
    english = "Jan February Mar April May June Jul Aug Sept Oct November Dec"
    for names in (long, short, short.replace(".", ""), english):
        assert [read_date(f"5 {name} 2566").month for name in names.split()] == list(range(1, 13))


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("1 ต.ค.", ()),
        ("1/10", ()),
        ("1/10/6", ()),
        ("1/10/566", ()),
        ("1/10/2200", ()),
        ("1/10/1899", ()),
        ("1/10/2700", ()),
        ("1/10/25660", ()),
        ("1 ต.ค. ค.ศ. 2566", ()),
        ("1 ต.ค. พ.ศ. 2023", ()),
        ("1 ต.ค. พ.ศ. 2566 ค.ศ.", ()),
        ("1 Oct 23", (date(1980, 10, 1), date(2023, 10, 1))),
        ("1 ต.ค. ค.ศ. 23", (date(1980, 10, 1), date(2023, 10, 1))),
    ],
)
def test_a_year_that_cannot_be_told_is_asked_for_and_not_guessed(
    typed: str, candidates: tuple[date, ...]
) -> None:
    with pytest.raises(AmbiguousYear) as refused:
        read_date(typed)
    assert refused.value.candidates == candidates


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "31 ก.พ. 2566",
        "29 ก.พ. 2566",  # not a leap year
        "31 เม.ย. 66",
        "31/4",
        "0/10/2566",
        "32/10/2566",
        "1/13/2566",
        "10/25/2566",  # the American order is no order here
        "1 มี.ย. 66",  # มี.ค. or มิ.ย.?
        "1 ม.ย. 66",
        "ต.ค. 66",
        "พ.ศ. 2566",
        "2566",
        "1/10-2566",
        "วันจันทร์ที่ 1 ตุลาคม 2566",  # it was a Sunday
        "1 ต.ค. 2566 เวลา 9.00 น.",
        "พรุ่งนี้",  # of which day?
        "1" * 100_000,
        "1 ต.ค. 2566" + " " * 100_000 + "x",
    ],
)
def test_a_day_that_is_not_in_the_calendar_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableDate) as refused:
        read_date(typed)
    assert not isinstance(refused.value, AmbiguousYear)
    assert refused.value.status == 422


def test_two_digits_are_a_year_of_the_25th_buddhist_century() -> None:
    assert [read_date(f"1/1/{year:02}").year for year in (0, 66, 99)] == [1957, 2023, 2056]
    assert read_date("29 ก.พ. 67") == date(2024, 2, 29)


def test_an_old_year_is_read_when_its_era_is_named() -> None:
    assert read_date("6 เมษายน พ.ศ. 2325") == date(1782, 4, 6)


def test_near_days_are_read_from_today() -> None:
    near = [read_date(word, today=OCTOBER_FIRST) for word in ("เมื่อวาน", "วันนี้", "พรุ่งนี้", "Today")]
    assert near == [OCTOBER_FIRST + timedelta(days=step) for step in (-1, 0, 1, 0)]


@pytest.mark.parametrize(
    ("style", "lang", "numerals", "shown"),
    [
        ("short", "th", Numerals.ARABIC, "1 ต.ค. 2566"),
        ("short", "th", Numerals.THAI, "๑ ต.ค. ๒๕๖๖"),
        ("long", "th", Numerals.ARABIC, "1 ตุลาคม 2566"),
        ("numeric", "th", Numerals.THAI, "๑/๑๐/๒๕๖๖"),
        ("weekday", "th", Numerals.ARABIC, "วันอาทิตย์ที่ 1 ตุลาคม 2566"),
        ("short", "en", Numerals.ARABIC, "1 Oct 2566 BE"),
        ("long", "en", Numerals.ARABIC, "1 October 2566 BE"),
        ("numeric", "en", Numerals.ARABIC, "1/10/2566 BE"),
        ("weekday", "en", Numerals.ARABIC, "Sunday 1 October 2566 BE"),
    ],
)
def test_a_date_is_shown_in_the_buddhist_era(style: str, lang: str, numerals: Numerals, shown: str) -> None:
    assert format_date(OCTOBER_FIRST, style, lang, numerals) == shown


def test_an_unknown_style_is_a_mistake_of_the_page() -> None:
    with pytest.raises(ValueError, match="weekday"):
        format_date(OCTOBER_FIRST, "medium")


def test_seventeen_hours_utc_is_the_next_day_in_bangkok() -> None:
    late = datetime(2023, 9, 30, 17, 0, tzinfo=UTC)
    assert bangkok_today(late) == bangkok_day(late) == OCTOBER_FIRST
    assert bangkok_today(late - timedelta(minutes=1)) == date(2023, 9, 30)
    assert format_datetime(late) == "1 ต.ค. 2566 00.00 น."
    assert format_datetime(late, "long", "en") == "1 October 2566 BE 00:00"
    assert format_datetime(late, numerals=Numerals.THAI) == "๑ ต.ค. ๒๕๖๖ ๐๐.๐๐ น."
    assert isinstance(bangkok_today(), date)


def test_a_moment_without_a_zone_has_no_day() -> None:
    naive = datetime(2023, 10, 1, 12, 0)  # noqa: DTZ001 -- the mistake that is refused
    with pytest.raises(ValueError, match="time zone"):
        bangkok_today(naive)
    with pytest.raises(TypeError, match="bangkok_day"):
        format_date(naive)


@given(DAYS)
def test_every_day_stands_in_its_fiscal_year(day: date) -> None:
    first, last = fiscal_year_dates(fiscal_year(day))
    assert first <= day <= last
    assert (first.month, first.day, last.month, last.day) == (10, 1, 9, 30)


def test_the_fiscal_year_is_named_by_the_year_it_ends_in() -> None:
    assert fiscal_year(date(2022, 10, 1)) == fiscal_year(date(2023, 9, 30)) == 2566
    assert fiscal_year(OCTOBER_FIRST) == 2567
    assert fiscal_year_dates(2570) == (date(2026, 10, 1), date(2027, 9, 30))
