"""Finding what can be imported, and reading it: Markdown with front matter, text, and JSON records a line each."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from portal.errors import PortalError
from portal.files.recognising import MAX_PLAIN_TEXT, ending_of
from portal.items.models import TITLE_LENGTH
from portal.knowledge.front_matter import BadSource, Fields, TitleTooLong, read_fields, split
from portal.knowledge.import_links import rewrite, target_of
from portal.knowledge.titles import title_of_text
from portal.markup.imported import markdown_from_text
from portal.markup.plain_text import plain
from portal.markup.rendering import MAX_TEXT, TooLong
from portal.thai.decoding import decode
from portal.thai.repair import repair
from portal.translating import N_

MARKDOWN = frozenset({"md", "markdown"})
TEXT = frozenset({"txt"})
RECORDS = frozenset({"jsonl"})
_CHUNK = 1024 * 1024
_BEGINNING = 5_000  # characters in which a page says what it is about


class NoSuchFile(BadSource):
    message = N_("there is no such file")


class NotAFile(BadSource):
    message = N_("it is no file that can be read")


class UnknownKind(BadSource):
    message = N_("files of this kind are not imported; Markdown (.md), text (.txt) and .jsonl are")


class LeadsOutside(BadSource):
    message = N_("the link leads out of the folder that is imported")


class EmptySource(BadSource):
    message = N_("there is no text in it")


class TextFileTooLarge(BadSource):
    message = N_("it is larger than %(limit)s MB")


class BrokenLine(BadSource):
    message = N_("the line is not a JSON object")


class BadRecordField(BadSource):
    message = N_("“%(field)s” must be a text")


@dataclass(frozen=True)
class Found:
    """A file to import, its name relative to what was asked for, and the folder in which its pictures may lie."""

    path: Path
    name: str
    root: Path
    size: int = 0


@dataclass(frozen=True)
class Source:
    """One document, read and looked at: Markdown text, what it says about itself, and a digest of all it was made from."""

    name: str
    line: int  # in a file of records, else 0
    fields: Fields
    text: str
    digest: str
    found: Found

    @property
    def original(self) -> Path | None:
        """The file to be kept beside the text, since the text was made from it."""
        return self.found.path if ending_of(self.found.path.name) in TEXT else None


@dataclass(frozen=True)
class Refusal:
    """A document that was not imported, by its name, line (0: all of it) and the reason."""

    name: str
    line: int
    error: PortalError


def find(paths: Iterable[Path]) -> tuple[list[Found], list[Refusal]]:
    """The files of these kinds, folders recursively and in the order of their names; and what can't be followed. Hidden
    files are passed over; a link is followed only to where it stays inside the folder."""
    found: list[Found] = []
    refused: list[Refusal] = []
    for path in paths:
        if path.is_dir():
            _walk(path, found, refused)
        elif not path.exists():
            refused.append(Refusal(_shown(path.name), 0, NoSuchFile()))
        elif ending_of(path.name) not in MARKDOWN | TEXT | RECORDS:
            refused.append(Refusal(_shown(path.name), 0, UnknownKind()))
        elif not path.is_file():
            refused.append(Refusal(_shown(path.name), 0, NotAFile()))
        else:
            found.append(Found(path, _shown(path.name), path.absolute().parent.parent, path.stat().st_size))
    once = {one.path.resolve(): one for one in reversed(found)}
    return [one for one in found if once[one.path.resolve()] is one], refused


def _walk(folder: Path, found: list[Found], refused: list[Refusal]) -> None:
    inside = folder.resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(place, name)
            if name.startswith(".") or ending_of(name) not in MARKDOWN | TEXT | RECORDS:
                continue
            shown = _shown(path.relative_to(folder).as_posix())
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                refused.append(Refusal(shown, 0, LeadsOutside()))
            elif not path.is_file():
                refused.append(Refusal(shown, 0, NotAFile()))
            else:
                found.append(Found(path, shown, inside.parent, path.stat().st_size))
    found.sort(key=lambda one: one.name.split("/"))


def _shown(name: str) -> str:
    return repair(os.fsencode(name).decode("utf-8", "replace"))


def read(found: Found) -> Source:
    """The document in a Markdown or text file. BadSource, UndecodableText, TooLong with the reason why it is none."""
    data = _bytes(found.path)
    digest = hashlib.sha256(data)
    fields, text = read_text(found.name, data)
    if ending_of(found.name) in MARKDOWN:
        for target in _files_beside(text, found):
            digest.update(_digest_of(target))
    return _source(found, 0, fields, text, digest.hexdigest())


def read_text(name: str, data: bytes) -> tuple[Fields, str]:
    """What the bytes of a Markdown or text file say about themselves, and their text in Markdown. `name` tells which of
    the two it is, and is the title when nothing else is one. BadSource, UndecodableText with the reason why it is none."""
    text = repair(decode(data)[0])
    if not text.strip():
        raise EmptySource
    if ending_of(name) in TEXT:
        return Fields(title=title_of_text(text) or _stem(name)), markdown_from_text(text)
    given, body = split(text)
    return _titled(read_fields(given), body, name)


def read_records(
    found: Found, passed: Callable[[int], None] = lambda _size: None
) -> Iterator[Source | Refusal]:
    """The documents in a file of JSON records, one after the other, and what is none with its line; empty lines are
    passed over. `passed` hears how many bytes each line had."""
    with found.path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_PLAIN_TEXT + 1):
            number += 1
            size = len(line)
            too_long = size > MAX_PLAIN_TEXT
            while too_long and not line.endswith(b"\n") and (line := file.readline(_CHUNK)):
                size += len(line)
            try:
                if too_long:
                    raise TextFileTooLarge(limit=MAX_PLAIN_TEXT // _CHUNK)
                if line.strip():
                    yield _record(found, number, line)
            except PortalError as error:
                yield Refusal(found.name, number, error)
            passed(size)


def _record(found: Found, number: int, line: bytes) -> Source:
    try:
        given = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        raise BrokenLine from error
    if not isinstance(given, dict):
        raise BrokenLine
    body = given.get("body", "")
    if not isinstance(body, str):
        raise BadRecordField(field="body")
    fields, body = _titled(read_fields(given), repair(body), found.name)
    if not fields.external_id:
        fields = replace(fields, external_id=_external_id(f"{found.name}#{number}"))
    return _source(found, number, fields, body, hashlib.sha256(line.strip()).hexdigest())


def _source(found: Found, number: int, fields: Fields, text: str, digest: str) -> Source:
    if not text.strip():
        raise EmptySource
    if len(text) > MAX_TEXT:
        raise TooLong(limit=MAX_TEXT)
    if not fields.external_id:
        fields = replace(fields, external_id=_external_id(found.name))
    return Source(found.name, number, fields, text.strip("\n"), digest, found)


def _titled(fields: Fields, body: str, name: str) -> tuple[Fields, str]:
    """The title from the front matter, the first heading or the first line; a heading that is the title is taken out."""
    first, _, rest = body.lstrip().partition("\n")
    heading = " ".join(first.removeprefix("#").strip(" #").split()) if first.startswith("# ") else ""
    if heading and fields.title in ("", heading):
        if len(heading) > TITLE_LENGTH:
            raise TitleTooLong(limit=TITLE_LENGTH)
        return replace(fields, title=heading), rest
    return (
        fields
        if fields.title
        else replace(fields, title=title_of_text(plain(body[:_BEGINNING])) or _stem(name))
    ), body


def _files_beside(body: str, found: Found) -> list[Path]:
    """The pictures and other files that the text shows or links to, without other pages."""
    targets: dict[Path, None] = {}

    def note(address: str) -> None:
        target = target_of(address, found.path, found.root)
        if target is not None and ending_of(target.name) not in MARKDOWN | TEXT:
            targets[target] = None

    rewrite(body, note)
    return list(targets)


def _digest_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_PLAIN_TEXT + 1)
    if len(data) > MAX_PLAIN_TEXT:
        raise TextFileTooLarge(limit=MAX_PLAIN_TEXT // _CHUNK)
    return data


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0][:TITLE_LENGTH]


def _external_id(name: str) -> str:
    """The name itself when it fits; of a longer one its end, after a digest that tells it from others that end so."""
    if len(name) <= 200:
        return name
    return f"{hashlib.sha256(name.encode()).hexdigest()[:16]}/{name[-180:]}"
