"""Score text with a character n-gram model: what goes on from what, and how natural a text is.

A model is one table of n-grams per order with back-off weights (``train`` makes it, ``storage`` reads and
writes it). Every score is in nats, natural logarithms of probabilities or of their ratios.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.alphabet import BOUNDARY, ENDERS, MARKS, Alphabet
from cleanpress.language.table import Keys, Table

Floats = NDArray[np.float64]
Symbols = NDArray[np.uint16]

_BASE = 0x9E3779B97F4A7C55
_WORD = 0xFFFFFFFFFFFFFFFF
_AT_ONCE = 1 << 18
"""Pairs scored in one step: bounds the memory of a page of thousands of fragments."""


def hash_symbols(windows: NDArray[Any]) -> Keys:
    """A 64-bit polynomial hash of each row of symbols; ``hash(ab) = hash(a) * BASE**len(b) + hash(b)``."""
    found = np.zeros(windows.shape[0], dtype=np.uint64)
    for column in range(windows.shape[1]):
        found = found * np.uint64(_BASE) + windows[:, column].astype(np.uint64) + np.uint64(1)
    return found


def _power(length: int) -> np.uint64:
    return np.uint64(pow(_BASE, length, _WORD + 1))


@dataclass(frozen=True, slots=True)
class Level:
    """The n-grams of one order: table and code books of log-probabilities and back-off weights."""

    table: Table
    probabilities: NDArray[np.float32]
    backoffs: NDArray[np.float32]
    probability_bits: int

    @property
    def nbytes(self) -> int:
        """Bytes of the table."""
        return self.table.low.nbytes + self.table.high.nbytes

    def find(self, keys: Keys) -> tuple[NDArray[np.bool_], Floats, Floats]:
        """Whether each n-gram is known; its log-probability and back-off weight (0 where it is not)."""
        known, values = self.table.find(keys)
        values = np.where(known, values, np.uint32(0))
        p = self.probabilities[values & np.uint32((1 << self.probability_bits) - 1)]
        b = self.backoffs[values >> np.uint32(self.probability_bits)]
        return known, np.where(known, p, 0.0), np.where(known, b, 0.0)


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

    @staticmethod
    def load(path: Path | None = None) -> LanguageModel:
        """Read a model by memory map; ``None`` names the packaged one.

        Raises ``UsageError`` with one line if the file is missing, cut short, damaged or no such model.
        """
        from cleanpress.language.storage import read  # noqa: PLC0415 - storage builds LanguageModel

        return read(path)

    # Continuation ---------------------------------------------------------------------------------

    def continuation(self, lefts: Sequence[str], rights: Sequence[str]) -> Floats:
        """How well each right text goes on from each left text; shape ``(len(lefts), len(rights))``.

        The boundary's pointwise mutual information in nats: log p(first symbols of right | last symbols
        of left) − log p(the same symbols at a random place). Above 0 speaks for the join. A text without
        symbols says nothing: its scores are 0.
        """
        left, right = self._lefts(lefts), self._rights(rights)
        scores = np.zeros((len(lefts), len(rights)))
        rows = max(1, _AT_ONCE // max(len(rights), 1))
        columns = np.arange(len(rights))
        for start in range(0, len(lefts), rows):
            some = np.arange(start, min(start + rows, len(lefts)))
            i, j = np.repeat(some, len(rights)), np.tile(columns, len(some))
            scores[some] = self._join(left, right, i, j).reshape(len(some), len(rights))
        return scores

    def continuation_pairs(self, lefts: Sequence[str], rights: Sequence[str]) -> Floats:
        """``continuation`` of ``lefts[i]`` and ``rights[i]``; shape ``(len(lefts),)``."""
        if len(lefts) != len(rights):
            raise ValueError(f"{len(lefts)} left texts but {len(rights)} right texts")
        left, right = self._lefts(lefts), self._rights(rights)
        every = np.arange(len(lefts))
        pieces = [
            self._join(left, right, some, some)
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
            found = found + (own.astype(np.uint64) + np.uint64(1)) * _power(a - 1)
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
        begins = np.zeros(len(symbols), dtype=bool)
        begins[starts[starts < len(symbols)]] = True
        logs = self._conditional(symbols, begins)
        there, hashes, alone = [], [], []
        found = np.zeros(len(texts), dtype=np.uint64)
        prior = np.zeros(len(texts))
        for b in range(1, self.order):
            present = ends[1:] - starts >= b
            at = np.where(present, starts + b - 1, 0)
            own = symbols[at] if symbols.size else np.zeros(len(texts), np.uint16)
            found = found * np.uint64(_BASE) + own.astype(np.uint64) + np.uint64(1)
            there.append(present)
            hashes.append(found)
            alone.append(np.where(present, logs[at] if symbols.size else 0.0, 0.0))
            if b == 1:
                prior = np.where(present, self.frequencies[own], 0.0)
        return _Rights(there, hashes, alone, prior)

    def _join(self, left: _Lefts, right: _Rights, i: NDArray[np.intp], j: NDArray[np.intp]) -> Floats:
        """Boundary PMI of left text ``i[m]`` and right text ``j[m]``.

        An n-gram over the border takes ``a`` symbols of the left and ``b`` of the right. Back-off runs
        from ``a = 0`` (the right text alone) up, one left symbol more each time; where the pair's bigram
        is unknown, so is every longer n-gram, and only the first right symbol is touched at all.
        """
        both = left.there[0][i] & right.there[0][j]
        seen, probability, weight = self.levels[0].find(left.hashes[0][i] * _power(1) + right.hashes[0][j])
        seen &= both
        penalty = sum(left.backoffs[1:], start=np.zeros(len(left.there[0])))
        first = right.alone[0][j] + left.backoffs[0][i]
        scores = np.where(both, first + penalty[i] - right.prior[j], 0.0)
        known = np.flatnonzero(seen)
        i, j = i[known], j[known]
        # Of the n-grams with b - 1 right symbols: their back-off weights, by the number of left ones.
        before = [left.backoffs[a][i] for a in range(self.order - 1)]
        total = np.zeros(len(known))
        last_known: list[NDArray[np.bool_]] = [left.there[a][i] for a in range(self.order - 1)]
        for b in range(1, self.order):
            log = right.alone[b - 1][j]
            base = log if b > 1 else right.prior[j]
            now, now_known = [], []
            shorter = right.there[b - 1][j]
            for a in range(1, self.order - b + 1):
                if a == b == 1:
                    hit, p, w = np.ones(len(known), dtype=bool), probability[known], weight[known]
                else:
                    hit, p, w = np.zeros(len(known), dtype=bool), np.zeros(len(known)), np.zeros(len(known))
                    possible = np.flatnonzero(shorter & last_known[a - 1])
                    keys = left.hashes[a - 1][i[possible]] * _power(b) + right.hashes[b - 1][j[possible]]
                    hit[possible], p[possible], w[possible] = self.levels[a + b - 2].find(keys)
                log = np.where(hit, p, log + before[a - 1])
                now.append(w)
                now_known.append(hit)
                shorter = hit
            total += np.where(right.there[b - 1][j], log - base, 0.0)
            before, last_known = now, now_known
        scores[known] = total
        return scores

    # Single texts ---------------------------------------------------------------------------------

    def surprise(self, texts: Sequence[str]) -> list[Floats]:
        """Log-probability of every character given the ``order - 1`` before it; one array per text.

        A text is taken to start at a random place. Characters the model does not see (spaces, quotation
        marks, the second and later of a run of digits or Latin letters) have 0.
        """
        symbols, origins, ends = self.alphabet.encode(texts)
        begins = np.zeros(len(symbols), dtype=bool)
        begins[ends[:-1][ends[:-1] < len(symbols)]] = True
        logs = np.zeros(sum(map(len, texts)))
        logs[origins] = self._conditional(symbols, begins)
        borders = np.cumsum([len(text) for text in texts])[:-1]
        return [np.ascontiguousarray(part) for part in np.split(logs, borders)] if texts else []

    def boundary(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Whether each text looks like the start, and like the end, of a paragraph by its words alone.

        ``start``: log p(first symbols | a paragraph starts) − log p(the same at a random place).
        ``end``: log-odds that a sentence ends behind the last word, against the average place. Marks at
        the text's end are set aside first, since OCR loses them: this is evidence beside punctuation.
        """
        heads, _, ends = self.alphabet.encode(text[:_TAIL] for text in texts)
        lengths = np.minimum(np.diff(ends), self.order - 1)
        start = np.zeros(len(texts))
        for i, (at, length) in enumerate(zip(ends[:-1], lengths, strict=True)):
            if length:
                own = heads[at : at + length]
                begins = np.zeros(length + 1, dtype=bool)
                begins[0] = True
                after = self._conditional(np.append(np.uint16(BOUNDARY), own), begins)[1:]
                alone = self._conditional(own, begins[:-1])
                alone[0] = self.frequencies[own[0]]
                start[i] = float((after - alone).sum())
        return start, self._ending(texts)

    def _ending(self, texts: Sequence[str]) -> Floats:
        marks = [self.alphabet.symbol(mark) for mark in MARKS]
        enders = np.array([self.alphabet.symbol(mark) for mark in ENDERS] + [BOUNDARY], dtype=np.uint16)
        average = np.exp(self.frequencies[enders].astype(np.float64)).sum()
        rows = []
        for text in texts:
            tail, _, _ = self.alphabet.encode([text[-_TAIL:]])
            words = np.flatnonzero(~np.isin(tail, marks))
            rows.append(tail[: words[-1] + 1][-(self.order - 1) :] if words.size else tail[:0])
        symbols = np.concatenate([np.append(row, e) for row in rows for e in enders] or [enders[:0]])
        lengths = np.repeat([len(row) + 1 for row in rows], len(enders))
        begins = np.zeros(len(symbols), dtype=bool)
        ends = np.cumsum(lengths)
        begins[ends - lengths] = True
        logs = self._conditional(symbols, begins)[ends - 1].reshape(len(texts), len(enders))
        p = np.clip(np.exp(logs).sum(axis=1), 1e-9, 1 - 1e-9)
        odds = np.log(p / (1 - p)) - np.log(average / (1 - average))
        return np.where([len(row) > 0 for row in rows], odds, 0.0)

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
            longer[at] = single[at - length] * _power(length) + hashes[at]
            known, p, w = self.levels[length - 1].find(longer[at])
            logs[at] = np.where(known, p, logs[at] + weights[at - 1])
            heavier[at] = w
            hashes, weights = longer, heavier
        return logs


_TAIL = 64
"""Characters looked at beside a boundary: enough symbols even where many are dropped or folded."""
