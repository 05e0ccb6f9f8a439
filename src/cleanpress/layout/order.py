"""Reading order of blocks: what stands under which headline, and what comes first.

Two rules order the blocks of a page (Breuel 2003, "High performance document layout analysis"): what stands
above comes before what it overlaps below, and of two blocks side by side the left one comes first, unless
something that spans both stands between them. Then what stands under one headline is gathered: an article's
text stands under its headline or beside text that does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

import numpy as np

from cleanpress.layout.columns import Block, Booleans, Numbers
from cleanpress.layout.heads import Head, find_heads
from cleanpress.layout.under import Edges

_OVERLAP = 0.3
"""Share of the narrower block that two blocks overlap by if one stands above the other."""
_UNDER = 0.5
"""Share of a block that stands under a headline's span."""
_ROW = 0.6
"""Share of the lower block's height that two blocks of one row have in common."""
_NEXT_LINE = 1.6
"""Sizes of white between blocks of one text in a column: those of a line, and of a paragraph."""
_NEXT_COLUMN = 3.0
"""Sizes of white between columns that are neighbours."""
_ALIGNED = 1.6
"""Sizes by which the tops of columns of one article may differ."""


@dataclass(frozen=True, slots=True)
class Order:
    """Blocks in reading order (indices), for each of these the number of its headline's group, and which of
    them stand in a headline: headlines, and the lines set with them."""

    blocks: tuple[int, ...]
    groups: tuple[int, ...]
    titles: frozenset[int] = frozenset()


def reading_order(blocks: Sequence[Block], em: float) -> Order:
    """The order in which the blocks of an image are read."""
    if not blocks:
        return Order((), ())
    heads = find_heads(blocks, em)
    # A headline counts as wide as what it stands over.
    spread = [replace(b, x0=heads[k].x0, x1=heads[k].x1) if k in heads else b for k, b in enumerate(blocks)]
    over = _relations(spread)
    owner = _owners(spread, heads, em)
    sequence = _sorted(spread, over)
    numbers: dict[int, int] = {}
    for k in sequence:
        numbers.setdefault(owner[k], len(numbers))
    place = {k: rank for rank, k in enumerate(sequence)}
    in_head: dict[int, list[int]] = {}
    for k in heads:
        in_head.setdefault(owner[k], []).append(k)
    # Under one headline first the headline, and the words under pictures last.
    rank = {k: (2 if block.small else 1, place[k]) for k, block in enumerate(blocks)}
    rank |= {k: (0, n) for some in in_head.values() for n, k in enumerate(_by_rows(blocks, some))}
    gathered = sorted(sequence, key=lambda k: (numbers[owner[k]], rank[k]))
    groups = tuple(numbers[owner[k]] for k in gathered)
    return Order(tuple(gathered), groups, frozenset(heads))


def _by_rows(blocks: Sequence[Block], some: Sequence[int]) -> list[int]:
    """Blocks row by row from the top, in each from the left.

    Which of a row begins highest is chance: a page that is straightened is straight to a pixel or so.
    """
    waiting = sorted(some, key=lambda k: (blocks[k].y0, blocks[k].x0, k))
    result: list[int] = []
    while waiting:
        top = blocks[waiting[0]]
        row = [k for k in waiting if _in_row(top, blocks[k])]
        result += sorted(row, key=lambda k: (blocks[k].x0, blocks[k].y0, k))
        waiting = [k for k in waiting if not _in_row(top, blocks[k])]
    return result


def _in_row(top: Block, block: Block) -> bool:
    """Whether a block stands in one row with another, which is never below it."""
    shorter = min(top.y1 - top.y0, block.y1 - block.y0)
    return block is top or min(top.y1, block.y1) - max(top.y0, block.y0) >= _ROW * shorter


def _relations(blocks: Sequence[Block]) -> Booleans:
    """(n, n): whether the first block comes before the second."""
    x0, y0 = np.array([b.x0 for b in blocks]), np.array([b.y0 for b in blocks])
    x1, y1 = np.array([b.x1 for b in blocks]), np.array([b.y1 for b in blocks])
    shared = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    across = shared > _OVERLAP * np.minimum((x1 - x0)[:, None], x1 - x0)
    middle = (y0 + y1) / 2
    above = middle[:, None] < middle[None, :]
    over: Booleans = across & above
    left = ~across & ((x0 + x1)[:, None] < (x0 + x1)[None, :])
    # Between two blocks stands what is below one and above the other, and overlaps both. How many do is a
    # product of matrices, exact as long as there are fewer than 16 million.
    counted = over.astype(np.float32)
    is_parted: Booleans = counted @ counted > 0
    beside = left | left.T
    over |= (beside & is_parted) | (left & ~(is_parted | is_parted.T))
    np.fill_diagonal(over, False)
    return over


