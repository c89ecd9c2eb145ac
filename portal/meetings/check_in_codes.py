"""The code in the QR picture by which people check in: it names its meeting, is signed, and ends with the next one made."""

from dataclasses import dataclass
from typing import Final

import segno
from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from portal.errors import BadInput
from portal.meetings.models import Event
from portal.translating import N_

QUIET_ZONE: Final = 4  # modules of white around it, without which phones don't find it


class WrongCode(BadInput):
    message = N_(
        "This code is not of this meeting, or a newer one has been made. Scan the one that is shown now."
    )


@dataclass(frozen=True)
class Picture:
    """A QR picture to be drawn: its side in modules, and its dark modules as the path of an SVG."""

    side: int
    path: str


def code_of(event: Event) -> str:
    """The text that lets people check in at this meeting."""
    return _signer().dumps([event.id, event.code_number])


def mind_code(event: Event, code: str) -> None:
    """WrongCode unless the code is this meeting's newest."""
    try:
        read = _signer().loads(code)
    except BadData:
        raise WrongCode from None
    if read != [event.id, event.code_number]:
        raise WrongCode


def drawn(address: str) -> Picture:
    """The QR picture that leads to the address, firm enough to be read from a crumpled sheet."""
    matrix = segno.make(address, error="m", micro=False).matrix
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return Picture(len(matrix) + 2 * QUIET_ZONE, path)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="check-in")
