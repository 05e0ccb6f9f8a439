"""Context: what stands around a print of a text, and which print fits it better.

Judged by what the page itself says: words shared with the neighbours, tears that meet their other half,
and letters that look misread.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, pairwise
from math import fsum, log, sqrt

from cleanpress.model import TITLE_ROLES, Fragment, Role
from cleanpress.stages.repeats.runs import Run, is_torn

# What a tear that meets, or does not meet, its other half weighs against shared words.
_TEAR_WEIGHT = 0.1

# What a text follows says more about its place than what follows it, which may be another article.
_PREVIOUS_WEIGHT = 2.0

# Neighbouring fragments that make the context of a print, on each side, and how far off they may stand:
# behind a long stretch of copies nothing is a neighbour any more.
_REACH = 3
_FAR = 100

_CLAUSE_MARKS = "，,。;；"


class Contexts:
    """What the page knows of its words and copies: the pairs of letters, where they stand, and which
    fragments share text by a repeated run (``copies``)."""

    def __init__(self, fragments: Sequence[Fragment], keys: Sequence[str], runs: Iterable[Run]) -> None:
        self.fragments = fragments
        self.copies: dict[int, set[int]] = defaultdict(set)
        for twin in (twin for run in runs for twin in run.twins):
            self.copies[twin.left].add(twin.right)
            self.copies[twin.right].add(twin.left)
        self._keys = keys
        grams = {key: frozenset(a + b for a, b in pairwise(key)) for key in dict.fromkeys(keys)}
        self._grams = [grams[key] for key in keys]
        self._spread = Counter(gram for own in self._grams for gram in own)
        self._weights = {gram: log(1 + len(keys) / spread) ** 2 for gram, spread in self._spread.items()}
        self._originals = [0, *accumulate(i not in self.copies for i in range(len(keys)))]
        self._fits: dict[tuple[int, ...], float] = {}
        self._doubts: dict[str, float] = {}

    def apart(self, left: int, right: int) -> bool:
        """Whether anything but copies stands between two fragments."""
        return self._originals[right] > self._originals[left + 1]

    def doubts(self, members: Iterable[int]) -> float:
        """How much in some fragments looks misread: rare characters, and letter pairs found nowhere else.

        Only comparisons between prints of one text mean anything: what both have cancels out.
        """
        return sum(self._doubts_of(self._keys[i]) for i in dict.fromkeys(members))

    def _doubts_of(self, key: str) -> float:
        if key not in self._doubts:
            rare = sum(1 for letter in key if not _is_common(letter))
            lonely = sum(1 for a, b in pairwise(key) if self._spread[a + b] == 1)
            self._doubts[key] = rare + 0.5 * lonely
        return self._doubts[key]

    def fit(self, members: Sequence[int]) -> float:
        """How well a print fits what stands before and behind it: shared words, and tears that meet."""
        print_ = tuple(members)
        if print_ not in self._fits:
            self._fits[print_] = self._fit(print_)
        return self._fits[print_]

    def _fit(self, members: tuple[int, ...]) -> float:
        fragments = self.fragments
        first, last = fragments[members[0]], fragments[members[-1]]
        own = frozenset[str]().union(*(self._grams[i] for i in dict.fromkeys(members)))
        before, behind = self._near(members[0], -1, members), self._near(members[-1], 1, members)
        if _is_title(first):
            # What stands before a headline belongs to another article.
            signed = bool(behind) and _is_title(last) and fragments[behind[0]].role is Role.BYLINE
            return 2 * self._affinity(own, behind) + _TEAR_WEIGHT * signed
        score = _PREVIOUS_WEIGHT * self._affinity(own, before)
        if behind and not _is_title(fragments[behind[0]]):
            score += self._affinity(own, behind)
        if before and is_torn(fragments[before[0]], head=False):
            score += _TEAR_WEIGHT if is_torn(first, head=True) else -_TEAR_WEIGHT
        if is_torn(last, head=False):
            follows = behind and fragments[behind[0]].role is Role.PARAGRAPH
            score += _TEAR_WEIGHT if follows else -_TEAR_WEIGHT
        return score

    def _near(self, start: int, step: int, members: tuple[int, ...]) -> list[int]:
        """The nearest fragments before (-1) or behind (1) one, copies and furniture not counted."""
        own = frozenset(members)
        found: list[int] = []
        for i in range(start + step, start + step * (_FAR + 1), step):
            if not 0 <= i < len(self.fragments) or len(found) == _REACH:
                break
            is_copy = i in own or (i in self.copies and not own.isdisjoint(self.copies[i]))
            if not is_copy and self.fragments[i].role is not Role.FURNITURE:
                found.append(i)
        return found

    def _affinity(self, own: frozenset[str], neighbours: Iterable[int]) -> float:
        """Cosine of two stretches over letter pairs weighted by rarity on the page, 0..1."""
        other = frozenset[str]().union(*(self._grams[i] for i in neighbours))
        if not own or not other:
            return 0.0
        shared, all_own, all_other = (self._weight(grams) for grams in (own & other, own, other))
        return shared / sqrt(all_own * all_other)

    def _weight(self, grams: Iterable[str]) -> float:
        # `fsum` gives the same sum in any order, and the order of a set is not that of the next run's.
        return fsum(self._weights[gram] for gram in grams)


def _is_title(fragment: Fragment) -> bool:
    """Whether a fragment is a title line, and not a torn piece of a paragraph that looks like one."""
    return fragment.role in TITLE_ROLES and not any(mark in fragment.text for mark in _CLAUSE_MARKS)


@cache
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
