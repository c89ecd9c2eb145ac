"""Papers over the wire: in the organisation's look, made two at a time, sent to be kept."""

import io
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from flask import current_app, g, send_file
from flask.typing import ResponseReturnValue

from portal import templating
from portal.config import Settings
from portal.db import only_read_from_here, session
from portal.documents.memo import Look
from portal.errors import TooOften
from portal.files.models import StoredFile
from portal.files.storing import path_of
from portal.translating import N_

PDF: Final = "application/pdf"
# Papers are made in a process of their own or at some length: two at a time, so that pages are still answered.
_papers = threading.BoundedSemaphore(2)
PATIENCE_SECONDS: Final = 20

Paper = TypeVar("Paper")


class PapersInTheMaking(TooOften):
    message = N_("Other papers are being made at this moment. Please try again in a minute.")


def look() -> Look:
    """How papers of the organisation look, in the reader's numerals; for a request."""
    settings: Settings = current_app.config["SETTINGS"]
    stored = session.get(StoredFile, g.settings.emblem_file_id) if g.settings.emblem_file_id else None
    path = path_of(stored, settings) if stored else None
    return Look(
        numerals=templating.numerals.get(),
        emblem=path.read_bytes() if path and path.is_file() else None,
        fonts=settings.paper_fonts_dir,
    )


def made(make: Callable[[Paper, Look], bytes], paper: Paper) -> bytes:
    """The paper as a file. PapersInTheMaking when too many are being made; what `make` raises."""
    appearance = look()
    only_read_from_here()  # nothing of the database is held while others wait for their turn
    if not _papers.acquire(timeout=PATIENCE_SECONDS):
        raise PapersInTheMaking
    try:
        return make(paper, appearance)
    finally:
        _papers.release()


def sent(content: bytes, mimetype: str, name: str) -> ResponseReturnValue:
    """The file to be kept by who asked for it, and by nothing on the way."""
    name = " ".join(name.split())  # no header has several lines, and a title of long ago may
    answer = send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
