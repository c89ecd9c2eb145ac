"""From the outbox into the index: nothing leaves before it is on the disk, and whatever happens to the index, nothing is lost."""

import errno
import gc
import os
import shutil

import pytest
from sqlalchemy import delete, func, select
from whoosh.filedb.filestore import FileStorage
from whoosh.writing import SegmentWriter

from portal.db import reading, session
from portal.items import audience
from portal.items.publishing import changed, retire
from portal.knowledge.writing import save
from portal.outbox.models import OutboxEntry
from portal.search import batches
from portal.search.batches import BusyIndexError
from portal.search.checking import check, mend
from portal.search.embedded import index as index_files
from portal.search.embedded import indexing, rebuilding
from portal.search.embedded.engine import Engine
from portal.search.embedded.index import Index, segment_count, write
from portal.search.embedded.segments import stored
from portal.search.indexing import ensure_index, index_pending, reindex
from portal.search.models import SearchText
from portal.search.question import Concept, Question
from tests.indexing import index_all
from tests.making import make_asset, make_person, make_unit
from tests.search.corpora import document

pytestmark = pytest.mark.sqlite  # the index in a folder
EVERYBODY = frozenset({"public", "org:1"})


@pytest.fixture(autouse=True)
def fresh(app):
    """Each test is a new worker process: it remembers nothing of the tests before."""
    indexing.indexer_of.cache_clear()


def waiting() -> int:
    with reading() as own:
        return (
            own.scalar(select(func.count()).select_from(OutboxEntry).where(OutboxEntry.kind == "index")) or 0
        )


def texts_kept() -> int:
    with reading() as own:
        return own.scalar(select(func.count()).select_from(SearchText)) or 0


def found(settings, *words, tokens=EVERYBODY) -> set[int]:
    serving = Index(settings.search_index_dir).serving
    assert serving is not None
    concepts = tuple(Concept((word,), word) for word in words)
    found = Engine().find(serving, Question(tokens, concepts, most=1000))
    return {one.item_id for one in found.candidates}


def test_what_is_published_is_found_and_its_row_leaves_the_outbox(settings):
    asset = make_asset("คู่มือเบี้ยยังชีพ")
    assert waiting() == 1
    index_all(settings)
    assert waiting() == 0
    assert found(settings, "เบี้ยยังชีพ") == {asset.id}


def test_a_draft_is_never_in_the_index(settings):
    make_asset("ร่างประกาศ", published=False)
    index_all(settings)
    assert found(settings, "ประกาศ", tokens=EVERYBODY | {f"person:{n}" for n in range(9)}) == set()


def test_what_is_retired_leaves_the_index_and_its_text_goes_too(settings):
    asset = make_asset("คู่มือเบี้ยยังชีพ")
    index_all(settings)
    assert texts_kept() == 1
    retire(asset, by=asset.author)
    session.commit()
    index_all(settings)
    assert found(settings, "เบี้ยยังชีพ") == set()
    assert texts_kept() == 0


def test_a_new_revision_takes_the_place_of_the_old_one(settings):
    asset = make_asset("คู่มือ", "เรื่องประปา")
    index_all(settings)
    save(asset, by=asset.author, title="คู่มือ", text="เรื่องถนน", kind=asset.kind, knowledge=asset.knowledge)
    session.commit()
    index_all(settings)
    assert (found(settings, "ประปา"), found(settings, "ถนน")) == (set(), {asset.id})
    assert len(stored(Index(settings.search_index_dir).serving)) == 1


def test_a_narrowed_audience_closes_the_document(settings):
    unit = make_unit("กองช่าง")
    asset = make_asset("คู่มือถนน", unit=unit)
    index_all(settings)
    assert found(settings, "ถนน") == {asset.id}
    audience.open_to(asset, [f"unit:{unit.id}"])
    changed(asset)
    session.commit()
    index_all(settings)
    assert found(settings, "ถนน") == set()
    assert found(settings, "ถนน", tokens=frozenset({f"unit:{unit.id}"})) == {asset.id}


def test_many_rows_go_in_batches(settings, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 4)
    author = make_person()
    ids = {make_asset(f"คู่มือ {n}", author=author).id for n in range(8)}
    ensure_index(settings)
    assert waiting() == 0  # the index is made of the database and the rows with it
    for item_id in sorted(ids):
        session.add(OutboxEntry(kind="index", subject_id=item_id))
    session.commit()
    assert [index_pending(settings) for _ in range(4)] == [4, 4, 0, 0]
    assert found(settings, "คู่มือ") == ids


