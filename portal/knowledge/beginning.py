"""Beginning a new text with a file somebody has: Markdown or plain text, read as the importer reads it."""

from typing import IO

from portal.errors import PortalError
from portal.files.naming import tidy_name
from portal.files.recognising import MAX_PLAIN_TEXT, ending_of
from portal.knowledge.front_matter import BadSource
from portal.knowledge.import_places import goal_named_by
from portal.knowledge.import_sources import MARKDOWN, TEXT, TextFileTooLarge, read_text
from portal.markup.plain_text import plain
from portal.markup.rendering import MAX_TEXT, TooLong
from portal.people.models import Unit
from portal.translating import N_, gettext


class FileNotOpened(BadSource):
    message = N_("“%(name)s” can't be opened: %(reason)s")


class NotAText(BadSource):
    message = N_("choose a Markdown (.md) or text (.txt) file")


def typed_in_file(stream: IO[bytes], name: str, organisation: Unit) -> dict[str, str]:
    """What the form of an asset would hold if somebody had typed the file into it: title, text and what the front matter
    says of kind, tags, steps and readers. Author, unit and day are left out: the text is the writer's own.

    FileNotOpened with the reason, in the reader's language, when it can't be read as the importer would.
    """
    name = tidy_name(name)
    try:
        if ending_of(name) not in MARKDOWN | TEXT:
            raise NotAText
        data = stream.read(MAX_PLAIN_TEXT + 1)
        if len(data) > MAX_PLAIN_TEXT:
            raise TextFileTooLarge(limit=MAX_PLAIN_TEXT // (1024 * 1024))
        fields, text = read_text(name, data)
        if len(text) > MAX_TEXT:
            raise TooLong(limit=MAX_TEXT)
        goal_id = goal_named_by(fields, organisation)
    except PortalError as error:
        raise FileNotOpened(name=name, reason=gettext(error.message, **error.values)) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    typed = {
        "title": fields.title,
        "text": _without_title(text, fields.title),
        "kind": str(fields.kind),
        "knowledge": str(fields.knowledge),
        "audience": fields.audience,
        "tags": ", ".join(fields.tags),
    }
    for number, step in enumerate(fields.steps):
        typed[f"fulfilments-{number}-step"] = step
        typed[f"fulfilments-{number}-goal"] = str(goal_id or "")
    return typed


def _without_title(text: str, title: str) -> str:
    """The text without its first line when the title was made of that line and more text follows."""
    line, _, rest = text.partition("\n")
    words = plain(line).strip(" *_#-–—:.")
    is_title = bool(words) and (title == words or title.startswith(f"{words} "))
    return rest.lstrip("\n") if is_title and rest.strip() else text
