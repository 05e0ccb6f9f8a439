"""Records of a corpus, one a line: JSON Lines or plain text, as they are or compressed."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.keys import Keys, keys_of, keys_of_points, points_of
from cleanpress.errors import InputError, UsageError

JSON_NAMES = (".jsonl", ".ndjson")
COMPRESSED = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a corpus is read: the fields that hold a record's text and its name (``None``: it has none)."""

    text_key: str = "text"
    id_key: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A line of an input: ``number`` from 1, ``raw`` its bytes with its end, ``text`` what is compared."""

    number: int
    raw: bytes
    text: str
    name: str | int | None


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
            if not chunk.endswith(b"\n"):
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


def plain_name(path: Path) -> str:
    """The file's name without a compressor's suffix."""
    return path.stem if path.suffix in COMPRESSED else path.name


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
        raise UsageError(f"{path}: .zst needs the package zstandard: pip install 'cleanpress[zst]'") from None
    try:
        with zstandard.ZstdDecompressor().stream_reader(file) as stream:
            yield cast(BinaryIO, io.BufferedReader(cast(Any, stream)))
    except zstandard.ZstdError as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def records(path: Path, source: Iterable[bytes], shape: Shape, first: int = 1) -> Iterator[Record]:
    """The records of lines, of which the first has the number ``first``.

    Raises ``InputError`` naming the line that is none.
    """
    is_json = plain_name(path).endswith(JSON_NAMES)
    for number, raw in enumerate(source, start=first):
        if is_json:
            if raw.strip():
                text, name = _of_json(path, number, raw, shape)
                yield Record(number, raw, text, name)
        else:
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{path}:{number}: is not UTF-8 (byte {error.start + 1} of the line); convert it first"
                ) from None
            yield Record(number, raw, text, None)


def keyed(path: Path, chunk: bytes, shape: Shape, first: int) -> tuple[Keys, NDArray[np.int64]]:
    """The keys of the records of whole lines, of which the first has the number ``first``, and their lines.

    Raises ``InputError`` naming the line that is no record.
    """
    if plain_name(path).endswith(JSON_NAMES):
        found = list(records(path, io.BytesIO(chunk), shape, first))
        lines = np.array([record.number for record in found], np.int64)
        return keys_of([record.text for record in found]), lines
    try:
        points = points_of(chunk.decode())
    except UnicodeDecodeError:
        for _ in records(path, chunk.split(b"\n"), shape, first):
            pass
        raise
    # A line's end is no letter: it may stay with its line. All lines are looked at in one go.
    ends = np.flatnonzero(points == ord("\n")) + 1
    if not len(ends) or ends[-1] != len(points):
        ends = np.append(ends, len(points))
    borders = np.concatenate([np.zeros(1, np.int64), ends])
    return keys_of_points(points, borders), np.arange(first, first + len(ends))


def _of_json(path: Path, number: int, raw: bytes, shape: Shape) -> tuple[str, str | int | None]:
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}:{number}: is not JSON ({error})") from None
    if not isinstance(record, dict) or not isinstance(record.get(shape.text_key), str):
        raise InputError(
            f"{path}:{number}: has no text under {shape.text_key!r}; name the field with --text-key"
        )
    name = record.get(shape.id_key) if shape.id_key is not None else None
    if shape.id_key is not None and not isinstance(name, (str, int)):
        raise InputError(f"{path}:{number}: has no id under {shape.id_key!r}; name the field with --id-key")
    return record[shape.text_key], name
