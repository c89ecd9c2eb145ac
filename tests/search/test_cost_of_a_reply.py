"""One more reply costs the search the same in a thread of ten posts and in one of a thousand."""

import time

import pytest

from portal.communities.talking import reply
from portal.db import session
from portal.search.indexing import index_pending
from tests.communities.making import make_community, make_thread
from tests.making import make_person
from tests.postgresql import BOTH_DATABASES

SHORT, LONG, TIMES = 10, 1_000, 12
WORDS = "น้ำประปาขุ่นหลังฝนตกหนัก ต้องล้างถังกรองและเติมสารส้มให้พอดี แล้วรอให้ตกตะกอนหกชั่วโมง "


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def fill(thread, count):
    for number in range(count):
        reply(thread, by=thread.author, text=f"{WORDS} ครั้งที่ {number}")


def indexing(thread, settings, number):
    """Seconds for one reply."""
    reply(thread, by=thread.author, text=f"{WORDS} เพิ่มเติม {number}")
    session.commit()
    began = time.perf_counter()
    assert index_pending(settings) == 1
    return time.perf_counter() - began


@pytest.mark.soak
def test_a_reply_costs_the_same_in_a_long_thread(app, settings, settle, capsys):
    community = make_community(by=make_person("อำนวย"))
    threads = {count: make_thread(f"กระทู้ {count}", community=community) for count in (SHORT, LONG)}
    for count, thread in threads.items():
        fill(thread, count)
    settle()
    all_took = {count: [] for count in threads}
    for number in range(TIMES):  # in turn, for each commit adds a segment that the next one looks into
        for count, thread in threads.items():
            all_took[count].append(indexing(thread, settings, number))
    # The quickest: what else the machine does is no cost of it.
    took = {count: min(some) for count, some in all_took.items()}
    ratio = took[LONG] / took[SHORT]
    with capsys.disabled():
        print(
            f"\na reply in a thread of {SHORT}: {1000 * took[SHORT]:.1f} ms, of {LONG}: {1000 * took[LONG]:.1f} ms,"
            f" ratio {ratio:.2f} ({settings.database_url.partition(':')[0]})"
        )
    assert ratio < 2
