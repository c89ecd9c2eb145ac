"""The command line. Every command says what it did in one line on standard error and keeps standard output for data."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from portal.app import create_app
from portal.config import BadSetting, Settings
from portal.errors import PortalError
from portal.translating import gettext, speaking


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


@click.group(cls=PortalGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """The KM portal: keep, find and share what the organisation knows."""
    ctx.obj = Settings.from_environment()


def say(text: str) -> None:
    """One line to the person at the terminal; data goes to standard output."""
    click.echo(text, err=True)