def _sorted(blocks: Sequence[Block], over: Booleans) -> list[int]:
    """A topological order; of those that may come next the leftmost, and of these the highest. Where the
    rules contradict each other, one that the fewest others come before."""
    before = over.sum(axis=0)
    is_waiting = np.ones(len(blocks), np.bool_)

    def place(k: int) -> tuple[float, float, int]:
        return blocks[k].x0, blocks[k].y0, k

    free = [place(k) for k in np.flatnonzero(before == 0).tolist()]
    heapify(free)
    result: list[int] = []
    while len(result) < len(blocks):
        if free:
            best = heappop(free)[2]
        else:
            waiting = np.flatnonzero(is_waiting)
            fewest = waiting[before[waiting] == before[waiting].min()]
            best = min(fewest.tolist(), key=place)
        result.append(best)
        is_waiting[best] = False
        before -= over[best]
        for k in np.flatnonzero(over[best] & (before == 0) & is_waiting).tolist():
            heappush(free, place(k))
    return result


def _owners(blocks: Sequence[Block], heads: Mapping[int, Head], em: float) -> list[int]:
    """For each block the headline (its first block; without any headline, a block of text) it belongs to."""
    field = _Field(blocks, heads, em)
    owner: dict[int, int] = {k: head.root for k, head in heads.items()}
    for k in range(len(blocks)):
        asked: list[int] = []
        while k not in owner and k not in asked:
            asked.append(k)
            found, other = field.owner(k)
            if other is None or other in asked:
                owner[k] = found
            else:
                k = other  # noqa: PLW2901 -- whoever it is, these belong to the same
        for j in asked:
            owner[j] = owner[k]
    return [owner[k] for k in range(len(blocks))]


class _Field:
    """The blocks of an image beside the headlines that were found there."""

    def __init__(self, blocks: Sequence[Block], heads: Mapping[int, Head], em: float) -> None:
        self._blocks, self._heads, self._em = blocks, heads, em
        self._edges = Edges(blocks)
        self._in_head = np.array(sorted(heads), np.intp)
        self._text = np.setdiff1d(np.arange(len(blocks)), self._in_head)
        self._roots = np.array([t for t in sorted(heads) if heads[t].root == t], np.intp)
        self._ends = np.array([heads[t].x1 for t in self._roots.tolist()], np.float64)

    def owner(self, k: int) -> tuple[int, int | None]:
        """The headline that a block of text stands under, and the other block that it goes on from, if any.

        A block goes on from the text right above it, and a column from the one on its left on the same level.
        """
        blocks, em = self._blocks, self._em
        block = blocks[k]
        head = self._headline_above(block)
        found = self._heads[head].root if head is not None else k
        above = self._text_above(block)
        if above is not None and head is not None and blocks[above].y0 < blocks[head].y1 - em:
            above = None
        if above is not None and block.y0 - blocks[above].y1 <= _NEXT_LINE * em:
            return found, above
        if above is not None and (left := self._headline_beside(block)) is not None:
            return self._heads[left].root, None
        beside = self._text_beside(block)
        if head is None:
            return found, beside
        if above is not None and beside is not None and abs(blocks[beside].y0 - block.y0) < _ALIGNED * em:
            # Not the first text under that headline, but on a level with the text on its left.
            return found, beside
        return found, None

    def _lowest(self, some: Numbers) -> int | None:
        """Of blocks in their order the one that ends lowest; of several the first."""
        return int(some[self._edges.y1[some].argmax()]) if len(some) else None

    def _text_above(self, block: Block) -> int | None:
        some = self._text[self._edges.y0[self._text] < block.y0]
        return self._lowest(some[self._edges.overlap(some, block) > _UNDER])

    def _headline_above(self, block: Block) -> int | None:
        edges, some = self._edges, self._in_head
        some = some[(edges.y0[some] + edges.y1[some]) / 2 < block.y0]
        return self._lowest(some[edges.shares(some, block) > _UNDER * (block.x1 - block.x0)])

    def _headline_beside(self, block: Block) -> int | None:
        """The headline next to the left on a level with the top of a block, whose text goes on in that block.

        A headline over the first column alone: the others begin beside it.
        """
        em, white = self._em, block.x0 - self._ends
        level = np.abs(self._edges.y0[self._roots] - block.y0) < _ALIGNED * em
        left = np.flatnonzero(level & (-em < white) & (white < _NEXT_COLUMN * em))
        return int(self._roots[left[self._ends[left].argmax()]]) if len(left) else None

    def _text_beside(self, block: Block) -> int | None:
        """The text block next to the left that stands on one level with the top of a block."""
        edges, em, some = self._edges, self._em, self._text
        x0, x1, y0 = edges.x0[some], edges.x1[some], edges.y0[some]
        left = (x0 < block.x0 - em) & (x1 <= block.x0 + 2 * em)
        left &= (y0 < block.y0 + _ALIGNED * em) & (edges.y1[some] > block.y0)
        some = some[left]
        if not len(some):
            return None
        return int(some[np.lexsort((some, np.abs(edges.y0[some] - block.y0), -edges.x1[some]))[0]])
