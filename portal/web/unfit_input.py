"""The one character that no text may hold: PostgreSQL can't store it, and SQLite cuts texts off at it."""

from collections.abc import Iterable

from flask import Flask, abort, request

from portal.errors import BadInput
from portal.translating import N_

NUL = "\x00"


class UnfitCharacter(BadInput):
    message = N_("The text has a character in it that can't be stored. Please send it again.")


def install(app: Flask) -> None:
    """Answers 400 for an address with NUL in it, and 422 with the kept form where it was typed or pasted."""
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """Abort with 400 for NUL in the address; UnfitCharacter for NUL in a field or a file's name."""
    if NUL in request.path or _holds_nul(request.args.items(multi=True)):
        abort(400)
    if _holds_nul(request.form.items(multi=True)):
        # The page that offers the form again is HTML, where NUL does not survive: what is sent next is fit.
        raise UnfitCharacter
    names = ((name, file.filename or "") for name, file in request.files.items(multi=True))
    if _holds_nul(names):
        raise UnfitCharacter


def _holds_nul(pairs: Iterable[tuple[str, str]]) -> bool:
    return any(NUL in name or NUL in value for name, value in pairs)
