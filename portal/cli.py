"""The command line. Every command says what it did in one line on standard error and keeps standard output for data."""

import getpass
import os
import socket
import sys
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from portal.app import create_app
from portal.config import BadSetting, Settings
from portal.db import bound_engine, session
from portal.demo import load_demo, load_large_demo
from portal.errors import PortalError
from portal.evaluation_command import evaluate_command
from portal.initialising import initialise
from portal.knowledge.import_command import import_command
from portal.migrating import NotUpgraded, demand_newest_revision
from portal.operations_commands import backup_command, doctor_command, restore_command
from portal.people import passwords
from portal.people.founding import make_admin, setup_code
from portal.people.settings import settings_of, the_organisation
from portal.people.tokens import make_token
from portal.search.check_command import check_command
from portal.search.commands import reindex_command, search_command, shown_progress
from portal.search.indexing import reindex
from portal.serving import Server
from portal.translating import gettext, speaking
from portal.working import work

# What makes the tables, or tells why there are none, or has some of its own.
BEFORE_INIT = ("init", "backup", "restore", "doctor", "evaluate-search")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def say(text: str) -> None:
    """One line to the person at the terminal; data goes to standard output."""
    click.echo(text, err=True)


def demand_free_port(host: str, port: int) -> None:
    """Say it in one line when the address can't be had; the server itself would try for five seconds and say it in ten."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"port {port} of {host} can't be had: {error.strerror}. Another one: --port, or make run PORT={port + 1}"
            ) from error


class PortalGroup(click.Group):
    """Turns the errors people can do something about into one line and an exit code, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadSetting as error:
            raise click.ClickException(str(error)) from error
        except PortalError as error:
            with speaking("en"):
                raise click.ClickException(gettext(error.message, **error.values)) from error
        except NotUpgraded as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"the database does not answer: {reason}") from error
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename} can't be used: {error.strerror}") from error


@click.group(cls=PortalGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """The KM portal: keep, find and share what the organisation knows."""
    settings = Settings.from_environment()
    ctx.obj = settings
    app: Flask = create_app(settings)
    ctx.with_resource(app.app_context())
    if ctx.invoked_subcommand not in BEFORE_INIT:
        demand_newest_revision()


@main.command("init")
def init_command() -> None:
    """Create or upgrade database and index; can be run again at any time."""
    settings: Settings = current_app.config["SETTINGS"]
    done = initialise(settings)
    say(done)
    if the_organisation() is None and not settings.demo:
        say(f"no organisation yet: open the portal and enter the set-up code {setup_code(settings)}")


@main.command("demo")
@click.option("--large", is_flag=True, help="and a community of ten thousand threads; takes some minutes")
def demo_command(large: bool) -> None:
    """Load the handbook and the invented town; does nothing when there is an organisation already."""
    settings: Settings = current_app.config["SETTINGS"]
    say(load_demo(settings, progress=sys.stderr.isatty()))
    if large:
        with shown_progress("writing ten thousand threads") as writing:
            done = load_large_demo(writing)
        say(done)
        with shown_progress("building the index") as building:
            say(f"{reindex(settings, building)} items are in the index")


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.pass_obj
def serve_command(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve the portal, with one background worker beside the web workers."""
    organisation = the_organisation()
    is_demo = settings.demo or (organisation is not None and settings_of(organisation.id).demo)
    if is_demo and host not in LOOPBACK:
        raise click.ClickException("the demonstration is served on 127.0.0.1 only: its passwords are known")
    if organisation is None:
        say(f"no organisation yet: the set-up code is {setup_code(settings)}")
    session.remove()
    bound_engine().dispose()  # the workers that are forked open their own connections
    demand_free_port(host, port)
    say(f"the portal is at http://{host}:{port}")
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    Server(
        current_app._get_current_object(),  # type: ignore[attr-defined]
        settings,
        host=host,
        port=port,
        workers=workers,
    ).run()


@main.command("worker")
@click.option("--parent", type=int, hidden=True, help="end when this process is gone")
@click.pass_obj
def worker_command(settings: Settings, parent: int | None) -> None:
    """Run the background worker alone; `serve` starts one by itself."""
    work(settings, parent=parent)


@main.command("create-admin")
@click.argument("username")
def create_admin_command(username: str) -> None:
    """Give USERNAME the admin role, making the account when there is none; the password comes from standard input."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    person, is_new = make_admin(username, password)
    session.commit()
    say(f"{person.username} is an admin" + (" (new account)" if is_new else ""))


@main.command("token")
@click.argument("username")
def token_command(username: str) -> None:
    """Print a new API token for USERNAME; it is shown once."""
    person = passwords.find_by_account(username)
    if person is None or not person.is_active:
        raise click.ClickException(f"there is no active account {username}")
    token = make_token(person)
    session.commit()
    click.echo(token)
    say(f"new token for {person.username}; keep it secret, it is not shown again")


main.add_command(import_command)
main.add_command(search_command)
main.add_command(reindex_command)
main.add_command(evaluate_command)
main.add_command(check_command)
main.add_command(backup_command)
main.add_command(restore_command)
main.add_command(doctor_command)
