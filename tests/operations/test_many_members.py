"""Twenty members write two hundred replies at once to the real server: none is lost, none is there twice, the counts are right."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import db
from portal.communities.joining import belong
from portal.communities.thread_models import Thread
from portal.items.models import Post
from tests.communities.making import make_community, make_thread
from tests.databases import Databases
from tests.making import PASSWORD, make_person
from tests.postgresql import BOTH_DATABASES
from tests.running import Browser, RunningPortal

MEMBERS, EACH, THREADS = 20, 10, 3


@pytest.fixture(params=BOTH_DATABASES)
def talking(
    request: pytest.FixtureRequest, place: Path, databases: Databases
) -> Iterator[tuple[Path, list[int]]]:
    """The folder of a portal in which twenty members talk in three threads, whose numbers are answered along with it."""
    url = databases.upgraded(place, request.param)
    engine = db.connect(url)
    members = [make_person(f"สมาชิก{number}", username=f"member{number}") for number in range(MEMBERS)]
    community = make_community(by=members[0])
    for member in members:
        belong(community, member, by=member)
    threads = [make_thread(f"กระทู้ที่ {number}", community=community).id for number in range(THREADS)]
    db.session.commit()
    db.session.remove()
    engine.dispose()
    yield place, threads
    db.session.remove()
    db.bound_engine().dispose()
    databases.drop(url)


def browser_of(port: int, number: int) -> Browser:
    browser = Browser(port)
    browser.sign_in(f"member{number}", PASSWORD)
    return browser


def write_all(browser: Browser, number: int, threads: list[int]) -> list[str]:
    """One member's ten replies, every third sent twice as by a double click; answers the texts that were acknowledged."""
    kept = []
    for count in range(EACH):
        text, path = f"คำตอบ {number}-{count}.", f"/threads/{threads[(number + count) % THREADS]}/replies"
        for _ in range(2 if count % 3 == 0 else 1):
            for _try in range(20):  # a server that is busy says so, and the browser sends the same form again
                status, page = browser.post(path, text=text, send_key=f"k{number}-{count}")
                if status == 302:
                    break
                assert status in (409, 503), page
        if status == 302:
            kept.append(text)
    return kept


def test_two_hundred_replies_by_twenty_members_at_once(talking: tuple[Path, list[int]]) -> None:
    home, threads = talking
    with RunningPortal(home, workers=2) as portal:
        browsers = [browser_of(portal.port, number) for number in range(MEMBERS)]
        with ThreadPoolExecutor(MEMBERS) as crowd:
            writing = [crowd.submit(write_all, one, number, threads) for number, one in enumerate(browsers)]
            written = [one.result() for one in writing]
        acknowledged = [text for one in written for text in one]
        assert len(acknowledged) == MEMBERS * EACH
        reader = browsers[0]
        shown = Counter(
            text
            for thread in threads
            for page in (1, 2)
            for text in re.findall(r"<p>(คำตอบ \d+-\d+\.)", reader.get(f"/threads/{thread}?page={page}")[1])
        )
        assert shown == Counter(acknowledged), "each is read once"
    posts = db.session.execute(select(Post.item_id, Post.number, Post.text)).all()
    assert Counter(post.text for post in posts) == Counter(acknowledged)
    for number in threads:
        there = sorted(post.number for post in posts if post.item_id == number)
        assert there == list(range(1, len(there) + 1))
        thread = db.session.get_one(Thread, number)
        assert thread.replies == len(there)
        assert thread.last_posted_at == db.session.scalar(
            select(Post.posted_at).where(Post.item_id == number, Post.number == len(there))
        )
