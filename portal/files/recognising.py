"""What a file is: its content and the ending of its name must say the same thing.

The table is short and ours: an office sends a dozen kinds of files, and each is recognised by what only that kind has
(the parts inside a DOCX, the streams inside an old DOC), not by its first bytes alone. What is not in the table is
not kept. SVG, HTML and programs are not in it: a browser or a colleague's PC would run them.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from portal.errors import BadInput
from portal.templating import number
from portal.thai.decoding import UndecodableText, decode
from portal.translating import N_

# A report of 400 pages with pictures unpacks to some 60 MB; a spreadsheet shrinks to a thirtieth at most.
MAX_UNPACKED = 400 * 1024 * 1024
MAX_MEMBERS = 5_000
MAX_RATIO = 300
RATIO_FROM = 20 * 1024 * 1024
MAX_PLAIN_TEXT = 10 * 1024 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
_CHUNK = 256 * 1024
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"})


class WrongType(BadInput):
    """The file is of no kind that is kept, or is not what its name says."""

    message = N_(
        "“%(name)s” can't be taken: files of this kind are not kept here. Send PDF, Word, Excel, PowerPoint, "
        "OpenDocument, text, or a picture (JPEG, PNG, GIF, WebP)."
    )


class NotWhatItSays(WrongType):
    message = N_("“%(name)s” can't be taken: its content is not what its name says (%(ending)s).")


class Damaged(WrongType):
    message = N_(
        "“%(name)s” is damaged or was cut off on its way. Open it to see whether it is whole, then send it again."
    )


class Protected(WrongType):
    message = N_(
        "“%(name)s” is protected by a password, so nobody could read it here. Save it without one and send that."
    )


class HasMacros(WrongType):
    message = N_("“%(name)s” holds macros, small programs. Save it without them and send that.")


class Heic(WrongType):
    message = N_(
        "“%(name)s” is a HEIC photograph, which most PCs can't show. Send it as JPEG (on an iPhone: Settings → Camera → "
        "Formats → Most Compatible)."
    )


class UnpacksTooLarge(WrongType):
    message = N_("“%(name)s” grows too large when it is unpacked.")


class TextTooLarge(WrongType):
    message = N_("“%(name)s” is a text of more than %(limit)s MB. Divide it into several files.")


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is kept: its media type, and whether it is a picture (which is drawn anew)."""

    media_type: str
    is_picture: bool = False


def recognise(file: IO[bytes], name: str) -> FileKind:
    """The kind of the file, by its content and the ending of `name`; the file is read from its start.

    A picture may carry the ending of another picture (phones and chat programs mix them up). WrongType, or one of its
    children with the reason, for everything that is not kept.
    """
    file.seek(0)
    head = file.read(64)
    ending = ending_of(name)
    picture = _picture_type(head)
    if ending in _PICTURE_ENDINGS:
        if picture:
            return FileKind(picture, is_picture=True)
        raise (Heic if _is_heic(head) else NotWhatItSays)(name=name, ending=ending)
    if ending in ("heic", "heif"):
        raise Heic(name=name)
    if ending not in _KINDS:
        raise WrongType(name=name)
    media_type, check = _KINDS[ending]
    check(file, head, name, ending)
    return FileKind(media_type)


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters without its dot; empty when it has none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def _picture_type(head: bytes) -> str:
    if head.startswith(b"\xff\xd8\xff"):
        return PICTURES["JPEG"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PICTURES["PNG"]
    if head.startswith((b"GIF87a", b"GIF89a")):
        return PICTURES["GIF"]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return PICTURES["WEBP"]
    return ""


def _is_heic(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def _check_pdf(file: IO[bytes], head: bytes, name: str, ending: str) -> None:
    if not head.startswith(b"%PDF-"):
        raise NotWhatItSays(name=name, ending=ending)
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 4096))
    if b"%%EOF" not in file.read():
        raise Damaged(name=name)


