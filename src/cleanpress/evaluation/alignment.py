"""Where each letter of the output stands in the gold, whatever the order, in spite of misread characters.

Long stretches that run in step (a diagonal of shared 5-grams, bridged over misread letters) are taken
first; what is left between two of them is aligned by edit distance; whole short lines (a byline, a
headline) that share no 5-gram are matched to gold pieces that nobody claimed yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from cleanpress.evaluation.gold import GoldPage, letters

Integers = NDArray[np.int64]

SEED = 5
"""Letters in a seed. Shorter ones meet everywhere; longer ones are rare at 5 % misread letters."""
BRIDGE = 4
"""Letters on one diagonal that may be misread between two seeds; more may be another text."""
SHORTEST = 8
"""Letters in seeds that a stretch needs: below that, a common phrase would do."""
FILL = 60
"""Letters between two stretches that are still aligned by edit distance."""


@dataclass(frozen=True)
class GoldLetters:
    """All letters of a gold page in one string, and what each belongs to."""

    text: str
    article: Integers
    """Index of the article of each letter."""
    piece: Integers
    """Index of the piece of each letter, counted through the page."""
    piece_starts: Integers
    """Offset of each piece's first letter, and the length of the text at the end."""
    piece_article: Integers
    gap_before: NDArray[np.bool_]

    def piece_start(self, place: int) -> int:
        """Offset of the first letter of the piece that ``place`` is in."""
        return int(self.piece_starts[self.piece[place]])

    def piece_end(self, place: int) -> int:
        """Offset behind the last letter of the piece that ``place`` is in."""
        return int(self.piece_starts[self.piece[place] + 1])

    @classmethod
    def of(cls, page: GoldPage) -> GoldLetters:
        """The letters of a page."""
        pieces = [
            (index, text, gap)
            for index, article in enumerate(page.articles)
            for text, gap in article.pieces()
        ]
        lengths = [len(text) for _, text, _ in pieces]
        owner = np.array([index for index, _, _ in pieces], dtype=np.int64)
        return cls(
            text="".join(text for _, text, _ in pieces),
            article=np.repeat(owner, lengths),
            piece=np.repeat(np.arange(len(pieces)), lengths),
            piece_starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            piece_article=owner,
            gap_before=np.array([gap for _, _, gap in pieces], dtype=np.bool_),
        )


@dataclass(frozen=True)
class Alignment:
    """``gold_at[j][k]``: offset in the gold letters of letter ``k`` of output article ``j``, or -1."""

    gold: GoldLetters
    articles: int
    gold_at: tuple[Integers, ...]

    @cached_property
    def overlap(self) -> Integers:
        """Distinct gold letters of article ``i`` in output article ``j``, shape (gold, output)."""
        counts = np.zeros((self.articles, max(1, len(self.gold_at))), dtype=np.int64)
        for j, places in enumerate(self.gold_at):
            owners = self.gold.article[np.unique(places[places >= 0])]
            counts[:, j] += np.bincount(owners, minlength=self.articles)
        return counts

    @cached_property
    def owner(self) -> Integers:
        """The output article that a gold letter counts for, or -1: of several copies, the one in the
        output article that holds most of the gold article."""
        owner = np.full(len(self.gold.text), -1, dtype=np.int64)
        for i in range(self.articles):
            for j in np.argsort(-self.overlap[i], kind="stable"):
                if self.overlap[i, j]:
                    places = self.gold_at[int(j)]
                    here = places[places >= 0]
                    here = here[(self.gold.article[here] == i) & (owner[here] < 0)]
                    owner[here] = j
        return owner

    @cached_property
    def pairs(self) -> dict[int, int]:
        """Gold article to output article, one to one, so that as many letters as possible agree."""
        rows, columns = linear_sum_assignment(-self.overlap)
        pairs = zip(rows.tolist(), columns.tolist(), strict=True)
        return {i: j for i, j in pairs if self.overlap[i, j] > 0}


def align(page: GoldPage, articles: Sequence[str]) -> Alignment:
    """Align the texts of the output's articles with a gold page."""
    gold = GoldLetters.of(page)
    texts = [letters(article) for article in articles]
    places = [np.full(len(text), -1, dtype=np.int64) for text in texts]
    stretches = sorted(s for j, text in enumerate(texts) for s in _stretches(j, text, gold.text))
    taken = np.zeros(len(gold.text), dtype=np.bool_)
    # A text that stands in the gold twice goes to the place that is still free; only then come copies.
    for free_only in (True, False):
        for stretch in stretches:
            here = np.arange(stretch.start, stretch.end)
            here = here[places[stretch.output][here] < 0]
            if free_only:
                here = here[~taken[here + stretch.shift]]
            if len(here) >= SEED:
                places[stretch.output][here] = here + stretch.shift
                taken[here + stretch.shift] = True
    for text, found in zip(texts, places, strict=True):
        _fill(text, gold, found)
    _short_lines(articles, places, gold)
    # A short line that found its place tells what stands beside it.
    for text, found in zip(texts, places, strict=True):
        _fill(text, gold, found)
    return Alignment(gold, len(page.articles), tuple(places))


class Stretch(NamedTuple):
    """Letters ``[start, end)`` of an output article that run in step with the gold, ``shift`` further on.

    The order of the fields is the order in which stretches take their letters: the longest first.
    """

    minus_covered: int
    output: int
    start: int
    shift: int
    end: int


