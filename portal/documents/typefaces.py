"""Which letters a paper is set in, and in what size.

The form asks for TH Sarabun (TH SarabunPSK) at 16 points, whose letters are much smaller for a point than those of other
fonts: its ก is 0.4005 of the size high, so 6.41 points. That follows from TH SarabunPSK's published figures (H 0.476
high, ก 0.386 wide) against Laksaman, the same drawings enlarged 1.503 times throughout (H 0.716, ก 0.580 wide,
0.602 high). The Sarabun that ships here has a ก of 0.586: 10.94 points of it stand as tall. Any other font is measured in
its own file.
"""

import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import typst

from portal.paths import STATIC

_log = logging.getLogger(__name__)

SHIPPED: Final = STATIC / "fonts" / "paper"
OFFICE_NAME: Final = "TH SarabunPSK"
OFFICE_SIZE: Final = 16.0
OFFICE_HEIGHT: Final = 0.4005  # of ก, as a share of the size
_BROKEN: Final = (OSError, struct.error, KeyError, IndexError, ValueError)


@dataclass(frozen=True)
class Typeface:
    """A family of fonts in a folder. `size` in points at which its ก is as tall as that of TH Sarabun at 16 points;
    `letters` are the characters that all its files can show."""

    family: str
    folder: Path
    size: float
    letters: frozenset[int]


def typeface(folder: Path | None) -> Typeface:
    """The Thai family in the folder, or the shipped one when there is none (the log then says so)."""
    if folder is not None:
        found = _family_in(folder)
        if found is not None:
            return found
        _log.warning("no Thai TrueType font in %s: the paper is set in Sarabun", folder)
    found = _family_in(SHIPPED)
    if found is None:
        raise RuntimeError(f"the installation lacks its fonts in {SHIPPED}")
    return found


@cache
def _family_in(folder: Path) -> Typeface | None:
    fonts = typst.Fonts(False, False, [folder]).fonts()
    for font in sorted(fonts, key=lambda font: (font.style != "normal", abs(font.weight - 400), font.family)):
        files = [one.path for one in fonts if one.family == font.family and one.path]
        try:
            height = letter_height(Path(font.path or ""))
            letters = frozenset.intersection(
                *(frozenset(dict(_glyphs(Path(path).read_bytes()))) for path in files)
            )
        except _BROKEN:
            continue
        if height > 0:
            size = round(OFFICE_SIZE * OFFICE_HEIGHT / height, 2)
            return Typeface(font.family, folder, size, letters)
    return None


def letter_height(path: Path, letter: str = "ก") -> float:
    """How tall a letter is in a TrueType file, as a share of the size. KeyError when the file lacks it."""
    font = path.read_bytes()
    tables = _tables(font)
    head, outlines = tables["head"], tables["glyf"]
    (units,) = struct.unpack_from(">H", font, head + 18)
    (wide,) = struct.unpack_from(">h", font, head + 50)
    glyph = dict(_glyphs(font))[ord(letter)]
    place = (
        struct.unpack_from(">L", font, tables["loca"] + 4 * glyph)[0]
        if wide
        else 2 * struct.unpack_from(">H", font, tables["loca"] + 2 * glyph)[0]
    )
    bottom, top = (struct.unpack_from(">h", font, outlines + place + at)[0] for at in (4, 8))
    return float(top - min(bottom, 0)) / float(units) if top > bottom else 0.0


def _tables(font: bytes) -> dict[str, int]:
    """Where each table of the file begins."""
    (count,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sLL", font, 12 + 16 * n) for n in range(count))
    return {tag.decode("ascii", "replace"): place for tag, _, place, *_ in entries}


def _glyphs(font: bytes) -> Iterator[tuple[int, int]]:
    """Character and glyph of the file's table for the basic plane (format 4), which every Thai font has."""
    cmap = _tables(font)["cmap"]
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for n in range(count):
        table = cmap + struct.unpack_from(">L", font, cmap + 8 + 8 * n)[0]
        if struct.unpack_from(">H", font, table)[0] != 4:
            continue
        segments = struct.unpack_from(">H", font, table + 6)[0] // 2
        ends, starts, deltas, offsets = (
            struct.unpack_from(f">{segments}H", font, table + 14 + 2 * segments * part + 2 * (part > 0))
            for part in range(4)
        )
        for place in range(segments):
            for code in range(starts[place], ends[place] + 1):
                glyph = code
                if offsets[place]:
                    at = table + 16 + 6 * segments + 2 * place + offsets[place] + 2 * (code - starts[place])
                    (glyph,) = struct.unpack_from(">H", font, at)
                    if not glyph:
                        continue
                glyph = (glyph + deltas[place]) & 0xFFFF
                if glyph:
                    yield code, glyph
        return
