"""What speaks for an item beside its words moves what is nearly equal, and nothing else."""

from datetime import timedelta

import pytest

from portal.db import session
from portal.items.models import Reading
from portal.search.liking import YEAR, count_readers, liking
from portal.search.query import SearchQuery
from portal.search.searching import search
from portal.search.weights import WEIGHTS
from portal.thai.dates import bangkok_today
from tests.making import make_asset, make_person
from tests.postgresql import BOTH_DATABASES


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def read_by(item, people, days_ago=1):
    day = bangkok_today() - timedelta(days=days_ago)
    session.add_all(
        Reading(item_id=item.id, day=day, reader=f"{item.id} {n}", visits=2) for n in range(people)
    )
    session.commit()


def titles(text, person):
    return [result.item.title for result in search(SearchQuery.from_args({"q": text}), person).results]


def test_of_two_texts_that_answer_alike_the_one_that_is_read_stands_first(app, settle):
    staff = make_person()
    read, unread = (make_asset(f"วิธีเบิกเงิน {n}", "เบิกเงินค่าเดินทาง", author=staff) for n in ("ก", "ข"))
    settle()
    assert titles("เบิกเงิน", staff) == [unread.title, read.title]  # the newer one
    read_by(read, 30)
    assert count_readers() == 1
    session.commit()
    assert titles("เบิกเงิน", staff) == [read.title, unread.title]
    assert count_readers() == 0


def test_readings_of_more_than_a_year_ago_are_not_counted_any_more(app, settle):
    item = make_asset()
    settle()
    read_by(item, 5, days_ago=366)
    assert count_readers() == 0
    read_by(item, 3)
    assert count_readers() == 1


def test_what_answers_clearly_better_stands_first_however_much_another_is_read(app, settle):
    staff = make_person()
    better = make_asset("ระเบียบการเบิกเงินค่าเดินทาง", "เบิกเงินค่าเดินทางไปราชการ", author=staff)
    read = make_asset("บันทึกการประชุม", "เรื่องอื่น ๆ และค่าเดินทาง", author=staff)
    settle()
    read_by(read, 500)
    count_readers()
    session.commit()
    assert titles("เบิกเงินค่าเดินทาง", staff)[0] == better.title


@pytest.mark.parametrize("readers", [0, 1, 20, 10**9])
@pytest.mark.parametrize("age", [-5.0, 0.0, 1.0, 80.0])
def test_all_together_it_is_never_more_than_three_hundredths_of_the_score(age, readers):
    now = 2e9
    assert 0 <= liking(now - age * YEAR, readers, now) <= 1
    assert WEIGHTS.boost <= 0.03


def test_newer_and_more_read_is_liked_better():
    now = 2e9
    assert liking(now, 0, now) > liking(now - YEAR, 0, now) > liking(now - 5 * YEAR, 0, now)
    assert liking(now, 20, now) > liking(now, 1, now) > liking(now, 0, now)
