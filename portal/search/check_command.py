"""`portal check-search`: the nightly self-check, now."""

import sys

import click
from flask import current_app

from portal.search.check_models import Problem
from portal.search.self_check import AlreadyChecking, check_search, remove_leftovers


@click.command("check-search")
def check_command() -> None:
    """Prove that what is restricted can't be found: writes restricted items, looks for them through every door, removes them.

    A line for each leak; exit code 1 when there is one, or when the check could prove nothing.
    """
    remove_leftovers()
    try:
        check = check_search(current_app.config["SETTINGS"])
    except AlreadyChecking as error:
        raise click.ClickException("Another check is running; try again in a minute.") from error
    for leak in check.leaks:
        click.echo(f"{leak['door']}\t{leak['asker']}\t{leak['marker'] or '-'}\t{leak['what']}")
    proved = "" if check.problem is Problem.NONE else f", but it proves nothing: {check.problem}"
    click.echo(
        f"{check.doors} doors tried with {check.requests} requests in {check.seconds or 0:.0f} s, "
        f"{len(check.leaks)} leaks{proved}",
        err=True,
    )
    if not check.is_good:
        sys.exit(1)
