"""Markdown to the HTML that readers get, through two cleaners that share one rule book.

bleach is no longer maintained, so nh3, which shares no code with it, cleans its output once more; what either
refuses is gone. The result holds nothing that depends on the reader and may be cached by revision and
`RENDERER_VERSION`.
"""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import nh3
import regex
from bleach.linkifier import LinkifyFilter
from bleach.sanitizer import Cleaner

from portal.markup.dialect import ADMONITIONS, KEPT_TAGS, draft
from portal.markup.finishing import Heading
from portal.markup.limits import MAX_TEXT, TooLong
from portal.markup.links import EXTERNAL_REL, SCHEMES, is_own_picture, is_safe_link

__all__ = ["MAX_TEXT", "RENDERER_VERSION", "Heading", "Rendered", "TooLong", "allows", "clean", "render"]

# Raised by one whenever the same text would give other HTML, so that cached pages are made anew.
RENDERER_VERSION = 2

FROM_MARKDOWN = (
    "a blockquote br code dd del div dl dt em h2 h3 h4 h5 h6 hr img input li ol p pre span strong "
    "table tbody td th thead tr ul"
)
TAGS = frozenset([*FROM_MARKDOWN.split(), *KEPT_TAGS])

CLASSES = {
    "a": re.compile(r"footnote-(ref|backref)"),
    "code": re.compile(r"language-[A-Za-z0-9+#._-]{1,30}"),
    "div": re.compile(rf"table-scroll|footnote|admonition ({'|'.join(ADMONITIONS)})"),
    "li": re.compile("task-list-item"),
    "p": re.compile("admonition-title"),
    "pre": re.compile("as-typed"),
}
# Always with a prefix and a hyphen: no id that a text can make is one that a page or a script looks for.
ANCHOR = regex.compile(r"[a-z][a-z0-9]*-[\p{L}\p{M}\p{N}-]+")
WITH_ANCHOR = frozenset({"h2", "h3", "h4", "h5", "h6", "li", "sup"})
FIXED: Mapping[tuple[str, str], frozenset[str]] = {
    ("a", "rel"): frozenset({EXTERNAL_REL}),
    ("div", "role"): frozenset({"region"}),
    ("div", "tabindex"): frozenset({"0"}),
    ("img", "loading"): frozenset({"lazy"}),
    ("input", "type"): frozenset({"checkbox"}),
    ("input", "disabled"): frozenset({"", "disabled"}),
    ("input", "checked"): frozenset({"", "checked"}),
    ("td", "align"): frozenset({"left", "center", "right"}),
    ("th", "align"): frozenset({"left", "center", "right"}),
    ("th", "scope"): frozenset({"col", "colgroup"}),
}
FREE = frozenset({("a", "title"), ("div", "aria-label"), ("img", "alt"), ("input", "aria-label")})
ATTRIBUTES = {
    "class": CLASSES.keys(),
    "id": WITH_ANCHOR,
    "href": {"a"},
    "src": {"img"},
    "colspan": {"th"},
    "start": {"ol"},
}

# Only what says http:// or https://. Thai sets no space before an address, so the letter before it does not
# matter, and `readme.md` or `a.go.th` in a sentence stay words.
ADDRESS = re.compile(
    r"(?<![A-Za-z0-9@./])https?://[^\s<>\"“”‘’«»|\\^`{}]*[^\s<>\"“”‘’«»|\\^`{}.,;:!?'…ฯ*]", re.IGNORECASE
)


@dataclass(frozen=True)
class Rendered:
    """A text as clean HTML, and its headings in order, for a table of contents and links to sections."""

    html: str
    headings: tuple[Heading, ...]


def render(text: str, *, heading_offset: int = 1, anchor_prefix: str = "s-") -> Rendered:
    """The text as HTML that may stand on any page.

    Ids begin with `anchor_prefix`: where several texts share a page, give each its own (`p12-`), lower-case
    letters and digits and a hyphen. Raises `TooLong` above `MAX_TEXT` characters. A text that would cost too
    much to lay out comes back whole, as it was typed, without headings.
    """
    drafted = draft(text, heading_offset=heading_offset, anchor_prefix=anchor_prefix)
    if drafted.tangled:
        # One element of escaped characters: bleach would need a minute for a million of them.
        return Rendered(_second_pass(drafted.html), ())
    return Rendered(clean(drafted.html), drafted.headings)


def clean(html: str) -> str:
    """HTML with nothing left in it but what this portal's texts may hold. For HTML from elsewhere, too."""
    once = Cleaner(
        tags=TAGS,
        attributes=allows,
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[
            partial(LinkifyFilter, callbacks=[_mark_external], skip_tags={"pre", "code"}, url_re=ADDRESS)
        ],
    ).clean(html)
    return _second_pass(once)


def _second_pass(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: _names(tag) for tag in TAGS},
        attribute_filter=lambda tag, name, value: value if allows(tag, name, value) else None,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


def allows(tag: str, name: str, value: str) -> bool:
    """The rule book of both cleaners: whether this attribute may stand on this tag with this value."""
    if (tag, name) in FREE:
        return True
    if (tag, name) in FIXED:
        return value in FIXED[tag, name]
    if tag not in ATTRIBUTES.get(name, ()):
        return False
    match name:
        case "class":
            return CLASSES[tag].fullmatch(value) is not None
        case "id":
            return ANCHOR.fullmatch(value) is not None
        case "href":
            return is_safe_link(value)
        case "src":
            return is_own_picture(value)
        case _:
            return value.isascii() and value.isdigit() and len(value) <= 9


def _names(tag: str) -> set[str]:
    names = {name for name, tags in ATTRIBUTES.items() if tag in tags}
    return names | {name for of, name in FREE | FIXED.keys() if of == tag}


def _mark_external(attributes: MutableMapping[Any, str], new: bool = False, /) -> MutableMapping[Any, str]:
    if new:
        attributes[None, "rel"] = EXTERNAL_REL
    return attributes
