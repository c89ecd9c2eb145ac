"""Two people at the very same moment: the database lets the first one in, the second is told, and keeps what he typed."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, literal, select

from portal.db import session
from portal.items.models import Post
from tests.making import make_asset, make_person
from tests.postgresql import BOTH_DATABASES

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(params=BOTH_DATABASES)
def database(request):
    return request.param


def test_who_comments_at_the_same_moment_is_told_and_keeps_his_words(login_as, monkeypatch):
    asset = make_asset()
    browser = login_as(make_person())
    assert browser.post(f"/items/{asset.id}/comments", data={"text": "คนแรก"}).status_code == 302
    # The number of the next post was asked for before the other's was there.
    monkeypatch.setattr("portal.items.posting.func", SimpleNamespace(max=lambda _column: literal(0)))
    answer = browser.post(f"/items/{asset.id}/comments", data={"text": "คนที่สอง"}, headers=FROM_HERE)
    assert answer.status_code == 409
    assert "มีผู้อื่น" in answer.text
    assert "คนที่สอง" in answer.text
    assert session.scalar(select(func.count()).select_from(Post)) == 1


def test_a_mistake_of_ours_is_not_called_somebody_else_s(login_as, monkeypatch):
    browser = login_as(make_person())
    browser.application.config["PROPAGATE_EXCEPTIONS"] = False
    browser.application.testing = False
    monkeypatch.setattr("portal.items.posting.render", lambda *_a, **_k: SimpleNamespace(html=None))
    answer = browser.post(f"/items/{make_asset().id}/comments", data={"text": "ความเห็น"})
    assert answer.status_code == 500
    assert session.scalar(select(func.count()).select_from(Post)) == 0
