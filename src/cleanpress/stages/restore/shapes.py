"""Which characters look alike: by the shape of their glyphs, and by what engines were seen to confuse."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from cleanpress.errors import UsageError
from cleanpress.language.alphabet import FIRST, Alphabet
from cleanpress.language.levels import Floats

Symbols = NDArray[np.uint16]

MARKS = {"·": "，。、", "：": "；，", "，": "。、；", "。": "，、", "、": "，", "；": "："}
"""Marks that engines take for each other on worn paper, and what may have been printed."""
_MARK_SHAPE, _MARK_SEEN = 0.5, 0.01
_UNSEEN = 1e-5


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shapes and observed confusions, by the symbols of one alphabet.

    ``glyphs[s]`` is the shape of symbol ``s`` as a vector of length 1, 0 where it has none; ``characters[s]``
    its code point (of the simplified form), 0 where it has none; ``shaped[s]`` whether it has a shape;
    ``confusions[s]`` what was read as ``s``
    with what probability; ``pairs`` are the same, as rising ``read * 65536 + printed`` with logarithms,
    ``mark_pairs`` the marks among them (``MARKS``).
    """

    glyphs: NDArray[np.float32]
    characters: NDArray[np.uint32]
    confusions: dict[int, dict[int, float]]
    shaped: NDArray[np.bool_]
    pairs: tuple[NDArray[np.int64], Floats]
    mark_pairs: NDArray[np.int64]

    @staticmethod
    def load(alphabet: Alphabet) -> Shapes:
        """The packaged tables. Raises ``UsageError`` with one line if a file is missing or damaged."""
        return _load(alphabet)

    def compare(self, read: Symbols, printed: Symbols) -> tuple[Floats, Floats]:
        """For each two symbols the cosine of their shapes, and the logarithm of how often the second is read
        as the first."""
        both = self.shaped[read] & self.shaped[printed]
        alike = np.einsum("ij,ij->i", self.glyphs[read], self.glyphs[printed]).astype(np.float64)
        keys, logs = self.pairs
        wanted = read.astype(np.int64) * 65536 + printed
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        seen = np.where(keys[at] == wanted, logs[at], math.log(_UNSEEN))
        return np.where(both, alike, _MARK_SHAPE), seen


@cache
def _load(alphabet: Alphabet) -> Shapes:
    place = files("cleanpress").joinpath("data/restore")
    try:
        with as_file(place.joinpath("glyphs.npz")) as path, np.load(path) as stored:
            codes, vectors = stored["codes"], stored["vectors"].astype(np.float32)
        lines = place.joinpath("confusions.tsv").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
        observed = [(read, printed, float(p)) for read, printed, p in rows]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"the tables of look-alikes are damaged or missing ({error})") from error
    glyphs = np.zeros((alphabet.size, vectors.shape[1]), dtype=np.float32)
    characters = np.zeros(alphabet.size, dtype=np.uint32)
    symbols = alphabet.table[codes]
    known = (symbols >= FIRST) & (symbols < alphabet.size)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1.0)
    glyphs[symbols[known]] = unit[known]
    characters[symbols[known]] = codes[known]
    confusions: dict[int, dict[int, float]] = {}
    for read, printed, p in observed + list(_marks()):
        right = int(alphabet.table[ord(printed)])
        wrong = int(alphabet.table[ord(read)])
        if right != wrong and FIRST <= right < alphabet.size and FIRST <= wrong < alphabet.size:
            own = confusions.setdefault(wrong, {})
            own[right] = max(own.get(right, 0.0), p)
            characters[right] = characters[right] or ord(printed)
    flat = sorted((wrong * 65536 + right, p) for wrong, own in confusions.items() for right, p in own.items())
    pairs = np.array([key for key, _ in flat]), np.log(np.array([p for _, p in flat]) + _UNSEEN)
    marks = [
        int(alphabet.table[ord(read)]) * 65536 + int(alphabet.table[ord(one)]) for read, one, _ in _marks()
    ]
    return Shapes(glyphs, characters, confusions, np.asarray(glyphs.any(axis=1)), pairs, np.array(marks))


def _marks() -> Iterator[tuple[str, str, float]]:
    for read, printed in MARKS.items():
        for mark in printed:
            yield read, mark, _MARK_SEEN
