"""Lines that an engine read across a gutter, or in pieces, made lines of their columns again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleanpress.layout.columns import TITLE_SIZE, Block, Numbers, find_blocks
from cleanpress.layout.cuts import cut, parted_words, trimmed
from cleanpress.layout.found import FoundLine, around
from cleanpress.layout.sheet import Sheet, quantile, sheet_of, turned
from cleanpress.layout.under import PICTURE, Under
from cleanpress.layout.white import Whites

_COLUMN = 3
"""Lines from which a block says where a column is."""
_WIDEST_WHITE, _WHITE = 1.8, 0.6
"""White between two pieces of one line in large type, and in type hardly larger than text, in its sizes."""
_LEAST = 0.6
"""Sizes of a headline's type of white that may part it from another."""
_FIGURE = 3
"""Units of the longest piece of a line of text that may be a figure."""
_GUTTER = 0.4
"""Sizes of the text that a gutter has at the least, between boxes that are drawn too long."""
_NEXT = 2.4
"""Sizes up or down to the next line."""
_ROUNDS = 3
"""How often lines are cut again, at the most, by the columns that the cuts before have shown."""
_OVER, _SHORT = 0.8, 0.3
"""Sizes of the text by which the last word of a headline may end over the gutter, as engines draw boxes too
long, and the next one may begin in it."""
_LARGER = 1.1
"""Sizes of the text from which type is larger than that of the text."""


def mend(lines: Sequence[FoundLine], *, vertical: bool) -> list[FoundLine]:
    """The lines, those over a gutter cut there (where words have boxes), and pieces of one line joined."""
    pieces = [trimmed(line, vertical=vertical) for line in lines]
    for _ in range(_ROUNDS):
        # What was cut shows columns where others run over.
        before = len(pieces)
        pieces = _cut_at_gutters(pieces, vertical=vertical)
        if len(pieces) == before:
            break
    return _parted_headlines(_joined(pieces, vertical=vertical), vertical=vertical)


def _joined(lines: Sequence[FoundLine], *, vertical: bool) -> list[FoundLine]:
    """Lines with those joined that stand in one row and are one line of print.

    Engines part a headline where it has white in it, and a line of text where a figure stands apart.
    """
    sheet = sheet_of(lines, vertical=vertical)
    blocks = find_blocks(sheet)
    columns = [block for block in blocks if len(block.lines) > _COLUMN and not block.title]
    of_column = {i for block in columns for i in block.lines}
    heads = _Headlines(blocks, sheet.em)
    after: dict[int, int] = {}
    taken: set[int] = set()
    order = np.argsort(sheet.x0, kind="stable")
    last = np.searchsorted(sheet.x0[order], sheet.x1 + _WIDEST_WHITE * sheet.size.max(), "right")
    for n, i in enumerate(order.tolist()):
        for j in _in_row(sheet, i, order[n + 1 : last[i]]):
            if sheet.x0[j] > sheet.x1[i] + _WIDEST_WHITE * max(sheet.size[i], sheet.size[j]):
                continue
            if i in after or j in taken or not _is_one_line(sheet, columns, of_column, i, j):
                continue
            # Two headlines over columns of their own have the gutter between them.
            titles = min(sheet.size[i], sheet.size[j]) >= TITLE_SIZE * sheet.em
            close = titles and sheet.x0[j] - sheet.x1[i] <= _GUTTER * sheet.em
            # A figure that was read by itself is no headline.
            figure = min(sheet.units[i], sheet.units[j]) <= _FIGURE and (i in of_column or j in of_column)
            if close or figure or not heads.apart(i, j):
                after[i] = j
                taken.add(j)
    result = []
    for i in range(len(lines)):
        if i in taken:
            continue
        pieces = [i]
        while pieces[-1] in after:
            pieces.append(after[pieces[-1]])
        words = tuple(word for k in pieces for word in lines[k].words)
        box = around(lines[k].box for k in pieces)
        result.append(FoundLine(words, box, lines[i].region) if len(pieces) > 1 else lines[i])
    return result


