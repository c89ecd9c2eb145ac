"""What the database itself holds to, whoever writes: two people at one moment, an import, a hand on the console."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, func, inspect, select
from sqlalchemy.exc import IntegrityError

from portal.db import now
from portal.items.models import Attachment, Fulfilment, Item, ItemRedirect, Post
from portal.migrating import upgrade
from portal.models import metadata
from portal.people.models import Group, Person, Position, Rank, Unit
from portal.thai.dates import bangkok_today
from portal.thai.sorting import sort_key
from tests.filling import fill_every_table

IN_THAI_ORDER = [
    "Zebra",
    "กอง 9",
    "กอง 10",
    "กา",
    "ก่า",
    "ก้า",
    "กาง",
    "เกม",
    "แกง",
    "ขาว",
    "เข้า",
    "ฤดู",
    "ลิง",
]


@pytest.fixture
def rows(empty: Engine) -> Iterator[Connection]:
    """A portal with three rows in each table; what a test writes is rolled back."""
    upgrade()
    with empty.begin() as connection:
        fill_every_table(connection)
    with empty.connect() as connection:
        yield connection
        connection.rollback()


def _refused(rows: Connection, model: type, **values: Any) -> bool:
    try:
        with rows.begin_nested():
            _add(rows, model, **values)
    except IntegrityError:
        return True
    return False


def _add(rows: Connection, model: Any, **values: Any) -> None:
    table: Table = model.__table__
    first = rows.execute(select(table).order_by(table.primary_key.columns[0]).limit(1)).mappings().one()
    if "id" in table.columns:
        values.setdefault("id", rows.scalar(select(func.max(table.c.id) + 1)))
    rows.execute(table.insert().values({**first, **values}))


def test_an_item_serves_a_step_at_large_once(rows: Connection) -> None:
    _add(rows, Fulfilment, item_id=1, goal_id=None, step="KM1")
    assert _refused(rows, Fulfilment, item_id=1, goal_id=None, step="KM1")
    assert not _refused(rows, Fulfilment, item_id=1, goal_id=None, step="KM2")
    assert not _refused(rows, Fulfilment, item_id=2, goal_id=None, step="KM1")


def test_an_item_fulfils_a_step_of_a_goal_once(rows: Connection) -> None:
    _add(rows, Fulfilment, item_id=1, goal_id=2, step="KM1")
    assert _refused(rows, Fulfilment, item_id=1, goal_id=2, step="KM1")
    assert not _refused(rows, Fulfilment, item_id=1, goal_id=3, step="KM1")


def test_a_unit_has_one_head_besides_those_abolished(rows: Connection) -> None:
    _add(rows, Position, unit_id=1, rank=Rank.HEAD, superior_id=None, abolished_on=None)
    assert _refused(rows, Position, unit_id=1, rank=Rank.HEAD, superior_id=None, abolished_on=None)
    assert not _refused(
        rows, Position, unit_id=1, rank=Rank.HEAD, superior_id=None, abolished_on=bangkok_today()
    )
    assert not _refused(rows, Position, unit_id=1, rank=Rank.STAFF, superior_id=None, abolished_on=None)
    assert not _refused(rows, Position, unit_id=2, rank=Rank.HEAD, superior_id=None, abolished_on=None)


def test_a_hidden_post_says_who_hid_it(rows: Connection) -> None:
    new = {"item_id": 1, "send_key": None}
    assert _refused(rows, Post, number=11, hidden_at=now(), hidden_by_id=None, **new)
    assert _refused(rows, Post, number=12, hidden_at=None, hidden_by_id=2, **new)
    assert not _refused(rows, Post, number=13, hidden_at=now(), hidden_by_id=2, **new)
    assert not _refused(rows, Post, number=14, hidden_at=None, hidden_by_id=None, **new)


def test_a_merged_item_does_not_lead_to_itself(rows: Connection) -> None:
    rows.execute(ItemRedirect.__table__.delete())  # type: ignore[attr-defined]
    values = {"by_id": 1, "at": now()}
    rows.execute(ItemRedirect.__table__.insert().values(item_id=1, to_item_id=2, **values))  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError), rows.begin_nested():
        rows.execute(ItemRedirect.__table__.insert().values(item_id=2, to_item_id=2, **values))  # type: ignore[attr-defined]


def test_a_file_in_a_post_is_a_file_of_its_item(rows: Connection) -> None:
    assert _refused(rows, Attachment, item_id=None, post_id=1)
    assert not _refused(rows, Attachment, item_id=1, post_id=1)
    assert not _refused(rows, Attachment, item_id=None, post_id=None)


def test_the_dictionary_s_order_is_that_of_the_database(rows: Connection) -> None:
    """The server of the tests has an order of its own, in which this would fail."""
    keys = [sort_key(text) for text in IN_THAI_ORDER]
    assert keys == sorted(keys)
    for model in (Unit, Position, Person, Group, Item):
        column = model.__table__.c.sort_key
        for number, key in enumerate(reversed(keys), 1):
            more = {"code": f"U{number}"} if model is Unit else {}
            if model is Person:
                more = {"username": f"p{number}", "email": None}
            _add(rows, model, sort_key=key, **more)
        found = rows.scalars(select(column).where(column.in_(keys)).order_by(column)).all()
        assert found == keys, model
    if rows.dialect.name == "postgresql":
        own = rows.exec_driver_sql(
            'SELECT sort_key FROM item WHERE sort_key = ANY(%s) ORDER BY sort_key COLLATE "default"', (keys,)
        )
        assert [key for (key,) in own] != keys


def test_no_index_is_the_beginning_of_another(empty: Engine) -> None:
    """Such an index costs each writer and helps no reader."""
    upgrade()
    look = inspect(empty)
    needless = []
    for table in metadata.tables:
        whole = [look.get_pk_constraint(table)["constrained_columns"]]
        whole += [one["column_names"] for one in look.get_unique_constraints(table)]
        indexes = {
            one["name"]: one["column_names"]
            for one in look.get_indexes(table)
            if not one.get("duplicates_constraint")
        }
        partial = {
            one["name"]
            for one in look.get_indexes(table)
            if any(key.endswith("_where") for key in one.get("dialect_options", {}))
        }
        for name, columns in indexes.items():
            others = whole + [other for key, other in indexes.items() if key != name and key not in partial]
            if name not in partial and any(other[: len(columns)] == columns for other in others):
                needless.append((table, name))
    assert needless == []
