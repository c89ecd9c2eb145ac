"""`portal search` and `portal reindex`. Data on standard output, one line on standard error; they run inside an
application context."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO

import click
from flask import current_app
from sqlalchemy import select

from portal.config import Settings
from portal.db import read_only, reading, session
from portal.people.models import Person
from portal.people.settings import the_organisation
from portal.search.answers import as_data, plain
from portal.search.batches import BusyIndexError, Progress, pending
from portal.search.checking import check, mend
from portal.search.indexing import index_pending, reindex
from portal.search.query import LARGEST_PAGE, PAGE_SIZE, SearchQuery
from portal.search.results import Asker
from portal.search.searching import SearchResults, search_as
from portal.search.views import address_of
from portal.thai.words import folded_dictionary

WORKERS_PATIENCE = 0.5  # seconds a worker, if there is one, is given before the command does its work


@click.command("search")
@click.argument("query", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the object that the API answers.")
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=PAGE_SIZE,
    show_default=True,
    help="How many results.",
)
@click.option(
    "--as", "username", metavar="USERNAME", help="Search as this person; without it as any member of staff."
)
@click.option(
    "--batch",
    type=click.File("rb"),
    help="One query a line; - is standard input.",
)
def search_command(
    query: str | None, as_json: bool, limit: int, username: str | None, batch: BinaryIO | None
) -> None:
    """Search what is published."""
    if (query is None) == (batch is None):
        raise click.UsageError("Give either a QUERY or --batch FILE.")
    if batch is not None and not as_json:
        raise click.UsageError("--batch prints JSON; give --json with it.")
    _bring_up_to_date(current_app.config["SETTINGS"])
    with current_app.test_request_context():  # addresses are made as for a page
        if batch is None:
            found = _search(query or "", limit, username)
            click.echo(
                json.dumps(as_data(found), ensure_ascii=False) if as_json else _as_lines(found), nl=True
            )
            click.echo(f"found {found.total} for {found.query.text!r} in {found.took_ms:.0f} ms", err=True)
            return
        asked = 0
        folded_dictionary()  # a second or two, which the first query would else be charged with
        for line in batch:  # of bytes: what ends a line elsewhere stands within one here
            found = _search(line.decode("utf-8", "replace").rstrip("\r\n"), limit, username)
            click.echo(json.dumps(as_data(found), ensure_ascii=False))
            asked += 1
        click.echo(f"answered {asked} queries", err=True)


def _search(text: str, limit: int, username: str | None) -> SearchResults:
    """One search with a session of its own, so that a long batch sees what is published meanwhile."""
    read_only()
    query = SearchQuery.from_args({"q": text, "limit": str(limit)})
    return search_as(query, _asker(username))


def _asker(username: str | None) -> Asker:
    if username is not None:
        person = session.scalar(select(Person).where(Person.username == username.strip().lower()))
        if person is None or not person.is_active:
            raise click.ClickException(f"There is no active account {username!r}.")
        return Asker.of(person)
    organisation = the_organisation()
    if organisation is None:
        raise click.ClickException(
            "There is no organisation yet; open the portal and fill in the first page."
        )
    return Asker.any_staff(organisation.id)


def _as_lines(found: SearchResults) -> str:
    """A number, the title and the address, and the passage below it."""
    lines = []
    for number, result in enumerate(found.results, start=1):
        lines += [f"{number}. {result.item.title}  {address_of(result)}", f"   {plain(result.quote.snippet)}"]
        if result.quote.also:
            lines.append("   also in it: " + " · ".join(section.heading for section in result.quote.also))
    return "\n".join(lines) if lines else "nothing found"


def _bring_up_to_date(settings: Settings) -> None:
    """What was published a moment ago is found also where no worker runs, as right after `portal import`."""
    for _ in range(10):
        with reading() as own:
            if not pending(own, most=1):
                return
        time.sleep(WORKERS_PATIENCE / 10)
    while index_pending(settings):
        pass


@click.command("reindex")
@click.option(
    "--check", "only_check", is_flag=True, help="Compare index and database, and mend what differs."
)
def reindex_command(only_check: bool) -> None:
    """Build the search index anew from the database while the old one serves."""
    settings: Settings = current_app.config["SETTINGS"]
    try:
        if only_check:
            _check(settings)
        else:
            with shown_progress("building the index") as progress:
                count = reindex(settings, progress)
            click.echo(f"indexed {count} items", err=True)
    except BusyIndexError as error:
        raise click.ClickException(
            "Another process is writing the index; try again when it is done."
        ) from error
    except OSError as error:
        raise click.ClickException(f"The index can't be written: {error}") from error


def _check(settings: Settings) -> None:
    with shown_progress("comparing") as progress:
        differences = check(settings, progress)
    _print_ids(
        {"missing": differences.missing, "changed": differences.changed, "surplus": differences.surplus}
    )
    if not differences.all:
        click.echo("index and database agree", err=True)
        return
    mend(settings, differences)
    left = check(settings)
    if left.all:
        raise click.ClickException(
            f"{len(left.all)} of {len(differences.all)} differences could not be mended."
        )
    click.echo(f"mended {len(differences.all)} differences", err=True)


def _print_ids(differences: dict[str, Iterable[int]]) -> None:
    for name, ids in differences.items():
        for item_id in ids:
            click.echo(f"{name} {item_id}")


@contextmanager
def shown_progress(label: str) -> Iterator[Progress]:
    """A progress bar on standard error when somebody looks at it."""
    with ExitStack() as shown:
        bars: list[Any] = []

        def progress(done: int, everything: int) -> None:
            if not sys.stderr.isatty():
                return
            if not bars:
                bars.append(
                    shown.enter_context(click.progressbar(length=everything, label=label, file=sys.stderr))
                )
            bars[0].update(done - bars[0].pos)

        yield progress
