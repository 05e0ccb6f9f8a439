"""Texts to their comparison keys, by steps over all their characters at once.

A key is made character by character (``stages/repeats/key.py``), so one look at every character there is
makes all keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleanpress.stages.repeats.index import gram_hashes
from cleanpress.stages.repeats.key import comparison_key

_POINTS = 0x34000
"""Code points that can be letters of a key: the planes beyond those of the ideographs hold none."""

_AT_ONCE = 1 << 16
"""Characters that are looked at at once: some numbers for each fit a core's cache."""

_ODD = np.uint32(1 << 31)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of n texts: their letters in a row, where each begins, digests and suspicious characters.

    ``starts`` (n + 1,) indexes ``letters``; ``digests`` (n,) are sums of the hashes of a key's pairs of
    letters: equal for equal keys, and nearly never for others. ``suspicious`` (n,) counts characters that
    no print holds.
    """

    letters: NDArray[np.uint32]
    starts: NDArray[np.int64]
    digests: NDArray[np.uint64]
    suspicious: NDArray[np.int32]


def keys_of(texts: Sequence[str]) -> Keys:
    """The keys of texts."""
    ends = np.cumsum(np.array([len(text) for text in texts], np.int64))
    return keys_of_points(points_of("".join(texts)), np.concatenate([np.zeros(1, np.int64), ends]))


def points_of(text: str) -> NDArray[np.uint32]:
    """The code points of a text. JSON can hold surrogates, which are no characters."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def keys_of_points(points: NDArray[np.uint32], borders: NDArray[np.int64]) -> Keys:
    """The keys of texts that lie in a row: text ``k`` is ``points[borders[k] : borders[k + 1]]``."""
    parts = [
        _keys(points[borders[low] : borders[high]], borders[low : high + 1] - borders[low])
        for low, high in _pieces(borders)
    ]
    starts = [np.diff(part.starts) for part in parts]
    return Keys(
        np.concatenate([part.letters for part in parts]),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(starts))]),
        np.concatenate([part.digests for part in parts]),
        np.concatenate([part.suspicious for part in parts]),
    )


def _pieces(borders: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of texts, each small enough for a core's cache or of one text; an empty one if there is none."""
    low = 0
    while True:
        fits = int(np.searchsorted(borders, borders[low] + _AT_ONCE, "right")) - 1
        high = min(max(low + 1, fits), len(borders) - 1)
        yield low, high
        if high == len(borders) - 1:
            return
        low = high


def _keys(points: NDArray[np.uint32], borders: NDArray[np.int64]) -> Keys:
    folded = table().take(points, mode="clip")
    odd = np.flatnonzero(folded >= _ODD)
    suspicious = np.zeros(len(borders) - 1, np.int32)
    if len(odd):
        at = np.searchsorted(borders, odd, "right") - 1
        suspicious += np.bincount(at, minlength=len(suspicious)).astype(np.int32)
        folded &= ~_ODD
    kept = folded != 0
    before = np.concatenate([np.zeros(1, np.int32), np.cumsum(kept, dtype=np.int32)])
    letters = folded[kept]
    starts = before[borders].astype(np.int64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(gram_hashes(letters), dtype=np.uint64)])
    # The last pair of a text would run into the next one; of the last text it is not there at all.
    ends = np.minimum(np.maximum(starts[1:] - 1, starts[:-1]), len(sums) - 1)
    digests = sums[ends] - sums[np.minimum(starts[:-1], len(sums) - 1)]
    return Keys(letters, starts, digests, suspicious)


@cache
def table() -> NDArray[np.uint32]:
    """For each code point its letter in a key (0: none), marked where it is suspicious."""
    everything = np.arange(_POINTS, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    is_letter = np.fromiter(map(str.isalnum, everything), np.bool_, _POINTS)
    table = np.where(is_letter, np.arange(_POINTS, dtype=np.uint32), np.uint32(0))
    # Nearly all letters stand for themselves; the others are looked up one by one, which takes longer. The
    # one letter that lowers to two stays as it is.
    lowered = points_of(everything.replace("\u0130", "?").lower())
    others = [*map(chr, np.flatnonzero(lowered != np.arange(_POINTS)).tolist())]
    others += map(chr, range(0xF900, 0x10000))
    key = comparison_key("\n".join(others))
    # Character k of the others stands at offset 2 k.
    for k, letter in zip((key.offsets // 2).tolist(), key.letters, strict=True):
        table[ord(others[k])] = ord(letter)
    table[0xFFFD] |= _ODD
    table[0xE000:0xF900] |= _ODD
    # Where the planes of private use, and all others without letters, are looked up.
    table[_POINTS - 1] |= _ODD
    return table
