"""What every page reads and few people change, remembered in each process for as long as it is true.

A subject ("people", "plan", "item:12") has a stamp: a random text in the database, renewed in the very transaction that
changes a row of the subject. What was made under a stamp holds while the stamp is the same, in every process and on
both databases; nobody has to be told. A model names its subject in `renews`; docs/decisions/0006 says why so.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Final, Generic, TypeVar

from sqlalchemy import String, bindparam, event, inspect, select
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    make_transient_to_detached,
    mapped_column,
)
from sqlalchemy.orm.attributes import set_committed_value

from portal.db import Base, insert_into

PEOPLE: Final = "people"
PLAN: Final = "plan"
SITE_PAGES: Final = "pages"
THESAURUS: Final = "thesaurus"
SHARED: Final = (PEOPLE, PLAN, SITE_PAGES, THESAURUS)

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Thing = TypeVar("Thing", bound=Base)


class Stamp(Base):
    """When a subject last changed, told not by the clock but by a text that never comes again."""

    __tablename__ = "stamp"

    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(16))


_STAMPS = select(Stamp.__table__.c.subject, Stamp.__table__.c.value).where(
    Stamp.__table__.c.subject.in_(bindparam("subjects", expanding=True))
)


def stamp_of(session: Session, subject: str) -> str | None:
    """The subject's stamp as this transaction sees it; one that never changed has a stamp, too, another in each database.
    None: nothing about it may be remembered, for it was changed in this very transaction."""
    session.flush()  # what is still to be written would be by the very question that makes what is remembered
    if subject in session.info.get("renewed", ()):
        return None
    known = _read_stamps(session, (subject,))
    return known[subject]


def _read_stamps(session: Session, subjects: Iterable[str]) -> dict[str, str]:
    """What is known of stamps in this transaction, these and the expected ones among it; in one question at most."""
    known: dict[str, str] = session.info.setdefault("stamps", {})
    missing = set(subjects) - known.keys()
    if missing:
        asked = missing | session.info.pop("expected", set())
        if not asked.isdisjoint(SHARED):
            asked |= set(SHARED)
        connection = session.connection()
        found = dict(connection.execute(_STAMPS, {"subjects": sorted(asked - known.keys())}).all())
        known.update(
            (one, f"{found.get(one)} {connection.engine.url.database}") for one in asked - known.keys()
        )
    return known


def expect(session: Session, *subjects: str) -> None:
    """These stamps will be asked for, too: they are read along with the next one that is."""
    session.info.setdefault("expected", set()).update(subjects)


def stamps_of(session: Session, *subjects: str) -> str | None:
    """The stamps of several subjects as one; None when there is one under which nothing may be remembered."""
    session.flush()
    _read_stamps(session, subjects)
    stamps = [stamp_of(session, subject) for subject in subjects]
    return None if None in stamps else " ".join(filter(None, stamps))


def renew(session: Session, subject: str) -> None:
    """Whatever was remembered of the subject ends with this transaction. For statements that change rows no object of
    which is in the session; objects do it themselves."""
    session.info.setdefault("renewed", set()).add(subject)


class Remembered(Generic[Key, Value]):
    """Values by key, the least used dropped first, each with the stamp it was made under.

    `most` is how many at once, or with `weigh` how much they may weigh together; one that weighs more than a tenth of
    that is not kept at all.
    """

    def __init__(self, most: int, weigh: Callable[[Value], int] | None = None):
        self._most, self._weigh = most, weigh
        self._weight = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[str, Value, int]] = OrderedDict()

    def get(self, session: Session, subject: str, key: Key, make: Callable[[], Value]) -> Value:
        """The value made by `make`, now or earlier under the subject's present stamp."""
        return self.under(stamp_of(session, subject), key, make)

    def under(self, stamp: str | None, key: Key, make: Callable[[], Value]) -> Value:
        """The same under a stamp that was read already, or several joined; None remembers nothing."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == stamp:
                self._kept.move_to_end(key)
                return kept[1]
        return self.keep(stamp, key, make())

    def kept(self, stamp: str | None, keys: Iterable[Key]) -> dict[Key, Value]:
        """Of these keys those with a value that was made under that stamp."""
        with self._lock:
            return (
                {key: self._kept[key][1] for key in keys if self._kept.get(key, (None,))[0] == stamp}
                if stamp
                else {}
            )

    def keep(self, stamp: str | None, key: Key, value: Value) -> Value:
        """The value, remembered if the stamp allows it."""
        weight = self._weigh(value) if self._weigh else 1
        if stamp is None or (self._weigh and weight > self._most // 10):
            return value
        with self._lock:
            if key in self._kept:
                self._weight -= self._kept.pop(key)[2]
            self._kept[key] = (stamp, value, weight)
            self._weight += weight
            while self._weight > self._most:
                self._weight -= self._kept.popitem(last=False)[1][2]
        return value


def apart(thing: Thing) -> Thing:
    """A copy of the row that belongs to no session: only its columns, nothing of what hangs on it."""
    copy = type(thing)()
    for column in inspect(type(thing)).column_attrs:
        set_committed_value(copy, column.key, getattr(thing, column.key))
    make_transient_to_detached(copy)
    return copy


def joined(session: Session, copy: Thing) -> Thing:
    """The row of such a copy as an object of this session, without asking the database."""
    return session.merge(copy, load=False)


@event.listens_for(Session, "after_flush")
def _note_changed(session: Session, _context: object) -> None:
    for changed in (session.new, session.dirty, session.deleted):
        for thing in changed:
            for subject in thing.renews:
                renew(session, subject.format(thing))


@event.listens_for(Session, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> None:
    if (state.is_update or state.is_delete or state.is_insert) and state.bind_mapper is not None:
        for subject in state.bind_mapper.class_.renews:
            if "{" not in subject:
                renew(state.session, subject)
            elif not state.execution_options.get("renewed"):
                raise RuntimeError(
                    f"which {subject} this changes can't be told: renew them and say so by the execution option `renewed`"
                )


@event.listens_for(Session, "before_commit")
def _renew_stamps(session: Session) -> None:
    """As the last thing before the commit, in one order: whoever else changes the subject waits no longer than that."""
    if session.in_nested_transaction():
        return  # the end of a savepoint, which what is around it may still take back
    session.flush()
    renewed = sorted(session.info.pop("renewed", ()))
    if not renewed:
        return
    connection = session.connection()
    insert = insert_into(Stamp)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["subject"], set_={"value": insert.excluded.value}),
        [{"subject": subject, "value": secrets.token_hex(8)} for subject in renewed],
    )


@event.listens_for(Session, "after_commit")
def _forget_stamps(session: Session) -> None:
    session.info.pop("stamps", None)


@event.listens_for(Session, "after_rollback")
def _forget_all(session: Session) -> None:
    _forget_stamps(session)
    if not session.in_nested_transaction():
        session.info.pop("renewed", None)