class _Headlines:
    """Headlines, each over what it stands by itself: two that stand over columns of their own are two."""

    def __init__(self, blocks: Sequence[Block], em: float) -> None:
        self._under = Under(blocks, em)
        self._of = {i: k for k, block in enumerate(blocks) for i in block.lines}

    def apart(self, i: int, j: int) -> bool:
        """Whether the headlines with lines i and j, i on the left, each stand over something else."""
        left, right = self._of[i], self._of[j]
        return (self._begins(left) and self._begins(right)) or (
            self._is_centred(left) and self._is_centred(right)
        )

    def _begins(self, k: int) -> bool:
        """Whether a headline begins where a column under it does."""
        x0 = self._under.edges.x0
        return bool((np.abs(x0[self._under.columns_under(k)] - x0[k]) < 0.7 * self._under.em).any())

    def _is_centred(self, k: int) -> bool:
        """Whether a headline stands in the middle of a column, or of several."""
        edges, em = self._under.edges, self._under.em
        own, under = (float(edges.x0[k]), float(edges.x1[k])), self._under.columns_under(k)
        span = self._under.span(k)
        over = span != own and abs(sum(span) - sum(own)) < 2 * em
        return over or bool((np.abs(edges.x0[under] + edges.x1[under] - own[0] - own[1]) < 2 * em).any())


def _in_row(sheet: Sheet, i: int, others: Numbers) -> list[int]:
    """Those of other lines that stand in one row with line i."""
    y0, y1 = sheet.y0[others], sheet.y1[others]
    shared = np.minimum(sheet.y1[i], y1) - np.maximum(sheet.y0[i], y0)
    found: list[int] = others[shared >= 0.6 * np.minimum(sheet.y1[i] - sheet.y0[i], y1 - y0)].tolist()
    return found


def _is_one_line(sheet: Sheet, columns: Sequence[Block], of_column: set[int], i: int, j: int) -> bool:
    """Whether line j, in the row of line i and to the right of it, is the rest of its line of print."""
    white = sheet.x0[j] - sheet.x1[i]
    size, other = sheet.size[i], sheet.size[j]
    if white < -0.9 * size:
        return False
    if max(size, other) < 1.3 * min(size, other) and i not in of_column and j not in of_column:
        if min(size, other) >= TITLE_SIZE * sheet.em:
            return bool(white <= _WIDEST_WHITE * size)
        if min(size, other) >= _LARGER * sheet.em:
            return bool(white <= _WHITE * size)
    if min(size, other) < 0.7 * sheet.em and min(sheet.units[i], sheet.units[j]) > 2:
        return False
    return any(
        block.x0 - sheet.em <= sheet.x0[i]
        and sheet.x1[j] <= block.x1 + sheet.em
        and block.y0 - 2 * sheet.em <= sheet.y[i] <= block.y1 + 2 * sheet.em
        for block in columns
    )


def _cut_at_gutters(lines: Sequence[FoundLine], *, vertical: bool) -> list[FoundLine]:
    sheet = sheet_of(lines, vertical=vertical)
    columns = [block for block in find_blocks(sheet) if len(block.lines) >= _COLUMN and not block.title]
    # A small headline may stand over two columns.
    text = np.minimum(sheet.size / sheet.em, sheet.height / quantile(sheet.height, 0.5)) <= _LARGER
    whites = Whites(lines, sheet, text, vertical=vertical)
    result: list[FoundLine] = []
    for i, line in enumerate(lines):
        shift = float(sheet.x0[i]) - turned(line.box, vertical)[0]
        # Where whole columns were read across, no block shows where they end, but their characters do.
        between = _gutters(sheet, columns, i) if text[i] else []
        sure = [(a - shift, b - shift) for a, b in between if _is_between(sheet, i, a, b)]
        found = between + whites.in_line(i) if text[i] else []
        gutters = [(a - shift, b - shift) for a, b in found]
        reach = 1.2 * sheet.em, 0.8 * sheet.em, 0.0
        pieces = cut(line, gutters, *reach, vertical=vertical)
        if len(pieces) == 1 and sure:
            parted = parted_words(line, sure, sheet.em, vertical=vertical)
            again = cut(parted, gutters, *reach, vertical=vertical)
            pieces = again if len(again) > 1 else pieces
        result += pieces
    return result