def _check_text(file: IO[bytes], head: bytes, name: str, ending: str) -> None:
    file.seek(0)
    data = file.read(MAX_PLAIN_TEXT + 1)
    if len(data) > MAX_PLAIN_TEXT:
        raise TextTooLarge(name=name, limit=number(MAX_PLAIN_TEXT // (1024 * 1024)))
    try:
        decode(data)
    except UndecodableText as error:
        raise NotWhatItSays(name=name, ending=ending) from error


def _office_check(part: str) -> Callable[[IO[bytes], bytes, str, str], None]:
    """DOCX, XLSX, PPTX: a zip with the list of content types and the part that makes it this kind."""

    def check(file: IO[bytes], head: bytes, name: str, ending: str) -> None:
        if head.startswith(OLE) and _has_stream(file, "EncryptedPackage"):
            raise Protected(name=name)
        with _opened(file, head, name, ending) as archive:
            members = set(archive.namelist())
            if not {"[Content_Types].xml", part} <= members:
                raise NotWhatItSays(name=name, ending=ending)
            if any(member.lower().endswith("vbaproject.bin") for member in members):
                raise HasMacros(name=name)
            _unpack_once(archive, name)

    return check


def _open_document_check(media_type: str) -> Callable[[IO[bytes], bytes, str, str], None]:
    """ODT, ODS, ODP: a zip whose first member names the type."""

    def check(file: IO[bytes], head: bytes, name: str, ending: str) -> None:
        with _opened(file, head, name, ending) as archive:
            infos = archive.infolist()
            if not infos or infos[0].filename != "mimetype" or infos[0].file_size > 200:
                raise NotWhatItSays(name=name, ending=ending)
            if _read_member(archive, infos[0], name).strip() != media_type.encode():
                raise NotWhatItSays(name=name, ending=ending)
            if "content.xml" not in archive.namelist():
                raise Damaged(name=name)
            if any(info.filename.startswith(("Basic/", "Scripts/")) and not info.is_dir() for info in infos):
                raise HasMacros(name=name)
            _unpack_once(archive, name)

    return check


def _opened(file: IO[bytes], head: bytes, name: str, ending: str) -> zipfile.ZipFile:
    # A zip is read from its end: without this a program with a zip behind it would pass.
    if not head.startswith(b"PK\x03\x04"):
        raise NotWhatItSays(name=name, ending=ending)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise Damaged(name=name) from error
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if any(info.flag_bits & 0x1 for info in infos):
        raise Protected(name=name)
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise UnpacksTooLarge(name=name)
    if len(set(names)) != len(names) or any(".." in one.split("/") or one.startswith("/") for one in names):
        raise Damaged(name=name)
    return archive


def _unpack_once(archive: zipfile.ZipFile, name: str) -> None:
    """Unpack everything into nowhere: what is inside is whole, and no more than it says. Bytes are counted as they
    come, since the sizes written in a zip are only claims; members that share bytes count each time."""
    unpacked = 0
    packed = max(1, sum(info.compress_size for info in archive.infolist()))
    try:
        for info in archive.infolist():
            with archive.open(info) as member:
                while piece := member.read(_CHUNK):
                    unpacked += len(piece)
                    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > packed * MAX_RATIO):
                        raise UnpacksTooLarge(name=name)
    except _BROKEN_ZIP as error:
        raise Damaged(name=name) from error


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    try:
        with archive.open(info) as member:
            return member.read(1024)
    except _BROKEN_ZIP as error:
        raise Damaged(name=name) from error


_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
    OSError,
)


def _ole_check(*streams: str) -> Callable[[IO[bytes], bytes, str, str], None]:
    """Old DOC, XLS, PPT: an OLE container with the stream that makes it this kind (an installer is one without)."""

    def check(file: IO[bytes], head: bytes, name: str, ending: str) -> None:
        if not head.startswith(OLE) or not any(_has_stream(file, stream) for stream in streams):
            raise NotWhatItSays(name=name, ending=ending)

    return check


def _has_stream(file: IO[bytes], stream: str) -> bool:
    """Whether the directory of the OLE file lists a stream of this name. An entry has 128 bytes: the name in UTF-16,
    at 64 the bytes of the name with its end, at 66 the kind of entry (2: a stream); entries stand at multiples of 128."""
    wanted = stream.encode("utf-16-le")
    length = struct.pack("<H", len(wanted) + 2) + b"\x02"
    file.seek(0)
    offset = 0
    while block := file.read(128 * 1024):
        found = block.find(wanted)
        while found != -1:
            if (offset + found) % 128 == 0 and block[found + 64 : found + 67] == length:
                return True
            found = block.find(wanted, found + 1)
        offset += len(block)
    return False


_PICTURE_ENDINGS = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp"})
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_KINDS: dict[str, tuple[str, Callable[[IO[bytes], bytes, str, str], None]]] = {
    "pdf": ("application/pdf", _check_pdf),
    "docx": (f"{_OFFICE}wordprocessingml.document", _office_check("word/document.xml")),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", _office_check("xl/workbook.xml")),
    "pptx": (f"{_OFFICE}presentationml.presentation", _office_check("ppt/presentation.xml")),
    "odt": (f"{_OPEN_DOCUMENT}text", _open_document_check(f"{_OPEN_DOCUMENT}text")),
    "ods": (f"{_OPEN_DOCUMENT}spreadsheet", _open_document_check(f"{_OPEN_DOCUMENT}spreadsheet")),
    "odp": (f"{_OPEN_DOCUMENT}presentation", _open_document_check(f"{_OPEN_DOCUMENT}presentation")),
    "doc": ("application/msword", _ole_check("WordDocument")),
    "xls": ("application/vnd.ms-excel", _ole_check("Workbook", "Book")),
    "ppt": ("application/vnd.ms-powerpoint", _ole_check("PowerPoint Document")),
    "txt": ("text/plain", _check_text),
    "md": ("text/markdown", _check_text),
    "csv": ("text/csv", _check_text),
}
ENDINGS = frozenset(_KINDS) | _PICTURE_ENDINGS
