"""Pictures drawn anew: upright, small enough for a page, and with nothing in the file but the picture.

Drawing anew drops where and with what a photograph was taken, and whatever else was hidden behind or inside the picture.
What is kept is JPEG or PNG: a phone of 2019 shows no WebP everywhere, and what moves on an office's page can't be
stopped by its reader (WCAG 2.2.2), so of an animation the first picture stays.
"""

import io
import threading
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageCms, UnidentifiedImageError

from portal.errors import TooLarge
from portal.files.recognising import PICTURES, Damaged
from portal.templating import number
from portal.translating import N_

LONG_SIDE = 2000  # pixels
# A JPEG is reduced while it is read, so even 200 megapixels of a phone cost some 50 MB; but a progressive one is held
# whole by the decoder (6 bytes a pixel), and so is every picture of the other kinds (4 bytes).
MOST_PIXELS = 220_000_000
MOST_PIXELS_WHOLE = 50_000_000
QUALITY = 85
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")

# Pillow's own guard against decompression bombs: twice this is an error, once a warning, which is made an error below.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

# Pictures are drawn one at a time in a process: ten uploads at once must not need ten times the memory.
_one_at_a_time = threading.Lock()


class PictureTooLarge(TooLarge):
    message = N_(
        "“%(name)s” has too many pixels. Make it smaller, %(limit)s megapixels at most, and send it again."
    )


@dataclass(frozen=True)
class Drawn:
    """What came out: its media type and its size in pixels."""

    media_type: str
    width: int
    height: int


def draw_anew(source: IO[bytes], target: IO[bytes], name: str) -> Drawn:
    """Write the picture in `source` to `target` as JPEG or PNG without any metadata, at most LONG_SIDE pixels long.

    Damaged when it can't be read, PictureTooLarge when it has too many pixels. `name` is for the message.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            source.seek(0)
            is_jpeg = source.read(3) == b"\xff\xd8\xff"
            most = MOST_PIXELS if is_jpeg and not _is_held_whole(source) else MOST_PIXELS_WHOLE
            source.seek(0)
            with Image.open(source, formats=_FORMATS) as picture:
                if picture.width * picture.height > most:
                    raise PictureTooLarge(name=name, limit=number(MOST_PIXELS_WHOLE // 1_000_000))
                return _write(_upright(picture), target, picture.format)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise PictureTooLarge(name=name, limit=number(MOST_PIXELS_WHOLE // 1_000_000)) from error
        # Damaged files make Pillow's readers fail in all these ways.
        except (
            UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError,
            OverflowError, ZeroDivisionError, AssertionError, MemoryError, RuntimeError,
        ) as error:  # fmt: skip
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk, not the picture
            raise Damaged(name=name) from error


def _upright(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.format == "JPEG":
        # Read at a half, a quarter or an eighth, as near above the wanted size as there is.
        share = min(1.0, LONG_SIDE / max(picture.size))
        picture.draft(None, (round(picture.width * share), round(picture.height * share)))
    turn = _orientation(picture)
    drawn = _in_screen_colours(_plain(picture), profile)
    drawn.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return drawn.transpose(turn) if turn is not None else drawn


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    try:
        value = picture.getexif().get(0x0112)
    except Exception:  # a broken note about the picture is no reason to refuse the picture
        return None
    return _TURNS.get(value) if isinstance(value, int) else None


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _plain(picture: Image.Image) -> Image.Image:
    """The first picture as grey, RGB, RGBA, CMYK or of few colours; a new image that knows nothing of the file."""
    picture.load()
    is_small = max(picture.size) <= LONG_SIDE
    if is_small and picture.mode in ("1", "P") and "transparency" not in picture.info:
        plain = picture.copy()  # a drawing of few colours would grow threefold with all of them
    elif picture.mode in ("L", "RGB", "CMYK") and "transparency" not in picture.info:
        plain = picture.copy()
    elif picture.mode == "1":
        plain = picture.convert("L")
    elif picture.mode.startswith("I"):
        plain = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        plain = picture.convert("RGBA")
        if plain.getchannel("A").getextrema() == (255, 255):
            plain = plain.convert("RGB")
    else:
        plain = picture.convert("RGB")
    plain.info.clear()
    return plain


def _in_screen_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB, since its own profile is not kept; one that can't be followed is left aside."""
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if turned is not None:
                picture = turned
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    picture.info.clear()
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _write(picture: Image.Image, target: IO[bytes], source_format: str | None) -> Drawn:
    """Photographs as JPEG; what came without loss, or can be seen through, as PNG."""
    as_jpeg = source_format == "JPEG" or (source_format == "WEBP" and picture.mode != "RGBA")
    if as_jpeg:
        picture.save(target, "JPEG", quality=QUALITY, optimize=True)
    else:
        picture.save(target, "PNG", optimize=True)
    return Drawn(PICTURES["JPEG" if as_jpeg else "PNG"], picture.width, picture.height)


def _is_held_whole(source: IO[bytes]) -> bool:
    """Whether the decoder must hold all of this JPEG in memory: it is progressive, or its colours come one by one."""
    source.seek(2)
    parts = 0
    while True:
        marker = source.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return True
        if marker[1] == 0xFF:  # a byte of filling before the marker
            source.seek(-1, 1)
            continue
        length = int.from_bytes(source.read(2), "big")
        content = source.read(max(0, length - 2))
        if marker[1] in (0xC0, 0xC1) and len(content) > 5:
            parts = content[5]
        elif 0xC0 <= marker[1] <= 0xCF and marker[1] not in (0xC4, 0xC8, 0xCC):
            return True
        elif marker[1] == 0xDA:
            return not content or content[0] < parts
