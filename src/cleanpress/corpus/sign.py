"""Signatures by columns: the low 16 bits of every value, by permutation.

Two values that differ agree in those bits once in 65,536 (b-bit minwise hashing, Li and König 2010), and a
band or an estimate needs some columns of all texts, never all columns of one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.bands import VALUES
from cleanpress.stages.repeats.index import gram_hashes, signatures_at

SIGNED_AT_ONCE = 1 << 19
"""Letters whose pairs are hashed at once: some megabytes of numbers."""


def sign(
    letters: NDArray[np.uint32], starts: NDArray[np.int64], chosen: NDArray[np.int64]
) -> NDArray[np.uint16]:
    """The signatures of the ``chosen`` keys, shape (VALUES, len(chosen)); each has two letters or more.

    ``letters`` are those of all keys in a row; key ``k`` begins at ``starts[k]``, of n + 1 starts.
    """
    parts = []
    first = 0
    while first < len(chosen):
        # As many keys as fit, one at the least.
        fits = starts[chosen[first]] + SIGNED_AT_ONCE
        last = max(first + 1, int(np.searchsorted(starts[chosen + 1], fits, "right")))
        keys = chosen[first:last]
        low = starts[keys[0]]
        hashes = (gram_hashes(letters[low : starts[keys[-1] + 1]]) >> np.uint64(32)).astype(np.uint32)
        signed = signatures_at(hashes, starts[keys] - low, starts[keys + 1] - starts[keys] - 1, VALUES)
        parts.append(signed.astype(np.uint16))
        first = last
    return np.concatenate(parts, axis=1) if parts else signatures_at(*_NONE, VALUES).astype(np.uint16)


_NONE = (np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.int64))
