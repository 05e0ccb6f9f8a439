"""Choose: of each repeated run, which print is kept, and why.

Bookkeeping is by letter, so that the promise can be proved: a letter may be set aside only while a letter
that was aligned with it is kept, and no letter that others rely on is ever set aside after them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, log, sqrt

import numpy as np
from numpy.typing import NDArray

from cleanpress.model import TITLE_ROLES, Fragment, Role
from cleanpress.stages.repeats.runs import Run, is_torn
from cleanpress.stages.repeats.twins import LEFT, RIGHT, Side, Twin

# Remains of a fragment no longer than this are noise at the border of a copy and go with it.
_SCRAP = 2

# Contexts closer than this are as good as each other (measured on the development pages: see
# benchmarks/repeats_pages.py, "right place").
_SAME_CONTEXT = 0.005

# What a tear that meets, or does not meet, its other half weighs against shared words.
_TEAR_WEIGHT = 0.1

# What a text follows says more about its place than what follows it, which may be another article.
_PREVIOUS_WEIGHT = 2.0

# Neighbouring fragments that make the context of a print, on each side.
_REACH = 3

_CLAUSE_MARKS = "，,。;；"

FULLER = "the other print is more complete"
IN_PLACE = "the other print stands in its context"
CLEANER = "the other print has fewer doubtful letters"
FIRST = "the other print stands first"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is set aside: for each fragment which of its letters are kept, and why the others are not.

    ``kept[i]`` is a mask over the letters of fragment ``i``; ``reasons`` maps a twin (by its place in
    ``twins``) and the side set aside to the reason.
    """

    kept: tuple[NDArray[np.bool_], ...]
    twins: tuple[Twin, ...]
    reasons: dict[tuple[int, int], str]


def choose(
    runs: Sequence[Run], found: Iterable[Twin], fragments: Sequence[Fragment], keys: Sequence[str]
) -> Choice:
    """Decide for every run which print is set aside. Longer runs decide first."""
    twins = list(dict.fromkeys([*(twin for run in runs for twin in run.twins), *found]))
    numbers = {twin: k for k, twin in enumerate(twins)}
    board = _Board(twins, keys)
    page = _Page(fragments, keys, runs)
    reasons: dict[tuple[int, int], str] = {}
    for run in sorted(runs, key=lambda r: (-r.letters, r.twins[0].left, r.twins[0].right)):
        for part, side, reason in _verdicts(run, keys, page):
            ordered = part if side == RIGHT else part[::-1]
            for twin in ordered:
                number = numbers[twin]
                # The print that should go may be needed by others already; then the other one may go.
                for wanted, why in ((side, reason), (1 - side, FIRST if side == LEFT else reason)):
                    if board.set_aside(number, wanted):
                        reasons[number, wanted] = why
                        break
    return Choice(tuple(board.kept), tuple(twins), reasons)


def _verdicts(run: Run, keys: Sequence[str], page: _Page) -> list[tuple[tuple[Twin, ...], int, str]]:
    """Which side of a run goes, and why; a run torn on both sides is decided twin by twin."""
    cuts = [_cuts(run.twins, side, keys) for side in (LEFT, RIGHT)]
    if cuts[LEFT] and cuts[RIGHT] and len(run.twins) > 1:
        return [v for twin in run.twins for v in _verdicts(Run((twin,)), keys, page)]
    if cuts[LEFT] != cuts[RIGHT]:
        return [(run.twins, RIGHT if cuts[RIGHT] < cuts[LEFT] else LEFT, FULLER)]
    tears = [_inner_tears(run.twins, side, page.fragments) for side in (LEFT, RIGHT)]
    if tears[LEFT] != tears[RIGHT]:
        return [(run.twins, LEFT if tears[LEFT] > tears[RIGHT] else RIGHT, FULLER)]
    sides = [[twin.side(side).fragment for twin in run.twins] for side in (LEFT, RIGHT)]
    if sides[RIGHT][0] <= sides[LEFT][-1]:
        # A stretch printed three times and more: the first print is in order by itself.
        return [(run.twins, RIGHT, FIRST)]
    if any(i not in page.copies for i in range(sides[LEFT][-1] + 1, sides[RIGHT][0])):
        contexts = [_context(members, page) for members in sides]
        if abs(contexts[LEFT] - contexts[RIGHT]) > _SAME_CONTEXT:
            return [(run.twins, LEFT if contexts[LEFT] < contexts[RIGHT] else RIGHT, IN_PLACE)]
    doubts = [sum(page.doubts(keys[i]) for i in dict.fromkeys(members)) for members in sides]
    if doubts[LEFT] != doubts[RIGHT]:
        return [(run.twins, LEFT if doubts[LEFT] > doubts[RIGHT] else RIGHT, CLEANER)]
    return [(run.twins, RIGHT, FIRST)]


