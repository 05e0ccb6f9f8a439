"""Candidates: pairs of texts that share a band and agree in enough of their signatures.

Bands of four rows are joined by sorting, one band at a time, so that memory holds a few numbers a text. The
128 values are cut into bands in ``GROUPINGS`` ways: the copies that one way misses another finds, at the
price of a sort and not of another signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cleanpress.stages.repeats.index import PERMUTATIONS

ROWS = 4
GROUPINGS = 3
BANDS = PERMUTATIONS // ROWS

LEAST_AGREEMENT = 20
"""Of the 128 values two candidates must have this many in common (a Jaccard of 0.16 of their pairs of
letters). On 20,000 synthetic paragraphs pairs that share a band by accident agree in 12 at the most, copies
with 15 % of noise each in 23 at the least (``benchmarks/dedup_quality.py``)."""

CAP = 32
"""Texts of a bucket with which each is paired. A bucket with more is a template, or a text that is
everywhere; what is left out is counted."""

_INDEX_BITS = 26
MOST_TEXTS = 1 << _INDEX_BITS

Pairs = NDArray[np.int64]
"""Shape (pairs, 2), the smaller number first, sorted, each once."""


class Columns(Protocol):
    """Signatures of all texts by column."""

    def __call__(self, column: int) -> NDArray[np.uint16]:
        """The low 16 bits of one permutation's values, shape (texts,)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Candidate pairs, and how many the cap left out (one that several bands leave out counts in each)."""

    pairs: Pairs
    skipped: int


def columns_of(grouping: int) -> NDArray[np.int64]:
    """Which permutations make the bands of a grouping, shape (BANDS, ROWS)."""
    order = (
        np.arange(PERMUTATIONS)
        if grouping == 0
        else np.random.default_rng(grouping).permutation(PERMUTATIONS)
    )
    return order[: BANDS * ROWS].reshape(BANDS, ROWS)


def candidates(
    columns: Columns, chosen: NDArray[np.int64], grouping: int, least: int = LEAST_AGREEMENT
) -> Found:
    """The candidates of one grouping among the ``chosen`` texts (their numbers, ascending)."""
    found: list[NDArray[np.int64]] = []
    skipped = 0
    for band in columns_of(grouping):
        pairs, left_out = _of_band(columns, chosen, band)
        found.append(pairs)
        skipped += left_out
    pairs = _unpacked(np.unique(np.concatenate(found)))
    return Found(pairs[agreement(columns, pairs) >= least], skipped)


def merged(left: Pairs, right: Pairs) -> Pairs:
    """Two lists of pairs as one, each pair once."""
    both = np.concatenate([left, right])
    return _unpacked(np.unique((both[:, 0] << _INDEX_BITS) | both[:, 1]))


def _unpacked(packed: NDArray[np.int64]) -> Pairs:
    return np.stack([packed >> _INDEX_BITS, packed & (MOST_TEXTS - 1)], axis=1)


def agreement(columns: Columns, pairs: Pairs) -> NDArray[np.int16]:
    """In how many of their values the two texts of each pair agree, shape (pairs,)."""
    agreed = np.zeros(len(pairs), np.int16)
    left, right = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    for column in range(PERMUTATIONS):
        values = columns(column)
        agreed += values[left] == values[right]
    return agreed


def _of_band(
    columns: Columns, chosen: NDArray[np.int64], band: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """The pairs of a band, each as one number (left << bits | right), and how many the cap left out."""
    key = np.zeros(len(chosen), np.uint64)
    for column in band:
        key = (key << np.uint64(16)) | columns(int(column))[chosen]
    # Mixed, so that the bits beside the text's number tell keys apart as well as all 64 would.
    key = (key ^ (key >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    low = np.uint64((1 << _INDEX_BITS) - 1)
    ranked = np.sort((key & ~low) | np.arange(len(chosen), dtype=np.uint64))
    bucket, text = ranked >> np.uint64(_INDEX_BITS), (ranked & low).astype(np.int64)
    found = []
    for step in range(1, CAP + 1):
        same = bucket[step:] == bucket[:-step]
        if not same.any():
            break
        # Within a bucket the numbers ascend.
        found.append((chosen[text[:-step][same]] << _INDEX_BITS) | chosen[text[step:][same]])
    pairs = np.concatenate(found) if found else np.zeros(0, np.int64)
    borders = np.flatnonzero(np.concatenate([[True], bucket[1:] != bucket[:-1], [True]]))
    sizes = np.diff(borders)
    every = int((sizes * (sizes - 1) // 2).sum())
    return pairs, every - len(pairs)


def groups_of(pairs: Pairs) -> Iterator[tuple[NDArray[np.int64], Pairs]]:
    """The connected components of a graph of pairs: members and pairs of each, in the order of members."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not len(pairs):
        return
    members, inverse = np.unique(pairs, return_inverse=True)
    ends = inverse.reshape(pairs.shape)
    graph = csr_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(len(members),) * 2)
    count, component = connected_components(graph, directed=False)
    of_pair = component[ends[:, 0]]
    order = np.argsort(of_pair, kind="stable")
    pair_borders = np.searchsorted(of_pair[order], np.arange(count + 1))
    by_member = np.argsort(component, kind="stable")
    member_borders = np.searchsorted(component[by_member], np.arange(count + 1))
    for k in range(count):
        yield (
            members[by_member[member_borders[k] : member_borders[k + 1]]],
            pairs[order[pair_borders[k] : pair_borders[k + 1]]],
        )