def _codes(text: str) -> Integers:
    """A hash of the SEED-gram at each offset (64-bit arithmetic that wraps round on purpose)."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    codes = np.zeros(max(0, len(points) - SEED + 1), dtype=np.uint64)
    for k in range(SEED):
        codes = codes * np.uint64(0x100000001B3) + points[k : k + len(codes)]
    return codes.view(np.int64)


def _stretches(output: int, text: str, gold: str) -> list[Stretch]:
    """Every stretch of an output article, overlapping ones included."""
    here, there = _seeds(text, gold)
    if not len(here):
        return []
    diagonal = there - here
    order = np.lexsort((here, diagonal))
    here, diagonal = here[order], diagonal[order]
    cuts = np.flatnonzero((np.diff(diagonal) != 0) | (np.diff(here) > SEED + BRIDGE)) + 1
    firsts = np.concatenate([[0], cuts])
    # A seed covers SEED letters, fewer where the next one of its stretch starts sooner.
    step = np.minimum(np.diff(here, append=here[-1] + SEED), SEED)
    step[cuts - 1] = SEED
    covered = np.add.reduceat(step, firsts)
    ends = here[np.concatenate([cuts, [len(here)]]) - 1] + SEED
    return [
        Stretch(-int(covered[k]), output, int(here[firsts[k]]), int(diagonal[firsts[k]]), int(ends[k]))
        for k in np.flatnonzero(covered >= SHORTEST)
    ]


def _seeds(text: str, gold: str) -> tuple[Integers, Integers]:
    """All pairs of offsets at which text and gold share a seed that is not everywhere in the gold."""
    codes, known = _codes(text), _codes(gold)
    order = np.argsort(known, kind="stable")
    first = np.searchsorted(known, codes, "left", sorter=order)
    counts = np.searchsorted(known, codes, "right", sorter=order) - first
    counts[counts > 50] = 0
    here = np.repeat(np.arange(len(codes)), counts)
    within = np.arange(len(here)) - np.repeat(np.cumsum(counts) - counts, counts)
    return here, order[np.repeat(first, counts) + within]


def _fill(text: str, gold: GoldLetters, places: Integers) -> None:
    """Align what lies between two stretches, before the first and behind the last.

    Where the second goes on soon behind the first, the letters between them stand between them in the
    gold too; else they are the rest of the first's piece and the head of the second's.
    """
    _extend(text, gold.text, places)
    known = np.flatnonzero(places >= 0)
    if not len(known):
        return
    for left, right in pairwise([-1, *known.tolist(), len(text)]):
        if not 1 < right - left <= FILL:
            continue
        reach = right - left - 1
        behind = int(places[left]) + 1 if left >= 0 else 0
        ahead = int(places[right]) if right < len(text) else len(gold.text)
        if left >= 0 and right < len(text) and 0 <= ahead - behind <= FILL:
            target = np.arange(behind, ahead)
        else:
            rest = np.arange(behind, min(gold.piece_end(behind - 1), behind + reach) if left >= 0 else behind)
            head_start = max(gold.piece_start(ahead), ahead - reach) if right < len(text) else ahead
            target = np.concatenate([rest, np.arange(head_start, ahead)])
        _by_edits(text[left + 1 : right], gold.text, target, places[left + 1 : right])


def _extend(text: str, gold: str, places: Integers) -> None:
    """Carry every stretch on, letter by letter, as long as text and gold agree and nobody has the letter."""
    for step in (1, -1):
        beyond = np.append(places[1:], 0) if step > 0 else np.append(0, places[:-1])
        edges = np.flatnonzero((places >= 0) & (beyond < 0))
        for edge in edges.tolist():
            at, place = edge + step, int(places[edge]) + step
            while (
                0 <= at < len(text) and 0 <= place < len(gold) and places[at] < 0 and text[at] == gold[place]
            ):
                places[at] = place
                at, place = at + step, place + step


def _by_edits(source: str, gold: str, target: Integers, places: Integers) -> None:
    """Write into ``places`` (a view, a number per letter of ``source``) where among the gold offsets
    ``target`` each letter stands. Texts with little in common are left alone."""
    steps = Levenshtein.opcodes(source, "".join(gold[k] for k in target.tolist()))
    same = sum(step.src_end - step.src_start for step in steps if step.tag == "equal")
    # A single misread letter between two stretches has nothing in common with what it stands for.
    if 3 * same < len(source) and max(len(source), len(target)) > 2:
        return
    for step in steps:
        if step.tag in ("equal", "replace"):
            count = min(step.src_end - step.src_start, step.dest_end - step.dest_start)
            places[step.src_start : step.src_start + count] = target[
                step.dest_start : step.dest_start + count
            ]


def _short_lines(articles: Sequence[str], places: list[Integers], gold: GoldLetters) -> None:
    """Match short lines that are mostly unknown to short gold pieces that no output letter stands for."""
    taken = np.zeros(len(gold.text), dtype=np.bool_)
    for found in places:
        taken[found[found >= 0]] = True
    bounds = pairwise(gold.piece_starts.tolist())
    open_pieces = [(a, b) for a, b in bounds if b - a <= 2 * SHORTEST and not taken[a:b].any()]
    for found, article in zip(places, articles, strict=True):
        position = 0
        for line in map(letters, article.split("\n")):
            start, position = position, position + len(line)
            unknown = np.count_nonzero(found[start:position] < 0)
            if 2 * unknown <= len(line) or len(line) > 3 * SHORTEST or not open_pieces:
                continue
            scores = [fuzz.ratio(line, gold.text[a:b]) for a, b in open_pieces]
            best = int(np.argmax(scores))
            # Two of three letters: a name of two characters behind a misread bullet scores 80.
            if scores[best] >= 66:
                a, b = open_pieces.pop(best)
                _by_edits(line, gold.text, np.arange(a, b), found[start:position])
