"""``articles.parquet``: the articles as a table, for pandas and datasets; needs the extra ``parquet``.

The bytes of the file are the library's affair and differ between its versions; the rows do not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleanpress.errors import UsageError
from cleanpress.extras import install
from cleanpress.formats.outputs import Output, Record

NAME = "articles.parquet"
_HALF = re.compile("[\ud800-\udfff]")
ROWS = 1000
"""Articles that are held in memory at a time, and the rows of a group of the file."""


class Parquet(Output):
    """Written when all articles are in ``articles.jsonl``."""

    def write_to(self, folder: Path) -> Iterator[str]:
        arrow, parquet = library()
        schema = _schema(arrow)
        with parquet.ParquetWriter(folder / NAME, schema, compression="zstd") as writer:
            for rows in _batches(folder):
                writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
        yield NAME

    def problems_of(self, folder: Path) -> Iterator[tuple[str, str]]:
        arrow, parquet = library()
        try:
            with parquet.ParquetFile(folder / NAME) as file:
                same = file.schema_arrow.equals(_schema(arrow)) and _same(
                    (row for batch in file.iter_batches(ROWS) for row in batch.to_pylist()),
                    (row for rows in _batches(folder) for row in rows),
                )
        except (OSError, arrow.ArrowException):
            same = False
        yield NAME, "" if same else "does not hold the articles of articles.jsonl"


def library() -> tuple[Any, Any]:
    """The library. Raises ``UsageError`` where it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError(f"the format parquet needs the package pyarrow: {install('parquet')}") from None
    return pyarrow, pyarrow.parquet


def _schema(arrow: Any) -> Any:
    span = arrow.list_(arrow.int64())
    text, number, share = arrow.string(), arrow.int64(), arrow.float64()
    block = arrow.struct(
        [
            *(("role", text), ("text", text), ("spans", arrow.list_(span)), ("line", number)),
            *(("column", number), ("boxes", arrow.list_(arrow.list_(share)))),
        ]
    )
    join = arrow.struct(
        [("block", number), ("offset", number), ("left", span), ("right", span), ("confidence", share)]
    )
    gap = arrow.struct([("block", number), ("side", text), ("reason", text)])
    return arrow.schema(
        [
            *((key, text) for key in ("page", "id")),
            ("position", number),
            *((key, text) for key in ("title", "kicker", "subtitle", "byline", "text")),
            ("blocks", arrow.list_(block)),
            ("joins", arrow.list_(join)),
            ("gaps", arrow.list_(gap)),
            ("confidence", share),
        ]
    )


def _batches(folder: Path) -> Iterator[list[Record]]:
    rows: list[Record] = []
    with (folder / "articles.jsonl").open("rb") as lines:
        for line in lines:
            rows.append(_storable(json.loads(line)))
            for block in rows[-1]["blocks"]:
                # Only pages with coordinates have boxes; in a table every row has every column.
                block.setdefault("boxes", None)
            if len(rows) == ROWS:
                yield rows
                rows = []
    if rows:
        yield rows


def _storable(value: Any) -> Any:
    """The record with half surrogate pairs as U+FFFD: the file holds UTF-8 only. Confidences are floats."""
    match value:
        case str():
            return _HALF.sub("\ufffd", value)
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {
                key: float(item) if key == "confidence" else _storable(item) for key, item in value.items()
            }
    return value


def _same(found: Iterator[Record], expected: Iterator[Record]) -> bool:
    end = object()
    while True:
        one, other = next(found, end), next(expected, end)
        if one != other:
            return False
        if one is end:
            return True
