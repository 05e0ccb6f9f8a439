"""The lines of a record file, read back page by page; nothing is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from cleanpress.formats import parse


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A line of a record file: its number from 1, its bytes, the record and the value read back."""

    number: int
    content: bytes
    record: dict[str, Any]
    value: Any


class RecordReader:
    """The records of one file, page by page in the order in which they stand."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file = f"{name}.jsonl"
        self._parse = parse.PARSERS[name]
        path = folder / self.file
        # A file that is missing was reported by its hash; here it has no lines.
        self._stream: BinaryIO = path.open("rb") if path.is_file() else BytesIO()
        self._lines = enumerate(self._stream, start=1)
        self._ahead = next(self._lines, None)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def take(self, source: str, due: set[str]) -> tuple[list[RecordLine], list[tuple[int, str]]]:
        """The lines of a page, and what is wrong with lines that are damaged or of no page in ``due``.

        Stops before the first line of another page that is due.
        """
        lines: list[RecordLine] = []
        wrong: list[tuple[int, str]] = []
        while self._ahead is not None:
            number, content = self._ahead
            try:
                record = parse.record_of(content)
                if record["page"] == source:
                    lines.append(RecordLine(number, content, record, self._parse(record)))
                elif record["page"] in due:
                    break
                else:
                    wrong.append(
                        (number, f"belongs to {record['page']!r}, which is not a page that was due here")
                    )
            except parse.RecordError as error:
                wrong.append((number, str(error)))
            self._ahead = next(self._lines, None)
        return lines, wrong
