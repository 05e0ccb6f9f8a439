"""Parquet files as inputs and outputs; needs pyarrow (the extra ``parquet``)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.kept import trimmed
from cleanpress.corpus.read import Found, NoRecordError, Record, Shape, Unread, checked, of_records
from cleanpress.errors import InputError, UsageError
from cleanpress.extras import install

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROWS = 1 << 14
"""Rows that are read at once."""

Places = NDArray[np.int64]


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """A Parquet file. Raises ``InputError`` with one clear line, ``UsageError`` without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError(f"{path}: Parquet needs the package pyarrow: {install('parquet')}") from None
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None


def digest(path: Path) -> str:
    """The SHA-256 of the file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pieces(path: Path, file: pq.ParquetFile, shape: Shape) -> Iterator[tuple[int, bytes]]:
    """The columns that are compared, some rows at a time as an Arrow stream, and the number of the first."""
    import pyarrow as pa

    names = [name for name in (shape.text_key, shape.id_key) if name is not None]
    for name in names:
        if name not in file.schema_arrow.names:
            option = "--text-key" if name == shape.text_key else "--id-key"
            raise InputError(f"{path}: has no column {name!r}; name it with {option}")
    first = 1
    for batch in file.iter_batches(ROWS, columns=names):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as stream:
            stream.write_batch(batch)
        yield first, sink.getvalue().to_pybytes()
        first += batch.num_rows


def texts_of(path: Path, data: bytes, shape: Shape, first: int) -> Found:
    """The texts of a piece; see ``read.texts_of``."""
    import pyarrow as pa

    columns = pa.ipc.open_stream(data).read_all().to_pydict()
    names = columns.get(shape.id_key or "", [None] * len(columns[shape.text_key]))

    def records() -> Iterator[Record | Unread]:
        for number, (text, name) in enumerate(zip(columns[shape.text_key], names, strict=True), start=first):
            try:
                yield checked(text, {shape.id_key or "": name}, shape, number)
            except NoRecordError as error:
                yield Unread(number, str(error))

    return of_records(records(), shape, path)


def kept(file: pq.ParquetFile, shape: Shape, path: Path, gone: Places) -> Iterator[pa.Table]:
    """The rows that are kept, row group by row group, without the paragraphs that are not.

    ``gone`` (n, 2) are rows and paragraphs, sorted. Raises ``ValueError`` if it names what is not there.
    """
    first = 1
    done = 0
    for group in range(file.num_row_groups):
        table = file.read_row_group(group)
        until = int(np.searchsorted(gone[:, 0], first + table.num_rows))
        yield _without(table, gone[done:until] - np.array([first, 0]), shape, path)
        first, done = first + table.num_rows, until
    if done != len(gone):
        raise ValueError("a row that is not there")


def _without(table: pa.Table, gone: Places, shape: Shape, path: Path) -> pa.Table:
    import pyarrow as pa

    is_kept = np.ones(table.num_rows, np.bool_)
    if not shape.by_paragraphs(path):
        is_kept[gone[:, 0]] = False
        return table.filter(pa.array(is_kept))
    if not len(gone):
        return table
    at = table.schema.get_field_index(shape.text_key)
    texts = table.column(at).to_pylist()
    for row in np.unique(gone[:, 0]).tolist():
        rest = trimmed(texts[row], gone[gone[:, 0] == row, 1].tolist())
        is_kept[row] = rest is not None
        texts[row] = rest
    field = table.schema.field(at)
    return table.set_column(at, field, pa.array(texts, field.type)).filter(pa.array(is_kept))


def write(path: Path, file: pq.ParquetFile, tables: Iterator[pa.Table]) -> None:
    """Write tables in the schema and compression of a file, a row group each."""
    import pyarrow.parquet as pq

    codec: Any = "snappy"
    if file.metadata.num_row_groups:
        codec = file.metadata.row_group(0).column(0).compression.lower()
    codec = "none" if codec == "uncompressed" else codec
    with pq.ParquetWriter(path, file.schema_arrow, compression=codec) as out:
        for table in tables:
            if table.num_rows:
                out.write_table(table, row_group_size=table.num_rows)


def is_same(file: pq.ParquetFile, tables: Iterator[pa.Table]) -> bool:
    """Whether a file holds these tables, a row group each, but for empty ones."""
    group = 0
    for table in tables:
        if table.num_rows:
            if group == file.num_row_groups or not file.read_row_group(group).equals(table):
                return False
            group += 1
    return bool(group == file.num_row_groups)
