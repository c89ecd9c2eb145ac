"""The backup file: a zip with the tables, the files and a manifest that says what must be in it.

    manifest.json           format, revision, when, counts, SHA-256 and size of every other member below
    tables/<name>.jsonl     a row a line (rows.py)
    files.jsonl             name, size and SHA-256 of every uploaded file, a line each
    files/<name>            the bytes
    secret_key              only when asked for

A backup comes from outside and may be cut off, damaged or made to do harm: nothing of it is believed before it was
compared with the manifest, no name in it becomes a path unless it is on its list, and no member is read
beyond the size it may have.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files.jsonl"
SECRET = "secret_key"  # noqa: S105 - the member's name
MANIFEST_MOST = 1024 * 1024
LINE_MOST = 64 * 1024 * 1024  # a text of 2 MB as rendered HTML is far below
RATIO_MOST = 200  # rows of text shrink to a twentieth; what shrinks to a thousandth was made to burst
RATIO_FROM = 10 * 1024 * 1024
CHUNK = 1024 * 1024

TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
# One or two parts, none of which begins with a dot: no way up, no absolute path, no hidden file.
FILE_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,78}/)?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,78}", re.ASCII)


class BadBackup(ValueError):
    """The file can't be restored; the message is one sentence for the person at the terminal."""


NOT_A_BACKUP = "this is not a backup of the portal, or it is damaged"


@dataclass(frozen=True)
class Member:
    """What a member must be: `rows` for a table, -1 for anything else."""

    size: int
    sha256: str
    rows: int = -1


@dataclass(frozen=True)
class Manifest:
    revision: str
    made_at: str  # ISO 8601, UTC
    made_by: str  # version of the portal
    database: str  # sqlite or postgresql
    members: dict[str, Member]
    files: int
    files_size: int
    missing_files: list[str] = field(default_factory=list)  # known to the database, not on the disk
    settings: dict[str, str] = field(default_factory=dict)  # of the environment, secrets and paths left out
    format: int = FORMAT

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """BadBackup when it is no manifest, or one of another format."""
        try:
            given = json.loads(text)
            if given["format"] != FORMAT:
                raise BadBackup(
                    f"this backup has format {given['format']!r}; this portal reads format {FORMAT}"
                )
            given["members"] = {name: Member(**about) for name, about in given["members"].items()}
            manifest = cls(**given)
            numbers = [n for one in manifest.members.values() for n in (one.size, one.rows + 1)] + [
                manifest.files,
                manifest.files_size,
            ]
            if not all(type(n) is int and n >= 0 for n in numbers) or not isinstance(manifest.revision, str):
                raise BadBackup(NOT_A_BACKUP)
        except BadBackup:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BadBackup(NOT_A_BACKUP) from error
        return manifest

    @property
    def tables(self) -> dict[str, Member]:
        """What is said of each table, by its name."""
        return {
            name.removeprefix("tables/").removesuffix(".jsonl"): about
            for name, about in self.members.items()
            if name.startswith("tables/")
        }


@dataclass(frozen=True)
class FileEntry:
    name: str
    size: int
    sha256: str

    def as_line(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":")).encode() + b"\n"


