"""Texts of a corpus: JSON Lines, plain text or Parquet, a piece of a file at a time.

What is compared is a text. Where the unit is a document, it is a record of JSON Lines or Parquet, or a whole
text file; where it is a paragraph, it is a line of such a record, or of a text file.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.keys import Keys, keys_of, keys_of_points, points_of
from cleanpress.errors import InputError, UsageError
from cleanpress.extras import install

JSON_NAMES = (".jsonl", ".ndjson")
PARQUET_NAMES = (".parquet",)
COMPRESSED = (".gz", ".zst")


class Unit(StrEnum):
    """What is compared."""

    DOCUMENT = "document"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a corpus is read: the fields that hold a record's text and its name (``None``: it has none), and
    what is compared (``None``: records as documents, text files by paragraphs)."""

    text_key: str = "text"
    id_key: str | None = None
    unit: Unit | None = None

    def by_paragraphs(self, path: Path) -> bool:
        """Whether the paragraphs of a file are compared."""
        if self.unit is None:
            return not (is_json(path) or is_parquet(path))
        return self.unit is Unit.PARAGRAPH


@dataclass(frozen=True, slots=True)
class Record:
    """A record of an input: ``number`` of its line or row from 1, its text, and its name."""

    number: int
    text: str
    name: str | int | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A line or row that is no record, by its ``number`` from 1, and why: what is wrong, and what to do."""

    number: int
    reason: str


class NoRecordError(ValueError):
    """A line or row is no record; ``str(error)`` says why, without the place."""


@dataclass(frozen=True, slots=True)
class Found:
    """The texts of a piece of an input.

    ``places`` (n, 2) uint32: the lines or rows of their records, and the paragraphs of those, from 1 (0: the
    whole record). ``names`` are those of the records, as JSON, where they have any. ``unread`` is what is no
    record, in order.
    """

    keys: Keys
    places: NDArray[np.uint32]
    names: tuple[bytes, ...] | None
    unread: tuple[Unread, ...] = ()


def plain_name(path: Path) -> str:
    """The file's name without a compressor's suffix."""
    return path.stem if path.suffix in COMPRESSED else path.name


def is_json(path: Path) -> bool:
    """Whether a file holds JSON Lines, by its name."""
    return plain_name(path).endswith(JSON_NAMES)


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by its name."""
    return path.name.endswith(PARQUET_NAMES)


