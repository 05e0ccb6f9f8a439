"""Shingles, MinHash signatures and bands: which texts are worth comparing.

Everything here works on plain strings (comparison keys), so that it serves a page of sixty fragments
and a corpus of millions alike. Signatures are datasketch's, bit for bit, computed for all texts at once.

Shingles are pairs of letters and bands are wide (32 bands of 4 rows): under OCR noise longer shingles
break too often to be found. Two prints of a paragraph, each with 8 % of its letters misread, share some
three pairs in four, but hardly half of their runs of five letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 128
SEED = 1
SCHEME = "affine32"
"""datasketch's permutation scheme; signatures of different schemes or seeds cannot be compared."""
BANDS = 32
ROWS = 4
SHINGLE = 2

Hashes = NDArray[np.uint32]
Signatures = NDArray[np.uint32]
"""Shape ``(texts, PERMUTATIONS)``; a text without shingles has the highest value everywhere."""

EMPTY = np.uint32(0xFFFFFFFF)

# Finalizer of SplitMix64 (Steele, Lea and Flood 2014) and its increment, the golden ratio times 2^64.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)

# Shingles in a block of the signing loop: two copies of 4 bytes each fit a core's second cache, and numpy's
# cost per call is spread over enough of them (20,000 paragraphs: 0.5 s with 8,192, 0.2 s with 65,536).
_BLOCK = 1 << 16

# The texts of a hot bucket are paired with its first ones: this part of what makes it hot, and one more.
_FIRST_OF_HOT = 4


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts worth comparing, ``left < right``, sorted; ``skipped`` counts what a cap left out."""

    pairs: tuple[tuple[int, int], ...]
    skipped: int = 0


def shingle_hashes(texts: Sequence[str], size: int = SHINGLE) -> tuple[Hashes, NDArray[np.int64]]:
    """The hashes of all shingles (runs of ``size`` letters) of all texts, in one array.

    Returns ``hashes`` and ``starts`` with one more entry than texts: text ``i`` has
    ``hashes[starts[i]:starts[i + 1]]``. A text shorter than ``size`` has none.
    """
    wide, starts = gram_values(texts, size)
    return (wide >> np.uint64(32)).astype(np.uint32), starts


def gram_values(texts: Sequence[str], size: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """As ``shingle_hashes``, with all 64 bits: grams with equal values are the same for every purpose."""
    lengths = np.array([len(text) for text in texts], np.int64)
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return gram_values_of(points, lengths, size)


def gram_values_of(
    points: NDArray[np.uint32], lengths: NDArray[np.int64], size: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """As ``gram_values``, of texts given by all their code points in a row and by their lengths."""
    counts = np.maximum(lengths - size + 1, 0)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    if not starts[-1]:
        return np.zeros(0, np.uint64), starts
    points = points.astype(np.uint64)
    text_starts = np.cumsum(lengths) - lengths
    # Where each shingle begins in the joined text: those that would run over a text's end are left out.
    begins = np.arange(starts[-1]) + np.repeat(text_starts - starts[:-1], counts)
    values = np.zeros(len(begins), np.uint64)
    for k in range(size):
        values = _mix(values + points[begins + k] + _GOLDEN)
    return values, starts


_HASHED_AT_ONCE = 1 << 15


def gram_hashes(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """The values of all pairs of neighbouring code points, shape ``(len(points) - 1,)``, as ``gram_values``.

    Of texts in a row those that run over a text's end mean nothing. In pieces that fit a core's cache.
    """
    values = np.empty(max(len(points) - 1, 0), np.uint64)
    for first in range(0, len(values), _HASHED_AT_ONCE):
        piece = points[first : first + _HASHED_AT_ONCE + 1].astype(np.uint64)
        part = values[first : first + _HASHED_AT_ONCE]
        np.add(piece, _GOLDEN, out=piece)
        np.add(_mix(piece[:-1]), piece[1:], out=part)
        _mix_in_place(part)
    return values


def _mix_in_place(values: NDArray[np.uint64]) -> None:
    values ^= values >> np.uint64(30)
    values *= _MIX_1
    values ^= values >> np.uint64(27)
    values *= _MIX_2
    values ^= values >> np.uint64(31)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    return values ^ (values >> np.uint64(31))


@cache
def permutations() -> NDArray[np.uint32]:
    """datasketch's permutations for the pinned seed and scheme, shape ``(2, PERMUTATIONS)``.

    Drawn as datasketch draws them, from numpy's frozen generator: importing it takes longer than signing tens
    of thousands of texts. A test compares the signatures with its own.
    """
    draw = np.random.RandomState(SEED)
    odd = draw.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return np.stack([odd, draw.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)])


def signatures(hashes: Hashes, starts: NDArray[np.int64]) -> Signatures:
    """The MinHash signatures of texts given by their shingle hashes (see ``shingle_hashes``).

    Bit-equal to ``datasketch.MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME,
    hashfunc=...)`` updated with every shingle, where the function
    gives what ``shingle_hashes`` gives for it.
    """
    return np.ascontiguousarray(signatures_at(hashes, starts[:-1], np.diff(starts)).T)


def signatures_at(
    hashes: Hashes, starts: NDArray[np.int64], lengths: NDArray[np.int64], values: int = PERMUTATIONS
) -> Signatures:
    """As ``signatures``, of texts whose hashes begin at ``starts`` and number ``lengths``, by columns.

    Shape ``(values, texts)``: the first so many values. What lies between two texts is never looked at.
    """
    signed = np.full((values, len(lengths)), EMPTY, np.uint32)
    mixed = _murmur_finalizer(hashes)
    order = np.argsort(lengths, kind="stable")
    first = int(np.searchsorted(lengths[order], 1))
    while first < len(order):
        last = _block_end(lengths, order, first)
        texts = order[first:last]
        # A column a text, filled up with its last shingle, which does not change its minimum.
        rows = np.arange(lengths[texts[-1]])[:, None]
        block = mixed[starts[texts] + np.minimum(rows, lengths[texts] - 1)]
        signed[:, texts] = _minima(block, values)
        first = last
    return signed


def _block_end(lengths: NDArray[np.int64], order: NDArray[np.int64], first: int) -> int:
    """How far a block of texts of like length reaches from ``first`` in the order of their lengths."""
    last = min(len(order), first + max(1, _BLOCK // int(lengths[order[first]])))
    while last - first > 1 and int(lengths[order[last - 1]]) * (last - first) > 2 * _BLOCK:
        last = (first + last + 1) // 2
    return last


def _minima(block: Hashes, values: int) -> Hashes:
    """The least value of each column under the first permutations, shape ``(values, columns)``."""
    factors, terms = permutations()
    minima = np.empty((values, block.shape[1]), np.uint32)
    permuted = np.empty_like(block)
    for k in range(values):
        np.multiply(block, factors[k], out=permuted)
        np.add(permuted, terms[k], out=permuted)
        np.minimum.reduce(permuted, axis=0, out=minima[k])
    return minima


def _murmur_finalizer(hashes: Hashes) -> Hashes:
    """MurmurHash3's 32-bit finalizer (Appleby), with which datasketch's affine schemes begin."""
    mixed = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return mixed ^ (mixed >> np.uint32(16))


def near_pairs(texts: Sequence[str], *, bucket_cap: int) -> Pairs:
    """Pairs of texts that share a band of their signatures, by datasketch's ``MinHashLSH``.

    A bucket with more than ``bucket_cap`` texts is a template or a text printed over and over: its texts
    are only paired with its first few, and the pairs left out are counted (one that several buckets leave
    out counts in each). Texts without shingles are in no pair. For a page; a corpus joins bands
    (``corpus/bands.py``).
    """
    from datasketch import MinHash, MinHashLSH

    signed = signatures(*shingle_hashes(texts))
    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    for i, values in enumerate(signed):
        if len(texts[i]) >= SHINGLE:
            sketch = MinHash(hashvalues=values, permutations=permutations(), seed=SEED, scheme=SCHEME)
            lsh.insert(i, sketch, check_duplication=False)
    found: set[tuple[int, int]] = set()
    skipped = 0
    for table in lsh.hashtables:
        for bucket in table.keys():  # noqa: SIM118 -- a datasketch storage, not a dict
            members = sorted(table.get(bucket))
            first = members if len(members) <= bucket_cap else members[: bucket_cap // _FIRST_OF_HOT + 1]
            found.update((a, b) for k, a in enumerate(first) for b in members[k + 1 :])
            rest = len(members) - len(first)
            skipped += rest * (rest - 1) // 2
    return Pairs(tuple(sorted(found)), skipped)


@dataclass(frozen=True, slots=True)
class Seeds:
    """Places where two texts share a gram: arrays of equal length, ``left < right`` (text numbers).

    ``left_at`` and ``right_at`` are offsets in letters. Sorted by left, right, diagonal
    (``left_at - right_at``), place. ``skipped`` counts the grams that a cap left out.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    left_at: NDArray[np.int64]
    right_at: NDArray[np.int64]
    skipped: int


