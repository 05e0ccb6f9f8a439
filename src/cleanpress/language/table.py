"""A static function from 64-bit keys to small values, in little more room than the values need.

This is the binary fuse construction of Graf and Lemire (2022, "Binary Fuse Filters: Fast and Smaller
Than Xor Filters", doi:10.1145/3510449) used as a map: a key's cell value is the exclusive or of three
cells that its hash names in three neighbouring segments. A cell holds a fingerprint of the key beside
the value, so that a key that was never stored is recognised but for one in 2^fingerprint bits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

_TRIES = 64


def mix(keys: Keys, seed: int) -> Keys:
    """SplitMix64's finaliser: every bit of the result depends on every bit of the key and the seed."""
    h = keys + np.uint64((seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    h ^= h >> np.uint64(30)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    return h


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a table: its segments, the bits of a cell, and the seed that made it solvable."""

    segment_bits: int
    segments: int
    fingerprint_bits: int
    value_bits: int
    seed: int

    @property
    def slots(self) -> int:
        """Number of cells."""
        return (self.segments + 2) << self.segment_bits

    def places(self, keys: Keys) -> tuple[Keys, Keys, Keys, NDArray[np.uint32]]:
        """The three cells of every key, and its fingerprint shifted to where the cell has it."""
        h = mix(keys, self.seed)
        bits, mask = np.uint64(self.segment_bits), np.uint64((1 << self.segment_bits) - 1)
        first = (((h >> np.uint64(32)) * np.uint64(self.segments)) >> np.uint64(32)) << bits
        one = first + (h & mask)
        two = first + (mask + np.uint64(1)) + ((h >> np.uint64(16)) & mask)
        # The high half names the segment; a second mixing is independent of it.
        g = h * np.uint64(0xD6E8FEB86659FD93)
        three = first + np.uint64(2) * (mask + np.uint64(1)) + ((g >> np.uint64(44)) & mask)
        print_ = (g >> np.uint64(24)) & np.uint64((1 << self.fingerprint_bits) - 1)
        return one, two, three, (print_ << np.uint64(self.value_bits)).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Table:
    """A shape and its cells: the low 16 bits of each cell, and the bits above them (0 to 16 more)."""

    shape: Shape
    low: NDArray[np.uint16]
    high: NDArray[np.uint8 | np.uint16]

    def find(self, keys: Keys) -> tuple[NDArray[np.bool_], NDArray[np.uint32]]:
        """Whether each key is stored, and its value (meaningless where it is not)."""
        one, two, three, wanted = self.shape.places(keys)
        cells = (self.low[one] ^ self.low[two] ^ self.low[three]).astype(np.uint32)
        if self.high.size:
            above = self.high[one] ^ self.high[two] ^ self.high[three]
            cells |= above.astype(np.uint32) << np.uint32(16)
        cells ^= wanted
        return cells >> np.uint32(self.shape.value_bits) == 0, cells


def build(keys: Keys, values: NDArray[np.uint32], fingerprint_bits: int, value_bits: int) -> Table:
    """Store ``values[i]`` under ``keys[i]``. The keys must differ from each other.

    Raises ``ValueError`` if they do not. The same keys in the same order give the same bytes.
    """
    if fingerprint_bits + value_bits > 32:
        raise ValueError("a cell has 32 bits at most")
    count = len(keys)
    # Both formulas are Graf and Lemire's for three cells a key.
    segment_bits = max(2, math.floor(math.log(max(count, 2)) / math.log(3.33) + 2.25))
    segment_bits = min(segment_bits, 16)
    factor = max(1.125, 0.875 + 0.25 * math.log(1e6) / math.log(max(count, 4)))
    segments = max(1, math.ceil(count * factor / (1 << segment_bits)) - 2)
    for seed in range(1, _TRIES + 1):
        shape = Shape(segment_bits, segments, fingerprint_bits, value_bits, seed)
        one, two, three, prints = shape.places(keys)
        order = _peel(np.stack([one, two, three], axis=1).astype(np.int64), shape.slots)
        if order is not None:
            break
        segments += 1 + segments // 50
    else:
        raise ValueError("keys are not distinct")
    cells = np.zeros(shape.slots, dtype=np.uint32)
    wanted = prints | values
    places = np.stack([one, two, three], axis=1).astype(np.int64)
    for found, own in reversed(order):
        # Within one round no key's own cell is a cell of another, so the round is one step.
        others = cells[places[found]]
        others[np.arange(len(found)), own] = 0
        cells[places[found, own]] = wanted[found] ^ others[:, 0] ^ others[:, 1] ^ others[:, 2]
    width = fingerprint_bits + value_bits
    high: NDArray[np.uint8 | np.uint16] = np.zeros(0, dtype=np.uint8)
    if width > 16:
        high = (cells >> np.uint32(16)).astype(np.uint8 if width <= 24 else np.uint16)
    return Table(shape, (cells & np.uint32(0xFFFF)).astype(np.uint16), high)


def _peel(places: NDArray[np.int64], slots: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]] | None:
    """Rounds of keys that each own a cell no later key uses, or ``None`` if there is no such order.

    A round is the keys' indices and which of their three cells is their own.
    """
    degree = np.bincount(places.ravel(), minlength=slots)
    # Exclusive or of the indices of the keys in a cell: where one key is left, that is the key.
    members = np.zeros(slots, dtype=np.int64)
    indices = np.arange(len(places))
    for column in range(3):
        np.bitwise_xor.at(members, places[:, column], indices)
    rounds = []
    left = len(places)
    single = np.flatnonzero(degree == 1)
    while single.size:
        found, first = np.unique(members[single], return_index=True)
        cells = single[first]
        own = np.argmax(places[found] == cells[:, None], axis=1)
        rounds.append((found, own))
        left -= len(found)
        touched = places[found].ravel()
        np.subtract.at(degree, touched, 1)
        np.bitwise_xor.at(members, touched, np.repeat(found, 3))
        single = np.unique(touched)
        single = single[degree[single] == 1]
    return rounds if left == 0 else None
