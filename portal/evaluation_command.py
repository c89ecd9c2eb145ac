"""`portal evaluate-search`: how good the search is, in a throw-away portal that the running one knows nothing of."""

import json
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import inspect

from portal.app import create_app
from portal.config import Settings
from portal.db import bound_engine, session
from portal.initialising import initialise
from portal.people.founding import FirstAdmin, found_organisation
from portal.people.models import OrganisationKind
from portal.search.evaluating import Evaluation, Filled, evaluate, fill, read_questions
from portal.search.parts import PARTS
from portal.translating import gettext, speaking

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
MOST_SHOWN = 20


@click.command("evaluate-search")
@click.argument("documents", type=FILE)
@click.argument("queries", type=FILE)
@click.option("--limit", type=click.IntRange(1), help="Only the first so many questions.")
@click.option(
    "--parts", is_flag=True, help="Also the ladder: what each part of the ranking adds to those before it."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the tables.")
@click.option(
    "--database-url",
    help="An empty PostgreSQL database to do it in, which stays filled; without it a file that goes afterwards.",
)
@click.pass_obj
def evaluate_command(
    settings: Settings,
    documents: Path,
    queries: Path,
    limit: int | None,
    parts: bool,
    as_json: bool,
    database_url: str | None,
) -> None:
    """Import DOCUMENTS into a throw-away portal, ask it all QUERIES and say how well it answers.

    Both are JSON lines: DOCUMENTS as for `portal import`, QUERIES with `query` and `relevant` (an external_id or several).
    Exit code 1 when a restricted decoy was found.
    """
    try:
        asked = read_questions(queries, limit)
        with _throw_away(settings, database_url) as own, _opened(own) as app:
            initialise(own)
            organisation, _ = found_organisation(
                name="ทดสอบการค้นหา",
                kind=OrganisationKind.OTHER,
                admin=FirstAdmin("evaluation", secrets.token_urlsafe(), "evaluation"),
                units=[],
            )
            with _progress("importing") as importing:
                filled = fill(documents, organisation, own, own.files_dir.parent, session.commit, importing)
            with app.test_request_context(), _progress("asking") as asking:
                found = evaluate(asked, filled, organisation, PARTS if parts else (), asking)
            dialect = bound_engine().dialect.name
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    _tell_refused(filled)
    click.echo(_as_json(found, filled, dialect) if as_json else "\n".join(_as_tables(found)))
    click.echo(
        f"{filled.documents} documents and {filled.decoys} decoys on {dialect} in {filled.seconds:.0f} s, "
        f"{len(asked)} questions, {len(found.leaks)} leaks",
        err=True,
    )
    if found.leaks:
        for leak in found.leaks[:MOST_SHOWN]:
            click.echo(f"leak: {leak.question!r} showed {leak.shown}", err=True)
        sys.exit(1)


@contextmanager
def _throw_away(settings: Settings, database_url: str | None) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="portal-evaluation-") as name:
        folder = Path(name)
        yield replace(
            settings,
            database_url=database_url or f"sqlite:///{folder / 'portal.db'}",
            files_dir=folder / "files",
            search_index_dir=folder / "index",
            log_dir=folder / "logs",
            secret_key=secrets.token_urlsafe(),
            mail_url="",
            base_url="",
            demo=False,
            log_level="warning",
        )


@contextmanager
def _opened(settings: Settings) -> Iterator[Flask]:
    """The portal of these settings, whose database must be empty; let go of at the end."""
    app = create_app(settings)
    with app.app_context():
        try:
            tables = inspect(bound_engine()).get_table_names()
            if tables:
                raise click.ClickException(f"the database is not empty: it has {len(tables)} tables")
            yield app
        finally:
            session.remove()
            bound_engine().dispose()


def _tell_refused(filled: Filled) -> None:
    with speaking("en"):
        for one in filled.refused[:MOST_SHOWN]:
            reason = gettext(one.error.message, **one.error.values)
            click.echo(f"refused {one.name}, line {one.line}: {reason}", err=True)
    if len(filled.refused) > MOST_SHOWN:
        click.echo(f"refused {len(filled.refused) - MOST_SHOWN} more", err=True)


def _as_json(found: Evaluation, filled: Filled, dialect: str) -> str:
    about = {
        "database": dialect,
        "documents": filled.documents,
        "decoys": filled.decoys,
        "refused": len(filled.refused),
        "fill_seconds": round(filled.seconds, 1),
    }
    return json.dumps({**about, **found.as_data()}, ensure_ascii=False)


def _as_tables(found: Evaluation) -> Iterator[str]:
    data = found.as_data()
    yield f"{'questions':<24}{'nDCG@10':>9}{'loss':>8}{'MRR@10':>9}{'recall@10':>11}{'zero':>8}{'p50 ms':>9}{'p95 ms':>9}"
    for name, one in data["variants"].items():
        yield (
            f"{name:<24}{one['ndcg']:>9.4f}{one['loss']:>8.4f}{one['mrr']:>9.4f}{one['recall']:>11.4f}"
            f"{one['zero']:>8.2%}{one['p50_ms']:>9.2f}{one['p95_ms']:>9.2f}"
        )
    if not data["parts"]:
        return
    yield ""
    yield f"{'with (nDCG@10)':<38}" + "".join(f"{name:>28}" for name in data["variants"])
    for part in data["parts"]:
        yield f"{part['with']:<38}" + "".join(_change(part[name]) for name in data["variants"])


def _change(one: dict[str, float]) -> str:
    return f"{one['ndcg']:>12.4f} {one['change']:+.4f} ±{one['interval']:.4f}"


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error when somebody is looking."""
    bar: Any
    with click.progressbar(length=100, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield lambda done, whole: bar.update(100 * done // max(whole, 1) - bar.pos)
