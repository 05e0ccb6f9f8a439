"""Lines that an engine read across a gutter, or in pieces, made lines of their columns again."""

from __future__ import annotations

from collections.abc import Sequence

from cleanpress.layout.columns import Block, find_blocks
from cleanpress.layout.found import FoundLine, around
from cleanpress.layout.sheet import Sheet, sheet_of, turned

_COLUMN = 3
"""Lines from which a block says where a column is."""


def mend(lines: Sequence[FoundLine], *, vertical: bool) -> list[FoundLine]:
    """The lines with those that run over a gutter cut there; needs boxes of words."""
    sheet = sheet_of(lines, vertical=vertical)
    columns = [block for block in find_blocks(sheet) if len(block.lines) >= _COLUMN and not block.title]
    result: list[FoundLine] = []
    for i, line in enumerate(lines):
        shift = float(sheet.x0[i]) - turned(line.box, vertical)[0]
        gutters = [(a - shift, b - shift) for a, b in _gutters(sheet, columns, i)]
        result += _cut(line, gutters, sheet.em, vertical=vertical)
    return result


def _gutters(sheet: Sheet, columns: Sequence[Block], i: int) -> list[tuple[float, float]]:
    """Where a line of text runs from one column into the next: the gutters' edges, from the left."""
    if sheet.size[i] > 1.2 * sheet.em:
        return []
    reach = 8 * sheet.em
    near = sorted(
        (b for b in columns if b.y0 - reach < sheet.y[i] < b.y1 + reach),
        key=lambda b: (b.x0, b.y0),
    )
    gutters = []
    for a in near:
        for b in near:
            inside = sheet.x0[i] < a.x1 - 2 * sheet.em and sheet.x1[i] > b.x0 + 2 * sheet.em
            # What is set in the middle of several columns, a byline, begins inside of one.
            inside = inside and min(abs(sheet.x0[i] - c.x0) for c in near) < 3.5 * sheet.em
            if a.x1 - 0.5 * sheet.em <= b.x0 <= a.x1 + 4 * sheet.em and inside:
                gutters.append((a.x1, b.x0))
    return sorted(set(gutters))


def _cut(
    line: FoundLine, gutters: Sequence[tuple[float, float]], em: float, *, vertical: bool
) -> list[FoundLine]:
    """A line cut between the words that stand on the two sides of a gutter; whole where none do."""
    starts = [turned(word.box, vertical)[0] for word in line.words]
    ends = [turned(word.box, vertical)[2] for word in line.words]
    borders: set[int] = set()
    for left, right in gutters:
        for k in range(1, len(line.words)):
            white = starts[k] - ends[k - 1]
            hangs = ends[k - 1] <= left + 1.2 * em
            if white > 0 and hangs and right - 0.8 * em <= starts[k] <= right + 3 * em:
                borders.add(k)
    pieces = []
    position = 0
    for border in [*sorted(borders), len(line.words)]:
        words = line.words[position:border]
        if words:
            pieces.append(FoundLine(words, around(word.box for word in words), line.region))
        position = border
    return pieces if len(pieces) > 1 else [line]
