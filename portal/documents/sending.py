"""A list taken home."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import send_file
from flask.typing import ResponseReturnValue

from portal.documents.sheets import XLSX, write_table
from portal.translating import gettext


def send_table(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> ResponseReturnValue:
    """The list as an XLSX to keep, named for its title. Title and header are msgids."""
    title = gettext(title)
    return send_file(
        io.BytesIO(write_table(title, [gettext(label) for label in header], rows)),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{title}.xlsx",
    )
