"""From the outbox into the tables of PostgreSQL: in one transaction, by one writer at a time, whatever dies meanwhile."""

import os
import random
import threading
import time

import pytest
from sqlalchemy import case, delete, func, select, update

from portal.db import bound_engine, reading, session, transaction
from portal.items import audience
from portal.items.publishing import changed, retire
from portal.knowledge.writing import save
from portal.locking import Lock, held, wait_for
from portal.search.batches import BusyIndexError, Work, pending
from portal.search.checking import check, mend
from portal.search.indexing import ensure_index, index_pending, keeper_of, reindex
from portal.search.models import SearchText
from portal.search.postgres import generations as postgres_generations
from portal.search.postgres import indexing as postgres_indexing
from portal.search.postgres.finder import PostgresFinder
from portal.search.postgres.models import (
    IndexAudience,
    IndexEntry,
    IndexFrequency,
    IndexGeneration,
    IndexPosting,
    IndexTerm,
    IndexToken,
)
from portal.search.postgres.writing import write
from portal.search.question import Concept, Question
from portal.working import only_one
from tests.indexing import index_all, killed_at_the_end
from tests.making import make_asset, make_person, make_unit

pytestmark = pytest.mark.postgresql
TIMES = 50 if os.environ.get("SOAK") else 5
EVERYBODY = frozenset({"public", "org:1"})


@pytest.fixture
def database():
    return "postgresql"


@pytest.fixture(autouse=True)
def in_the_portal(app):
    """Everything here happens inside the application."""


def waiting() -> int:
    with reading() as own:
        return len(pending(own))


def count(model) -> int:
    with reading() as own:
        return own.scalar(select(func.count()).select_from(model)) or 0


def found(*words, tokens=EVERYBODY) -> set[int]:
    concepts = tuple(Concept((word,), word) for word in words)
    answer = PostgresFinder().find(Question(tokens, concepts, most=1000))
    assert answer is not None
    return {one.item_id for one in answer.candidates}


def counts_are_right() -> bool:
    """Whether what is kept with terms and totals is what one would count, for every audience."""
    with reading() as own:
        counted = {tuple(row) for row in own.execute(frequencies_counted())}
        kept = {
            tuple(row)
            for row in own.execute(
                select(
                    IndexFrequency.term_id,
                    IndexFrequency.audience_id,
                    IndexFrequency.in_titles,
                    IndexFrequency.in_texts,
                ).where((IndexFrequency.in_titles != 0) | (IndexFrequency.in_texts != 0))
            )
        }
        totals = {
            tuple(row)
            for row in own.execute(
                select(IndexAudience.id, IndexAudience.passages, IndexAudience.text_length).where(
                    IndexAudience.passages != 0
                )
            )
        }
        summed = {
            tuple(row)
            for row in own.execute(
                select(
                    IndexEntry.audience_id, func.sum(IndexEntry.passages), func.sum(IndexEntry.text_length)
                ).group_by(IndexEntry.audience_id)
            )
        }
        return (kept, totals) == (counted, summed)


def frequencies_counted():
    """A letter group stands with the first passage and counts for all of them."""
    times = case((IndexTerm.is_gram, IndexEntry.passages), else_=1)
    return (
        select(
            IndexPosting.term_id,
            IndexEntry.audience_id,
            func.sum(case((IndexPosting.in_title > 0, times), else_=0)),
            func.sum(case((IndexPosting.in_text > 0, 1), else_=0)),
        )
        .join(IndexTerm, IndexTerm.id == IndexPosting.term_id)
        .join(IndexEntry, IndexEntry.id == IndexPosting.entry_id)
        .group_by(IndexPosting.term_id, IndexEntry.audience_id)
    )


def test_what_is_published_is_found_and_what_is_retired_is_not(settings):
    asset = make_asset("คู่มือเบี้ยยังชีพ")
    assert PostgresFinder().find(Question(EVERYBODY)) is None
    assert keeper_of(settings).state() == "rebuilding"
    index_all(settings)
    assert (waiting(), keeper_of(settings).state()) == (0, "ready")
    assert found("เบี้ยยังชีพ") == {asset.id}
    retire(asset, by=asset.author)
    index_all(settings)
    assert found("เบี้ยยังชีพ") == set()
    assert (count(SearchText), count(IndexEntry), count(IndexPosting)) == (0, 0, 0)
    assert PostgresFinder().lexicon() == ()


def test_a_new_revision_takes_the_place_of_the_old_one_and_all_counts_stay_right(settings):
    asset = make_asset("คู่มือ", "เรื่องประปา\n\n## ท่อ\n\nท่อแตก")
    make_asset("คู่มืออื่น", "เรื่องตลาด")
    index_all(settings)
    for n in range(3):
        text = f"เรื่องถนน {n}\n\n## หัวข้อ\n\nทางเท้า"
        save(asset, by=asset.author, title=f"คู่มือ {n}", text=text, kind=asset.kind, knowledge=asset.knowledge)
        index_all(settings)
        assert counts_are_right()
    assert (found("ประปา"), found("ถนน")) == (set(), {asset.id})


