"""Plain words made safe to stand in Markdown: they are shown as they are."""

import re

ADDRESS = r"<https?://[^<>\s]+>"
BOLD = r"\*\*(?=[^\s*])(?P<bold>[^*\n]*[^\s*])\*\*"
ENTITY = r"&(?=#?[0-9A-Za-z]+;)"
SPECIAL = re.compile(rf"(?P<address>{ADDRESS})|{BOLD}|(?P<entity>{ENTITY})|(?P<tag><)|(?P<mark>[\\`*_\[|])")
IN_A_NAME = re.compile(rf"(?P<entity>{ENTITY})|(?P<tag><)|(?P<mark>[\\\[\]*_`>])")
LINE_START = re.compile(
    r"(?:(?P<escape>[#>]|[+\-](?=\s|$)|-(?=[-=\s]*$))|(?P<number>[0-9]{1,9})\.(?=\s|$)"
    r"|(?P<entity>:(?=\s|$)|=(?=[-=\s]*$)|~(?=~~)|!(?=!!)))"
)


def escaped(line: str, *, line_start: bool = False) -> str:
    """One line of words as Markdown that reads the same; `**bold**` and `<https://…>` keep their meaning.

    With `line_start` the line stands at the beginning of a paragraph's line, where a dash or a number would
    begin a list.
    """
    words = SPECIAL.sub(_escape, line)
    start = LINE_START.match(words) if line_start else None
    return _escape_start(start) + words[start.end() :] if start else words


def escaped_name(name: str) -> str:
    """A name or title as it stands between the brackets of a link or in a heading, where nothing of it means anything. The
    same in `quoting.js`."""
    return IN_A_NAME.sub(_as_it_is, name)


def _escape(match: re.Match[str]) -> str:
    if match["address"]:
        return match["address"]
    if match["bold"] is not None:
        return f"**{escaped(match['bold'])}**"
    return _as_it_is(match)


def _as_it_is(match: re.Match[str]) -> str:
    if match["entity"]:
        return "&amp;"
    return "&lt;" if match["tag"] else "\\" + match["mark"]


def _escape_start(match: re.Match[str]) -> str:
    if match["number"]:
        return match["number"] + "\\."
    if match["entity"]:
        return f"&#{ord(match['entity'])};"
    return "\\" + match["escape"]
