"""Where each fragment of a page belongs according to the page's gold: article, place, block.

Alignment is by letters and tolerates OCR noise, so it works for simulated pages and for scans alike.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz


def letters(text: str) -> str:
    """Letters and digits only, width folded: what stays comparable under OCR noise."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


@dataclass(frozen=True)
class Label:
    """A fragment's place in the gold: letters ``[start, end)`` of an article, block ``first`` to ``last``."""

    article: int
    start: int
    end: int
    first: int
    last: int


class GoldIndex:
    """Finds fragments in a page's gold by their 4-grams."""

    def __init__(self, gold: dict[str, Any], size: int = 4) -> None:
        self.size = size
        self.strings = []
        self.borders: list[list[int]] = []
        self.at: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for a, article in enumerate(gold["articles"]):
            string, borders = "", []
            for block in article["blocks"]:
                borders.append(len(string))
                string += letters(block)
            self.strings.append(string)
            self.borders.append(borders)
            for k in range(len(string) - size + 1):
                self.at[string[k : k + size]].append((a, k))

    def find(self, text: str) -> Label | None:
        """The place of a fragment in the gold, or ``None`` (furniture, noise, foreign text)."""
        own = letters(text)
        if not own:
            return None
        if len(own) < self.size + 2:
            hits = [(a, s.find(own)) for a, s in enumerate(self.strings) if own in s]
            exact = [(a, k) for a, k in hits if k in self.borders[a]]
            hits = exact or hits
            if len(hits) != 1:
                return None
            return self._label(hits[0][0], hits[0][1], hits[0][1] + len(own))
        votes: Counter[tuple[int, int]] = Counter()
        for k in range(len(own) - self.size + 1):
            for a, at in self.at.get(own[k : k + self.size], ()):
                votes[a, (at - k) // 4] += 1
        if not votes:
            return self._fuzzy(own)
        (a, diagonal), _ = max(votes.items(), key=lambda item: (item[1], -item[0][0], -item[0][1]))
        start = max(0, diagonal * 4)
        found = fuzz.partial_ratio_alignment(own, self.strings[a][max(0, start - 8) : start + len(own) + 12])
        if found is None or found.score < 65:
            return None
        low = max(0, start - 8) + found.dest_start
        return self._label(a, low, low + len(own))

    def _fuzzy(self, own: str) -> Label | None:
        best: tuple[float, int, int] = (0.0, 0, 0)
        for a, string in enumerate(self.strings):
            found = fuzz.partial_ratio_alignment(own, string)
            if found is not None and found.score > best[0]:
                best = (found.score, a, found.dest_start)
        return self._label(best[1], best[2], best[2] + len(own)) if best[0] >= 75 else None

    def _label(self, a: int, start: int, end: int) -> Label:
        borders = self.borders[a]
        end = min(end, len(self.strings[a]))
        # An aligned edge may be off by a misread character; of a name of two letters it may not.
        slack = min(2, (end - start) // 4)
        first = sum(b <= start + slack for b in borders) - 1
        last = sum(b < end - slack for b in borders) - 1
        return Label(a, start, end, first, max(first, last))


def label_fragments(texts: Sequence[str], gold: dict[str, Any]) -> list[Label | None]:
    """A label for each text; where two cover the same letters (a copy was left in), the later has none."""
    index = GoldIndex(gold)
    labels = [index.find(text) for text in texts]
    covered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    result: list[Label | None] = []
    for label in labels:
        if label is not None:
            size = max(1, label.end - label.start)
            overlap = sum(
                max(0, min(end, label.end) - max(start, label.start)) for start, end in covered[label.article]
            )
            if overlap > 0.5 * size:
                label = None  # noqa: PLW2901
            else:
                covered[label.article].append((label.start, label.end))
        result.append(label)
    return result


def chains(labels: Sequence[Label | None]) -> list[list[int]]:
    """The true articles as lists of fragment indices in reading order; unlabelled ones are left out."""
    of: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for i, label in enumerate(labels):
        if label is not None:
            of[label.article].append((label.start, i))
    return [[i for _, i in sorted(members)] for _, members in sorted(of.items())]