class Archive:
    """An opened backup whose list of members agrees with its manifest. Their bytes are proved by reading them."""

    def __init__(self, path: Path):
        """BadBackup when the file is no backup; OSError when it can't be read."""
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise BadBackup(NOT_A_BACKUP) from error
        try:
            self._members = self._listed()
            self.manifest = Manifest.from_json(b"".join(self._chunks(MANIFEST, MANIFEST_MOST)))
            self._compare()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        listed: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            if info.filename in listed or info.flag_bits & 1 or not _may_be_member(info.filename):
                raise BadBackup(
                    f"the backup holds something that does not belong there: {info.filename[:80]!r}"
                )
            if info.file_size > RATIO_FROM and info.file_size > RATIO_MOST * max(info.compress_size, 1):
                raise BadBackup(f"the backup holds something that would burst: {info.filename[:80]!r}")
            listed[info.filename] = info
        if MANIFEST not in listed or listed[MANIFEST].file_size > MANIFEST_MOST:
            raise BadBackup(NOT_A_BACKUP)
        return listed

    def _compare(self) -> None:
        """The members are those the manifest names, each of the size it says, and the files it counts."""
        told = self.manifest.members
        there = {name for name in self._members if name != MANIFEST and not name.startswith("files/")}
        if there != told.keys() or FILES not in told:
            raise BadBackup("the backup does not hold what its manifest says")
        sizes = [info.file_size for name, info in self._members.items() if name.startswith("files/")]
        wrong = [name for name, about in told.items() if self._members[name].file_size != about.size]
        if wrong or len(sizes) != self.manifest.files or sum(sizes) != self.manifest.files_size:
            raise BadBackup("the backup does not hold what its manifest says")

    @property
    def size(self) -> int:
        """Bytes of everything in it, unpacked."""
        return sum(info.file_size for info in self._members.values())

    def verify(self) -> Iterator[int]:
        """Read every member and compare it with its checksum; yields the bytes read so far. BadBackup at the first fault."""
        done = 0
        for name, about in self.manifest.members.items():
            digest = hashlib.sha256()
            for chunk in self._chunks(name, about.size):
                digest.update(chunk)
                done += len(chunk)
                yield done
            if digest.hexdigest() != about.sha256:
                raise BadBackup(f"the backup is damaged in {name}")
        names = set()
        for entry in self.files():
            for chunk in self.file(entry):
                done += len(chunk)
                yield done
            names.add(f"files/{entry.name}")
        if names != {name for name in self._members if name.startswith("files/")}:
            raise BadBackup("the backup does not hold what its manifest says")

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table as they were written."""
        return self._lines(f"tables/{table}.jsonl")

    def files(self) -> Iterator[FileEntry]:
        """The uploaded files it holds, in the order they were written."""
        for line in self._lines(FILES):
            try:
                entry = FileEntry(**json.loads(line))
            except (ValueError, TypeError, RecursionError) as error:
                raise BadBackup("the backup's list of files can't be read") from error
            if type(entry.size) is not int or f"files/{entry.name}" not in self._members:
                raise BadBackup("the backup's list of files names one that is not in it")
            yield entry

    def file(self, entry: FileEntry) -> Iterator[bytes]:
        """The bytes of a file in pieces; BadBackup after the last one when they are not those that were kept."""
        digest = hashlib.sha256()
        for chunk in self._chunks(f"files/{entry.name}", entry.size):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != entry.sha256:
            raise BadBackup(f"the backup is damaged in files/{entry.name}")

    def secret_key(self) -> str | None:
        """The secret key, when the backup was made with it."""
        if SECRET not in self._members:
            return None
        return b"".join(self._chunks(SECRET, 4096)).decode("ascii", "replace").strip()

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._open(name) as file:
            while True:
                line = self._read(file.readline, LINE_MOST + 1)
                if not line:
                    return
                if len(line) > LINE_MOST or not line.endswith(b"\n"):
                    raise BadBackup(f"the backup is damaged in {name}")
                yield line

    def _chunks(self, name: str, most: int) -> Iterator[bytes]:
        left = most
        with self._open(name) as file:
            while chunk := self._read(file.read, CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise BadBackup(f"the backup holds more than it says in {name}")
                yield chunk

    def _open(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(self._members[name])
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
            raise BadBackup(f"the backup is damaged in {name}") from error

    @staticmethod
    def _read(read: Any, size: int) -> bytes:
        try:
            piece: bytes = read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise BadBackup("the backup is damaged or cut off") from error
        return piece


def _may_be_member(name: str) -> bool:
    if name in (MANIFEST, FILES, SECRET):
        return True
    folder, _, rest = name.partition("/")
    if folder == "tables":
        return rest.endswith(".jsonl") and TABLE_NAME.fullmatch(rest.removesuffix(".jsonl")) is not None
    return folder == "files" and is_file_name(rest)


def is_file_name(name: str) -> bool:
    """Whether this may be the name of a stored file: below the folder, nowhere else."""
    return FILE_NAME.fullmatch(name) is not None
