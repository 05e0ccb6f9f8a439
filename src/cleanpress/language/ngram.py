"""Score text with a character n-gram model: what goes on from what, and how natural a text is.

A model is one table of n-grams per order with back-off weights (``train`` makes it, ``storage`` reads and
writes it). Every score is in nats, natural logarithms of probabilities or of their ratios.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.alphabet import BOUNDARY, ENDERS, MARKS, Alphabet
from cleanpress.language.levels import BASE, Floats, Level, PageCounts, hash_symbols, power
from cleanpress.language.table import Keys

Symbols = NDArray[np.uint16]

_AT_ONCE = 1 << 18
"""Pairs scored in one step: bounds the memory of a page of thousands of fragments."""


def _begins(count: int, starts: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Marks the ``starts`` among ``count`` symbols; a start at the very end is an empty text's."""
    found = np.zeros(count, dtype=bool)
    found[starts[starts < count]] = True
    return found


@dataclass(frozen=True, slots=True)
class _Lefts:
    """What a join needs to know of the texts on its left: lists by the number of last symbols, from 1."""

    there: list[NDArray[np.bool_]]
    hashes: list[Keys]
    backoffs: list[Floats]


@dataclass(frozen=True, slots=True)
class _Rights:
    """What a join needs to know of the texts on its right: lists by the number of first symbols, from 1."""

    there: list[NDArray[np.bool_]]
    hashes: list[Keys]
    alone: list[Floats]
    """Log-probability of the symbol after the text's own symbols before it, nothing known before those."""
    prior: Floats
    """Log of the plain frequency of the first symbol: what it is worth at a random place."""


_LOCAL = (300.0, 30.0, 10.0, 3.0)
"""By order from 2: how many sightings of a context the model's own answer is worth against the page's.

Large where a context is short: what follows one character on the page says little. Chosen on the folds
``fit`` and ``test`` of local news and the encyclopedia; ten times as much or as little costs about one
point of a hundred (benchmarks/language_quality.py).
"""


