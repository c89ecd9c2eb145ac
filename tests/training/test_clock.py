"""Counting the fifteen days, as the town's rule and the law say: the vectors of the field, and what holds for every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.training.clock import due_dates, is_working_day, return_date_of, term_ends
from portal.training.holidays import official_holidays

OFFICIAL = {one.day for year in range(2015, 2041) for one in official_holidays(year)}


def day(written):
    """1/10/2568 as it stands in the table."""
    number, month, year = (int(part) for part in written.split("/"))
    return date(year - 543, month, number)


@pytest.mark.parametrize(
    ("returned", "strict", "lenient", "remind_by"),
    [
        ("01/10/2568", "16/10/2568", "16/10/2568", "16/10/2568"),
        ("27/03/2569", "11/04/2569", "16/04/2569", "10/04/2569"),  # a Saturday before Songkran
        ("31/03/2569", "15/04/2569", "16/04/2569", "10/04/2569"),  # Songkran
        (
            "17/04/2569",
            "02/05/2569",
            "05/05/2569",
            "01/05/2569",
        ),  # the 4th is Coronation Day, the 1st is worked
        ("16/05/2569", "31/05/2569", "02/06/2569", "29/05/2569"),  # Visakha Bucha on a Sunday
        ("15/07/2569", "30/07/2569", "31/07/2569", "27/07/2569"),
        ("08/10/2569", "23/10/2569", "26/10/2569", "22/10/2569"),
        ("20/11/2569", "05/12/2569", "08/12/2569", "04/12/2569"),
        ("16/12/2569", "31/12/2569", "04/01/2570", "30/12/2569"),
        ("06/02/2570", "21/02/2570", "23/02/2570", "19/02/2570"),
        ("16/09/2570", "01/10/2570", "01/10/2570", "01/10/2570"),  # the next fiscal year
    ],
)
def test_fifteen_days_after_the_return(returned, strict, lenient, remind_by):
    found = due_dates(day(returned), 15, OFFICIAL)
    assert (found.strict, found.lenient, found.remind_by) == (day(strict), day(lenient), day(remind_by))


RETURNS = st.dates(date(2016, 1, 1), date(2038, 12, 31))
DAYS = st.integers(1, 366)
# Also odd years, with weeks on end in which nobody works.
OFF = st.one_of(
    st.just(OFFICIAL),
    st.builds(
        lambda first, length: {first + timedelta(days=n) for n in range(length)}, RETURNS, st.integers(0, 40)
    ),
)


@given(RETURNS, DAYS, OFF)
def test_the_lenient_day_is_the_first_working_day_from_the_strict_one_on(returned, days, off):
    found = due_dates(returned, days, off)
    assert found.strict == returned + timedelta(days=days)
    assert found.lenient >= found.strict
    assert is_working_day(found.lenient, off)
    between = (found.lenient - found.strict).days
    assert not any(is_working_day(found.strict + timedelta(days=n), off) for n in range(between))


@given(RETURNS, DAYS, OFF)
def test_one_is_reminded_on_a_working_day_not_after_the_strict_one(returned, days, off):
    found = due_dates(returned, days, off)
    assert found.remind_by <= found.strict
    assert is_working_day(found.remind_by, off)


@given(RETURNS, DAYS, OFF)
def test_coming_back_a_day_later_never_makes_anything_due_earlier(returned, days, off):
    earlier, later = (due_dates(returned + timedelta(days=n), days, off) for n in (0, 1))
    assert earlier.strict < later.strict
    assert earlier.lenient <= later.lenient
    assert earlier.remind_by <= later.remind_by


def test_labour_day_and_childrens_day_are_worked_by_offices_of_the_state():
    days = {one.day for one in official_holidays(2027)}
    assert date(2027, 5, 1) not in days
    assert date(2027, 5, 3) not in days, "nor is there a day in lieu of it"
    assert date(2027, 1, 9) not in days
    assert date(2027, 5, 4) in days
    assert not [
        one.name for year in range(2015, 2041) for one in official_holidays(year) if "แรงงาน" in one.name
    ]


def test_a_day_in_lieu_says_so_once_in_both_languages():
    (in_lieu,) = [one for one in official_holidays(2026) if one.day == date(2026, 12, 7)]
    assert in_lieu.name.count("ชดเชย") == 1
    assert in_lieu.name.startswith("วันหยุดชดเชย")
    assert in_lieu.name_en.count("in lieu") == 1


def test_a_year_nobody_has_published_has_no_holidays():
    assert official_holidays(2156) == ()


END = date(2026, 3, 25)


@pytest.mark.parametrize(
    ("is_online", "is_outside", "given_day", "counts"),
    [
        (False, True, date(2026, 3, 27), date(2026, 3, 27)),
        (False, True, None, END),
        (True, True, date(2026, 3, 27), END),
        (False, False, date(2026, 3, 27), END),
    ],
)
def test_of_an_online_or_in_house_course_the_last_day_is_the_day_of_return(
    is_online, is_outside, given_day, counts
):
    assert return_date_of(is_online=is_online, is_outside=is_outside, end=END, given=given_day) == counts


@pytest.mark.parametrize(
    ("start", "end", "ends"),
    [
        (date(2026, 6, 1), date(2026, 11, 29), []),
        (date(2026, 6, 1), date(2026, 11, 30), []),  # one term: the report on the whole has it
        (date(2026, 6, 1), date(2026, 12, 1), [date(2026, 11, 30)]),
        (date(2026, 6, 1), date(2028, 5, 31), [date(2026, 11, 30), date(2027, 5, 31), date(2027, 11, 30)]),
        (date(2026, 8, 31), date(2027, 9, 1), [date(2027, 2, 27), date(2027, 8, 30)]),
    ],
)
def test_further_study_has_an_interim_report_for_each_full_term_before_its_end(start, end, ends):
    assert term_ends(start, end, 6) == ends
