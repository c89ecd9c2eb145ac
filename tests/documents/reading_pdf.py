"""The text of a PDF as a reader would copy it."""

import re

import pypdfium2

from portal.thai.repair import repair

# The shipped Sarabun comes out of PDFium with a consonant and its marks twice where a tone stands above (ทั่ทั่ว).
_TWICE = re.compile("([ก-ฮ][\u0e31\u0e34-\u0e3a]?[\u0e47-\u0e4e])\\1")


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [_read(page.get_textpage().get_text_range()) for page in document]


def text_of(pdf: bytes) -> str:
    """All pages, without spaces and line ends: where lines break is the paper's affair."""
    return squeezed("".join(pages_of(pdf)))


def squeezed(text: str) -> str:
    return re.sub(r"\s|\u200b|\u0002|\ufffe", "", text)


def rightmost(pdf: bytes) -> float:
    """How far any letter reaches to the right, in points."""
    texts = [page.get_textpage() for page in pypdfium2.PdfDocument(pdf)]
    return max((text.get_rect(n)[2] for text in texts for n in range(text.count_rects())), default=0.0)


def _read(text: str) -> str:
    return _TWICE.sub(r"\1", repair(re.sub("([ก-ฮ])\\s+([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])", r"\1\2", text)))
