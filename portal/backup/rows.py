"""Rows as lines of text that mean the same on every database: what `backup` writes and `restore` reads.

Works on the tables as they stand in the database, not on the models: a backup of an older revision is written and read
by the same code. Text and numbers are JSON's own; a moment is ISO 8601 in UTC, a day ISO, bytes are base64. JSON columns
travel as text, so that a stored `null` and an empty column stay two things.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    Select,
    String,
    Table,
    Text,
    cast,
    select,
)
from sqlalchemy.schema import sort_tables_and_constraints

VERSION_TABLE = "alembic_version"
ROWS_AT_ONCE = 500


class UnfitRow(ValueError):
    """A line that is no row of its table; the message says which table and why."""


def tables_of(connection: Connection) -> list[Table]:
    """The portal's tables as they stand in this database, each after those it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [
        table
        for table, _constraints in sort_tables_and_constraints(found.tables.values())  # type: ignore[no-untyped-call]
        if table is not None and table.name != VERSION_TABLE
    ]


def late_columns(tables: list[Table]) -> dict[str, list[str]]:
    """Columns that refer to their own table or around a circle: filled in when all rows are there. By table name."""
    place = {table.name: number for number, table in enumerate(tables)}
    late: dict[str, list[str]] = {}
    for table in tables:
        for column in table.columns:
            if any(place[key.column.table.name] >= place[table.name] for key in column.foreign_keys):
                if not column.nullable:
                    raise RuntimeError(
                        f"{table.name}.{column.name} refers in a circle and can't be filled in later"
                    )
                late.setdefault(table.name, []).append(column.name)
    return late


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row of the table as one line, by primary key; only a few hundred are held at once."""
    names = [column.name for column in table.columns]
    writers = [_writer(column) for column in table.columns]
    rows = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE).execute(_all_rows(table))
    for row in rows:
        values = {name: write(value) for name, write, value in zip(names, writers, row, strict=True)}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def row_reader(table: Table, *, of_sqlite: bool) -> Callable[[bytes], dict[str, Any]]:
    """Turns a line back into the values of a row for this table; UnfitRow when it is none."""
    readers = {column.name: _reader(column, of_sqlite=of_sqlite) for column in table.columns}

    def read(line: bytes) -> dict[str, Any]:
        try:
            values = json.loads(line)
            if not isinstance(values, dict) or values.keys() != readers.keys():
                raise UnfitRow(f"a row of {table.name} has other columns than the table")
            return {name: None if value is None else readers[name](value) for name, value in values.items()}
        except UnfitRow:
            raise
        except (ValueError, TypeError, AttributeError, RecursionError, ArithmeticError) as error:
            raise UnfitRow(f"a row of {table.name} can't be read") from error

    return read


def _all_rows(table: Table) -> Select[Any]:
    columns = [
        cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column
        for column in table.columns
    ]
    return select(*columns).order_by(*table.primary_key.columns)


def _writer(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, DateTime):
        return _moment_to_text
    if isinstance(kind, LargeBinary):
        return lambda value: None if value is None else base64.b64encode(value).decode()
    if isinstance(kind, Date | Numeric):
        return lambda value: value if value is None or isinstance(value, int | float) else str(value)
    return lambda value: value


def _moment_to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat()


def _reader(column: Column[Any], *, of_sqlite: bool) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, JSON):
        kind.none_as_null = True  # None is then an empty column, JSON.NULL a stored null
        return _json_from_text
    if isinstance(kind, DateTime):
        return lambda value: _moment(value, naive=of_sqlite)
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64decode(value, validate=True)
    if isinstance(kind, Numeric) and kind.asdecimal:
        return lambda value: Decimal(str(value))
    if isinstance(kind, String):
        return _text if of_sqlite else _text_without_nul
    return _plain


def _json_from_text(value: Any) -> Any:
    read = json.loads(_text(value))
    return JSON.NULL if read is None else read


def _moment(value: str, *, naive: bool) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment without its time zone")
    moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None) if naive else moment


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _text_without_nul(value: Any) -> str:
    # PostgreSQL stores every character but this one.
    return _text(value).replace("\x00", "")


def _plain(value: Any) -> bool | int | float:
    if not isinstance(value, bool | int | float):
        raise TypeError("not a number")
    return value


def late_values(row: Mapping[str, Any], columns: list[str]) -> dict[str, Any]:
    """What is to be filled in later of this row; empty when there is nothing."""
    return {name: row[name] for name in columns if row[name] is not None}