def _parted_headlines(lines: Sequence[FoundLine], *, vertical: bool) -> list[FoundLine]:
    """The lines, those in large type cut at a gutter that run on into another headline or into text.

    A headline may have its white over a gutter by chance: it is one if its parts are not set over columns of
    their own.
    """
    sheet = sheet_of(lines, vertical=vertical)
    columns = _Columns([b for b in find_blocks(sheet) if len(b.lines) >= _COLUMN and not b.title], sheet.em)
    pieces: list[list[FoundLine]] = []
    for i, line in enumerate(lines):
        large = min(sheet.size[i] / sheet.em, sheet.height[i] / quantile(sheet.height, 0.5)) > _LARGER
        shift = float(sheet.x0[i]) - turned(line.box, vertical)[0]
        strips = columns.strips(sheet, i) if large else []
        gutters = [(a - shift, b - shift) for a, b in strips]
        pieces.append(
            cut(line, gutters, _OVER * sheet.em, _SHORT * sheet.em, _LEAST * sheet.size[i], vertical=vertical)
        )
    tried = [piece for parts in pieces for piece in parts]
    if len(tried) == len(lines):
        return list(lines)
    sheet = sheet_of(tried, vertical=vertical)
    blocks = find_blocks(sheet)
    heads = _Headlines(blocks, sheet.em)
    text = {i for block in blocks if len(block.lines) >= _COLUMN and not block.title for i in block.lines}
    result: list[FoundLine] = []
    at = 0
    for parts in pieces:
        first = len(result)
        for k, piece in enumerate(parts, start=at):
            apart = k == at or k in text or k - 1 in text or heads.apart(k - 1, k)
            if apart or len(result) == first:
                result.append(piece)
            else:
                words = result[-1].words + piece.words
                result[-1] = FoundLine(words, around(word.box for word in words), piece.region)
        at += len(parts)
    return result


class _Columns:
    """Columns by their left edges, to look near a line for those beside each other."""

    def __init__(self, columns: Sequence[Block], em: float) -> None:
        self.em = em
        edges = np.array([(c.x0, c.y0, c.x1, c.y1) for c in columns], np.float64).reshape(-1, 4)
        self.x0, self.y0, self.x1, self.y1 = edges[np.argsort(edges[:, 0], kind="stable")].T

    def strips(self, sheet: Sheet, i: int) -> list[tuple[float, float]]:
        """The gutters between columns that stand near line i, in its row or under it, along the line."""
        em, y = self.em, float(sheet.y[i])
        # A picture may stand between a headline and a column.
        near = (self.y0 - PICTURE * em < y) & (y < self.y1 + 8 * em)
        reach = 4 * em
        near &= (self.x1 > sheet.x0[i] - reach) & (self.x0 < sheet.x1[i] + reach)
        x0, x1 = self.x0[near], self.x1[near]
        is_wide = x0 + 2 * em < x1
        low = np.searchsorted(x0, x1, "right")
        high = np.searchsorted(x0, x1 + 4 * em, "right")
        return sorted(
            {
                (float(x1[a]), right)
                for a in np.flatnonzero(is_wide).tolist()
                for right in x0[low[a] : high[a]].tolist()
            }
        )


def _is_between(sheet: Sheet, i: int, left: float, right: float) -> bool:
    """Whether line i stands among lines that end on the left and begin on the right of a gutter.

    Then it is cut there even if its boxes leave no white: on three of its four sides, above and below in both
    columns, such a line is next to it. The words under a picture over two columns have them below alone.
    """
    em, step = sheet.em, sheet.y - sheet.y[i]
    before = (sheet.x0 < left - 2 * em) & (sheet.x1 <= left + em)
    after = (sheet.x0 >= right - em) & (sheet.x0 <= right + 3 * em)
    above, below = (step < -0.5 * em) & (step > -_NEXT * em), (step > 0.5 * em) & (step < _NEXT * em)
    sides = [bool((column & row).any()) for column in (before, after) for row in (above, below)]
    return sum(sides) >= 3


def _gutters(sheet: Sheet, columns: Sequence[Block], i: int) -> list[tuple[float, float]]:
    """Where a line of text runs from one column into the next: the gutters' edges, from the left."""
    em, x0, x1, y = sheet.em, float(sheet.x0[i]), float(sheet.x1[i]), float(sheet.y[i])
    near = [b for b in columns if b.y0 - 8 * em < y < b.y1 + 8 * em]
    # Columns that the line runs into: it has text on both sides of where they begin.
    into = [b for b in near if x0 + 1.5 * em < b.x0 < x1 - 2 * em]
    # What is set in the middle of several columns, a byline, begins inside of one.
    if not into or min(abs(x0 - c.x0) for c in near) >= 3.5 * em:
        return []
    gutters = set()
    for a in near:
        ends = sheet.x1[list(a.lines)]
        for b in into:
            # Lines that run over the gutter may be among those of the column.
            own = ends[ends <= b.x0 + em]
            end = quantile(own, 0.75) if len(own) else a.x1
            if x0 < end - 2 * em and end - 0.5 * em <= b.x0 <= end + 4 * em:
                gutters.add((end, b.x0))
    return sorted(gutters)
