"""Somebody else who is writing: meanwhile nobody else can publish, and everybody can read."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg


@contextmanager
def holding(url: str) -> Iterator[None]:
    """What a writer needs is taken: on SQLite the one write lock, on PostgreSQL the table every item goes into."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("ROLLBACK")
    else:
        with closing(psycopg.connect(url)) as server:
            server.execute("LOCK TABLE item IN EXCLUSIVE MODE")
            yield
            server.rollback()


if __name__ == "__main__":  # as a process of its own, till it is killed
    with holding(sys.argv[1]):
        print("held", flush=True)
        sys.stdin.read()
