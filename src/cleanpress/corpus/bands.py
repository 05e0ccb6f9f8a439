"""Candidates: pairs of texts that share a band and agree in enough of their signatures.

Bands of four rows are joined one at a time, so that memory holds a few numbers a text. The values are cut
into bands in ``GROUPINGS`` ways: the copies that one way misses another finds, at the price of a join and not
of another signature.

Most texts share their band with none. So a band is not sorted: each text writes its number into a table
at the place its hash tells, and only those that met another there are sorted and compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

ROWS = 4
VALUES = 64
"""The first so many of the values of datasketch's signatures are made; see docs/repeats.md for the choice."""
GROUPINGS = 4
BANDS = VALUES // ROWS * GROUPINGS

LEAST_AGREEMENT = 10
"""Of the 64 values two candidates must have this many in common (a Jaccard of 0.16 of their pairs of
letters). Fewer pairs go to be aligned, and hardly a copy is among the others: see docs/repeats.md."""

CAP = 32
"""Texts of a bucket with which each is paired. A bucket with more is a template, or a text that is
everywhere; what is left out is counted."""

MOST_TEXTS = 1 << 32
_LOW = np.uint64(MOST_TEXTS - 1)

_SLOTS, _LEAST_BITS = 8, 10
"""Places of the table a text: with eight, one text in nine meets another by accident."""

_SEEN_BITS = 20

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
"""Odd constants of MurmurHash3's finalizer."""

Pairs = NDArray[np.int64]
"""Shape (pairs, 2), the smaller number first, sorted, each once."""

Packed = NDArray[np.uint64]
"""Pairs as one number each: the smaller one in the upper 32 bits."""


class Columns(Protocol):
    """Signatures of all texts by column."""

    def __call__(self, column: int) -> NDArray[np.uint16]:
        """The low 16 bits of one permutation's values, shape (texts,)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs that share a band, sorted, and how many the cap left out (one that several bands leave out
    counts in each)."""

    pairs: Packed
    skipped: int


