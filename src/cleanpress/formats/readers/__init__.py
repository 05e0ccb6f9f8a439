"""Readers: bytes with coordinates to a page. What a file is, its content says, not its name.

``page_from`` is the one way from bytes to a page; ``page_as`` reads them again as a reader did before.
"""

from __future__ import annotations

import hashlib
import os
import re

from cleanpress.errors import InputError
from cleanpress.formats.read import read_bytes
from cleanpress.formats.readers import alto, hocr, xml
from cleanpress.layout import FoundPage, compose
from cleanpress.model import Page
from cleanpress.stages import decode as decoding

SCAN_BYTES = 8
"""How many times larger than plain text an input with coordinates may be: each character brings a box."""
_HEAD = 1 << 16

LAYOUT_READERS = frozenset({"alto", "hocr"})
"""The names of readers, as they stand for ``Page.encoding`` of an input with coordinates."""


def read_input(path: str | os.PathLike[str], *, max_bytes: int | None = None) -> bytes:
    """The bytes of a file, which may be larger than a text where it has coordinates.

    Raises ``InputError`` where it cannot be read, is empty or too large.
    """
    if max_bytes is None:
        return read_bytes(path)
    data = read_bytes(path, max_bytes=max_bytes * SCAN_BYTES)
    if len(data) > max_bytes and kind_of(data) is None:
        return read_bytes(path, max_bytes=max_bytes)
    return data


def page_from(data: bytes, source: str, encoding: str | None = None) -> Page:
    """The page that bytes hold: plain text (in ``encoding``, if that is known), or a file with coordinates.

    Raises ``InputError``, one clear line, for what is none of these, damaged or hostile.
    """
    kind = kind_of(data)
    if kind is None:
        return decoding.decode(data, encoding=encoding, source=source)
    return page_as(data, kind, source)


def page_as(data: bytes, encoding: str, source: str) -> Page:
    """Bytes as the page that ``encoding`` (of plain text or of a reader) makes of them.

    Raises ``InputError`` where a reader refuses them, ``UnicodeError`` or ``LookupError`` of a codec.
    """
    digest = hashlib.sha256(data).hexdigest()
    if encoding not in LAYOUT_READERS:
        return Page(decoding.decode_as(data, encoding), source, encoding, digest)
    text, layout = compose(_found(data, encoding, source))
    if not text:
        raise InputError(f"{source}: this {NAMES[encoding]} holds no text")
    return Page(text, source, encoding, digest, layout)


NAMES = {"alto": "ALTO file", "hocr": "hOCR file"}
"""What a reader's input is called in a message."""


def kind_of(data: bytes) -> str | None:
    """The reader that these bytes are for; ``None`` for plain text (and whatever else decode refuses)."""
    head = _start_of(data)
    if not head.startswith("<"):
        return None
    if hocr.is_hocr(head):
        return "hocr"
    root = re.search(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)", head)
    name = root[1].lower() if root else ""
    return "alto" if name == "alto" else None


def _start_of(data: bytes) -> str:
    """The beginning of a document as text, enough to tell its kind."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip("\ufeff \t\r\n")
    return head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")


def _found(data: bytes, encoding: str, source: str) -> list[FoundPage]:
    if encoding == "hocr":
        return hocr.read(decoding.decode(data, source=source).text, source)
    root = xml.parse(data, source, NAMES[encoding])
    return alto.read(root)
