"""Pieces of WordprocessingML that python-docx has no name for."""

from collections.abc import Iterable
from typing import Any, Final

from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

# Word refuses a file whose properties stand in another order than the standard's.
_ORDER: Final = {
    qn(f"w:{parent}"): [qn(f"w:{name}") for name in names.split()]
    for parent, names in {
        "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
        "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
        "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
        "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
        "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
        "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang",
        "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
        "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
        "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
        "tblInd tblBorders shd tblLayout tblCellMar tblLook",
    }.items()
}


def child_of(parent: Any, tag: str) -> Any:
    """The child of that name, made in its place when it is missing."""
    child = parent.find(qn(tag))
    if child is None:
        child = OxmlElement(tag)
        order = _ORDER.get(parent.tag, [])
        later = order[order.index(child.tag) + 1 :] if child.tag in order else []
        after = next((sibling for sibling in parent if sibling.tag in later), None)
        if after is None:
            parent.append(child)
        else:
            after.addprevious(child)
    return child


def kept_on_one_page(table: WordTable) -> WordTable:
    """The table of one row, never parted: a name at the foot of a page and its post on the next sign nothing."""
    child_of(table.rows[0]._tr.get_or_add_trPr(), "w:cantSplit")
    return table


def set_font(properties: Any, family: str) -> None:
    """One font for all scripts, and none from the theme."""
    fonts = child_of(properties, "w:rFonts")
    fonts.attrib.clear()
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), family)


def add_lines(at: WordParagraph, lines: Iterable[str]) -> None:
    """Lines within one paragraph."""
    run = at.add_run()
    for place, line in enumerate(lines):
        if place:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)


def kept_spaces(line: str) -> str:
    """The line with an indent that is not swallowed."""
    bare = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(bare)) + bare


def add_field(at: WordParagraph, code: str) -> None:
    """A value that Word computes, as the page's number."""
    computed = OxmlElement("w:fldSimple")
    computed.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "2"
    run.append(text)
    computed.append(run)
    at._p.append(computed)


def make_link(at: WordParagraph, run: WordRun, address: str) -> None:
    """Makes a run of the paragraph a link to an address outside."""
    relation = at.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    linked = OxmlElement("w:hyperlink")
    linked.set(qn("r:id"), relation)
    at._p.replace(run._r, linked)
    linked.append(run._r)


def set_rules(table: WordTable, *, top: str = "", inside: str = "", sides: str = "") -> None:
    """Hairlines in those colours: above and below the table, between rows, at the sides and between columns."""
    properties = table._tbl.tblPr
    borders = child_of(properties, "w:tblBorders")
    colours = {"top": top, "left": sides, "bottom": top, "right": sides, "insideH": inside, "insideV": sides}
    for edge, colour in colours.items():
        if colour:
            rule = child_of(borders, f"w:{edge}")
            for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colour)):
                rule.set(qn(f"w:{name}"), value)
