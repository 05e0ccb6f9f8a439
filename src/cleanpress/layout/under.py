"""What stands under a headline: the columns that begin there, and how far they reach."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from cleanpress.layout.columns import Block, Numbers
from cleanpress.layout.sheet import Floats

_NEAR = 6.0
"""Sizes of text from a headline down to the columns under it: bylines and kickers stand between."""
PICTURE = 22.0
"""Sizes of text from a headline down to a column under it over which a picture stands."""
_FLUSH, _LEVEL = 2.6, 1.6
"""Sizes by which a headline and the first line under it may begin apart (it has an indent), and by which the
tops of columns on one level may differ."""
CENTRED = 2.0
"""Sizes of text by which the middle of a headline may miss that of its columns."""
_FLAT, _BESIDE = 0.6, 3.0
"""Sizes up to which the tops of two columns are one level, and white between columns that are neighbours."""
_SAME_COLUMN = 0.5
"""Share of the narrower block that two blocks of one column have in common across the page."""
_REMEMBERED = 64
"""Headlines whose columns are remembered: each is asked about with its neighbours."""


class Edges:
    """The edges of some blocks as arrays, one entry a block."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.x0 = np.array([block.x0 for block in blocks], np.float64)
        self.y0 = np.array([block.y0 for block in blocks], np.float64)
        self.x1 = np.array([block.x1 for block in blocks], np.float64)
        self.y1 = np.array([block.y1 for block in blocks], np.float64)
        self.size = np.array([block.size for block in blocks], np.float64)

    def shares(self, some: Numbers, block: Block) -> Floats:
        """How much of the page's width some of the blocks have in common with one; negative for white."""
        found: Floats = np.minimum(self.x1[some], block.x1) - np.maximum(self.x0[some], block.x0)
        return found

    def overlap(self, some: Numbers, block: Block) -> Floats:
        """The same as a share of the narrower block."""
        narrower = np.minimum(self.x1[some] - self.x0[some], block.x1 - block.x0)
        found: Floats = self.shares(some, block) / np.maximum(1.0, narrower)
        return found


