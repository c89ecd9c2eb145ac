"""Folders, the room on their disks, and the uploaded files."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url

from portal.config import Settings
from portal.doctor.finding import Finding, fail, ok, warn
from portal.files.models import StoredFile

LOW = 1024**3  # bytes left that call for attention
TOO_LOW = 200 * 1024**2
SHOWN = 3


def folders(settings: Settings) -> Iterator[Finding]:
    """Every folder the portal writes to. A file is made in each and taken away again."""
    places = {
        "files folder": settings.files_dir,
        "log folder": settings.log_dir,
    }
    url = make_url(settings.database_url)
    if not settings.on_postgresql:
        places["index folder"] = settings.search_index_dir
        if url.database:
            places["database folder"] = Path(url.database).parent
    for name, folder in places.items():
        yield _folder(name, folder)
    if settings.on_postgresql:
        return
    if settings.search_index_dir.is_dir() and stat.S_IMODE(settings.search_index_dir.stat().st_mode) & 0o077:
        # Whoosh keeps pickles: who can write there can run code here.
        yield fail("index folder", "is open to others", f"chmod 700 {settings.search_index_dir}")


def _folder(name: str, folder: Path) -> Finding:
    if not folder.is_dir():
        return fail(name, f"{folder} is not there", "run `portal init`; is a disk not mounted?")
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return fail(
            name, f"{folder} can't be written ({error.strerror})", "give it to the account the portal runs as"
        )
    free = shutil.disk_usage(folder).free
    said = f"{folder} can be written, {free / 1024**3:.1f} GB left"
    if free < TOO_LOW:
        return fail(name, said, "make room now: soon nothing can be saved")
    if free < LOW:
        return warn(name, said, "make room")
    return ok(name, said)


def files(connection: Connection, settings: Settings, *, deep: bool) -> Iterator[Finding]:
    """Every file the database knows: is it there, of its size and (deep) with its bytes?"""
    missing: list[str] = []
    damaged: list[str] = []
    number = 0
    rows = connection.execution_options(yield_per=500).execute(
        select(StoredFile.name, StoredFile.size, StoredFile.sha256).order_by(StoredFile.id)
    )
    for name, size, sha256 in rows:
        number += 1
        path = settings.files_dir / name
        try:
            if path.stat().st_size != size or (deep and _sha256(path) != sha256):
                damaged.append(name)
        except OSError:
            missing.append(name)
    if missing:
        yield fail(
            "files",
            f"{len(missing)} of {number} are missing: {_some(missing)}",
            "bring them back from a backup",
        )
    if damaged:
        yield fail(
            "files",
            f"{len(damaged)} of {number} are damaged: {_some(damaged)}",
            "bring them back from a backup",
        )
    if not missing and not damaged:
        how = "every byte as it was" if deep else "each there with its size (--deep reads them)"
        yield ok("files", f"{number}, {how}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
