"""Files as people send them, and as those who mean harm do."""

import io
import struct
import zipfile
import zlib

from PIL import Image

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAM = (
    b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
    + b"\x00" * 200
    + b"This program cannot be run in DOS mode."
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WORD_PART, WORKBOOK_PART, SLIDES_PART = "word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"


def picture(form="PNG", size=(40, 30), colour="teal", mode="RGB", **more):
    made = io.BytesIO()
    Image.new(mode, size, colour).save(made, form, **more)
    return made.getvalue()


def photograph(size=(64, 48), orientation=1, **more):
    """A JPEG whose left half is red, taken at a place, turned as the camera says."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (13.0, 45.0, 0.0), 3: "E", 4: (100.0, 30.0, 0.0)})
    made = io.BytesIO()
    image.save(made, "JPEG", exif=exif, comment=b"a secret comment", **more)
    return made.getvalue()


def office(part=WORD_PART, **more):
    return zipped({"[Content_Types].xml": b"<Types/>", part: b"<document/>", **more})


def open_document(kind="text", **more):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name, content in {"content.xml": b"<office/>", **more}.items():
            archive.writestr(name, content)
    return made.getvalue()


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def old_office(stream="WordDocument"):
    """The header of an OLE file, and its directory with one stream."""
    name = stream.encode("utf-16-le")
    entry = name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2) + b"\x02\x01" + b"\0" * 60
    return OLE + b"\0" * 504 + entry + b"\0" * 384


def huge_png(width, height):
    """A PNG that says it has so many pixels, in a few hundred bytes."""

    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
