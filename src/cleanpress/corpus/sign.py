"""Texts to what is compared: keys on disk, and signatures by columns.

A shard holds ``SHARD`` texts. Its signatures are stored by permutation, the low 16 bits of each value: two
values that differ agree in those once in 65,536 (b-bit minwise hashing, Li and König 2010), and a band or an
estimate needs some columns of all texts, never all columns of one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleanpress.stages.repeats.index import SHINGLE, gram_values_of, signatures
from cleanpress.stages.repeats.key import comparison_key

SHARD = 1 << 17
BLOCK = 1 << 13
"""Texts that are signed at once: some ten megabytes of numbers."""

_POINTS = 0x34000
"""Code points that can be letters of a key: the planes beyond those of the ideographs hold none."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A block of texts: the letters of their keys in a row, where each begins, signatures, suspicious marks.

    ``starts`` (n + 1,) indexes ``letters``; ``values`` (PERMUTATIONS, n) are the low 16 bits; ``suspicious``
    (n,) counts characters that no print holds; ``digests`` (n,) are sums of the hashes of a text's shingles:
    equal for equal keys, and nearly never for others.
    """

    letters: NDArray[np.uint32]
    starts: NDArray[np.int64]
    values: NDArray[np.uint16]
    suspicious: NDArray[np.int32]
    digests: NDArray[np.uint64]


def sign(texts: Sequence[str]) -> Signed:
    """Keys and signatures of a block of texts, by steps over all their characters at once."""
    table, odd = _tables()
    lengths = np.array([len(text) for text in texts], np.int64)
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    owner = np.repeat(np.arange(len(texts)), lengths)
    points = np.minimum(points, _POINTS - 1)
    folded = table[points]
    kept = folded != 0
    letters = folded[kept]
    sizes = np.bincount(owner[kept], minlength=len(texts)).astype(np.int64)
    wide, starts = gram_values_of(letters, sizes, SHINGLE)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(wide, dtype=np.uint64)])
    full = signatures((wide >> np.uint64(32)).astype(np.uint32), starts)
    return Signed(
        letters,
        np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        np.ascontiguousarray((full & np.uint32(0xFFFF)).astype(np.uint16).T),
        np.bincount(owner[odd[points]], minlength=len(texts)).astype(np.int32),
        sums[starts[1:]] - sums[starts[:-1]],
    )


@cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """For each code point its letter in a key (0: none), and whether it is suspicious.

    A key is made character by character, so one look at every character there is makes all keys.
    """
    # The surrogates are no characters; JSON can hold them all the same.
    everything = "\n".join(map(chr, range(_POINTS)))
    table = np.zeros(_POINTS, np.uint32)
    key = comparison_key(everything)
    # Character p stands at offset 2 p of the text above.
    table[key.offsets // 2] = np.frombuffer(key.letters.encode("utf-32-le", "surrogatepass"), np.uint32)
    odd = np.zeros(_POINTS, np.bool_)
    odd[0xFFFD] = True
    odd[0xE000:0xF900] = True
    # Where the planes of private use, and all others without letters, are looked up.
    odd[_POINTS - 1] = True
    return table, odd


@dataclass(frozen=True, slots=True)
class Shard:
    """The files of a shard: ``values`` (PERMUTATIONS, n) uint16, ``starts`` (n + 1,) into the bytes of
    ``keys`` (UTF-32), ``suspicious`` (n,), ``digests`` (n,) hashes of the keys, ``places`` (n, 2) the
    numbers of their inputs and lines."""

    folder: Path

    def write(self, blocks: Sequence[Signed], places: NDArray[np.int64]) -> None:
        """Write the shard; its folder appears whole or not at all."""
        new = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        sizes = np.concatenate([np.diff(block.starts) for block in blocks])
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        letters = np.concatenate([block.letters for block in blocks])
        letters.tofile(new / "keys")
        np.save(new / "starts.npy", starts)
        np.save(new / "values.npy", np.concatenate([block.values for block in blocks], axis=1))
        np.save(new / "suspicious.npy", np.concatenate([block.suspicious for block in blocks]))
        np.save(new / "digests.npy", np.concatenate([block.digests for block in blocks]))
        np.save(new / "places.npy", places)
        os.rename(new, self.folder)

    def array(self, name: str) -> NDArray[np.generic]:
        """One of the shard's arrays, memory-mapped."""
        loaded: NDArray[np.generic] = np.load(self.folder / f"{name}.npy", mmap_mode="r")
        return loaded
