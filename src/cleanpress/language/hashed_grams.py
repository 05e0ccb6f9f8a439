"""Text as arrays of folded code points and of hashed character n-grams.

The models that compare fragments see text the same way whether it was printed in traditional or
simplified characters, full or half width. Folding is for comparison only: it never reaches the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

DATA = Path(__file__).resolve().parents[1] / "data" / "encoder"
DIGIT = ord("0")
"""Every digit folds to this: which number it is says little about the topic and is often misread."""

EDGE = 40
"""Characters at the edge of a text that tell how it starts or breaks off."""
EDGE_GRAMS = ((1, EDGE), (2, EDGE), (3, 6))
"""Sizes of n-grams at the edge, and within how many characters of it each is used."""

_PLANE = 0x10000
_MIX = np.uint32(0x9E3779B1)  # 2^32 over the golden ratio, Knuth's multiplicative hash
_FINAL = np.uint32(0x85EBCA6B)  # from MurmurHash3's finaliser
_PLACE = np.array([0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 7, 7, *[8] * 12, *[9] * 16], dtype=np.uint32)
_PLACE_HASH = (_PLACE + np.uint32(1)) * _MIX


@cache
def _folding() -> tuple[Codes, NDArray[np.bool_]]:
    """What each code point of the basic plane folds to, and which of them are letters or digits."""
    target = np.arange(_PLANE, dtype=np.uint32)
    for code in range(0xFF01, 0xFF5F):  # full-width ASCII
        target[code] = code - 0xFEE0
    target[0x3000] = 0x20
    traditional, simplified = np.load(DATA / "simplified.npy")
    target[traditional] = simplified
    for code in range(0x250):
        lower = chr(int(target[code])).lower()
        target[code] = ord(lower[0])
    for code in range(ord("A"), ord("Z") + 1):
        target[target == code] = code + 32
    wordlike = np.zeros(_PLANE, dtype=bool)
    for code in range(_PLANE):
        wordlike[code] = chr(code).isalnum()
        if (chr(code).isdigit() and code < 0x2000) or 0xFF10 <= code <= 0xFF19:
            target[code] = DIGIT
    return target, wordlike


def folded(text: str) -> Codes:
    """The code points of ``text``, simplified, half-width, lower-case, each digit as ``0``: (len(text),)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    target, _ = _folding()
    return np.where(codes < _PLANE, target[np.minimum(codes, _PLANE - 1)], codes)


def letters(codes: Codes) -> Codes:
    """The letters and digits among folded ``codes``; marks and spaces drop out, other planes stay."""
    _, wordlike = _folding()
    return codes[(codes >= _PLANE) | wordlike[np.minimum(codes, _PLANE - 1)]]


def grams(texts: Sequence[Codes], size: int) -> tuple[Codes, NDArray[np.int64]]:
    """A 32-bit hash of every ``size``-gram of every text, in order, and which text each is of: (k,), (k,).

    The hashes are the same on every machine and for the same n-gram in any text.
    """
    joined = np.concatenate([*texts, np.empty(0, dtype=np.uint32)])
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    count = max(len(joined) - size + 1, 0)
    inside = owner[:count] == owner[size - 1 :]
    return _hashed(joined, size)[inside], owner[:count][inside]


def edges(outwards: Sequence[Codes], bits: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bucket indices of the n-grams next to the edge of each text, and which text each is of: (k,), (k,).

    An outward text starts at the edge: a head as it reads, a tail reversed. An n-gram is hashed with its
    distance from the edge: close by, every place is its own class; farther away places share one,
    because there only the words matter.
    """
    windows = np.zeros((len(outwards), EDGE), dtype=np.uint32)
    sizes = np.zeros(len(outwards), dtype=np.int64)
    for row, codes in enumerate(outwards):
        sizes[row] = min(len(codes), EDGE)
        windows[row, : sizes[row]] = codes[:EDGE]
    hashes, owners = [], []
    for size, reach in EDGE_GRAMS:
        found = _hashed(windows, size)[:, :reach]
        present = np.arange(found.shape[1]) + size <= sizes[:, None]
        hashes.append(((found ^ _PLACE_HASH[: found.shape[1]]) * _FINAL)[present])
        owners.append(np.nonzero(present)[0])
    return buckets(np.concatenate(hashes), bits), np.concatenate(owners)


def _hashed(codes: Codes, size: int) -> Codes:
    """The hash of every ``size``-gram along the last axis."""
    count = max(codes.shape[-1] - size + 1, 0)
    mixed = np.full((*codes.shape[:-1], count), size, dtype=np.uint32)
    for offset in range(size):
        mixed = (mixed ^ codes[..., offset : offset + count]) * _MIX
        mixed ^= mixed >> np.uint32(15)
    mixed *= _FINAL
    return np.asarray(mixed ^ (mixed >> np.uint32(13)), dtype=np.uint32)


def buckets(hashes: Codes, bits: int) -> NDArray[np.int64]:
    """The top ``bits`` bits of each hash: an index into a table of 2**bits rows."""
    return (hashes >> np.uint32(32 - bits)).astype(np.int64)