def columns_of(band: int) -> NDArray[np.int64]:
    """Which permutations make a band, shape (ROWS,)."""
    grouping, place = divmod(band, VALUES // ROWS)
    order = np.arange(VALUES) if grouping == 0 else np.random.default_rng(grouping).permutation(VALUES)
    return order[place * ROWS : (place + 1) * ROWS]


def join(columns: Columns, bands: Sequence[int], at_once: int = MOST_TEXTS) -> Found:
    """The pairs of texts that share one of these bands; ``at_once`` is how many texts are joined at once."""
    found: list[Packed] = []
    skipped = 0
    # Pairs seen lately, each at the place its hash tells: good copies share many bands, and sorting out
    # what a look can leave away takes ten times as long.
    seen = np.zeros(1 << _SEEN_BITS, np.uint64)
    for band in bands:
        rows = [columns(int(column)) for column in columns_of(band)]
        hashes = mixed(rows)
        for texts in _that_meet(hashes, at_once):
            pairs, left_out = _of_band(rows, texts)
            place = ((pairs * _GOLDEN) >> np.uint64(64 - _SEEN_BITS)).astype(np.intp)
            is_new = seen.take(place) != pairs
            pairs = pairs[is_new]
            seen[place[is_new]] = pairs
            found.append(pairs)
            skipped += left_out
    return Found(merged(found), skipped)


def merged(lists: Sequence[Packed]) -> Packed:
    """Lists of pairs as one, sorted, each pair once."""
    if not lists:
        return np.zeros(0, np.uint64)
    # What is sorted in runs this kind of sorting only merges.
    every = np.sort(np.concatenate(lists), kind="stable")
    return every[np.concatenate([[True], every[1:] != every[:-1]])] if len(every) else every


def packed(pairs: Pairs) -> Packed:
    """Pairs of two numbers each, packed."""
    both = pairs.astype(np.uint64)
    return (both[:, 0] << np.uint64(32)) | both[:, 1]


def unpacked(packed: Packed) -> Pairs:
    """Packed pairs as two numbers each."""
    return np.stack([packed >> np.uint64(32), packed & _LOW], axis=1).astype(np.int64)


def agreement(columns: Columns, pairs: Packed) -> NDArray[np.uint8]:
    """In how many of their values the two texts of each pair agree, shape (pairs,)."""
    agreed = np.zeros(len(pairs), np.uint8)
    left, right = (pairs >> np.uint64(32)).astype(np.intp), (pairs & _LOW).astype(np.intp)
    for column in range(VALUES):
        values = columns(column)
        agreed += values.take(left) == values.take(right)
    return agreed


def _of_band(rows: Sequence[NDArray[np.uint16]], texts: NDArray[np.int64]) -> tuple[Packed, int]:
    """The pairs of texts with the same band, and how many the cap left out."""
    key = np.zeros(len(texts), np.uint64)
    for row in rows:
        key = (key << np.uint64(16)) | row.take(texts)
    # In the order of the keys, and of the texts where those are equal. Mixed, so that what is left of a key
    # beside the number of its text tells keys apart as well as all of it would.
    bits = np.uint64(len(texts).bit_length())
    low = (np.uint64(1) << bits) - np.uint64(1)
    key = (key ^ (key >> np.uint64(31))) * _GOLDEN
    ranked = np.sort((key & ~low) | np.arange(len(texts), dtype=np.uint64))
    texts = texts[(ranked & low).astype(np.int64)].astype(np.uint64)
    bucket = ranked >> bits
    found = []
    at = np.flatnonzero(bucket[1:] == bucket[:-1])
    for step in range(1, CAP + 1):
        found.append((texts[at] << np.uint64(32)) | texts[at + step])
        # What is equal at a distance is equal at every shorter one.
        at = at[: np.searchsorted(at, len(bucket) - step - 1)]
        at = at[bucket[at + step + 1] == bucket[at]]
        if not len(at):
            break
    skipped = 0
    if len(at):
        sizes = np.diff(np.flatnonzero(np.concatenate([[True], bucket[1:] != bucket[:-1], [True]])))
        skipped = int((sizes * (sizes - 1) // 2).sum()) - sum(map(len, found))
    return np.concatenate(found), skipped


def mixed(rows: Sequence[NDArray[np.uint16]]) -> NDArray[np.uint32]:
    """A hash of each text's band."""
    mixed = np.zeros(len(rows[0]), np.uint32)
    for low, high in zip(rows[::2], rows[1::2], strict=True):
        mixed ^= low | (high.astype(np.uint32) << np.uint32(16))
        mixed *= _MIX_1
        mixed ^= mixed >> np.uint32(15)
    mixed *= _MIX_2
    return mixed


def _that_meet(mixed: NDArray[np.uint32], at_once: int) -> Iterator[NDArray[np.int64]]:
    """The texts whose band another has as well, among some that have met another by accident, ascending.

    By parts of some ``at_once`` texts; those that share a band are in one part.
    """
    bits = max(0, -(-len(mixed) // at_once) - 1).bit_length()
    if not bits:
        yield _meet(mixed)
        return
    part_of = (mixed >> np.uint32(32 - bits)).astype(np.uint16)
    for part in range(1 << bits):
        texts = np.flatnonzero(part_of == part)
        yield texts[_meet(mixed[texts] << np.uint32(bits))]


def _meet(mixed: NDArray[np.uint32]) -> NDArray[np.int64]:
    count = len(mixed)
    bits = min(32, max(_LEAST_BITS, (_SLOTS * count).bit_length() - 1))
    place = (mixed >> np.uint32(32 - bits)).astype(np.intp)
    table = np.empty(1 << bits, np.uint32)
    number = np.arange(count, dtype=np.uint32)
    # Who wrote last stands there; the others of the same place find another's number.
    table[place] = number
    last = table.take(place)
    others = np.flatnonzero(last != number)
    meets = np.zeros(count, np.bool_)
    meets[others] = True
    meets[last[others]] = True
    return np.flatnonzero(meets)


def components(pairs: Packed, count: int) -> NDArray[np.uint32]:
    """For each of ``count`` texts the least text of its component in the graph of pairs.

    By handing the least number on along the pairs until nothing changes (label propagation with pointer
    jumping).
    """
    left, right = (pairs >> np.uint64(32)).astype(np.uint32), (pairs & _LOW).astype(np.uint32)
    least = np.arange(count, dtype=np.uint32)
    while True:
        low = np.minimum(least[left], least[right])
        new = least.copy()
        # Roots are hooked too, so that a long chain takes few rounds.
        for end in (left, right):
            np.minimum.at(new, end, low)
            np.minimum.at(new, least[end], low)
        new = new[new]
        if np.array_equal(new, least):
            return least
        least = new