def shared_grams(texts: Sequence[str], size: int, *, cap: int) -> Seeds:
    """All places where a gram of ``size`` letters stands in two different texts.

    MinHash compares whole texts; a piece of a torn paragraph is found by what it shares with a longer
    one. A gram that stands in more than ``cap`` places says nothing about any of them and is left out.
    Time and memory are linear in the letters (times ``cap`` at worst), not in the pairs of texts.
    """
    values, starts = gram_values(texts, size)
    text_of = np.repeat(np.arange(len(texts)), np.diff(starts))
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    borders = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1], [True]]))
    counts = np.diff(borders)
    hot = counts > cap
    lefts, rights = [], []
    for count in np.unique(counts[(counts > 1) & ~hot]):
        firsts = borders[:-1][counts == count]
        places = order[firsts[:, None] + np.arange(count)]
        # Equal grams come in the order of the texts, because the sort is stable.
        a, b = np.triu_indices(int(count), 1)
        lefts.append(places[:, a].ravel())
        rights.append(places[:, b].ravel())
    left = np.concatenate(lefts) if lefts else np.zeros(0, np.int64)
    right = np.concatenate(rights) if rights else np.zeros(0, np.int64)
    apart = text_of[left] != text_of[right]
    left, right = left[apart], right[apart]
    left_text, right_text = text_of[left], text_of[right]
    left_at, right_at = left - starts[left_text], right - starts[right_text]
    ordered = np.lexsort((left_at, left_at - right_at, right_text, left_text))
    return Seeds(
        left_text[ordered],
        right_text[ordered],
        left_at[ordered],
        right_at[ordered],
        int(hot.sum()),
    )
