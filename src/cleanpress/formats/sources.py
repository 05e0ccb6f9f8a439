"""What a page is read from: a file, a record of a JSON Lines file, or one of the pages of a PDF or a TIFF."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from cleanpress.errors import InputError
from cleanpress.formats.readers import page_from, read_input
from cleanpress.model import Page
from cleanpress.stages.decode import decode

RECORD_SUFFIXES = (".jsonl", ".ndjson")
"""Files that hold a page a line: a JSON object with ``text`` and, if it likes, ``id``."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page comes from. ``name`` is what every record calls the page, and no other page is called so.

    ``file`` is the path as the user gave it, or as a walk from there found it; ``under`` the folder that the
    user named and the file was found in, ``None`` for a file that was named itself. A record of a JSON Lines
    file has its ``line``, from 1, and the ``offset`` in bytes at which that begins (``None``: not known); a
    page of a file that holds several is its ``image``, from 1.
    """

    name: str
    file: str
    under: str | None = None
    line: int | None = None
    offset: int | None = None
    image: int | None = None

    @classmethod
    def of(cls, path: str) -> Source:
        """A page that is a whole file."""
        return cls(path, path)

    @property
    def tree(self) -> tuple[str, ...]:
        """The folders and the name by which the page is known below the output; not yet safe as names."""
        path = PurePath(self.file.replace("\\", "/"))
        if self.under is None:
            parts: tuple[str, ...] = (path.name,)
        else:
            parts = PurePath(os.path.relpath(path, self.under.replace("\\", "/"))).parts or (path.name,)
        parts = (*parts[:-1], PurePath(parts[-1]).stem)
        return parts if self._is_whole else (*parts, self.name[len(self.file) + 1 :])

    @property
    def _is_whole(self) -> bool:
        return self.line is None and self.image is None

    def record(self) -> dict[str, Any]:
        """What the manifest says of it: what differs from a file that was named itself."""
        file = None if self._is_whole else self.file
        more = {"file": file, "line": self.line, "image": self.image, "under": self.under}
        return {"path": self.name, **{key: value for key, value in more.items() if value is not None}}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Source:
        """Back from ``record``. Raises ``ValueError`` for what is none."""
        name, file = record.get("path"), record.get("file", record.get("path"))
        under, line, image = record.get("under"), record.get("line"), record.get("image")
        if not isinstance(name, str) or not isinstance(file, str):
            raise ValueError("a page has no path")
        numbers = all(number is None or type(number) is int for number in (line, image))
        if not (under is None or isinstance(under, str)) or not numbers:
            raise ValueError(f"{name}: its place is damaged")
        if (line, image) != (None, None) and not name.startswith(file):
            raise ValueError(f"{name}: is not of {file}")
        return cls(name, file, under, line, image=image)


def content_of(source: Source, *, max_bytes: int | None = None, root: Path | None = None) -> bytes:
    """The bytes of a page; of a record its text, as UTF-8. Raises ``InputError`` with one clear line.

    ``root`` is the folder from which relative paths count; the current one without it.
    """
    path = source.file if root is None else root / source.file
    if source.line is None:
        return read_input(path, max_bytes=max_bytes)
    text = record_text(_line(path, source), source.name)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{source.name}: character {error.start} is half of a surrogate pair, which is no character"
        ) from None
    if not data:
        raise InputError(f"{source.name}: is empty")
    if max_bytes is not None and len(data) > max_bytes:
        raise InputError(
            f"{source.name}: holds {len(data):,} bytes, more than a page may ({max_bytes:,}); "
            "split it, or raise --max-bytes"
        )
    return data


def page_of(source: Source, data: bytes, encoding: str | None) -> Page:
    """The page that ``content_of`` gave the bytes of. Raises ``InputError`` where no reader takes them."""
    if source.line is not None:
        return decode(data, encoding="utf-8", source=source.name)
    return page_from(data, source.name, encoding, source.image)


def record_text(line: bytes, name: str) -> str:
    """The text of a record. Raises ``InputError`` for a line that is no record with a text."""
    record = parsed(line)
    if not isinstance(record, dict):
        raise InputError(f"{name}: is not a JSON object")
    text = record.get("text")
    if not isinstance(text, str):
        raise InputError(f"{name}: has no text under 'text'")
    return text


def parsed(line: bytes) -> Any:
    """A line of JSON Lines; ``None`` for what is not JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _line(path: str | os.PathLike[str], source: Source) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            if source.offset is not None:
                stream.seek(source.offset)
                return stream.readline()
            for number, line in enumerate(stream, start=1):
                if number == source.line:
                    return line
    except OSError as error:
        raise InputError(f"{source.name}: cannot be read: {error.strerror or error}") from None
    raise InputError(f"{source.name}: the file has no line {source.line}")
