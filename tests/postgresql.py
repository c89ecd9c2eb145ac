"""A PostgreSQL of the tests' own: one server for all processes of a run, in a folder of its own, on a socket only, started
when the first test asks for it and gone at the end."""

import fcntl
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.needs import find_initdb

# What the whole run is on. While nothing is chosen it is SQLite, and rules that stand in SQL are tried on both.
CHOSEN = os.environ.get("TEST_DATABASE", "")
KIND = CHOSEN or "sqlite"

EACH_DATABASE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
# What a fixture that names the kind of database is parametrised with.
BOTH_DATABASES = (
    EACH_DATABASE if not CHOSEN else EACH_DATABASE[:1] if CHOSEN == "sqlite" else EACH_DATABASE[1:]
)

# Tells the processes of one run of the folder they share.
FOLDER = "TEST_POSTGRESQL_FOLDER"

# A machine that loses power in mid-test loses nothing that anybody wants. A database is copied by its files, which
# takes a checkpoint: without waiting for the disk that costs nothing, and in memory the copy costs a third less.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}

# What the server's files may come to: each test's copy is twelve megabytes, and goes with the test.
ROOM = 2 * 1024**3

_numbers = itertools.count(1)


def new_database(template: str = "") -> str:
    """The URL of a new database: empty, or a copy of the one that `template` leads to, to which nobody may be connected."""
    name = f"portal_{os.getpid()}_{next(_numbers)}"
    copied = f"TEMPLATE {_name_in(template)} STRATEGY FILE_COPY" if template else ""
    _command(f"CREATE DATABASE {name} {copied}")
    return f"postgresql://postgres@/{name}?host={_server()}"


def drop_database(url: str) -> None:
    """Take the database away, whoever is still connected."""
    _command(f"DROP DATABASE {_name_in(url)} WITH (FORCE)")


def move_database(url: str, folder: Path) -> None:
    """Keep the database's files in the folder from now on; nobody may be connected. The folder ends with the database."""
    shutil.chown(folder, "postgres")
    place = f"place_of_{_name_in(url)}"
    _command(f"CREATE TABLESPACE {place} LOCATION '{folder}'")
    _command(f"ALTER DATABASE {_name_in(url)} SET TABLESPACE {place}")


def prepare_server() -> None:
    """Called in the first process of a run, before it starts others: they will share a server."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="portal-pg-", dir=memory(ROOM))


def memory(room: int = 0) -> Path | None:
    """A folder whose files are kept in memory, where so many bytes are free in it; else None."""
    folder = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
    has_room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= room
    return folder if has_room else None


def remove_server() -> None:
    """Called in the same process at the end."""
    folder = Path(os.environ.pop(FOLDER))
    if (folder / "data" / "postmaster.pid").exists():
        _run("pg_ctl", "stop", "-D", f"{folder}/data", "-m", "immediate", folder=folder)
    shutil.rmtree(folder, ignore_errors=True)


def _command(statement: str) -> None:
    with psycopg.connect(f"postgresql://postgres@/postgres?host={_server()}", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _name_in(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@functools.cache
def _server() -> Path:
    """The folder with the server's socket; the first who asks starts it. RuntimeError when its programs are not there."""
    folder = Path(os.environ[FOLDER])
    with (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if not (folder / "data" / "postmaster.pid").exists():
            _start(folder)
    return folder


def _start(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    # An order of its own, as a town's server has: what needs ours must say so.
    locale = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=th-TH")
    _run(
        "initdb",
        "-D",
        f"{folder}/data",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "-N",
        *locale,
        folder=folder,
    )
    settings = " ".join(f"-c {name}={value or chr(34) * 2}" for name, value in SETTINGS.items())
    server = ("-D", f"{folder}/data", "-l", f"{folder}/log", "-o", f"-k {folder} {settings}")
    _run("pg_ctl", "start", "-w", *server, folder=folder)


def _run(program: str, *arguments: str, folder: Path) -> None:
    initdb = find_initdb()
    if initdb is None:
        raise RuntimeError("no PostgreSQL here, and the test does not carry the mark `postgresql`")
    subprocess.run(
        [str(Path(initdb).with_name(program)), *arguments],
        check=True,
        capture_output=True,
        # PostgreSQL refuses to run as root.
        user="postgres" if os.geteuid() == 0 else None,
        cwd=folder,
    )
