"""Two acts on one item at the very same moment: one is done, the other is told, nobody reads what he should not."""

import threading

import pytest
from sqlalchemy import select

from portal.db import session
from portal.items.models import Item, ItemAudience, ItemState
from tests.making import make_asset, make_person, make_unit
from tests.postgresql import BOTH_DATABASES

TURNS = 6


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def both(app, author, login_as, *sends):
    """Each sent from a browser of its own, begun together; answers their statuses."""
    browsers = [login_as(author) for _ in sends]
    session.commit()
    start, answers = threading.Barrier(len(sends)), [0] * len(sends)

    def send(place, browser, address, data):
        start.wait()
        with app.app_context():
            answers[place] = (
                super(type(browser), browser)
                .open(address, method="POST", data=data, headers={"Sec-Fetch-Site": "same-origin"})
                .status_code
            )

    threads = [
        threading.Thread(target=send, args=(place, browser, *sent))
        for place, (browser, sent) in enumerate(zip(browsers, sends, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    return answers


def test_what_is_narrowed_while_it_is_published_is_not_opened_to_the_others(app, login_as):
    """Seen: a text for its unit that the whole organisation could read."""
    unit = make_unit("กองคลัง")
    author = make_person("สมศรี", unit=unit)
    for _ in range(TURNS):
        asset = make_asset(author=author, unit=unit, published=False)
        form = {
            "title": "เงินนอกงบประมาณ", "text": "เรื่องภายในกอง", "kind": "manual", "knowledge": "explicit",
            "audience": "unit", "fulfilments-0-step": "KM3", "base_revision": "1", "action": "save",
        }  # fmt: skip
        both(
            app,
            author,
            login_as,
            (f"/knowledge/{asset.id}/edit", form),
            (f"/knowledge/{asset.id}/publish", {}),
        )
        open_to = session.scalar(select(Item.open_to).where(Item.id == asset.id))
        rows = set(session.scalars(select(ItemAudience.token).where(ItemAudience.item_id == asset.id)))
        state = session.scalar(select(Item.state).where(Item.id == asset.id))
        wanted = {f"person:{author.id}"} | (set(open_to) if state != ItemState.DRAFT else set())
        assert rows == wanted


def test_what_is_published_while_it_is_deleted_is_one_or_the_other(app, login_as):
    """Seen: a publication that was acknowledged and gone."""
    author = make_person("สมศรี")
    for _ in range(TURNS):
        asset_id = make_asset(author=author, published=False).id
        published, deleted = both(
            app,
            author,
            login_as,
            (f"/knowledge/{asset_id}/publish", {}),
            (f"/knowledge/{asset_id}/delete", {}),
        )
        there = session.scalar(select(Item.state).where(Item.id == asset_id))
        assert {published, deleted} <= {302, 403, 404, 409}
        assert (there == ItemState.PUBLISHED) == (published == 302)
        assert (there is None) == (deleted == 302)
