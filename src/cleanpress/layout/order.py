"""Reading order of blocks: what stands under which headline, and what comes first.

Two rules order the blocks of a page (Breuel 2003, "High performance document layout analysis"): what stands
above comes before what it overlaps below, and of two blocks side by side the left one comes first, unless
something that spans both stands between them. Then what stands under one headline is gathered: an article's
text stands under its headline or beside text that does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cleanpress.layout.columns import Block, Booleans
from cleanpress.layout.heads import Head, find_heads

_OVERLAP = 0.3
"""Share of the narrower block that two blocks overlap by if one stands above the other."""
_UNDER = 0.5
"""Share of a block that stands under a headline's span."""
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
    gathered = sorted(
        sequence,
        key=lambda k: (numbers[owner[k]], *_rank(blocks[k], place[k], in_head=k in heads)),
    )
    groups = tuple(numbers[owner[k]] for k in gathered)
    return Order(tuple(gathered), groups, frozenset(heads))


def _rank(block: Block, place: int, *, in_head: bool) -> tuple[int, float]:
    """Within what stands under one headline: the headline first, the words under pictures last."""
    return (0, block.y0) if in_head else (2, place) if block.small else (1, place)


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
    # Between two blocks stands what is below one and above the other, and overlaps both.
    for i, j in np.argwhere(left):
        top, bottom = (i, j) if middle[i] < middle[j] else (j, i)
        between = across[i] & across[j] & (middle > middle[top]) & (middle < middle[bottom])
        if between.any():
            over[top, bottom] = True
        else:
            over[i, j] = True
    np.fill_diagonal(over, False)
    return over


def _sorted(blocks: Sequence[Block], over: Booleans) -> list[int]:
    """A topological order; of those that may come next, what is read on to from the last one, then the
    leftmost at the top. Where rules contradict each other, the highest."""
    waiting = set(range(len(blocks)))
    before = over.sum(axis=0)
    result: list[int] = []
    while waiting:
        free = [k for k in waiting if before[k] == 0] or list(waiting)
        best = min(free, key=lambda k: (before[k], blocks[k].x0, blocks[k].y0, k))
        result.append(best)
        waiting.remove(best)
        before = before - over[best]
    return result


def _owners(blocks: Sequence[Block], heads: Mapping[int, Head], em: float) -> list[int]:
    """For each block the headline (its first block; without any headline, a block of text) it belongs to."""
    owner: dict[int, int] = {k: head.root for k, head in heads.items()}
    for k in range(len(blocks)):
        asked: list[int] = []
        while k not in owner and k not in asked:
            asked.append(k)
            found, other = _owner(blocks, heads, k, em)
            if other is None or other in asked:
                owner[k] = found
            else:
                k = other  # noqa: PLW2901 -- whoever it is, these belong to the same
        for j in asked:
            owner[j] = owner[k]
    return [owner[k] for k in range(len(blocks))]


def _owner(blocks: Sequence[Block], heads: Mapping[int, Head], k: int, em: float) -> tuple[int, int | None]:
    """The headline that a block of text stands under, and the other block that it goes on from, if any.

    A block goes on from the text right above it, and a column from the one on its left on the same level.
    """
    block = blocks[k]
    head = _headline_above(blocks, heads, k)
    found = heads[head].root if head is not None else k
    over = [
        j
        for j in range(len(blocks))
        if j != k and j not in heads and blocks[j].y0 < block.y0 and _overlap(blocks[j], block) > _UNDER
    ]
    above = max(over, key=lambda j: (blocks[j].y1, -j), default=None)
    if above is not None and head is not None and blocks[above].y0 < blocks[head].y1 - em:
        above = None
    if above is not None and block.y0 - blocks[above].y1 <= _NEXT_LINE * em:
        return found, above
    if above is not None and (left := _headline_beside(blocks, heads, k, em)) is not None:
        return heads[left].root, None
    beside = _beside(blocks, heads, k, em)
    if head is None:
        return found, beside
    if above is not None and beside is not None and abs(blocks[beside].y0 - block.y0) < _ALIGNED * em:
        # Not the first text under that headline, but on a level with the text on its left.
        return found, beside
    return found, None


def _overlap(a: Block, b: Block) -> float:
    """The share of the narrower block that two blocks have in common across the page."""
    return _shares(a, b) / max(1.0, min(a.x1 - a.x0, b.x1 - b.x0))


def _headline_above(blocks: Sequence[Block], heads: Mapping[int, Head], k: int) -> int | None:
    block = blocks[k]
    above = [
        t
        for t in heads
        if (blocks[t].y0 + blocks[t].y1) / 2 < block.y0
        and _shares(blocks[t], block) > _UNDER * (block.x1 - block.x0)
    ]
    return max(above, key=lambda t: (blocks[t].y1, -t), default=None)


def _headline_beside(blocks: Sequence[Block], heads: Mapping[int, Head], k: int, em: float) -> int | None:
    """The headline next to the left on a level with the top of block k, whose text goes on in that block.

    A headline over the first column alone: the others begin beside it.
    """
    block = blocks[k]
    left = [
        t
        for t, head in heads.items()
        if t == head.root
        and abs(blocks[t].y0 - block.y0) < _ALIGNED * em
        and -em < block.x0 - head.x1 < _NEXT_COLUMN * em
    ]
    return max(left, key=lambda t: (heads[t].x1, -t), default=None)


def _beside(blocks: Sequence[Block], heads: Mapping[int, Head], k: int, em: float) -> int | None:
    """The text block next to the left that stands on one level with the top of block k."""
    block = blocks[k]
    left = [
        j
        for j in range(len(blocks))
        if j not in heads
        and j != k
        and blocks[j].x0 < block.x0 - em
        and blocks[j].x1 <= block.x0 + 2 * em
        and blocks[j].y0 < block.y0 + _ALIGNED * em
        and blocks[j].y1 > block.y0
    ]
    return max(left, key=lambda j: (blocks[j].x1, -abs(blocks[j].y0 - block.y0), -j), default=None)


def _shares(a: Block, b: Block) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)
