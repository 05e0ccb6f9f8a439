"""Twins: pairs of fragments of which parts are the same text, found by index and verified exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanpress.stages.repeats.index import near_pairs, shared_grams
from cleanpress.stages.repeats.verify import Match, align, whole_match

LEFT, RIGHT = 0, 1

# Keys shorter than this are compared exactly or not at all: too few shingles to tell noise from another text.
SHORT = 12

# Equal keys shorter than this are twins only beside other twins (see `runs`) or printed side by side.
_SHORT_ALONE = 8
_SHORT_ADJACENT = 3

# Six letters in a row survive 15 % noise in both prints once in seven places; few phrases are that long.
_GRAM = 6

# Seeds on one diagonal that are worth an alignment; one diagonal is this wide, for letters added and dropped.
_SEEDS = 3
_DIAGONAL_WIDTH = 8

# How many parts of one text may stand in another (some lines lost between them).
_PARTS = 4

# Every member of a group of equal texts is paired with so many of its first members: one of them is kept.
_GROUP_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Twin:
    """A part of fragment ``left`` stands again in fragment ``right`` (``left < right``)."""

    left: int
    right: int
    match: Match

    def side(self, side: int) -> Side:
        """What of which fragment is matched on the left (0) or right (1)."""
        match = self.match
        if side == LEFT:
            return Side(self.left, match.left_start, match.left_end, match.left_at, match.right_at)
        return Side(self.right, match.right_start, match.right_end, match.right_at, match.left_at)


class Side(NamedTuple):
    """Letters ``start`` to ``end`` of a fragment; those at ``at`` stand against ``other_at`` of the twin."""

    fragment: int
    start: int
    end: int
    at: NDArray[np.int32]
    other_at: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Twins:
    """All twins in printed order; ``skipped`` counts the candidates that a cap left out."""

    twins: tuple[Twin, ...]
    skipped: int


def find_twins(keys: Sequence[str], *, bucket_cap: int) -> Twins:
    """The twins among fragments given by their comparison keys (an empty key has none).

    Equal keys are grouped first, so that a text printed a hundred times costs no more than one printed
    twice. Near ones are candidates of MinHash, torn and contained ones of shared grams.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        if key:
            groups[key].append(i)
    twins = list(_equal(groups))
    texts = [key for key in groups if len(key) >= SHORT]
    skipped = 0
    if len(texts) > 1:
        near = near_pairs(texts, bucket_cap=bucket_cap)
        diagonals, hot = _diagonals(texts, near.pairs, bucket_cap)
        skipped = near.skipped + hot
        for (a, b), seeds in diagonals.items():
            for match in _matches(texts[a], texts[b], seeds):
                twins.extend(_spread(groups[texts[a]], groups[texts[b]], match))
    twins.sort(key=lambda t: (t.left, t.right, t.match.left_start, t.match.right_start))
    return Twins(tuple(twins), skipped)


def _equal(groups: dict[str, list[int]]) -> Iterator[Twin]:
    for key, members in groups.items():
        if len(key) >= _SHORT_ALONE:
            for k, left in enumerate(members[:_GROUP_WIDTH]):
                yield from (Twin(left, right, whole_match(len(key))) for right in members[k + 1 :])
        elif len(key) >= _SHORT_ADJACENT:
            for left, right in pairwise(members):
                if right == left + 1:
                    yield Twin(left, right, whole_match(len(key)))


def _spread(lefts: Sequence[int], rights: Sequence[int], match: Match) -> Iterator[Twin]:
    """The twins of all fragments with these two texts, in printed order."""
    turned = Match(
        match.right_start,
        match.right_end,
        match.left_start,
        match.left_end,
        match.similarity,
        match.right_at,
        match.left_at,
    )
    for k, left in enumerate(lefts):
        for m, right in enumerate(rights):
            if min(k, m) < _GROUP_WIDTH:
                yield Twin(left, right, match) if left < right else Twin(right, left, turned)


Seeding = list[tuple[int, int]]
"""Places ``(left offset, right offset)`` where two texts share a gram."""


def _diagonals(
    texts: Sequence[str], near: Iterable[tuple[int, int]], cap: int
) -> tuple[dict[tuple[int, int], Seeding], int]:
    """For each pair of texts worth aligning, the places they share; and the number of grams capped."""
    seeds = shared_grams(texts, _GRAM, cap=cap)
    found: dict[tuple[int, int], Seeding] = {pair: [] for pair in near}
    changes = np.flatnonzero((np.diff(seeds.left) != 0) | (np.diff(seeds.right) != 0)) + 1
    borders = [0, *changes.tolist(), len(seeds.left)] if len(seeds.left) else [0]
    for low, high in pairwise(borders):
        pair = (int(seeds.left[low]), int(seeds.right[low]))
        if high - low >= _SEEDS or pair in found:
            places = zip(seeds.left_at[low:high].tolist(), seeds.right_at[low:high].tolist(), strict=True)
            found[pair] = list(places)
    return dict(sorted(found.items())), seeds.skipped


def _matches(left: str, right: str, seeds: Seeding) -> Iterator[Match]:
    """The parts that two texts share, the best seeded first; none if they turn out to be a template."""
    if not seeds:
        match = align(left, right, 0)
        if match:
            yield match
        return
    for _ in range(_PARTS):
        diagonal, count = _best_diagonal(seeds)
        if count < _SEEDS and min(len(left), len(right)) > 2 * SHORT:
            return
        match = align(left, right, diagonal)
        if not match:
            return
        rest = [
            (a, b)
            for a, b in seeds
            if not (match.left_start <= a < match.left_end or match.right_start <= b < match.right_end)
        ]
        if len(rest) == len(seeds):
            return
        yield match
        seeds = rest
        if not seeds:
            return


def _best_diagonal(seeds: Seeding) -> tuple[int, int]:
    """The middle of the diagonal with the most seeds, and their number."""
    diagonals = sorted(a - b for a, b in seeds)
    best, best_range, low = 0, (0, 1), 0
    for high, diagonal in enumerate(diagonals):
        while diagonal - diagonals[low] > _DIAGONAL_WIDTH:
            low += 1
        if high + 1 - low > best:
            best, best_range = high + 1 - low, (low, high + 1)
    return diagonals[sum(best_range) // 2], best
