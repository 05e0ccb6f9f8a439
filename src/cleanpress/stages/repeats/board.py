"""The board: which letters are kept, so that the promise can be proved letter by letter.

A letter may be set aside only while a letter that was aligned with it is kept, and no letter that others
rely on is ever set aside after them. Each letter knows how many of its twins are kept; the count is kept up
to date, so that a text printed a thousand times is not searched a thousand times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from cleanpress.stages.repeats.twins import LEFT, RIGHT, Side, Twin

# Remains of a fragment no longer than this are noise at the border of a copy and go with it.
SCRAP = 2

Mask = NDArray[np.bool_]
"""A flag for each letter of a fragment."""


class Board:
    """The letters of all fragments and the twins between them.

    ``kept[i]`` is a mask over the letters of fragment ``i``, ``sides`` are both sides of each twin.
    Letters only ever go from kept to set aside; those of ``protected`` fragments never do.
    """

    def __init__(self, keys: Sequence[str], protected: Set[int] = frozenset()) -> None:
        self.protected = protected
        self.kept: list[Mask] = [np.ones(len(key), np.bool_) for key in keys]
        self.sides: list[tuple[Side, Side]] = []
        # Of each letter how many of the letters aligned with it are kept.
        self._support = [np.zeros(len(key), np.int32) for key in keys]
        # Letters known to be the last kept twin of a letter set aside: only a new twin can change that.
        self._pinned = [np.zeros(len(key), np.bool_) for key in keys]
        self._of: dict[int, list[tuple[Side, int]]] = defaultdict(list)

    def add(self, twin: Twin) -> int:
        """Add a twin; the number by which ``set_aside`` knows it."""
        sides = twin.side(LEFT), twin.side(RIGHT)
        for own, other in (sides, sides[::-1]):
            self._of[own.fragment].append((own, other.fragment))
            self._support[own.fragment][own.at] += self.kept[other.fragment][own.other_at]
        self.sides.append(sides)
        return len(self.sides) - 1

    def set_aside(self, number: int, side: int) -> bool:
        """Set aside that side of a twin, as far as every letter stays supported; whether any was."""
        own, other = self.sides[number][side], self.sides[number][1 - side]
        before = self.kept[own.fragment]
        if own.fragment in self.protected or not before[own.start : own.end].any():
            return False
        supported = self.kept[other.fragment][own.other_at]
        if not supported.any():
            return False
        mask = before.copy()
        mask[own.start : own.end] &= ~_spread_to_gaps(own, supported)
        taken = before & ~_without_scraps(mask)
        known = taken & self._pinned[own.fragment]
        if known.any() and not _without_needed(taken, known).any():
            return False
        self._count(own.fragment, taken, -1)
        self.kept[own.fragment] = before & ~taken
        needed = self._needed(own.fragment, taken)
        if needed.any():
            self._pinned[own.fragment] |= needed
            allowed = _without_needed(taken, needed)
            self._count(own.fragment, taken & ~allowed, 1)
            self.kept[own.fragment] = before & ~allowed
            return bool(allowed.any())
        return bool(taken.any())

    def release(self, fragments: Iterable[int]) -> None:
        """Look again at what others need of these fragments: new twins may have taken that off them."""
        for i in fragments:
            self._pinned[i][:] = False

    def _count(self, fragment: int, letters: Mask, by: int) -> None:
        """Tell all letters aligned with these that they have one kept twin more, or fewer."""
        for own, other in self._of[fragment]:
            self._support[other][own.other_at[letters[own.at]]] += by

    def _needed(self, fragment: int, taken: Mask) -> Mask:
        """Which of the letters taken were the last kept twin of a letter set aside before."""
        needed = np.zeros(len(taken), np.bool_)
        for own, other in self._of[fragment]:
            alone = (self._support[other][own.other_at] == 0) & ~self.kept[other][own.other_at]
            needed[own.at[alone & taken[own.at]]] = True
        return needed


def _spread_to_gaps(own: Side, flags: Mask) -> Mask:
    """Flags of aligned letters, over all letters of a match: a letter of noise follows the one before it."""
    before = np.searchsorted(own.at, np.arange(own.start, own.end), side="right") - 1
    return flags[np.maximum(before, 0)]


def _without_scraps(mask: Mask) -> Mask:
    """A mask of kept letters without the runs too short to be anything but noise at the border of a copy."""
    if mask.all() or not mask.any():
        return mask
    mask = mask.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    for low, high in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if high - low <= SCRAP:
            mask[low:high] = False
    return mask


def _without_needed(taken: Mask, needed: Mask) -> Mask:
    """What may still be taken: not from the first letter needed to the last, nor what is left beside them."""
    places = np.flatnonzero(needed)
    allowed = taken.copy()
    allowed[places[0] : places[-1] + 1] = False
    return allowed
