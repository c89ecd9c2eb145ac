"""What every paper is made with: the organisation's emblem and fonts; two at a time, so that pages are still answered."""

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
from portal.thai.numerals import Numerals
from portal.translating import N_

PDF: Final = "application/pdf"
PATIENCE_SECONDS: Final = 20
# Papers are made in a process of their own or at some length.
_papers: Final = threading.BoundedSemaphore(2)

Paper = TypeVar("Paper")


class PapersInTheMaking(TooOften):
    message = N_("Other papers are being made at this moment. Please try again in a minute.")


def look_of_papers(numerals: Numerals | None = None) -> Look:
    """The organisation's emblem and fonts, and these numerals (the reader's)."""
    settings: Settings = current_app.config["SETTINGS"]
    stored = session.get(StoredFile, g.settings.emblem_file_id) if g.settings.emblem_file_id else None
    path = path_of(stored, settings) if stored else None
    return Look(
        numerals=templating.numerals.get() if numerals is None else numerals,
        emblem=path.read_bytes() if path and path.is_file() else None,
        fonts=settings.paper_fonts_dir,
    )


def make_paper(make: Callable[[Paper, Look], bytes], paper: Paper, look: Look) -> bytes:
    """The paper as a file. What it says is loaded before: nothing of the database is held while others wait for their turn.
    PapersInTheMaking."""
    only_read_from_here()
    if not _papers.acquire(timeout=PATIENCE_SECONDS):
        raise PapersInTheMaking
    try:
        return make(paper, look)
    finally:
        _papers.release()


def send_paper(content: bytes, mimetype: str, name: str) -> ResponseReturnValue:
    """The file to keep, under its Thai name; kept by nobody on the way."""
    answer = send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