def test_what_was_published_just_now_does_not_wait_for_a_thousand_others(settings, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 4)
    author = make_person()
    ensure_index(settings)
    ids = [make_asset(f"คู่มือ {n}", author=author).id for n in range(20)]
    session.commit()
    assert index_pending(settings) == 4
    assert found(settings, "คู่มือ") == {*ids[:2], *ids[-2:]}


def test_other_kinds_of_work_stay_in_the_outbox(settings):
    session.add(OutboxEntry(kind="mail", subject_id=1))
    session.commit()
    make_asset()
    index_all(settings)
    with reading() as own:
        assert own.scalars(select(OutboxEntry.kind)).all() == ["mail"]


# ---- trouble ----


def test_while_fsync_fails_nothing_leaves_the_outbox(settings, monkeypatch):
    index_all(settings)
    make_asset("คู่มือเบี้ยยังชีพ")

    def no_fsync(_handle):
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "fsync", no_fsync)
    for _ in range(3):
        assert index_pending(settings) == 0
        assert waiting() == 1
    monkeypatch.undo()
    indexing.indexer_of.cache_clear()
    index_all(settings)
    assert waiting() == 0
    assert len(found(settings, "เบี้ยยังชีพ")) == 1


@pytest.mark.parametrize("failing", ["add_document", "commit", "delete_by_query"])
def test_on_a_full_disk_nothing_leaves_the_outbox_and_the_index_stays_as_it_was(
    settings, monkeypatch, failing
):
    first = make_asset("คู่มือประปา")
    index_all(settings)
    second = make_asset("คู่มือถนน")

    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(SegmentWriter, failing, full)
    assert index_pending(settings) == 0
    assert waiting() == 1
    assert found(settings, "คู่มือ") == {first.id}
    assert Index(settings.search_index_dir).state == "ready"
    monkeypatch.undo()
    index_all(settings)
    assert waiting() == 0
    assert found(settings, "คู่มือ") == {first.id, second.id}


def test_a_commit_that_failed_gives_its_lock_back(settings, monkeypatch):
    index_all(settings)
    path = Index(settings.search_index_dir).serving
    monkeypatch.setattr(
        SegmentWriter, "_commit_toc", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
    )
    with pytest.raises(OSError, match="full"):
        write(path, [document(1)])
    monkeypatch.undo()
    monkeypatch.setattr(index_files, "WRITER_PATIENCE", 0.0)
    write(path, [document(1)])
    assert [one.item_id for one in stored(path)] == [1]


def test_a_second_writer_waits_in_vain_and_takes_nothing(settings, monkeypatch):
    index_all(settings)
    make_asset()
    monkeypatch.setattr(index_files, "WRITER_PATIENCE", 0.05)
    lock = FileStorage(str(Index(settings.search_index_dir).serving)).lock("MAIN_WRITELOCK")
    assert lock.acquire()
    try:
        assert index_pending(settings) == 0
        assert waiting() == 1
    finally:
        lock.release()
    index_all(settings)
    assert waiting() == 0


# Whoosh does not close a file that it can't read; the collector does, here before the test and its filter end.
LEAVES_FILES_OPEN = pytest.mark.filterwarnings("ignore::ResourceWarning")


def damage_toc(path):
    for toc in path.glob("*.toc"):
        toc.write_bytes(b"nonsense")


def damage_segments(path):
    for segment in path.glob("*.seg"):
        segment.write_bytes(segment.read_bytes()[:40])


def lose_segments(path):
    for segment in path.glob("*.seg"):
        segment.unlink()


def lose_everything(path):
    shutil.rmtree(path)


@LEAVES_FILES_OPEN
@pytest.mark.parametrize("damage", [damage_toc, damage_segments, lose_segments, lose_everything])
def test_a_damaged_index_is_thrown_away_and_built_anew(settings, damage):
    assets = {make_asset(f"คู่มือ {n}").id for n in range(3)}
    index_all(settings)
    index = Index(settings.search_index_dir)
    damage(index.serving)
    ensure_index(settings)
    gc.collect()
    assert index.state == "ready"
    assert found(settings, "คู่มือ") == assets


@LEAVES_FILES_OPEN
@pytest.mark.parametrize("damage", [damage_toc, damage_segments, lose_segments, lose_everything])
def test_a_worker_that_meets_a_damaged_index_goes_on_with_a_new_one(settings, damage):
    first = make_asset("คู่มือ 1")
    index_all(settings)
    damage(Index(settings.search_index_dir).serving)
    second = make_asset("คู่มือ 2")
    for _ in range(5):
        index_pending(settings)
    gc.collect()
    assert waiting() == 0
    assert found(settings, "คู่มือ") == {first.id, second.id}


