"""The index folder: which index serves, how one is written so that it survives a power cut, and how it is replaced.

    search_index/
      current                  names the folder that serves
      1-1-67401c2a-9f3b/       one Whoosh index: schema version, analysis version, made when, a random tail
      writer.lock              held by the process that is writing a batch
      rebuild.lock             held by the process that is making a new index

Only this module, `segments.py` and, of its files, `raw_postings.py` know Whoosh. Whoosh keeps pickles in its files, so whoever
can write the folder can run code here: the folders belong to their owner alone.
"""

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, ID, KEYWORD, STORED, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, LockError
from whoosh.query import Or, Term
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from portal.search.analysis import ANALYSIS_VERSION, analyse, grams, title_key
from portal.search.batches import WRITER_PATIENCE, BusyIndexError
from portal.search.documents import Document
from portal.search.embedded.raw_postings import Codec
from portal.search.fields import FILTER_FIELDS, WORD_FIELDS

# Raised with every change to the fields below. An index of another schema is not read any more.
SCHEMA_VERSION: Final = 4
INDEX_NAME: Final = "MAIN"
BROKEN: Final = "broken"
# Trouble of the machine and not of the index: nothing is thrown away for it, the work stays where it is.
MACHINE_TROUBLE: Final = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
    }
)


class BrokenIndexError(OSError):
    """The index can't be read or trusted. It is thrown away and built anew; nothing is lost with it."""


def schema() -> Schema:
    """The fields of a passage. Words arrive cut and joined by spaces, so the pickled schema names nothing of ours. What is
    true of the whole document stands with its first passage only."""
    words = SpaceSeparatedTokenizer()
    return Schema(
        key=ID(),  # the item's id, for taking out all its passages, those of posts too
        post_key=ID(),  # the post's
        item=COLUMN(NumericColumn("q")),
        post=COLUMN(NumericColumn("q")),  # 0: the item's own text
        passage=COLUMN(NumericColumn("q")),
        published=COLUMN(NumericColumn("q")),
        **{name: TEXT(analyzer=words, phrase=False) for name in WORD_FIELDS},
        **{f"{name}_length": COLUMN(NumericColumn("q")) for name in WORD_FIELDS},
        whole=ID(),
        audience=KEYWORD(),
        **{name: KEYWORD() for name in FILTER_FIELDS},
        about=STORED(),
    )


class Index:
    """The folder given in the settings; every process makes its own object of it."""

    def __init__(self, folder: Path):
        self.folder = folder

    # ---- which index serves ----

    @property
    def current(self) -> Path | None:
        """The folder of the index that is in place, good or bad; None when there is none."""
        try:
            name = (self.folder / "current").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return self.folder / name if _versions(name) and (self.folder / name).is_dir() else None

    @property
    def serving(self) -> Path | None:
        """The folder of the index that can be searched, perhaps one of an older analysis; None while there is none."""
        current = self.current
        if current is None or _versions(current.name)[0] != SCHEMA_VERSION or (current / BROKEN).exists():
            return None
        return current

    @property
    def state(self) -> str:
        """`ready`, or `rebuilding` when there is no index, a broken one, or one of another version."""
        serving = self.serving
        return (
            "ready"
            if serving is not None and _versions(serving.name)[1] == ANALYSIS_VERSION
            else "rebuilding"
        )

    def report_broken(self, path: Path) -> None:
        """Say that this index could not be read, so that every process leaves it and the worker makes a new one."""
        # On a read-only disk the search goes on without the index by itself.
        with contextlib.suppress(OSError):
            (path / BROKEN).touch()

    # ---- locks ----

    @contextmanager
    def writing(self, patience: float = WRITER_PATIENCE) -> Iterator[None]:
        """Be the one who writes to the index and takes rows from the outbox; BusyIndexError when another one does not end."""
        with self._locked("writer.lock", patience):
            yield

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Be the one who makes a new index; BusyIndexError when another process is at it."""
        with self._locked("rebuild.lock", 0.5):
            with self.writing():  # a batch that is under way ends first: afterwards rows stay in the outbox
                pass
            yield

    @property
    def is_being_rebuilt(self) -> bool:
        """Whether some process is making a new index right now."""
        try:
            with self._locked("rebuild.lock", 0.0):
                return False
        except BusyIndexError:
            return True

    @contextmanager
    def _locked(self, name: str, patience: float) -> Iterator[None]:
        self.make_folder()
        handle = os.open(self.folder / name, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            deadline = time.monotonic() + patience
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= deadline:
                        raise BusyIndexError(name) from error
                    time.sleep(0.02)
            yield
        finally:
            # This also gives the lock back, as does the end of the process, however it comes.
            os.close(handle)

    # ---- making and replacing ----

    def make_folder(self) -> None:
        """The folder, there and closed to everybody else."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.folder.stat().st_mode & 0o077:
            with contextlib.suppress(PermissionError):  # somebody else's folder: doctor says so
                self.folder.chmod(0o700)

    def create(self) -> Path:
        """A new empty index beside the one that serves."""
        self.make_folder()
        path = (
            self.folder / f"{SCHEMA_VERSION}-{ANALYSIS_VERSION}-{int(time.time()):x}-{secrets.token_hex(2)}"
        )
        path.mkdir(mode=0o700)
        FileIndex.create(FileStorage(str(path)), schema(), INDEX_NAME)
        return path

    def put_in_place(self, path: Path) -> None:
        """Let this index serve from now on, in one step, also across a power cut; older ones are removed."""
        pointer = self.folder / "current.new"
        pointer.write_text(path.name, "ascii")
        _sync(pointer)
        pointer.replace(self.folder / "current")
        _sync(self.folder)
        self.remove_others(path)

    def remove_others(self, *kept: Path | None) -> None:
        """Delete every index folder but those; what a killed rebuild left behind goes too."""
        names = {path.name for path in kept if path is not None}
        for entry in self.folder.iterdir():
            if entry.is_dir() and _versions(entry.name) and entry.name not in names:
                shutil.rmtree(entry, ignore_errors=True)