class Under:
    """The blocks of an image (``title``: its headlines), and what stands under each of these.

    A row may hold hundreds of headlines, each over columns of its own: what overlaps a block is found once,
    and how far a headline reaches is tried between its neighbours alone.
    """

    def __init__(self, blocks: Sequence[Block], em: float) -> None:
        self.blocks, self.em = blocks, em
        self.edges = Edges(blocks)
        is_title = np.array([block.title for block in blocks], np.bool_)
        self.titles, self.columns = np.flatnonzero(is_title), np.flatnonzero(~is_title)
        is_text = np.array([not (block.title or block.small or block.speck) for block in blocks], np.bool_)
        self._text = np.flatnonzero(is_text)
        self._is_long = ~is_title & np.array([len(block.lines) >= 3 for block in blocks], np.bool_)
        is_open = np.array([not block.closed for block in blocks], np.bool_)
        self._is_short = is_open & np.array([len(block.lines) <= 2 for block in blocks], np.bool_)
        self._found: dict[int, tuple[frozenset[int], float]] = {}
        self.columns_under = lru_cache(_REMEMBERED)(self._columns_under)

    def is_column(self, k: int) -> bool:
        """Whether a line or two begin on one level with a column beside them, and fill one as wide."""
        block, edges, em = self.blocks[k], self.edges, self.em
        white = np.maximum(edges.x0 - block.x1, block.x0 - edges.x1)
        beside = self._is_long & (np.abs(edges.y0 - block.y0) < _FLAT * em)
        beside &= np.abs((edges.x1 - edges.x0) - (block.x1 - block.x0)) < em
        beside &= (white > 0) & (white < _BESIDE * em)
        beside[k] = False
        return bool(beside.any())

    def span(self, t: int) -> tuple[float, float]:
        """How far the columns reach that begin under a headline."""
        title, em = self.blocks[t], self.em
        middle = (title.x0 + title.x1) / 2
        rivals = self._rivals(t)
        under = [self.blocks[k] for k in self._between(title, rivals, self.columns_under(t)).tolist()]
        best = (title.x0, title.x1)
        for a, first in enumerate(under):
            if first.y0 > title.y1 + _NEAR * em:
                continue
            for last in under[a:]:
                x0, x1 = min(first.x0, title.x0), max(last.x1, title.x1)
                centred = abs((first.x0 + last.x1) / 2 - middle) <= CENTRED * em
                if not centred or x1 - x0 <= best[1] - best[0]:
                    continue
                if not self._meets(rivals, x0, x1):
                    best = (x0, x1)
        return best if best != (title.x0, title.x1) else self._span_to_the_right(title, under, rivals)

    def _span_to_the_right(
        self, title: Block, under: Sequence[Block], rivals: Numbers
    ) -> tuple[float, float]:
        """The same, on one level, of a headline that begins where the first of its columns does."""
        em, end = self.em, title.x1
        first: Block | None = None
        for column in under:
            if first is None:
                if abs(column.x0 - title.x0) < _FLUSH * em and column.y0 <= title.y1 + _NEAR * em:
                    first = column
                continue
            if abs(column.y0 - first.y0) > _LEVEL * em or self._meets(rivals, title.x1, column.x1):
                break
            end = max(end, column.x1)
        return title.x0, end

    def _rivals(self, t: int) -> Numbers:
        """The other headlines in the row of a headline."""
        title, edges, titles = self.blocks[t], self.edges, self.titles
        common = np.minimum(edges.y1[titles], title.y1) - np.maximum(edges.y0[titles], title.y0)
        level = common > -0.5 * np.minimum(edges.size[titles], title.size)
        found: Numbers = titles[level & (titles != t)]
        return found

    def _meets(self, rivals: Numbers, x0: float, x1: float) -> bool:
        """Whether one of some blocks stands between two edges."""
        edges, em = self.edges, self.em
        return bool(((edges.x0[rivals] < x1 - em) & (edges.x1[rivals] > x0 + em)).any())

    def _between(self, title: Block, rivals: Numbers, some: Numbers) -> Numbers:
        """Those of some blocks between the headlines next to one, behind which it does not reach."""
        edges, em = self.edges, self.em
        x0, x1 = edges.x0[rivals], edges.x1[rivals]
        left = x1[x1 <= title.x0 + em].max(initial=-np.inf) - em
        right = x0[x0 >= title.x1 - em].min(initial=np.inf) + em
        found: Numbers = some[(edges.x1[some] > left) & (edges.x0[some] < right)]
        return found

    def _columns_under(self, t: int) -> Numbers:
        """The blocks of text that are the first under a headline, in their columns, from the left.

        A picture may stand over some of them, but no other headline.
        """
        title, edges, em = self.blocks[t], self.edges, self.em
        y0 = edges.y0
        begin = self._text[(title.y1 - em < y0[self._text]) & (y0[self._text] < title.y1 + PICTURE * em)]
        begin = begin[np.argsort(y0[begin], kind="stable")]
        middles = np.abs((edges.x0[begin] + edges.x1[begin]) - (title.x0 + title.x1)) / 2
        is_near = self._is_short[begin] & (middles <= em) & (y0[begin] < title.y1 + 3 * em)
        # A byline or a deck: what it stands over is the headline's.
        decks = {k for k in begin[is_near].tolist() if not self.is_column(k)}
        # Columns that begin beside the headline and run on under it.
        is_beside = (y0[self.columns] <= title.y1 - em) & (title.y1 < edges.y1[self.columns])
        taken = set(self.columns[is_beside].tolist())
        found = []
        for k in begin.tolist():
            overlapping, headline = self._overlapping(k)
            if headline < title.y1 and k not in decks and taken.isdisjoint(overlapping):
                found.append(k)
                taken.add(k)
        under = np.array(found, np.intp)
        return under[np.argsort(edges.x0[under], kind="stable")]

    def _overlapping(self, k: int) -> tuple[frozenset[int], float]:
        """The text in one column with a block, and where the headline next above it there begins."""
        if k not in self._found:
            block, edges = self.blocks[k], self.edges
            text = self.columns[edges.overlap(self.columns, block) > _SAME_COLUMN]
            titles = self.titles[edges.overlap(self.titles, block) > _SAME_COLUMN]
            above = edges.y0[titles][edges.y0[titles] < block.y0]
            self._found[k] = frozenset(text.tolist()), float(above.max(initial=-np.inf))
        return self._found[k]
