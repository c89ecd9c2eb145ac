"""The addresses inside imported Markdown that lead to other files of the import: pages, pictures, forms.

What stands in code is left alone, so is what leads out into the web or to an address of this site.
"""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import regex

from portal.files.recognising import ENDINGS, ending_of
from portal.knowledge.front_matter import BadSource
from portal.translating import N_

PAGES = frozenset({"md", "markdown", "txt"})
PICTURES = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp"})

_ADDRESSES = regex.compile(
    r"""(?P<code>
          ^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ ]{0,3}(?P=fence)[`~]*[ \t]*$
        | (?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)
        )
      | (?P<before>\]\([ \t]*<?)(?P<address>(?<=<)[^<>\n]*|[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)
      | (?P<before>^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?)(?P<address>(?<=<)[^<>\n]*|[^\s<>]+)
    """,
    regex.VERBOSE | regex.MULTILINE | regex.DOTALL,
)
_ELSEWHERE = regex.compile(r"[a-z][a-z0-9+.-]*:|[/\\#?]", regex.IGNORECASE)


class MissingPicture(BadSource):
    message = N_("the picture %(address)s is not there")


class OutsidePicture(BadSource):
    message = N_("%(address)s leads out of the folder that is imported")


def rewrite(text: str, new_address: Callable[[str], str | None]) -> str:
    """The text with each address of a link or picture replaced by what `new_address` answers for it; None keeps it."""

    def replace(found: "regex.Match[str]") -> str:
        changed = new_address(found["address"]) if found["code"] is None else None
        return str(found[0]) if changed is None else f"{found['before']}{changed}"

    return str(_ADDRESSES.sub(replace, text))


def target_of(address: str, page: Path, root: Path) -> Path | None:
    """The file below `root` that a relative address on the page leads to; None for what leads elsewhere or to no kind of
    file that is imported. MissingPicture, OutsidePicture: a page without its picture is not whole."""
    if _ELSEWHERE.match(address):
        return None
    relative = unquote(address.partition("#")[0].partition("?")[0])
    ending = ending_of(relative)
    if ending not in PAGES | ENDINGS or "\x00" in relative:
        return None
    target = Path(os.path.normpath(page.parent / relative))
    inside = target.resolve().is_relative_to(root.resolve())
    if ending in PICTURES:
        if not inside:
            raise OutsidePicture(address=address)
        if not target.is_file():
            raise MissingPicture(address=address)
    return target if inside and target.is_file() else None
