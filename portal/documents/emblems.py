"""The emblem that an organisation uploaded, made fit for paper."""

import io
import logging
from typing import Final

from PIL import Image

_log = logging.getLogger(__name__)

MOST_PIXELS: Final = 600  # on each side: 3 cm on the cover of a booklet at 500 dots an inch


def as_png(data: bytes | None) -> bytes | None:
    """The picture as a PNG of our own making, not larger than paper needs; None when there is none or it can't be read."""
    if not data:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
            picture.thumbnail((MOST_PIXELS, MOST_PIXELS))
            kept = io.BytesIO()
            picture.convert("RGBA").save(kept, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        _log.warning("the emblem can't be read and is left out of the paper: %s", problem)
        return None
    return kept.getvalue()
