"""Readers: bytes with coordinates to a page. What a file is, its content says, not its name.

``page_from`` is the one way from bytes to a page; ``page_as`` reads them again as a reader did before.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from cleanpress.errors import InputError
from cleanpress.formats.read import read_bytes
from cleanpress.formats.readers import alto, hocr, ocr, ocr_json, page_xml, pdf, xml
from cleanpress.formats.readers.images import is_image
from cleanpress.layout import FoundPage, compose
from cleanpress.model import Page
from cleanpress.stages import decode as decoding

LARGER = {"alto": 8, "hocr": 8, "page-xml": 8, "ocr-json": 8, "pdf": 32, "ocr": 32}
"""How many times larger than plain text an input of each reader may be: with coordinates, each character
brings a box; an image has a million pixels for each thousand characters. The keys are the names of the
readers, as they stand for ``Page.encoding`` of an input with coordinates."""
NAMES = {
    "alto": "ALTO file",
    "hocr": "hOCR file",
    "page-xml": "PAGE-XML file",
    "ocr-json": "JSON file",
    "pdf": "PDF",
    "ocr": "image",
}
"""What a reader's input is called in a message."""
_HEAD = 1 << 16


def read_input(path: str | os.PathLike[str], *, max_bytes: int | None = None) -> bytes:
    """The bytes of a file, which may be larger than a text where it has coordinates.

    Raises ``InputError`` where it cannot be read, is empty or too large.
    """
    if max_bytes is None:
        return read_bytes(path)
    return read_bytes(path, max_bytes=max_bytes * LARGER.get(kind_of_file(path) or "", 1))


def kind_of_file(path: str | os.PathLike[str]) -> str | None:
    """``kind_of`` a file's beginning; ``None`` also for one that cannot be read, as reading it will say.

    A pipe is not opened, as that waits for whoever writes to it.
    """
    try:
        if not os.path.isfile(path):
            return None
        with Path(path).open("rb") as stream:
            return kind_of(stream.read(_HEAD))
    except OSError:
        return None


def images_in(path: str | os.PathLike[str]) -> int:
    """How many pages a file holds that are cleaned one by one: those of a PDF or a TIFF; 1 for other files.

    1 also for what cannot be read or has too many, as reading it will say.
    """
    kind = kind_of_file(path)
    count = pdf.count(path) if kind == "pdf" else ocr.count(path) if kind == "ocr" else 1
    return count if count <= ocr.MOST_IMAGES else 1


def page_from(data: bytes, source: str, encoding: str | None = None, image: int | None = None) -> Page:
    """The page that bytes hold: plain text (in ``encoding``, if that is known), or a file with coordinates.

    Of a file of several pages ``image`` says which one, from 1; without it they are one page of many images.

    Raises ``InputError``, one clear line, for what is none of these, damaged or hostile.
    """
    kind = kind_of(data)
    if kind is None:
        _refuse_markup(_start_of(data), source)
        _refuse_records(data, source)
        return decoding.decode(data, encoding=encoding, source=source)
    return page_as(data, kind, source, image)


def page_as(data: bytes, encoding: str, source: str, image: int | None = None) -> Page:
    """Bytes as the page that ``encoding`` (of plain text or of a reader) makes of them; ``image`` as above.

    Raises ``InputError`` where a reader refuses them, ``UnicodeError`` or ``LookupError`` of a codec.
    """
    digest = hashlib.sha256(data).hexdigest()
    if encoding not in LARGER:
        return Page(decoding.decode_as(data, encoding), source, encoding, digest)
    text, layout = compose(_found(data, encoding, source, image))
    if not text:
        raise InputError(f"{source}: this {NAMES[encoding]} holds no text")
    return Page(text, source, encoding, digest, layout)


def kind_of(data: bytes) -> str | None:
    """The reader that these bytes are for, told by their beginning; ``None`` for plain text and the rest."""
    if data.startswith(pdf.MAGIC):
        return "pdf"
    if is_image(data):
        return "ocr"
    head = _start_of(data)
    if ocr_json.starts_like_lines(head):
        return "ocr-json"
    if not head.startswith("<"):
        return None
    if hocr.is_hocr(head):
        return "hocr"
    root = re.search(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)", head)
    return {"alto": "alto", "pcgts": "page-xml"}.get(root[1].lower() if root else "")


def _refuse_markup(head: str, source: str) -> None:
    """Raise ``InputError`` for XML or HTML that no reader knows: its tags are not what it says."""
    if not re.match(r"<(?:\?xml\b|!doctype\b|html\b|(?:\w+:)?(?:mets|tei)\b)", head, re.IGNORECASE):
        return
    root = re.search(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)", head)
    name = root[1] if root else "no element"
    if name.lower() == "mets":
        raise InputError(
            f"{source}: this is METS, which lists the files of pages; name those, or the folder they lie in"
        )
    raise InputError(f"{source}: of markup ALTO, PAGE-XML and hOCR are read, not this kind ({name})")


def _refuse_records(data: bytes, source: str) -> None:
    """Raise ``InputError`` for JSON Lines that are not called so: their keys and braces are no page."""
    if not _start_of(data).startswith("{"):
        return
    try:
        record = json.loads(data.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return
    if isinstance(record, dict) and isinstance(record.get("text"), str):
        raise InputError(
            f"{source}: this is JSON Lines, a page a line; it is read so in a file whose name ends in .jsonl"
        )


def _start_of(data: bytes) -> str:
    """The beginning of a document as text, enough to tell its kind."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip("\ufeff \t\r\n")
    return head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")


def _found(data: bytes, encoding: str, source: str, image: int | None) -> list[FoundPage]:
    match encoding:
        case "hocr":
            return hocr.read(decoding.decode(data, source=source).text, source)
        case "ocr-json":
            return ocr_json.read(decoding.decode(data, source=source).text, source)
        case "pdf":
            return pdf.read(data, source, image)
        case "ocr":
            return ocr.read(data, source, image)
    root = xml.parse(data, source, NAMES[encoding])
    return alto.read(root) if encoding == "alto" else page_xml.read(root)
