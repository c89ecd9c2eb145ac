"""`portal import`: documents into the store, from the command line."""

import sys
import time
from pathlib import Path

import click

from portal.db import session
from portal.errors import PortalError
from portal.knowledge.importing import ImportReport, import_paths
from portal.people.models import Person
from portal.people.passwords import find_by_account
from portal.people.settings import the_organisation
from portal.translating import gettext, speaking

# The database is held while documents go in; who saves meanwhile waits no longer than this and one document.
COMMIT_EVERY = 0.5  # seconds
MOST_NOTES = 20


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option(
    "--publish", is_flag=True, help="Publish the documents; without it they become drafts of the importer."
)
@click.option("--as", "username", metavar="USERNAME", help="Who imports; without it the system's account.")
def import_command(paths: tuple[Path, ...], publish: bool, username: str | None) -> None:
    """Import Markdown with front matter (.md), text (.txt) and records (.jsonl); folders with all that is in them.

    Importing again changes nothing but what has changed. A document that can't be imported is named and skipped, the rest
    goes in; the exit code is then 1.
    """
    organisation = the_organisation()
    if organisation is None:
        raise click.ClickException("there is no organisation yet: open the portal and found it first")
    importer = _importer(username)
    saved = time.monotonic()

    def save_now_and_then() -> None:
        nonlocal saved
        if time.monotonic() - saved >= COMMIT_EVERY:
            session.commit()
            saved = time.monotonic()

    with click.progressbar(
        length=100, label="importing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        try:
            report = import_paths(
                paths,
                publish=publish,
                as_person=importer,
                organisation=organisation,
                on_progress=lambda done, total: bar.update(100 * done // max(total, 1) - bar.pos),
                checkpoint=save_now_and_then,
            )
            session.commit()
        except OSError as error:
            session.rollback()
            raise click.ClickException(
                f"stopped, the rest was not imported: {error.strerror or error}"
            ) from error
    _tell(report)
    if importer is None and not publish and report.new:
        click.echo(
            "nobody signs in with the system's account: use --as to whom the drafts shall belong", err=True
        )
    if report.refused:
        raise SystemExit(1)


def _importer(username: str | None) -> Person | None:
    if username is None:
        return None
    person = find_by_account(username)
    if person is None or not person.is_active:
        raise click.ClickException(f"there is no active account {username}")
    return person


def _tell(report: ImportReport) -> None:
    for refusal in report.refused:
        place = f"{refusal.name}, line {refusal.line}" if refusal.line else refusal.name
        click.echo(f"refused {place}: {_reason(refusal.error)}", err=True)
    for note in report.notes[:MOST_NOTES]:
        click.echo(f"left as it is: {note}", err=True)
    if len(report.notes) > MOST_NOTES:
        click.echo(f"left as it is: {len(report.notes) - MOST_NOTES} more", err=True)
    click.echo(
        f"imported: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{len(report.refused)} refused",
        err=True,
    )


def _reason(error: PortalError) -> str:
    with speaking("en"):
        return gettext(error.message, **error.values)