def test_a_narrowed_audience_closes_the_item(settings):
    unit = make_unit("กองช่าง")
    asset = make_asset("คู่มือถนน", unit=unit)
    index_all(settings)
    audience.open_to(asset, [f"unit:{unit.id}"])
    changed(asset)
    index_all(settings)
    assert found("ถนน") == set()
    assert found("ถนน", tokens=frozenset({f"unit:{unit.id}"})) == {asset.id}


def test_a_batch_that_fails_changes_nothing_and_stays_in_the_outbox(settings, monkeypatch):
    first = make_asset("คู่มือประปา")
    index_all(settings)
    make_asset("คู่มือถนน")

    def fails(*_args):
        raise OSError("no room")

    monkeypatch.setattr("portal.search.postgres.writing._insert_postings", fails)
    assert index_pending(settings) == 0
    assert (waiting(), count(SearchText)) == (1, 1)
    assert found("คู่มือ") == {first.id}
    monkeypatch.undo()
    index_all(settings)
    assert (waiting(), len(found("คู่มือ"))) == (0, 2)


def test_while_another_server_writes_a_batch_waits_and_takes_nothing(settings, monkeypatch):
    index_all(settings)
    make_asset()
    monkeypatch.setattr(postgres_indexing, "WRITER_PATIENCE", 0.05)
    with transaction() as own:
        wait_for(own, Lock.WRITING_INDEX, 1)
        assert index_pending(settings) == 0
    assert waiting() == 1
    index_all(settings)
    assert waiting() == 0


def test_of_an_item_that_changes_a_reader_sees_all_old_or_all_new(settings):
    asset = make_asset("ฉบับศูนย์", "ประปา ถนน")
    index_all(settings)
    wrong, stop = [], threading.Event()
    finder = PostgresFinder()

    def reads():
        while not stop.is_set():
            answer = finder.find(Question(EVERYBODY, (Concept(("ประปา",)), Concept(("ถนน",)))))
            if answer is None or answer.total != 1 or len(answer.weights) != 2:
                wrong.append(answer)

    readers = [threading.Thread(target=reads) for _ in range(3)]
    for one in readers:
        one.start()
    for n in range(20):
        save(
            asset,
            by=asset.author,
            title=f"ฉบับ {n}",
            text="ประปา ถนน" if n % 2 else "ถนน ประปา",
            kind=asset.kind,
            knowledge=asset.knowledge,
        )
        index_all(settings)
    stop.set()
    for one in readers:
        one.join()
    assert wrong == []


# ---- another version, and rebuilding while people work ----


def test_an_index_of_an_older_analysis_serves_till_the_new_one_is_there(settings, monkeypatch):
    asset = make_asset("คู่มือประปา")
    index_all(settings)
    monkeypatch.setattr(postgres_generations, "ANALYSIS_VERSION", 99)
    assert keeper_of(settings).state() == "rebuilding"
    assert found("ประปา") == {asset.id}
    index_all(settings)
    assert keeper_of(settings).state() == "ready"
    assert found("ประปา") == {asset.id}
    assert count(IndexGeneration) == 1
    assert counts_are_right()


def test_an_index_of_another_schema_is_not_searched(settings):
    make_asset("คู่มือประปา")
    index_all(settings)
    with transaction() as own:
        own.execute(update(IndexGeneration).values(schema_version=0))
    assert PostgresFinder().find(Question(EVERYBODY)) is None
    assert keeper_of(settings).stored() is None
    ensure_index(settings)
    assert len(found("ประปา")) == 1


def test_what_changes_during_a_rebuild_is_found_before_and_after_it(settings, monkeypatch):
    author = make_person()
    first = [make_asset(f"คู่มือ {n}", author=author) for n in range(4)]
    index_all(settings)
    monkeypatch.setattr(postgres_indexing, "BATCH", 2)
    late: list[int] = []

    def meanwhile(done, everything):
        """Somebody publishes and retires, and the worker of another server takes it up."""
        assert everything == 4
        late.append(make_asset(f"คู่มือ ฉบับที่ {done}", author=author).id)
        if done == 2:
            retire(first[0], by=author)
            retire(first[3], by=author)
        index_all(settings)
        assert late[-1] in found("คู่มือ")
        assert first[0].id not in found("คู่มือ")

    assert reindex(settings, meanwhile) == 4
    assert waiting() == 0
    assert found("คู่มือ") == {first[1].id, first[2].id, *late}
    assert check(settings).all == set()
    assert counts_are_right()


def test_two_rebuilds_at_once_are_one(settings):
    index_all(settings)
    with held(Lock.REBUILDING_INDEX) as mine:
        assert mine
        with pytest.raises(BusyIndexError):
            reindex(settings)


