"""Signatures by columns: the low 16 bits of every value, by permutation.

Two values that differ agree in those bits once in 65,536 (b-bit minwise hashing, Li and König 2010), and a
band or an estimate needs some columns of all texts, never all columns of one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.bands import VALUES
from cleanpress.stages.repeats.index import gram_hashes, signatures_at

LETTERS_AT_ONCE = 1 << 19
"""Letters whose pairs are hashed at once: some megabytes of numbers."""

Ints = NDArray[np.int64]


def sign(letters: Callable[[int, int], NDArray[np.uint32]], starts: Ints, ends: Ints) -> NDArray[np.uint16]:
    """The signatures of keys, shape (VALUES, keys); each has two letters or more.

    ``letters`` gives a part of the letters of all keys in a row; a key lies from its start to its end. Keys
    are in the order in which they lie there.
    """
    signed = np.zeros((VALUES, len(starts)), np.uint16)
    first = 0
    while first < len(starts):
        # As many keys as fit, one at the least.
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + LETTERS_AT_ONCE, "right")))
        some, low = slice(first, last), int(starts[first])
        hashes = (gram_hashes(letters(low, int(ends[last - 1]))) >> np.uint64(32)).astype(np.uint32)
        signed[:, some] = signatures_at(hashes, starts[some] - low, ends[some] - starts[some] - 1, VALUES)
        first = last
    return signed
