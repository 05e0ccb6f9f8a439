"""What is kept of an input: its lines byte for byte, but for the copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.read import Shape, Source, as_json, checked, is_json, paragraphs, parsed

CHUNK = 1 << 20

Places = NDArray[np.int64]
"""Shape (n, 2): lines and paragraphs of texts, sorted."""


def kept(path: Path, source: Source, shape: Shape, gone: Places) -> Iterator[bytes]:
    """The bytes of an input without the texts at ``gone``.

    Raises ``ValueError`` if it names what is not there.
    """
    by_paragraphs = shape.by_paragraphs(path)
    if not is_json(path) and not by_paragraphs:
        if gone.tolist() not in ([], [[1, 0]]):
            raise ValueError("a line that is not there")
        yield from (data for data in source.chunks(CHUNK) if not len(gone))
        return
    number = 0
    wanted = ((line, [part for _, part in rows]) for line, rows in groupby(gone.tolist(), lambda row: row[0]))
    line, parts = next(wanted, (0, []))
    for number, raw in enumerate(source, start=1):
        if number != line:
            yield raw
            continue
        if is_json(path):
            rest = _without(path, number, raw, shape, parts)
            if rest is not None:
                yield rest
        elif parts != [0]:
            raise ValueError("a paragraph that is not there")
        line, parts = next(wanted, (0, []))
    if line:
        raise ValueError("a line that is not there")


def _without(path: Path, number: int, raw: bytes, shape: Shape, gone: Sequence[int]) -> bytes | None:
    """A record without some of its paragraphs, or none of it."""
    if not raw.strip():
        raise ValueError("a record that is not there")
    if not shape.by_paragraphs(path):
        if gone != [0]:
            raise ValueError("a paragraph that is not there")
        return None
    record = parsed(raw)
    rest = trimmed(checked(record.get(shape.text_key), record, shape, number).text, gone)
    if rest is None:
        return None
    end = raw[len(raw.rstrip(b"\r\n")) :]
    return as_json({**record, shape.text_key: rest}) + end


def trimmed(text: str, gone: Sequence[int]) -> str | None:
    """A text without some of its paragraphs; ``None`` where no other is left.

    Raises ``ValueError`` where one of them is not there.
    """
    there = {number for number, _ in paragraphs(text)}
    if not there.issuperset(gone):
        raise ValueError("a paragraph that is not there")
    if there == set(gone):
        return None
    lines = text.split("\n")
    return "\n".join(line for number, line in enumerate(lines, start=1) if number not in set(gone))