def _cuts(twins: Sequence[Twin], side: int, keys: Sequence[str]) -> int:
    """How many pieces of fragments would be left over if that side were set aside."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for twin in twins:
        own = twin.side(side)
        spans[own.fragment].append((own.start, own.end))
    pieces = 0
    for fragment, taken in spans.items():
        position = 0
        for start, end in [*sorted(taken), (len(keys[fragment]),) * 2]:
            pieces += start - position > _SCRAP
            position = max(position, end)
    return pieces


def _inner_tears(twins: Sequence[Twin], side: int, fragments: Sequence[Fragment]) -> int:
    """Torn borders inside the run count one; borders the other print has and this one lacks, too.

    So a whole paragraph is kept before its torn pieces, and separate blocks before ones run together.
    """
    members = [twin.side(side).fragment for twin in twins]
    others = [twin.side(1 - side).fragment for twin in twins]
    tears = 0
    for k in range(len(twins) - 1):
        if members[k] != members[k + 1]:
            tears += others[k] == others[k + 1] and is_torn(fragments[members[k]], head=False)
        elif others[k] != others[k + 1]:
            tears += not is_torn(fragments[others[k]], head=False)
    return tears


def _context(members: Sequence[int], page: _Page) -> float:
    """How well a print fits what stands before and behind it: shared words, and tears that meet."""
    fragments = page.fragments
    first, last = fragments[members[0]], fragments[members[-1]]
    own = frozenset(gram for i in members for gram in page.grams[i])
    copies = frozenset(members).union(*(page.copies[i] for i in members))
    before, behind = page.near(members[0], -1, copies), page.near(members[-1], 1, copies)
    if _is_title(first):
        # What stands before a headline belongs to another article.
        signed = bool(behind) and _is_title(last) and fragments[behind[0]].role is Role.BYLINE
        return 2 * page.affinity(own, behind) + _TEAR_WEIGHT * signed
    score = _PREVIOUS_WEIGHT * page.affinity(own, before)
    if behind and not _is_title(fragments[behind[0]]):
        score += page.affinity(own, behind)
    if before and is_torn(fragments[before[0]], head=False):
        score += _TEAR_WEIGHT if is_torn(first, head=True) else -_TEAR_WEIGHT
    if is_torn(last, head=False):
        score += _TEAR_WEIGHT if behind and fragments[behind[0]].role is Role.PARAGRAPH else -_TEAR_WEIGHT
    return score


def _is_title(fragment: Fragment) -> bool:
    """Whether a fragment is a title line, and not a torn piece of a paragraph that looks like one."""
    return fragment.role in TITLE_ROLES and not any(mark in fragment.text for mark in _CLAUSE_MARKS)


class _Page:
    """What the page knows of its words and copies: the pairs of letters, where they stand, and which
    fragments share text by a repeated run (``copies``)."""

    def __init__(self, fragments: Sequence[Fragment], keys: Sequence[str], runs: Iterable[Run]) -> None:
        self.fragments = fragments
        self.copies: dict[int, set[int]] = defaultdict(set)
        for twin in (twin for run in runs for twin in run.twins):
            self.copies[twin.left].add(twin.right)
            self.copies[twin.right].add(twin.left)
        self.grams = [frozenset(a + b for a, b in pairwise(key)) for key in keys]
        self._spread = Counter(gram for grams in self.grams for gram in grams)
        self._count = len(keys)
        self._weights = {gram: log(1 + len(keys) / spread) ** 2 for gram, spread in self._spread.items()}

    def near(self, start: int, step: int, copies: Container[int]) -> list[int]:
        """The nearest fragments before (-1) or behind (1) one, copies of it and furniture not counted."""
        found: list[int] = []
        i = start + step
        while 0 <= i < self._count and len(found) < _REACH:
            if i not in copies and self.fragments[i].role is not Role.FURNITURE:
                found.append(i)
            i += step
        return found

    def affinity(self, own: frozenset[str], neighbours: Iterable[int]) -> float:
        """Cosine of two stretches over letter pairs weighted by rarity on the page, 0..1."""
        other = frozenset(gram for i in neighbours for gram in self.grams[i])
        if not own or not other:
            return 0.0
        shared, all_own, all_other = (self._weight(grams) for grams in (own & other, own, other))
        return shared / sqrt(all_own * all_other)

    def _weight(self, grams: Iterable[str]) -> float:
        # `fsum` gives the same sum in any order, and the order of a set is not that of the next run's.
        return fsum(self._weights[gram] for gram in grams)

    def doubts(self, key: str) -> float:
        """How much in a text looks misread: rare characters, and letter pairs found nowhere else.

        Only comparisons between prints of one text mean anything: what both have cancels out.
        """
        rare = sum(1 for letter in key if not _is_common(letter))
        lonely = sum(1 for a, b in pairwise(key) if self._spread[a + b] == 1)
        return rare + 0.5 * lonely


def _is_common(letter: str) -> bool:
    """Whether a letter is ASCII or among the common characters of the national standards.

    GB 2312 and Big5 both sort their characters into a common first level (3,755 and 5,401 characters)
    and a rarer second one; the codes tell the level.
    """
    if letter.isascii():
        return True
    for encoding, last in (("gb2312", 0xD7), ("big5", 0xC6)):
        code = letter.encode(encoding, "ignore")
        if code and code[0] <= last:
            return True
    return False


class _Board:
    """Which letters are kept, and the rule that every letter set aside has a kept twin."""

    def __init__(self, twins: Sequence[Twin], keys: Sequence[str]) -> None:
        self.kept = [np.ones(len(key), np.bool_) for key in keys]
        self._twins = twins
        self._of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for k, twin in enumerate(twins):
            self._of[twin.left].append((k, LEFT))
            self._of[twin.right].append((k, RIGHT))

    def set_aside(self, number: int, side: int) -> bool:
        """Set aside that side of a twin, as far as every letter stays supported; whether any was."""
        own = self._twins[number].side(side)
        supported = self.kept[self._twins[number].side(1 - side).fragment][own.other_at]
        before = self.kept[own.fragment]
        mask = before.copy()
        mask[own.start : own.end] &= ~_spread_to_gaps(own, supported)
        mask = _without_scraps(mask)
        taken = before & ~mask
        self.kept[own.fragment] = mask
        needed = self._needed(own.fragment, taken)
        if needed.any():
            self.kept[own.fragment] = before & ~_without_needed(taken, needed)
        return bool((before & ~self.kept[own.fragment]).any())

    def _needed(self, fragment: int, taken: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of the letters taken are the last kept twin of a letter set aside before."""
        needed = np.zeros(len(taken), np.bool_)
        for number, side in self._of[fragment]:
            own, other = (self._twins[number].side(s) for s in (side, 1 - side))
            relying = taken[own.at] & ~self.kept[other.fragment][own.other_at]
            if relying.any():
                orphans = ~self._supported(other.fragment)
                needed[own.at[relying & orphans[own.other_at]]] = True
        return needed

    def _supported(self, fragment: int) -> NDArray[np.bool_]:
        """For each letter whether a twin of it is kept."""
        supported = np.zeros(len(self.kept[fragment]), np.bool_)
        for number, side in self._of[fragment]:
            own, other = (self._twins[number].side(s) for s in (side, 1 - side))
            supported[own.at[self.kept[other.fragment][own.other_at]]] = True
        return supported


def _spread_to_gaps(own: Side, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flags of aligned letters, over all letters of a match: a letter of noise follows the one before it."""
    before = np.searchsorted(own.at, np.arange(own.start, own.end), side="right") - 1
    return flags[np.maximum(before, 0)]


def _without_scraps(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask of kept letters without the runs too short to be anything but noise at the border of a copy."""
    if mask.all():
        return mask
    mask = mask.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    for low, high in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if high - low <= _SCRAP:
            mask[low:high] = False
    return mask


def _without_needed(taken: NDArray[np.bool_], needed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What may still be taken: not from the first letter needed to the last, nor what is left beside them."""
    places = np.flatnonzero(needed)
    allowed = taken.copy()
    allowed[places[0] : places[-1] + 1] = False
    return allowed