def test_a_missing_folder_is_made_and_belongs_to_its_owner_alone(settings):
    make_asset()
    shutil.rmtree(settings.search_index_dir, ignore_errors=True)
    ensure_index(settings)
    index = Index(settings.search_index_dir)
    assert index.folder.stat().st_mode & 0o077 == 0
    assert index.serving.stat().st_mode & 0o077 == 0


# ---- another version, and rebuilding while people work ----


def test_an_index_of_an_older_analysis_serves_till_the_new_one_is_there(settings, monkeypatch):
    asset = make_asset("คู่มือประปา")
    index_all(settings)
    index = Index(settings.search_index_dir)
    old = index.serving
    monkeypatch.setattr(index_files, "ANALYSIS_VERSION", 99)
    assert index.state == "rebuilding"
    assert index.serving == old
    assert found(settings, "ประปา") == {asset.id}
    index_all(settings)
    assert index.state == "ready"
    assert index.serving != old
    assert not old.exists()
    assert found(settings, "ประปา") == {asset.id}


def test_an_index_of_another_schema_is_not_searched(settings, monkeypatch):
    index_all(settings)
    monkeypatch.setattr(index_files, "SCHEMA_VERSION", 99)
    assert Index(settings.search_index_dir).serving is None
    assert Index(settings.search_index_dir).state == "rebuilding"
    index_all(settings)
    assert Index(settings.search_index_dir).state == "ready"


def test_what_is_published_during_a_rebuild_is_found_before_and_after_it(settings, monkeypatch):
    author = make_person()
    first = {make_asset(f"คู่มือ {n}", author=author).id for n in range(4)}
    index_all(settings)
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    late: list[int] = []

    def meanwhile(done, everything):
        """Somebody publishes, and the worker (another process) puts it into the index that serves."""
        assert everything == 4
        late.append(make_asset(f"คู่มือ ฉบับที่ {done}", author=author).id)
        before = waiting()
        assert index_pending(settings) == 1
        assert waiting() == before  # kept for the new index
        assert index_pending(settings) == 0  # and not written twice
        assert late[-1] in found(settings, "คู่มือ")

    assert reindex(settings, meanwhile) == 4
    assert waiting() == 0
    assert found(settings, "คู่มือ") == {*first, *late}
    assert check(settings).all == set()


def test_a_rebuild_that_fails_leaves_the_old_index_serving_and_no_rubbish(settings, monkeypatch):
    asset = make_asset("คู่มือประปา")
    index_all(settings)
    index = Index(settings.search_index_dir)
    old = index.serving

    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(SegmentWriter, "commit", full)
    with pytest.raises(OSError, match="no space"):
        reindex(settings)
    assert index.serving == old
    assert [entry for entry in index.folder.iterdir() if entry.is_dir()] == [old]
    assert found(settings, "ประปา") == {asset.id}


def test_two_rebuilds_at_once_are_one(settings):
    index_all(settings)
    with Index(settings.search_index_dir).rebuilding(), pytest.raises(BusyIndexError):
        reindex(settings)


def test_an_index_that_cannot_be_built_is_not_tried_without_pause(settings, monkeypatch):
    tried = []

    def failing(*_args, **_more):
        tried.append(1)
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(indexing, "rebuild", failing)
    make_asset()
    for _ in range(20):
        assert index_pending(settings) == 0
    assert len(tried) == 1


def test_idle_time_is_used_to_bring_small_segments_together(settings, monkeypatch):
    monkeypatch.setattr(indexing, "MANY_SEGMENTS", 2)
    monkeypatch.setattr(indexing, "NIGHT", range(0))
    ensure_index(settings)
    author = make_person()
    for n in range(5):
        make_asset(f"คู่มือ {n}", author=author)
        assert index_pending(settings) == 1
    serving = Index(settings.search_index_dir).serving
    assert segment_count(serving) == 5
    assert index_pending(settings) == 0
    assert segment_count(serving) == 1
    before = sorted(serving.iterdir())
    assert index_pending(settings) == 0
    assert sorted(serving.iterdir()) == before  # nothing left to do, nothing written
    assert len(found(settings, "คู่มือ")) == 5


