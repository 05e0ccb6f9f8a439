"""Headlines: which blocks make one, and over how much of the page it stands.

A headline is set in the middle of what it heads, and seldom as wide. What it stands over are the columns
that begin under it on one level, as many on its left as on its right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleanpress.layout.columns import Block, block_of
from cleanpress.layout.sheet import Floats, Sheet
from cleanpress.layout.under import CENTRED, Under

_SHORT_LINE = 40.0
"""Sizes: the widest line that goes with a headline without being in its type."""
_LEVEL = 0.6
"""Sizes by which the tops of what stands on one level may differ."""


@dataclass(frozen=True, slots=True)
class Head:
    """A block of a headline: the first block of that headline, and the span that the headline stands over."""

    root: int
    x0: float
    x1: float


def find_heads(blocks: Sequence[Block], em: float) -> dict[int, Head]:
    """The blocks that make headlines: lines in large type, and the bylines and kickers set with them."""
    under = Under(blocks, em)
    titles = under.titles.tolist()
    span = np.array([under.span(t) for t in titles], np.float64).reshape(-1, 2)
    root = _roots(under, span)
    members: dict[int, int] = dict(root)
    bottom = under.edges.y1[under.titles]
    for k in under.columns.tolist():
        which = _headline_of_line(under, k, bottom, span)
        if which is not None:
            members[k] = root[titles[which]]
            # The next line may stand under this one.
            bottom[which] = max(bottom[which], blocks[k].y1)
    reach: dict[int, tuple[float, float]] = {}
    for t, (x0, x1) in zip(titles, span.tolist(), strict=True):
        before = reach.get(root[t], (x0, x1))
        reach[root[t]] = (min(before[0], x0), max(before[1], x1))
    return {k: Head(first, *reach[first]) for k, first in members.items()}


def part_bylines(sheet: Sheet, blocks: Sequence[Block]) -> list[Block]:
    """The blocks with lines set apart that stand over a column as its first, but belong to the headline.

    A byline in the middle of three columns is as far from the edge of the middle one as a first line is. But
    it stands above the level on which the columns beside it begin.
    """
    em, every = sheet.em, Under(blocks, sheet.em)
    first = np.array([block.lines[0] for block in blocks], np.intp)
    second = np.array([block.lines[:2][-1] for block in blocks], np.intp)
    is_text = np.array([len(block.lines) >= 3 for block in blocks], np.bool_) & ~sheet.closed[first]
    cut: set[int] = set()
    for t in every.titles.tolist():
        under = every.columns_under(t)
        top = every.edges.y0[under]
        middles = (sheet.x0[first[under]] + sheet.x1[first[under]]) / 2
        is_inside = np.abs(middles - (blocks[t].x0 + blocks[t].x1) / 2) < CENTRED * em
        for k in under[is_inside & is_text[under]].tolist():
            others = top[under != k]
            beside = np.abs(others - sheet.y0[second[k]]) < _LEVEL * em
            level = np.abs(others - sheet.y0[first[k]]) < _LEVEL * em
            if beside.any() and not level.any():
                cut.add(int(first[k]))
    result: list[Block] = []
    for block in blocks:
        if block.lines[0] in cut:
            result += [block_of(sheet, list(block.lines[:1])), block_of(sheet, list(block.lines[1:]))]
        else:
            result.append(block)
    return sorted(result, key=lambda block: (block.y0, block.x0))


def _roots(under: Under, span: Floats) -> dict[int, int]:
    """Headline blocks, each with the first of those set over one text: kicker, headline, deck.

    ``span`` (titles, 2) are the edges of what each stands over.
    """
    titles, edges = under.titles, under.edges
    width = edges.x1[titles] - edges.x0[titles]
    bottom, size = edges.y1[titles], edges.size[titles]
    root: dict[int, int] = {}
    is_before = np.zeros(len(titles), np.bool_)
    for n in sorted(range(len(titles)), key=lambda n: (edges.y0[titles[n]], n)):
        shared = np.minimum(span[:, 1], span[n, 1]) - np.maximum(span[:, 0], span[n, 0])
        near = edges.y0[titles[n]] - bottom <= 1.2 * np.maximum(size, size[n])
        over = np.flatnonzero(is_before & near & (shared > 0.5 * np.minimum(width, width[n])))
        t = int(titles[n])
        # The lowest; of these the first.
        root[t] = root[int(titles[over[bottom[over].argmax()]])] if len(over) else t
        is_before[n] = True
    return root


def _headline_of_line(under: Under, k: int, bottom: Floats, span: Floats) -> int | None:
    """The headline (which of the titles) that a line or two of small type are set with: close to it and in
    its middle.

    ``bottom`` says of each headline where it ends, with the lines that are set with it.
    """
    block, em, edges, titles = under.blocks[k], under.em, under.edges, under.titles
    if block.closed or len(block.lines) > 2 or block.x1 - block.x0 > _SHORT_LINE * em:
        return None
    below, above = block.y0 - bottom, edges.y0[titles] - block.y1
    is_near = ((-0.5 * em < below) & (below < 2.2 * em)) | ((-0.5 * em < above) & (above < 1.6 * em))
    is_inside = (block.x0 >= span[:, 0] - em) & (block.x1 <= span[:, 1] + em)
    some = np.flatnonzero(is_near & is_inside)
    middle = (block.x0 + block.x1) / 2
    x0, x1 = edges.x0[titles[some]], edges.x1[titles[some]]
    over = np.abs(middle - (span[some, 0] + span[some, 1]) / 2)
    aside = np.minimum(np.minimum(np.abs(middle - (x0 + x1) / 2), over), np.abs(block.x0 - x0))
    some = some[aside <= 1.2 * em]
    if not len(some) or under.is_column(k):
        return None
    return int(some[np.maximum(below[some], above[some]).argmin()])
