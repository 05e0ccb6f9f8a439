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
    for k in sorted(range(len(blocks)), key=lambda k: (round(blocks[k].x0 / em), blocks[k].y0)):
        if k not in owner:
            owner[k] = _owner(blocks, heads, owner, k, em)
    return [owner[k] for k in range(len(blocks))]


def _owner(
    blocks: Sequence[Block], heads: Mapping[int, Head], owner: dict[int, int], k: int, em: float
) -> int:
    """The headline that a block of text stands under, or that its neighbour on the left stands under."""
    block = blocks[k]
    head = _headline_above(blocks, heads, k)
    beside = _beside(blocks, heads, owner, k, em)
    if head is None:
        return owner[beside] if beside is not None else k
    between = any(
        j != k
        and j not in heads
        and _shares(blocks[j], block) > _UNDER * (block.x1 - block.x0)
        and blocks[head].y1 - em <= blocks[j].y0 < block.y0 - em
        for j in range(len(blocks))
    )
    if between and beside is not None and abs(blocks[beside].y0 - block.y0) < _ALIGNED * em:
        # Not the first text under that headline, but on a level with the text on its left.
        return owner[beside]
    return heads[head].root


def _headline_above(blocks: Sequence[Block], heads: Mapping[int, Head], k: int) -> int | None:
    block = blocks[k]
    above = [
        t
        for t in heads
        if (blocks[t].y0 + blocks[t].y1) / 2 < block.y0
        and _shares(blocks[t], block) > _UNDER * (block.x1 - block.x0)
    ]
    return max(above, key=lambda t: (blocks[t].y1, -t), default=None)


def _beside(
    blocks: Sequence[Block], heads: Mapping[int, Head], owner: dict[int, int], k: int, em: float
) -> int | None:
    """The text block next to the left that has an owner and stands on one level with the top of block k."""
    block = blocks[k]
    left = [
        j
        for j in owner
        if j not in heads
        and blocks[j].x1 <= block.x0 + 2 * em
        and blocks[j].y0 < block.y0 + _ALIGNED * em
        and blocks[j].y1 > block.y0
    ]
    return max(left, key=lambda j: (blocks[j].x1, -abs(blocks[j].y0 - block.y0), -j), default=None)


def _shares(a: Block, b: Block) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)