@dataclass(frozen=True)
class LanguageModel:
    """A character n-gram model; ``LanguageModel.load()`` gives the packaged one.

    ``unigrams``, ``unigram_backoffs`` and ``frequencies`` are logarithms by symbol; ``levels[n - 2]``
    holds the n-grams of order ``n``; ``about`` says how the model was made.
    """

    alphabet: Alphabet
    unigrams: NDArray[np.float32]
    unigram_backoffs: NDArray[np.float32]
    frequencies: NDArray[np.float32]
    levels: tuple[Level, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> int:
        """The longest n-gram: a symbol is judged by ``order - 1`` symbols before it."""
        return len(self.levels) + 1

    @property
    def nbytes(self) -> int:
        """Bytes of the n-gram tables."""
        return sum(level.nbytes for level in self.levels)

    @staticmethod
    def load(path: Path | None = None) -> LanguageModel:
        """Read a model by memory map; ``None`` names the packaged one.

        Raises ``UsageError`` with one line if the file is missing, cut short, damaged or no such model.
        """
        from cleanpress.language.storage import read

        return read(path)

    # Continuation ---------------------------------------------------------------------------------

    def continuation(
        self, lefts: Sequence[str], rights: Sequence[str], page: Sequence[str] | None = None
    ) -> Floats:
        """How well each right text goes on from each left text; shape ``(len(lefts), len(rights))``.

        The boundary's pointwise mutual information in nats: log p(first symbols of right | last symbols
        of left) − log p(the same symbols at a random place). Above 0 speaks for the join. A text without
        symbols says nothing: its scores are 0.

        ``page`` are the texts of the page: where the symbols that would meet at the border stand together
        elsewhere on it (a name that recurs), that is evidence, even if the model never saw them.
        """
        left, right = self._lefts(lefts), self._rights(rights)
        local = None if page is None else self._page_counts(page)
        scores = np.zeros((len(lefts), len(rights)))
        rows = max(1, _AT_ONCE // max(len(rights), 1))
        columns = np.arange(len(rights))
        for start in range(0, len(lefts), rows):
            some = np.arange(start, min(start + rows, len(lefts)))
            i, j = np.repeat(some, len(rights)), np.tile(columns, len(some))
            scores[some] = self._join(left, right, local, i, j).reshape(len(some), len(rights))
        return scores

    def continuation_pairs(
        self, lefts: Sequence[str], rights: Sequence[str], page: Sequence[str] | None = None
    ) -> Floats:
        """``continuation`` of ``lefts[i]`` and ``rights[i]``; shape ``(len(lefts),)``."""
        if len(lefts) != len(rights):
            raise ValueError(f"{len(lefts)} left texts but {len(rights)} right texts")
        left, right = self._lefts(lefts), self._rights(rights)
        local = None if page is None else self._page_counts(page)
        every = np.arange(len(lefts))
        pieces = [
            self._join(left, right, local, some, some)
            for some in np.array_split(every, max(1, -(-len(every) // _AT_ONCE)))
        ]
        return np.concatenate(pieces)

    def _lefts(self, texts: Sequence[str]) -> _Lefts:
        symbols, _, ends = self.alphabet.encode(text[-_TAIL:] for text in texts)
        there, hashes, backoffs = [], [], []
        found = np.zeros(len(texts), dtype=np.uint64)
        for a in range(1, self.order):
            present = ends[1:] - ends[:-1] >= a
            own = (
                symbols[np.where(present, ends[1:] - a, 0)]
                if symbols.size
                else np.zeros(len(texts), np.uint16)
            )
            found = found + (own.astype(np.uint64) + np.uint64(1)) * power(a - 1)
            if a == 1:
                weight = np.where(present, self.unigram_backoffs[own], 0.0)
            else:
                weight = np.where(present, self.levels[a - 2].find(found)[2], 0.0)
            there.append(present)
            hashes.append(found)
            backoffs.append(weight)
        return _Lefts(there, hashes, backoffs)

    def _rights(self, texts: Sequence[str]) -> _Rights:
        symbols, _, ends = self.alphabet.encode(text[:_TAIL] for text in texts)
        starts = ends[:-1]
        logs = self._conditional(symbols, _begins(len(symbols), starts))
        there, hashes, alone = [], [], []
        found = np.zeros(len(texts), dtype=np.uint64)
        prior = np.zeros(len(texts))
        for b in range(1, self.order):
            present = ends[1:] - starts >= b
            at = np.where(present, starts + b - 1, 0)
            own = symbols[at] if symbols.size else np.zeros(len(texts), np.uint16)
            found = found * BASE + own.astype(np.uint64) + np.uint64(1)
            there.append(present)
            hashes.append(found)
            alone.append(np.where(present, logs[at] if symbols.size else 0.0, 0.0))
            if b == 1:
                prior = np.where(present, self.frequencies[own], 0.0)
        return _Rights(there, hashes, alone, prior)

    def _page_counts(self, texts: Sequence[str]) -> PageCounts:
        symbols, _, ends = self.alphabet.encode(texts)
        return PageCounts.of(symbols, ends, self.order)

    def _join(
        self, left: _Lefts, right: _Rights, local: PageCounts | None, i: NDArray[np.intp], j: NDArray[np.intp]
    ) -> Floats:
        """Boundary PMI of left text ``i[m]`` and right text ``j[m]``.

        An n-gram over the border takes ``a`` symbols of the left and ``b`` of the right. Back-off runs
        from ``a = 0`` (the right text alone) up, one left symbol more each time; where the pair's bigram
        is unknown, so is every longer n-gram, and only the first right symbol is touched at all.
        """
        both = left.there[0][i] & right.there[0][j]
        bigram = left.hashes[0][i] * power(1) + right.hashes[0][j]
        seen, probability, weight = self.levels[0].find(bigram)
        seen &= both
        penalty = sum(left.backoffs[1:], start=left.backoffs[0])
        scores = np.where(both, right.alone[0][j] + penalty[i] - right.prior[j], 0.0)
        here = both & (local.count(2, bigram) > 0) if local else seen
        known = np.flatnonzero(seen | here)
        i, j = i[known], j[known]
        # Of the n-grams with b - 1 right symbols, by the number of left ones: whether the model knows
        # them, their back-off weights, their counts on the page.
        had = [left.there[a][i] for a in range(self.order - 1)]
        before = [left.backoffs[a][i] for a in range(self.order - 1)]
        times = [local.count(a + 1, left.hashes[a][i]) for a in range(self.order - 1)] if local else []
        total = np.zeros(len(known))
        for b in range(1, self.order):
            there = right.there[b - 1][j]
            log = right.alone[b - 1][j]
            base = log if b > 1 else right.prior[j]
            hits, weights, counts = [], [], []
            shorter = there
            for a in range(1, self.order - b + 1):
                possible = np.flatnonzero(shorter & had[a - 1])
                keys = left.hashes[a - 1][i[possible]] * power(b) + right.hashes[b - 1][j[possible]]
                hit, p, w = np.zeros(len(known), dtype=bool), np.zeros(len(known)), np.zeros(len(known))
                if a == b == 1:
                    hit, p, w = seen[known], probability[known], weight[known]
                else:
                    hit[possible], p[possible], w[possible] = self.levels[a + b - 2].find(keys)
                log = np.where(hit, p, log + before[a - 1])
                hits.append(hit)
                weights.append(w)
                shorter = hit
            if local:
                shorter = there
                for a in range(1, self.order - b + 1):
                    possible = np.flatnonzero(shorter & (times[a - 1] > 0))
                    keys = left.hashes[a - 1][i[possible]] * power(b) + right.hashes[b - 1][j[possible]]
                    count = np.zeros(len(known))
                    count[possible] = local.count(a + b, keys)
                    shorter = count > 0
                    rest = _LOCAL[a + b - 2]
                    context = np.maximum(times[a - 1], count)
                    log = np.where(shorter, np.log((count + rest * np.exp(log)) / (context + rest)), log)
                    counts.append(count)
            total += np.where(there, log - base, 0.0)
            had, before, times = hits, weights, counts
        scores[known] = total
        return scores

    # Single texts ---------------------------------------------------------------------------------

    def surprise(self, texts: Sequence[str]) -> list[Floats]:
        """Log-probability of every character given the ``order - 1`` before it; one array per text.

        A text is taken to start at a random place. Characters the model does not see (spaces, quotation
        marks, the second and later of a run of digits or Latin letters) have 0.
        """
        symbols, origins, ends = self.alphabet.encode(texts)
        logs = np.zeros(sum(map(len, texts)))
        logs[origins] = self._conditional(symbols, _begins(len(symbols), ends[:-1]))
        borders = np.cumsum([len(text) for text in texts])[:-1]
        return [np.ascontiguousarray(part) for part in np.split(logs, borders)] if texts else []

    def boundary(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Whether each text looks like the start, and like the end, of a paragraph by its words alone.

        ``start``: log p(first symbols | a paragraph starts) − log p(the same at a random place).
        ``end``: log-odds that a sentence ends behind the last word, against the average place. Marks at
        the text's end are set aside first, since OCR loses them: this is evidence beside punctuation.
        """
        heads, _, ends = self.alphabet.encode(text[:_TAIL] for text in texts)
        rows = [heads[at:end][: self.order - 1] for at, end in pairwise(ends)]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        symbols = np.concatenate([*rows, heads[:0]])
        alone = self._conditional(symbols, _begins(len(symbols), starts))
        first = starts[lengths > 0]
        alone[first] = self.frequencies[symbols[first]]
        led = np.insert(symbols, starts, BOUNDARY)
        after = self._conditional(led, _begins(len(led), starts + np.arange(len(rows))))
        after = np.delete(after, starts + np.arange(len(rows)))
        owner = np.repeat(np.arange(len(rows)), lengths)
        start = np.zeros(len(rows))
        np.add.at(start, owner, after - alone)
        return start, self._ending(texts)

    def _ending(self, texts: Sequence[str]) -> Floats:
        marks = [self.alphabet.symbol(mark) for mark in MARKS]
        enders = np.array([self.alphabet.symbol(mark) for mark in ENDERS] + [BOUNDARY], dtype=np.uint16)
        average = np.exp(self.frequencies[enders].astype(np.float64)).sum()
        tails, _, ends = self.alphabet.encode(text[-_TAIL:] for text in texts)
        is_word = ~np.isin(tails, marks)
        rows = []
        for at, end in pairwise(ends):
            words = at + np.flatnonzero(is_word[at:end])
            rows.append(
                tails[max(at, words[-1] + 2 - self.order) : words[-1] + 1] if words.size else tails[:0]
            )
        # Each tail once before every sentence end.
        symbols = np.concatenate([np.append(row, e) for row in rows for e in enders] or [tails[:0]])
        lengths = np.repeat(np.array([len(row) + 1 for row in rows], dtype=np.int64), len(enders))
        last = np.cumsum(lengths) - 1
        logs = self._conditional(symbols, _begins(len(symbols), last + 1 - lengths))[last]
        p = np.clip(np.exp(logs.reshape(len(rows), len(enders))).sum(axis=1), 1e-9, 1 - 1e-9)
        odds = np.log(p / (1 - p)) - np.log(average / (1 - average))
        return np.where(lengths[:: len(enders)] > 1, odds, 0.0)

    def _conditional(self, symbols: Symbols, begins: NDArray[np.bool_]) -> Floats:
        """Log-probability of each symbol given those before it, back to the last place in ``begins``."""
        count = len(symbols)
        places = np.arange(count)
        room = places - np.maximum.accumulate(np.where(begins, places, 0)) if count else places
        logs = self.unigrams[symbols].astype(np.float64)
        single = hash_symbols(symbols[:, None])
        hashes, weights = single, self.unigram_backoffs[symbols].astype(np.float64)
        for length in range(1, self.order):
            at = np.flatnonzero(room >= length)
            longer, heavier = np.zeros_like(hashes), np.zeros(count)
            longer[at] = single[at - length] * power(length) + hashes[at]
            known, p, w = self.levels[length - 1].find(longer[at])
            logs[at] = np.where(known, p, logs[at] + weights[at - 1])
            heavier[at] = w
            hashes, weights = longer, heavier
        return logs


_TAIL = 64
"""Characters looked at beside a boundary: enough symbols even where many are dropped or folded."""
