"""Rows in every table, whatever the tables of a revision are: values follow from the columns' types and checks."""

import re
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, Float, Integer, Table, inspect

from portal.backup.rows import lines_of, tables_of
from portal.search.postgres.models import INDEX_TABLES

ROWS = 3
# What a check asks for and the type does not tell.
WANTED: dict[tuple[str, str], Any] = {
    ("plan", "fiscal_year"): 2569,
    ("group", "openness"): "closed",  # of a community alone it may be another
    ("item", "type"): "knowledge_asset",
    ("thread_act", "kind"): "moved",  # what leads from one community to another
    ("thread_act", "other_id"): None,
    ("report", "about"): "poll",  # only of a poll it is said which
    ("reaction", "sort"): "used",  # only of use it is said how
    ("item", "open_to"): ["org:1"],
    ("rendering", "headings"): [],
    ("event", "ends_at"): datetime(2026, 2, 28, tzinfo=UTC),
    ("event_attendance", "guest_name"): "",
    ("event_note", "said_by_name"): "",
}
# References that must not lead to the row of the same number.
ELSEWHERE = {("item_redirect", "to_item_id"), ("report", "author_id")}


def fill_every_table(connection: Connection) -> None:
    """Three rows in each table, every column filled; references lead to the row of the same number, or to the one before."""
    for table in tables_of(connection):
        codes = _codes(connection, table)
        connection.execute(
            table.insert(),
            [
                {column.name: _value(column, number, codes) for column in table.columns}
                for number in range(1, ROWS + 1)
            ],
        )


def contents(connection: Connection) -> dict[str, list[bytes]]:
    """Every row of every table, as a backup would write it: the search index is made anew where it is restored."""
    tables = (table for table in tables_of(connection) if table.name not in INDEX_TABLES)
    return {table.name: list(lines_of(connection, table)) for table in tables}


def _codes(connection: Connection, table: Table) -> dict[str, list[str]]:
    """The codes that a CHECK allows, by column."""
    found = {}
    for check in inspect(connection).get_check_constraints(table.name):
        said = check["sqltext"]
        match = re.match(r"\(*(\w+)(?:\)?::text)? (?:IN|= ANY)", said)
        codes = re.findall(r"'([^']+)'", said)
        if match and codes and "OR" not in said:
            found[match[1]] = codes
    return found


def _value(column: Column[Any], number: int, codes: dict[str, list[str]]) -> Any:
    if (column.table.name, column.name) in WANTED:
        return WANTED[column.table.name, column.name]
    if column.name in codes:
        return codes[column.name][number % len(codes[column.name])]
    if any(key.column.table is column.table for key in column.foreign_keys):
        return number - 1 or None
    if (column.table.name, column.name) in ELSEWHERE:
        return number % ROWS + 1
    kind = column.type
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, Float):
        return number + 0.5
    if isinstance(kind, DateTime):
        return datetime(2026, 2, number, 3, 4, 5, 678901, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2026, 1, number)
    if isinstance(kind, JSON):
        return {"ข้อมูล": number, "รายการ": ["ก", None, 1.5]} if number < ROWS else {}
    return f"{number} ปู่ฝึกอบรม “๑๕ วัน” {column.name}"[: getattr(kind, "length", None) or 200]
