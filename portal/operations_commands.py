"""`portal backup`, `portal restore` and `portal doctor`."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from portal.backup.archive import BadBackup
from portal.backup.restoring import NotEmpty, prove, restore
from portal.backup.saving import save
from portal.config import Settings
from portal.doctor.examining import examine
from portal.doctor.finding import Level


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-secret-key", is_flag=True, help="put the key that signs cookies inside, too")
@click.pass_obj
def backup_command(settings: Settings, file: Path, with_secret_key: bool) -> None:
    """Keep database, files and settings in FILE, while the portal runs.

    FILE holds everything, restricted items and password hashes among it: keep it as you would keep the server. The
    secret key stays out unless asked for; without it, people sign in again after a restore and nothing else is lost.
    """
    with _in_one_line("backup"), _progress("keeping") as progress:
        saved = save(settings, file, with_secret=with_secret_key, environ=dict(os.environ), progress=progress)
    for name in saved.missing_files:
        click.echo(f"warning: the file {name} is known to the database but is not on the disk", err=True)
    click.echo(
        f"kept {saved.rows} rows of {saved.tables} tables and {saved.files} files in {file} ({_size(saved.size)})",
        err=True,
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="put the backup in the place of the portal that is here")
@click.option("--yes", is_flag=True, help="with --replace: do not ask")
@click.option(
    "--check", "check_only", is_flag=True, help="only read the whole FILE and say whether it is good"
)
@click.pass_obj
def restore_command(settings: Settings, file: Path, replace: bool, yes: bool, check_only: bool) -> None:
    """Restore a backup into an empty portal, on SQLite or PostgreSQL whichever it was made on.

    The portal must not be running. All or nothing: when it fails, the portal is as it was.
    """
    if check_only:
        with _in_one_line("restore"), _progress("reading") as progress:
            manifest = prove(file, progress)
        rows = sum(about.rows for about in manifest.tables.values())
        click.echo(
            f"{file} is good: {rows} rows and {manifest.files} files of {manifest.made_at}, "
            f"revision {manifest.revision}",
            err=True,
        )
        return
    if replace and not yes:
        click.confirm(
            "Everything in this portal will be replaced by the backup. Go on?", abort=True, err=True
        )
    with _in_one_line("restore"), _progress("restoring") as progress:
        restored = restore(settings, file, replace=replace, progress=progress)
    for name, value in restored.settings.items():
        if os.environ.get(name) != value:
            click.echo(f"note: the backup was made with {name}={value}", err=True)
    for name in restored.missing_files:
        click.echo(f"warning: the file {name} was missing already when the backup was made", err=True)
    if restored.secret_key is not None and restored.secret_key != settings.secret_key:
        click.echo("note: the backup holds another secret key; `unzip -p FILE secret_key` shows it", err=True)
    click.echo(
        f"restored {restored.rows} rows and {restored.files} files, {restored.items} items in the search index; "
        "everybody signs in again",
        err=True,
    )


@click.command("doctor")
@click.option("--deep", is_flag=True, help="read every stored file and compare it with its checksum")
@click.option("--json", "as_json", is_flag=True, help="a JSON list instead of lines")
@click.pass_obj
def doctor_command(settings: Settings, deep: bool, as_json: bool) -> None:
    """Look at everything that can be wrong, a line each: OK, WARN or FAIL, and what to do. Exit code 1 on a FAIL."""
    findings = []
    for finding in examine(settings, deep=deep):
        findings.append(finding)
        if not as_json:
            click.echo(finding.as_line())
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=1))
    failed = sum(finding.level is Level.FAIL for finding in findings)
    warned = sum(finding.level is Level.WARN for finding in findings)
    click.echo(f"{len(findings)} things looked at, {failed} failed, {warned} to be watched", err=True)
    if failed:
        sys.exit(1)


@contextmanager
def _in_one_line(what: str) -> Iterator[None]:
    """What people can do something about, without a traceback."""
    try:
        yield
    except (NotEmpty, BadBackup) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        raise click.ClickException(
            f"{what} failed, nothing was changed: {error.strerror or error}{place}"
        ) from error


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error when somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    bar: Any = None
    width = min(shutil.get_terminal_size().columns, 60)

    def show(done: int, whole: int) -> None:
        nonlocal bar
        if bar is None:
            bar = click.progressbar(length=whole, label=label, file=sys.stderr, width=width - 30)
        bar.update(done - bar.pos)

    yield show
    if bar is not None:
        bar.finish()
        bar.render_finish()


def _size(size: int) -> str:
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(size // 1024, 1)} kB"
