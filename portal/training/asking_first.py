"""Before due dates of others move, whoever moves them sees which."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.training.recounting import Move

_MOST_SHOWN = 100
_CONFIRMED = "confirmed"


def is_confirmed() -> bool:
    """Whether this form was sent from the page that showed what would move."""
    return _CONFIRMED in request.form


def ask_first(moves: Sequence[Move], *, heading: str, back: str) -> ResponseReturnValue:
    """The page that shows what would move, and sends this very form again when it is meant."""
    return render_template(
        "training/ask_first.html",
        moves=moves[:_MOST_SHOWN],
        total=len(moves),
        heading=heading,
        back=back,
        fields=[(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"],
        confirmed=_CONFIRMED,
    )
