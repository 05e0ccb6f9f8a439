"""Where a code point stands for a human: line and column, both counted from 1."""

from __future__ import annotations

import re
from bisect import bisect_right

_LINE_END = re.compile(r"\r\n|\r|\n")


class Places:
    """Lines and columns of a decoded page.

    A line ends with ``\\n``, ``\\r\\n`` or a lone ``\\r``, as editors count; a form feed ends none.
    Columns count code points.
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def of(self, offset: int) -> tuple[int, int]:
        """Line and column of the code point at ``offset``."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
