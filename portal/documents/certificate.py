"""A certificate of honour (ประกาศเกียรติคุณ) on one page of A4, across, as PDF (PDF/A-2b, tagged), set by Typst."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from portal.documents.emblems import as_png
from portal.documents.fitting import fit_for, pieces
from portal.documents.memo import Look, Opinion, lines_below, one_line
from portal.documents.typefaces import typeface
from portal.documents.typesetting import typeset
from portal.thai.dates import ENGLISH_MONTHS, ERA, MONTHS
from portal.thai.numerals import Numerals, in_numerals
from portal.translating import gettext, speaking

SECONDS: Final = 20.0
_KIND: Final = re.compile("^(?:เทศบาล(?:ตำบล|เมือง|นคร)|องค์การบริหารส่วน(?:ตำบล|จังหวัด)|จังหวัด)")


@dataclass(frozen=True)
class Certificate:
    """Who honours whom, as what, for what, when; all texts are plain. `signer`: name and post of who signs, and for whom he
    acts; its text and day are left out. Without a name a dotted line is left."""

    organisation: str
    name: str
    title: str  # empty: the reason alone says what for
    reason: str
    day: date
    signer: Opinion = field(default_factory=lambda: Opinion("", "", ""))


def certificate_pdf(certificate: Certificate, look: Look) -> bytes:
    """The certificate; long names and reasons are set smaller till all of it fits on the page. PaperTooLong, PaperFailed."""
    face = typeface(look.fonts)
    fit = fit_for(face)
    emblem = as_png(look.emblem)
    with speaking(look.language):
        words = {
            "gives": gettext("presents this certificate of honour to"),
            "as": gettext("in recognition as"),
            "so": gettext("and makes this known in lasting honour."),
            "given": gettext("Given on %(day)s", day=_era_day(certificate.day, look)),
            "emblem": gettext("Emblem of the organisation"),
        }
    signer = certificate.signer
    paper: dict[str, Any] = {
        "title": fit(one_line(f"{certificate.title} {certificate.name}")),
        "author": [fit(one_line(certificate.organisation))],
        "look": {
            "family": face.family,
            "size": face.size,
            "language": look.language,
            "thai-numerals": look.numerals is Numerals.THAI,
            "emblem": None if emblem is None else list(emblem),
        },
        "words": {name: fit(text) for name, text in words.items()},
        "certificate": {
            "organisation": fit(one_line(certificate.organisation)),
            "name": fit(one_line(certificate.name)),
            "title": fit(one_line(certificate.title)),
            "reason": pieces(fit(one_line(certificate.reason)), _place(certificate.organisation)),
            "signer": {
                "name": fit(one_line(signer.name)),
                "lines": [fit(line) for line in lines_below(signer, look)],
            },
        },
    }
    return typeset("certificate.typ", paper, face, seconds=SECONDS)


def _place(organisation: str) -> str:
    """บ้านริมธาร of เทศบาลตำบลบ้านริมธาร: the name of a place is no word of a dictionary."""
    return _KIND.sub("", one_line(organisation))


def _era_day(day: date, look: Look) -> str:
    """๑ ตุลาคม พ.ศ. ๒๕๖๙: on a certificate the era is named."""
    if look.language == "en":
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year + ERA} BE"
    return in_numerals(f"{day.day} {MONTHS[day.month - 1]} พ.ศ. {day.year + ERA}", look.numerals)
