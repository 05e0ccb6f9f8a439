"""Twins: pairs of fragments of which parts are the same text, found by index and verified exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

# Of many copies each is compared with so many of the first (equal ones also with the copy before it). One of
# the first is kept nearly always; what is kept beside it is thinned out at the end (see `choice`).
COMPARED = 8

# A text is compared no more after so many comparisons that failed: a template. On the development pages no
# text has more than 3; of 4,000 paragraphs of news taken for one page one (the figures of a day) has 33.
_FAILURES = 32


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
    """All twins in printed order.

    Not every two of many equal fragments are twins: those ``without_hub`` are twins only of the first of
    their kind and of the ones next to them.
    ``skipped`` counts the comparisons that a cap left out: 0 says that none did; a pair that several hot
    buckets left out counts in each.
    """

    twins: tuple[Twin, ...]
    without_hub: frozenset[int] = frozenset()
    skipped: int = 0


def find_twins(keys: Sequence[str], *, bucket_cap: int) -> Twins:
    """The twins among fragments given by their comparison keys (an empty key has none).

    Equal keys are grouped first and each group is compared once, so that a text printed a hundred times
    costs hardly more than one printed twice. Near ones are candidates of MinHash, torn and contained ones of
    shared grams.
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
        candidates, hot = _candidates(texts, near.pairs, bucket_cap)
        matches, left_out = _compare(texts, candidates)
        skipped = near.skipped + hot + left_out
        for a, b, match in matches:
            twins.extend(_spread(groups[texts[a]], groups[texts[b]], match))
    twins.sort(key=lambda t: (t.left, t.right, t.match.left_start, t.match.right_start))
    without_hub = {i for key, crowd in groups.items() if len(key) >= _SHORT_ALONE for i in crowd[COMPARED:]}
    return Twins(tuple(twins), frozenset(without_hub), skipped)


def _equal(groups: dict[str, list[int]]) -> Iterator[Twin]:
    for key, members in groups.items():
        match = whole_match(len(key))
        if len(key) >= _SHORT_ALONE:
            for k, left in enumerate(members[:COMPARED]):
                yield from (Twin(left, right, match) for right in members[k + 1 :])
            yield from (Twin(left, right, match) for left, right in pairwise(members[COMPARED:]))
        elif len(key) >= _SHORT_ADJACENT:
            yield from (Twin(left, right, match) for left, right in pairwise(members) if right == left + 1)


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
            if min(k, m) < COMPARED:
                yield Twin(left, right, match) if left < right else Twin(right, left, turned)


Seeding = list[tuple[int, int]]
"""Places ``(left offset, right offset)`` where two texts share a gram."""


def _candidates(
    texts: Sequence[str], near: Iterable[tuple[int, int]], cap: int
) -> tuple[dict[int, dict[int, Seeding]], int]:
    """For each text the earlier ones worth comparing it with, and the places that they share with it.

    Both in printed order: most copies are copies of an early print. Also the number of grams capped.
    """
    found: dict[int, dict[int, Seeding]] = defaultdict(dict)
    for a, b in near:
        found[b][a] = []
    seeds = shared_grams(texts, _GRAM, cap=cap)
    if len(seeds.left):
        changes = np.flatnonzero((np.diff(seeds.left) != 0) | (np.diff(seeds.right) != 0)) + 1
        borders = [0, *changes.tolist(), len(seeds.left)]
        lefts, rights = seeds.left[borders[:-1]].tolist(), seeds.right[borders[:-1]].tolist()
        for a, b, (low, high) in zip(lefts, rights, pairwise(borders), strict=True):
            if high - low >= _SEEDS or a in found[b]:
                places = zip(seeds.left_at[low:high].tolist(), seeds.right_at[low:high].tolist(), strict=True)
                found[b][a] = list(places)
    return {b: dict(sorted(found[b].items())) for b in sorted(found)}, seeds.skipped


def _compare(
    texts: Sequence[str], candidates: Mapping[int, Mapping[int, Seeding]]
) -> tuple[list[tuple[int, int, Match]], int]:
    """The matches of all candidates, and how many candidates were not compared."""
    matches: list[tuple[int, int, Match]] = []
    skipped = 0
    for b, others in candidates.items():
        # In how many other texts each letter has been found.
        times = np.zeros(len(texts[b]), np.int32)
        failures = 0
        for a, seeds in others.items():
            diagonal = _diagonal(texts[a], texts[b], seeds)
            if diagonal is None:
                continue
            where = times[[place for _, place in seeds]] if seeds else times
            if failures >= _FAILURES or 2 * np.count_nonzero(where >= COMPARED) > len(where):
                skipped += 1
                continue
            found = list(_matches(texts[a], texts[b], seeds, diagonal))
            failures += not found
            for match in found:
                times[match.right_start : match.right_end] += 1
            matches.extend((a, b, match) for match in found)
    return matches, skipped


def _matches(left: str, right: str, seeds: Seeding, diagonal: int | None) -> Iterator[Match]:
    """The parts that two texts share, the best seeded first; none if they turn out to be a template."""
    for _ in range(_PARTS):
        match = align(left, right, diagonal) if diagonal is not None else None
        if not match:
            return
        rest = [
            (a, b)
            for a, b in seeds
            if not (match.left_start <= a < match.left_end or match.right_start <= b < match.right_end)
        ]
        if seeds and len(rest) == len(seeds):
            return
        yield match
        if not rest:
            return
        seeds = rest
        diagonal = _diagonal(left, right, seeds)


def _diagonal(left: str, right: str, seeds: Seeding) -> int | None:
    """The middle of the diagonal with the most seeds; ``None`` if they are too few to be worth an alignment.

    Two texts without seeds are alike as wholes, by MinHash.
    """
    if not seeds:
        return 0
    # The seeds are sorted by diagonal (see `shared_grams`).
    diagonals = [a - b for a, b in seeds]
    best, best_range, low = 0, (0, 1), 0
    for high, diagonal in enumerate(diagonals):
        while diagonal - diagonals[low] > _DIAGONAL_WIDTH:
            low += 1
        if high + 1 - low > best:
            best, best_range = high + 1 - low, (low, high + 1)
    if best < _SEEDS and min(len(left), len(right)) > 2 * SHORT:
        return None
    return diagonals[sum(best_range) // 2]