def test_by_night_too_what_is_small_is_merged_and_the_rest_left_as_it_is(settings, monkeypatch):
    monkeypatch.setattr(indexing, "NIGHT", range(24))
    ensure_index(settings)
    serving = Index(settings.search_index_dir).serving
    for n in range(1, 31):
        write(serving, [document(n, "คู่มือ")])
    for _ in range(5):
        index_pending(settings)
    assert Index(settings.search_index_dir).serving == serving
    assert segment_count(serving) <= indexing.MANY_SEGMENTS


def test_by_night_what_is_too_large_to_be_merged_goes_into_a_new_index_while_people_go_on(
    settings, monkeypatch
):
    author = make_person()
    monkeypatch.setattr(indexing, "NIGHT", range(0))
    monkeypatch.setattr(indexing, "MERGED", ((3, 1),))
    ensure_index(settings)
    for n in range(12):
        make_asset(f"คู่มือ {n}", author=author)
        index_pending(settings)
    assert index_pending(settings) == 0
    before = Index(settings.search_index_dir).serving
    assert segment_count(before) > indexing.MANY_SEGMENTS
    monkeypatch.setattr(indexing, "NIGHT", range(24))
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    published = []

    def publish_once(*_arguments):
        """Somebody publishes while the new index is made: the old one has it before the new one serves."""
        if not published:
            published.append(make_asset("ประกาศกลางคืน", author=author).id)
            session.commit()
            assert index_pending_into_the_old_one() == 1
            assert found(settings, "ประกาศ") == set(published)
        return 0

    index_pending_into_the_old_one = indexing.indexer_of(settings.search_index_dir).apply
    monkeypatch.setattr(
        indexing.Indexer, "apply", lambda self: publish_once() if _is_rebuilt(settings) else 0
    )
    index_pending(settings)
    monkeypatch.undo()
    index_all(settings)
    after = Index(settings.search_index_dir).serving
    assert after != before
    assert segment_count(after) <= 2
    assert len(found(settings, "คู่มือ")) == 12
    assert found(settings, "ประกาศ") == set(published)


def test_a_new_index_that_can_t_be_made_by_night_is_not_tried_again_at_once(settings, monkeypatch):
    author, tried = make_person(), []

    def failing(*_args, **_more):
        tried.append(1)
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(indexing, "NIGHT", range(24))
    monkeypatch.setattr(indexing, "MANY_SEGMENTS", 2)
    monkeypatch.setattr(indexing, "MERGED", ((2, 1),))  # none of them is small enough to be merged
    ensure_index(settings)
    monkeypatch.setattr(indexing, "rebuild", failing)
    for n in range(3):
        make_asset(f"คู่มือ {n}", author=author)
        assert index_pending(settings) == 1
    for _ in range(20):
        assert index_pending(settings) == 0
    assert len(tried) == 1
    make_asset("คู่มืออื่น", author=author)
    assert index_pending(settings) == 1  # what is published goes into the one there is


def _is_rebuilt(settings):
    return Index(settings.search_index_dir).is_being_rebuilt


# ---- index and database ----


def test_the_check_names_what_differs_and_mends_it(settings):
    author = make_person()
    kept, lost, old = (make_asset(f"คู่มือ {name}", author=author) for name in ("เดิม", "หาย", "เก่า"))
    index_all(settings)
    serving = Index(settings.search_index_dir).serving
    stale = document(old.id, "คู่มืออื่น")
    write(serving, [stale, document(999, "คู่มือผี"), document(kept.id, "คู่มือซ้ำ")], replaced=[lost.id, old.id])
    differences = check(settings)
    assert differences.missing == (lost.id,)
    assert old.id in differences.changed
    assert differences.surplus == (kept.id, 999)
    mend(settings, differences)
    assert check(settings).all == set()
    assert found(settings, "คู่มือ") == {kept.id, lost.id, old.id}


def test_the_check_finds_a_text_that_was_not_kept(settings):
    asset = make_asset()
    index_all(settings)
    session.execute(delete(SearchText))
    session.commit()
    differences = check(settings)
    assert differences.changed == (asset.id,)
    mend(settings, differences)
    assert check(settings).all == set()


def test_full_batches_are_brought_together_by_day_too(settings, monkeypatch):
    monkeypatch.setattr(indexing, "NIGHT", range(0))
    path = Index(settings.search_index_dir).create()
    Index(settings.search_index_dir).put_in_place(path)
    for batch in range(12):
        write(path, [document(60 * batch + n, "คู่มือ") for n in range(1, 61)])
    for _ in range(20):
        index_pending(settings)
    assert segment_count(path) <= indexing.MANY_SEGMENTS
