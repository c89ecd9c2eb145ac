"""Bytes are kept once, whole, and safe on the disk before the database knows of them."""

import errno
import hashlib
import io
import os
import stat
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from portal.db import now, session, transaction
from portal.errors import NotHere
from portal.files import storing
from portal.files.models import StoredFile
from portal.files.recognising import NotWhatItSays
from portal.files.storing import EmptyFile, FileTooLarge, keep, path_of, receive, remove_unreferenced, store
from portal.items.models import Attachment
from tests.files import material
from tests.making import make_person

pytestmark = pytest.mark.usefixtures("app")


def on_disk(settings):
    return sorted(path for path in settings.files_dir.rglob("*") if path.is_file())


def sent(data, name, settings):
    return store(io.BytesIO(data), name, settings=settings)


def test_what_is_kept_can_be_read_again(settings):
    stored = sent(material.PDF, "แผน.pdf", settings)
    session.commit()
    assert path_of(stored, settings).read_bytes() == material.PDF
    assert stored.size == len(material.PDF)
    assert stored.media_type == "application/pdf"
    assert stored.sha256 == hashlib.sha256(material.PDF).hexdigest()


def test_the_name_on_the_disk_tells_nothing(settings):
    stored = sent(material.PDF, "ลับมาก.pdf", settings)
    folder, name = stored.name.split("/")
    assert len(folder) == 2
    assert len(name) == 32
    assert int(folder + name, 16)
    assert [path.name for path in on_disk(settings)] == [name]


def test_only_the_portal_reads_the_folder(settings):
    stored = sent(material.PDF, "a.pdf", settings)
    path = settings.files_dir / stored.name
    assert stat.S_IMODE(settings.files_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_bytes_are_kept_once(settings):
    first, again = sent(material.PDF, "a.pdf", settings), sent(material.PDF, "ข.pdf", settings)
    assert first.id == again.id
    assert len(on_disk(settings)) == 1


def test_the_same_photograph_sent_twice_is_kept_once(settings):
    first = sent(material.photograph(), "a.jpg", settings)
    assert first.id == sent(material.photograph(), "b.png", settings).id
    assert (first.width, first.height, first.is_picture) == (64, 48, True)


def test_two_who_send_the_same_bytes_at_the_same_moment_share_them(settings, monkeypatch):
    first = sent(material.PDF, "a.pdf", settings)
    look, looked = storing._known, []

    def too_early(*args):  # the first has not committed yet when the second looks
        looked.append(1)
        return look(*args) if len(looked) > 1 else None

    monkeypatch.setattr(storing, "_known", too_early)
    assert sent(material.PDF, "b.pdf", settings).id == first.id
    assert len(on_disk(settings)) == 1
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_a_file_that_the_disk_lost_is_put_back_when_it_is_sent_again(settings):
    stored = sent(material.PDF, "a.pdf", settings)
    (settings.files_dir / stored.name).unlink()
    with pytest.raises(NotHere):
        path_of(stored, settings)
    assert sent(material.PDF, "a.pdf", settings).id == stored.id
    assert path_of(stored, settings).read_bytes() == material.PDF


def test_too_large_an_upload_is_refused_without_reading_it_to_the_end(settings):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(FileTooLarge):
        store(endless, "a.txt", settings=settings)
    assert endless.given < settings.max_upload * 1.1
    assert on_disk(settings) == []


def test_nothing_stays_of_what_is_refused(settings):
    for data, name, error in (
        (b"", "a.txt", EmptyFile),
        (material.PROGRAM, "a.jpg", NotWhatItSays),
        (material.picture("PNG")[:60], "a.png", Exception),
    ):
        with pytest.raises(error):
            sent(data, name, settings)
    assert on_disk(settings) == []
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


@pytest.mark.parametrize("fails", ["fsync", "replace", "write"])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(settings, monkeypatch, fails):
    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = {"fsync": (os, "fsync"), "replace": (storing.Path, "replace"), "write": (storing, "_copy")}[
        fails
    ]
    with monkeypatch.context() as patch:
        patch.setattr(*target, full)
        with pytest.raises(OSError, match="No space left"):
            sent(material.photograph(), "a.jpg", settings)
    assert on_disk(settings) == []
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    session.rollback()
    assert sent(material.photograph(), "a.jpg", settings).id


def test_the_bytes_are_safe_before_the_row_is_there(settings, monkeypatch):
    happened = []
    fsync = os.fsync

    def note(handle):
        happened.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    event.listen(StoredFile, "before_insert", (row := lambda *_: happened.append("row")))
    with receive(io.BytesIO(material.PDF), "a.pdf", settings=settings) as received:
        assert happened == ["file"]
        keep(received, settings=settings)
    event.remove(StoredFile, "before_insert", row)
    assert happened == ["file", "folder", "folder", "row"]  # the new folder's own entry, then the file's


def test_receiving_does_not_touch_the_database(settings, count_queries):
    with count_queries() as statements, receive(io.BytesIO(material.PDF), "a.pdf", settings=settings):
        pass
    assert statements == []
    assert on_disk(settings) == []


# The worker's tidying


def older(settings, stored, days=3):
    with transaction() as own:
        own.get(StoredFile, stored.id).stored_at = now() - timedelta(days=days)
    _age(settings.files_dir / stored.name, days)


def _age(path, days):
    moment = (now() - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_a_file_that_nothing_refers_to_goes_after_the_grace_time(settings):
    forgotten, fresh = sent(material.PDF, "a.pdf", settings), sent(b"new", "b.txt", settings)
    session.commit()
    older(settings, forgotten)
    assert remove_unreferenced(settings) == 1
    assert [path.relative_to(settings.files_dir).as_posix() for path in on_disk(settings)] == [fresh.name]
    session.expire_all()
    assert session.scalars(select(StoredFile.id)).all() == [fresh.id]


def test_an_attached_file_and_one_that_is_named_stay(settings):
    attached, named = sent(material.PDF, "a.pdf", settings), sent(b"emblem", "b.txt", settings)
    session.add(Attachment(file_id=attached.id, name="a.pdf", uploaded_by_id=make_person().id))
    session.commit()
    older(settings, attached)
    older(settings, named)
    assert remove_unreferenced(settings, keep=[named.id]) == 0
    assert len(on_disk(settings)) == 2


def test_a_file_sent_again_has_its_grace_time_again(settings):
    stored = sent(material.PDF, "a.pdf", settings)
    session.commit()
    older(settings, stored)
    sent(material.PDF, "a.pdf", settings)
    session.commit()
    assert remove_unreferenced(settings) == 0


def test_what_a_crash_left_behind_is_swept_away_and_nothing_else(settings):
    stored = sent(material.PDF, "a.pdf", settings)
    session.commit()
    folder = settings.files_dir
    half, lost, foreign = folder / ".part-abc", folder / "ab" / ("f" * 32), folder / "lost+found" / "note.txt"
    for path in (half, lost, foreign):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        _age(path, 3)
    fresh = folder / ".part-fresh"
    fresh.write_bytes(b"x")
    _age(folder / stored.name, 3)
    assert remove_unreferenced(settings) == 2
    assert sorted(on_disk(settings)) == sorted([folder / stored.name, foreign, fresh])


def test_an_upload_that_was_rolled_back_leaves_no_row_and_is_swept_later(settings):
    stored = sent(material.PDF, "a.pdf", settings)
    path = settings.files_dir / stored.name
    session.rollback()
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    session.rollback()
    _age(path, 3)
    assert remove_unreferenced(settings) == 1
    assert on_disk(settings) == []
