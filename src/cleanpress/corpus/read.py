"""Records of a corpus, one a line: JSON Lines or plain text, as they are or compressed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

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


class Hashed:
    """Lines of a stream, hashed while they are read, so that a second reading can be told from the first."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._stream:
            self._digest.update(line)
            yield line

    @property
    def sha256(self) -> str:
        """Of all lines so far, hexadecimal."""
        return self._digest.hexdigest()


def plain_name(path: Path) -> str:
    """The file's name without a compressor's suffix."""
    return path.stem if path.suffix in COMPRESSED else path.name


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The uncompressed bytes of an input. Raises ``InputError`` with one clear line."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as stream:
                yield cast(BinaryIO, stream)
        elif path.suffix == ".zst":
            with _zstandard(path) as stream:
                yield stream
        else:
            with path.open("rb") as stream:
                yield stream
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


@contextmanager
def _zstandard(path: Path) -> Iterator[BinaryIO]:
    try:
        import zstandard
    except ImportError:
        raise UsageError(f"{path}: .zst needs the package zstandard: pip install 'cleanpress[zst]'") from None
    try:
        with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
            import io

            yield cast(BinaryIO, io.BufferedReader(cast(Any, stream)))
    except zstandard.ZstdError as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def records(path: Path, lines: Hashed, shape: Shape) -> Iterator[Record]:
    """The records of an input. Raises ``InputError`` naming the line that is none."""
    is_json = plain_name(path).endswith(JSON_NAMES)
    for number, raw in enumerate(lines, start=1):
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
