"""N-grams by their hashes: those a model knows, and those that stand on one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.table import Keys, Table

Floats = NDArray[np.float64]

BASE = np.uint64(0x9E3779B97F4A7C55)


def hash_symbols(windows: NDArray[Any]) -> Keys:
    """A 64-bit polynomial hash of each row of symbols; ``hash(ab) = hash(a) * BASE**len(b) + hash(b)``."""
    found = np.zeros(windows.shape[0], dtype=np.uint64)
    for column in range(windows.shape[1]):
        found = found * BASE + windows[:, column].astype(np.uint64) + np.uint64(1)
    return found


def power(length: int) -> np.uint64:
    """``BASE**length`` modulo 2**64: moves a hash to the left of ``length`` more symbols."""
    return np.uint64(pow(int(BASE), length, 1 << 64))


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
class PageCounts:
    """How often the n-grams of one page occur on it, by order from 1."""

    keys: list[Keys]
    counts: list[NDArray[np.int64]]

    @classmethod
    def of(cls, symbols: NDArray[np.uint16], ends: NDArray[np.int64], order: int) -> PageCounts:
        """Counts up to ``order`` in the texts ``symbols[ends[i] : ends[i + 1]]``."""
        owner = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        single = hash_symbols(symbols[:, None])
        hashes = single
        keys, counts = [], []
        for n in range(1, order + 1):
            if n > 1:
                hashes = hashes[:-1] * BASE + single[n - 1 :]
            whole = owner[n - 1 :] == owner[: max(len(owner) - n + 1, 0)]
            found, count = np.unique(hashes[whole], return_counts=True)
            keys.append(found)
            counts.append(count)
        return cls(keys, counts)

    def count(self, n: int, keys: Keys) -> Floats:
        """Occurrences of each n-gram of order ``n``."""
        own = self.keys[n - 1]
        if not len(own):
            return np.zeros(len(keys))
        at = np.minimum(np.searchsorted(own, keys), len(own) - 1)
        return np.where(own[at] == keys, self.counts[n - 1][at], 0).astype(np.float64)