def _versions(name: str) -> tuple[int, ...]:
    """(schema, analysis) of an index folder's name; empty for any other name."""
    parts = name.split("-")
    if len(parts) != 4 or not all(part.isalnum() and part.isascii() for part in parts):
        return ()
    return (int(parts[0]), int(parts[1])) if parts[0].isdigit() and parts[1].isdigit() else ()


# ---- writing one index ----

Merge = Callable[[SegmentWriter, list[Any]], list[Any]]


def write(
    path: Path,
    documents: Iterable[Document],
    replaced: Collection[int] = (),
    merge: Merge | None = None,
    memory_mb: int = 32,
    replaced_posts: Collection[int] = (),
) -> None:
    """Put documents into the index and take out what stood there of the items `replaced`, with all that is said on them, and of
    the posts `replaced_posts`; on return all is on the disk.

    OSError for trouble of the machine and BusyIndexError for a second writer leave the index as it was. BrokenIndexError: it can't
    be read, or it was written and the disk would not say that it has it.
    """
    before = _files(path)
    with _naming(path):
        writer = _open(path).writer(timeout=WRITER_PATIENCE, limitmb=memory_mb, codec=Codec())
    try:
        old = [Term("key", str(item_id)) for item_id in replaced]
        old += [Term("post_key", str(post_id)) for post_id in replaced_posts]
        if old:
            with _naming(path):
                # One delete by query for the whole batch: update_document would open every segment for each document.
                writer.delete_by_query(Or(old))
        for document in documents:
            for fields in fields_of(document):
                with _naming(path):
                    writer.add_document(**fields)
        with _naming(path):
            writer.commit(mergetype=merge or keep_segments)
    except BaseException:
        _give_up(writer)
        raise
    try:
        for name in sorted(_files(path) - before):
            _sync(path / name)
        _sync(path)
    except OSError as error:
        # After a failed fsync the kernel may forget the pages: a second, successful one would prove nothing.
        raise BrokenIndexError(f"{path}: not on the disk ({error})") from error


def fields_of(document: Document) -> Iterator[dict[str, Any]]:
    """The passages of the document as Whoosh takes them, at least one."""
    title, letters = analyse(document.title), grams(document.title)
    of_document = {
        "gram_length": len(letters),
        "audience": " ".join(document.audience),
        "about": (document.item_id, document.post_id, document.digest),
        **{name: " ".join(values) for name, values in document.facets.items()},
    }
    if not document.post_id:  # by its title an item is found once, not with each post on it
        of_document |= {"gram": " ".join(letters), "whole": title_key(document.title) or None}
    for number, text in enumerate(document.passages):
        words = {"title": title, "body": analyse(text)}
        yield {
            "key": str(document.item_id),
            "post_key": str(document.post_id) if document.post_id else None,
            "item": document.item_id,
            "post": document.post_id,
            "passage": number,
            "published": document.published,
            **{name: " ".join(found) for name, found in words.items()},
            **{f"{name}_length": len(found) for name, found in words.items()},
            **(of_document if number == 0 else {}),
        }


def keep_segments(_writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Merge nothing: the quickest commit, for while work is waiting. Segments all of whose documents went are left out."""
    return [segment for segment in segments if segment.doc_count()]


def merge_up_to(most: int) -> Merge:
    """A merge of the smallest segments, together at most so many documents (a merge costs some 6 ms for each)."""

    def merge(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
        kept: list[Any] = []
        merged: list[Any] = []
        left = most
        for segment in sorted(segments, key=lambda segment: segment.doc_count()):
            if segment.doc_count() == 0:
                continue
            if segment.doc_count() <= left:
                left -= segment.doc_count()
                merged.append(segment)
            else:
                kept.append(segment)
        if len(merged) < 2 and not any(segment.has_deletions() for segment in merged):
            return kept + merged
        for segment in merged:
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
        return kept

    return merge


def segment_count(path: Path) -> int:
    """In how many segments the index lies; every search looks into each."""
    with _naming(path):
        return len(TOC.read(FileStorage(str(path)), INDEX_NAME).segments)


def generation(path: Path) -> int:
    """The number of the newest commit; it grows with each."""
    return int(TOC._latest_generation(FileStorage(str(path)), INDEX_NAME))


def _open(path: Path) -> FileIndex:
    return FileStorage(str(path)).open_index(INDEX_NAME)


def _files(path: Path) -> set[str]:
    with _naming(path):
        return set(os.listdir(path))


def _give_up(writer: SegmentWriter) -> None:
    """Drop what was begun and give Whoosh's lock back, which a failed commit would keep."""
    with contextlib.suppress(Exception):
        writer.cancel()
    if writer.writelock is not None and writer.writelock.fd is not None:
        with contextlib.suppress(Exception):
            writer.writelock.release()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let trouble of the machine through and call everything else BrokenIndexError: Whoosh meets bad files with any
    exception."""
    try:
        yield
    except (BrokenIndexError, BusyIndexError, MemoryError):
        raise
    except LockError as error:
        raise BusyIndexError(str(path)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in MACHINE_TROUBLE:
            raise
        raise BrokenIndexError(f"{path}: {error!r}") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
