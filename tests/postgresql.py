"""A PostgreSQL of the tests' own: started once in a folder of its own, on a socket only, gone at the end."""

import atexit
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from tests.needs import find_initdb

# What a fixture that names the kind of database is parametrised with.
BOTH_DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]

_numbers = itertools.count(1)


def new_database() -> str:
    """The URL of an empty database, for a test that carries the mark `postgresql`."""
    folder = _server()
    name = f"portal_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://postgres@/{name}?host={folder}"


@functools.cache
def _server() -> Path:
    """The folder with the server's socket. RuntimeError when its programs are not there."""
    initdb = find_initdb()
    if initdb is None:
        raise RuntimeError("no PostgreSQL here, and the test does not carry the mark `postgresql`")
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    subprocess.run(
        [
            *(initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"),
            # An order of its own, as a town's server has: what needs ours must say so.
            *("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=th-TH"),
        ],
        check=True,
        capture_output=True,
        user=user,
        cwd=folder,
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                str(Path(initdb).with_name("postgres")),
                *("-D", str(data), "-k", str(folder)),
                *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60"),
            ],
            stdout=log,
            stderr=log,
            user=user,
            cwd=folder,
            start_new_session=True,
        )
    atexit.register(_stop, server, folder)
    for _ in range(300):
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
            return folder
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start: " + (folder / "log").read_text())


def _stop(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    server.send_signal(2)  # fast shutdown
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)