def test_what_a_killed_rebuild_left_behind_is_cleared_away(settings):
    asset = make_asset("คู่มือประปา")
    index_all(settings)
    left = postgres_generations.create()
    with transaction() as own:
        postgres_indexing._write(own, Work(items=frozenset({asset.id})), [left])
    assert count(IndexEntry) == 2
    index_all(settings)
    assert (count(IndexEntry), count(IndexGeneration)) == (1, 1)
    assert found("ประปา") == {asset.id}
    with reading() as own:
        of_the_living = select(IndexAudience.id).where(IndexAudience.generation_id != left)
        assert own.scalar(select(func.count()).where(IndexToken.audience_id.not_in(of_the_living))) == 0
        assert own.scalar(select(func.count()).where(IndexTerm.generation_id == left)) == 0


def test_a_batch_is_not_written_into_an_index_that_is_being_removed(settings, monkeypatch):
    author = make_person()
    make_asset("คู่มือ", author=author)
    index_all(settings)
    remove, written = postgres_generations._remove_entries, []

    def and_somebody_publishes(generation_id):
        more = remove(generation_id)
        if not more and not written:
            written.append(make_asset("ถนน", author=author).id)
            session.commit()
            assert postgres_indexing.apply() == 1
        return more

    monkeypatch.setattr(postgres_generations, "_remove_entries", and_somebody_publishes)
    reindex(settings)
    monkeypatch.undo()
    assert found("ถนน") == set(written)
    assert nothing_is_left_of_other_generations()


def test_a_rebuild_whose_index_was_removed_meanwhile_says_so_and_the_old_one_goes_on(settings, monkeypatch):
    """As by another server, when the connection that held the lock broke."""
    assets = [make_asset(f"คู่มือ {n}", author=make_person()) for n in range(3)]
    index_all(settings)
    monkeypatch.setattr(postgres_indexing, "BATCH", 1)

    def removed(done, _everything):
        if done == 2:
            postgres_generations.remove_others()

    with pytest.raises(BusyIndexError):
        reindex(settings, removed)
    assert keeper_of(settings).state() == "ready"
    assert found("คู่มือ") == {asset.id for asset in assets}
    index_all(settings)
    assert count(IndexGeneration) == 1
    assert nothing_is_left_of_other_generations()


def nothing_is_left_of_other_generations() -> bool:
    with reading() as own:
        living = select(IndexGeneration.id)
        return not own.scalars(select(IndexEntry.id).where(IndexEntry.generation_id.not_in(living))).all()


# ---- index and database ----


def test_the_check_names_what_differs_and_mends_it(settings):
    author = make_person()
    kept, lost, old = (make_asset(f"คู่มือ {name}", author=author) for name in ("เดิม", "หาย", "เก่า"))
    index_all(settings)
    with transaction() as own:
        write(own, own.scalars(select(IndexGeneration.id)).one(), [], replaced=[lost.id])
        own.execute(update(IndexEntry).where(IndexEntry.item_id == old.id).values(digest="of long ago"))
        other = own.scalars(select(IndexEntry).where(IndexEntry.item_id == kept.id)).one()
        values = {name.key: getattr(other, name.key) for name in IndexEntry.__table__.columns}
        own.add(IndexEntry(**{**values, "id": None, "item_id": 999, "passages": 0, "text_length": 0}))
        own.execute(delete(SearchText).where(SearchText.item_id == kept.id))
    differences = check(settings)
    assert (differences.missing, differences.surplus) == ((lost.id,), (999,))
    assert set(differences.changed) == {kept.id, old.id}
    mend(settings, differences)
    assert check(settings).all == set()
    assert found("คู่มือ") == {kept.id, lost.id, old.id}


# ---- several servers ----


def test_one_worker_works_on_one_database_whatever_folder_it_has(settings):
    with only_one(settings) as mine:
        assert mine
        assert not mine.is_lost()
        with only_one(settings) as second:
            assert not second
    with only_one(settings) as again:
        assert again


def test_a_worker_whose_connection_broke_knows_that_its_lock_is_gone(settings):
    with only_one(settings) as mine:
        with bound_engine().connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        assert mine.is_lost()
        with only_one(settings) as other:
            assert other


WORKER = """
import portal.models  # noqa: F401 - every type of item
from portal.config import Settings
from portal.db import connect
from portal.search import batches
from portal.search.indexing import index_pending
settings = Settings.from_environment()
connect(settings.database_url)
batches.BATCH = 2
print("ready", flush=True)
while True:
    index_pending(settings)
"""


@pytest.mark.soak
def test_workers_killed_in_mid_write_lose_nothing_and_write_nothing_twice(settings):
    dice = random.Random(7)  # noqa: S311
    author = make_person()
    everything: set[int] = set()
    for turn in range(TIMES):
        with killed_at_the_end(WORKER, settings), killed_at_the_end(WORKER, settings):
            everything |= {make_asset(f"คู่มือ {turn} {n}", author=author).id for n in range(12)}
            session.commit()
            time.sleep(dice.random() * 0.8)
        with reading() as own:
            left = {row.item_id for row in pending(own).values()}
        assert everything <= left | {one.item_id for one in keeper_of(settings).stored() or ()}
        index_all(settings)
        assert check(settings).all == set()
        assert counts_are_right()