class Source:
    """The lines of an input, uncompressed and hashed while they are read: a second reading can be told
    from the first."""

    def __init__(self, stream: BinaryIO, file: BinaryIO) -> None:
        self._stream, self._file = stream, file
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._stream:
            self._digest.update(line)
            yield line

    def chunks(self, size: int) -> Iterator[bytes]:
        """Whole lines, ``size`` bytes at a time and the rest of a line; the last may lack its end."""
        while chunk := self._stream.read(size):
            if size > 0 and not chunk.endswith(b"\n"):
                chunk += self._stream.readline()
            self._digest.update(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """Of all that was read so far, hexadecimal."""
        return self._digest.hexdigest()

    @property
    def position(self) -> int:
        """How many bytes of the file, compressed as it may be, were read."""
        return self._file.tell()


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """An input. Raises ``InputError`` with one clear line."""
    try:
        with path.open("rb") as file:
            if path.suffix == ".gz":
                yield Source(cast(BinaryIO, gzip.GzipFile(fileobj=file)), file)
            elif path.suffix == ".zst":
                with _zstandard(path, file) as stream:
                    yield Source(stream, file)
            else:
                yield Source(file, file)
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


@contextmanager
def _zstandard(path: Path, file: BinaryIO) -> Iterator[BinaryIO]:
    try:
        import zstandard
    except ImportError:
        raise UsageError(f"{path}: .zst needs the package zstandard: {install('zst')}") from None
    try:
        with zstandard.ZstdDecompressor().stream_reader(file) as stream:
            yield cast(BinaryIO, io.BufferedReader(cast(Any, stream)))
    except zstandard.ZstdError as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def pieces(path: Path, source: Source, shape: Shape, size: int) -> Iterator[tuple[int, bytes]]:
    """An input of lines in pieces of some ``size`` bytes, each with the number of its first line."""
    first = 1
    is_whole = not (is_json(path) or shape.by_paragraphs(path))
    for data in source.chunks(-1 if is_whole else size):
        yield first, data
        first += data.count(b"\n")


def part_of(path: Path, offset: int, length: int) -> bytes:
    """Some bytes of a file. Raises ``InputError`` where they are not there any more."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(length)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(data) != length:
        raise InputError(f"{path}: was changed while it was read; start again")
    return data


def texts_of(path: Path, data: bytes, shape: Shape, first: int) -> Found:
    """The texts of a piece whose first line has the number ``first``.

    Raises ``InputError`` naming the line that is not UTF-8, of a text file; of JSON Lines it is ``unread``.
    """
    if is_json(path):
        return of_records(_json_records(io.BytesIO(data), shape, first), shape, path)
    try:
        points = points_of(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        start = data.rfind(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}:{first + line}: is not UTF-8 (byte {error.start - start + 1} of the line); "
            "convert it first"
        ) from None
    if shape.by_paragraphs(path):
        # A line's end is no letter: it may stay with its line. All lines are looked at in one go.
        ends = np.flatnonzero(points == ord("\n")) + 1
        if not len(ends) or ends[-1] != len(points):
            ends = np.append(ends, len(points))
    else:
        ends = np.array([len(points)])
    places = np.zeros((len(ends), 2), np.uint32)
    places[:, 0] = np.arange(first, first + len(ends))
    borders = np.concatenate([np.zeros(1, np.int64), ends])
    return Found(keys_of_points(points, borders), places, None)


def of_records(records: Iterable[Record | Unread], shape: Shape, path: Path) -> Found:
    """The texts of records, by paragraphs or whole."""
    texts, places, names, unread = [], [], [], []
    by_paragraphs = shape.by_paragraphs(path)
    for record in records:
        if isinstance(record, Unread):
            unread.append(record)
            continue
        parts = paragraphs(record.text) if by_paragraphs else [(0, record.text)]
        texts += [text for _, text in parts]
        places += [(record.number, paragraph) for paragraph, _ in parts]
        if shape.id_key is not None:
            names += [as_json(record.name)] * len(parts)
    found = np.array(places, np.uint32).reshape(-1, 2)
    return Found(keys_of(texts), found, tuple(names) if shape.id_key is not None else None, tuple(unread))


def as_json(value: object) -> bytes:
    """A value as JSON; a lone surrogate as an escape."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def paragraphs(text: str) -> list[tuple[int, str]]:
    """The lines of a text that are not blank, with their numbers from 1."""
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _json_records(lines: Iterable[bytes], shape: Shape, first: int) -> Iterator[Record | Unread]:
    for number, raw in enumerate(lines, start=first):
        if raw.strip():
            try:
                record = parsed(raw)
                yield checked(record.get(shape.text_key), record, shape, number)
            except NoRecordError as error:
                yield Unread(number, str(error))


def parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object of a line, empty where it is another value. Raises ``NoRecordError`` for no JSON."""
    try:
        record = json.loads(raw)
    except json.JSONDecodeError as error:
        why = f"{error.msg}, at character {error.pos + 1} of the line"
        raise NoRecordError(f"is not JSON ({why}); mend the line, or take it out") from None
    except (ValueError, RecursionError) as error:
        raise NoRecordError(f"is not JSON ({error}); mend the line, or take it out") from None
    return record if isinstance(record, dict) else {}


def checked(text: object, fields: dict[str, Any], shape: Shape, number: int) -> Record:
    """A record whose text and name are what they should be. Raises ``NoRecordError`` naming the field."""
    if not isinstance(text, str):
        raise NoRecordError(f"has no text under {shape.text_key!r}; name the field with --text-key")
    name = fields.get(shape.id_key) if shape.id_key is not None else None
    if shape.id_key is not None and not isinstance(name, (str, int)):
        raise NoRecordError(f"has no id under {shape.id_key!r}; name the field with --id-key")
    return Record(number, text, name)
