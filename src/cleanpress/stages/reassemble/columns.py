"""Columns of equal height: where a column ended, even if a sentence ended there too.

Articles in a box are set in columns of equal height, so the ends of the columns part the text into equal
lengths. Torn sentences show most of these ends. Where a page shows that it is set so, a paragraph that closes
a sentence just where a column must have ended is more often torn than whole, though nothing in the words
says so.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from cleanpress.model import Role
from cleanpress.stages.reassemble.features import Floats, Heap

_TOLERANCE = 4
"""Characters by which a column may differ from the others: the space that a paragraph's last line leaves."""
_MOST_COLUMNS = 6
_SHORTEST = 160
"""Characters of the shortest text that is set in several columns."""
_PROOF, _SHARE = 2, 0.7
"""A page is taken to be set in equal columns where at least so many torn sentences, and this share of them,
stand at the ends of such columns; by chance one torn sentence in ten does."""

TORN_AT_COLUMN_END = 4.4
"""What the end of a column adds to the log-odds that a paragraph goes on. Of the ends of sentences 0.558 lie
inside a paragraph; of the borders between fragments that close a sentence 0.0150 do
(``benchmarks/count_column_ends.py``)."""


def column_ends(heap: Heap, heal: Floats) -> frozenset[int]:
    """The fragments that end where a column of equal height ends; empty where the page is not set so.

    ``heal`` (n, n) are log-odds that a fragment goes on in another.
    """
    ends: set[int] = set()
    torn: list[int] = []
    for section in _sections(heap, heal):
        torn += [i for i, j in pairwise(section) if heal[i, j] > 0]
        ends.update(_equal_parts(heap, section))
    proof = sum(i in ends for i in torn)
    return frozenset(ends) if proof >= _PROOF and proof >= _SHARE * len(torn) else frozenset()


def _sections(heap: Heap, heal: Floats) -> list[list[int]]:
    """Runs of running text in print, between one title line and the next.

    A short torn piece that looks like a title line is told from one by going on in its neighbour.
    """
    printed = sorted(range(len(heap.fragments)), key=lambda k: heap.places[k][0])
    torn = {k for i, j in pairwise(printed) if heal[i, j] > 0 for k in (i, j)}
    sections: list[list[int]] = [[]]
    for i in printed:
        if heap.fragments[i].role is Role.PARAGRAPH or i in torn:
            sections[-1].append(i)
        elif sections[-1]:
            sections.append([])
    return [section for section in sections if len(section) >= 2]


def _equal_parts(heap: Heap, section: list[int]) -> set[int]:
    """Fragments whose ends part a section into columns of equal length, by every number that fits."""
    ends = np.cumsum([len(heap.fragments[i].text) for i in section])
    total, borders = ends[-1], ends[:-1]
    found: set[int] = set()
    if total < _SHORTEST:
        return found
    for columns in range(2, min(_MOST_COLUMNS, len(section)) + 1):
        wanted = total * np.arange(1, columns) / columns
        nearest = np.abs(borders[None, :] - wanted[:, None]).argmin(axis=1)
        cuts = [0, *(int(borders[k]) for k in nearest), int(total)]
        if all(abs((b - a) - total / columns) <= _TOLERANCE for a, b in pairwise(cuts)):
            found.update(section[k] for k in nearest)
    return found
