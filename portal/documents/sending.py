"""A list taken home."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import send_file
from flask.typing import ResponseReturnValue

from portal.documents.sheets import XLSX, Sheet, write_sheets
from portal.translating import gettext


def send_table(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> ResponseReturnValue:
    """The list as an XLSX to keep, named for its title. Title and header are msgids."""
    title = gettext(title)
    return send_sheets(title, [Sheet(title, [gettext(label) for label in header], rows)])


def send_sheets(title: str, sheets: Iterable[Sheet]) -> ResponseReturnValue:
    """Sheets as one XLSX to keep, under this title in the reader's language."""
    return send_file(
        io.BytesIO(write_sheets(sheets)), mimetype=XLSX, as_attachment=True, download_name=f"{title}.xlsx"
    )
