"""Which characters look alike: by the shape of their glyphs, and by what engines were seen to confuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from cleanpress.errors import UsageError
from cleanpress.language.alphabet import FIRST, Alphabet
from cleanpress.language.levels import Floats

Symbols = NDArray[np.uint16]

NEIGHBOURS = 300
"""How many characters of the most similar shape are considered for one. In simulated scans 66 of 100
misread characters stand among them, 58 among the first hundred (docs/restore.md)."""
MARKS = {"·": "，。、", "：": "；，", "，": "。、；", "。": "，、", "、": "，", "；": "："}
"""Marks that engines take for each other on worn paper, and what may have been printed."""
_MARK_SHAPE, _MARK_SEEN = 0.5, 0.01
_UNSEEN = 1e-5


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may have been printed at some places. All arrays have one entry for each candidate.

    ``row`` is the index of the place, ``symbol`` the candidate's symbol, ``alike`` the cosine of the two
    shapes, ``seen`` the logarithm of how often the candidate is read as what stands there.
    """

    row: NDArray[np.intp]
    symbol: Symbols
    alike: Floats
    seen: Floats


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shapes and observed confusions, by the symbols of one alphabet.

    ``glyphs[s]`` is the shape of symbol ``s`` as a vector of length 1, 0 where it has none; ``characters[s]``
    its code point (of the simplified form), 0 where it has none; ``shaped[s]`` whether it has a shape;
    ``confusions[s]`` what was read as ``s``
    with what probability. ``near`` keeps the answers, since every page asks for the same few thousand
    symbols.
    """

    glyphs: NDArray[np.float32]
    characters: NDArray[np.uint32]
    confusions: dict[int, dict[int, float]]
    shaped: NDArray[np.bool_]
    near: dict[int, tuple[NDArray[np.intp], Floats, Floats]] = field(default_factory=dict)

    @staticmethod
    def load(alphabet: Alphabet) -> Shapes:
        """The packaged tables. Raises ``UsageError`` with one line if a file is missing or damaged."""
        return _load(alphabet)

    def candidates(self, observed: Symbols) -> Candidates:
        """What may have been printed where ``observed`` is read; nothing for symbols without a shape."""
        kinds, which = np.unique(observed, return_inverse=True)
        found = [self._of(int(kind)) for kind in kinds]
        sizes = np.array([len(one[0]) for one in found], dtype=np.intp)
        if not found or not sizes.sum():
            nothing = np.zeros(0)
            return Candidates(nothing.astype(np.intp), nothing.astype(np.uint16), nothing, nothing)
        starts = np.cumsum(sizes) - sizes
        many = sizes[which]
        row = np.repeat(np.arange(len(observed)), many)
        inside = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
        at = starts[which][row] + inside
        symbol, alike, seen = (np.concatenate([one[k] for one in found])[at] for k in range(3))
        return Candidates(row, symbol.astype(np.uint16), alike, seen)

    def _of(self, symbol: int) -> tuple[NDArray[np.intp], Floats, Floats]:
        """Candidates of one symbol, in the order of the alphabet, with both measures."""
        cached = self.near.get(symbol)
        if cached is not None:
            return cached
        seen = self.confusions.get(symbol, {})
        alike = (self.glyphs @ self.glyphs[symbol]).astype(np.float64)
        near = np.zeros(0, dtype=np.intp)
        if self.shaped[symbol]:
            alike[symbol] = -1.0
            near = np.argpartition(-alike, NEIGHBOURS)[:NEIGHBOURS] if len(alike) > NEIGHBOURS else near
            near = near[alike[near] > 0]
        every = np.union1d(near, np.array(sorted(seen), dtype=np.intp)).astype(np.intp)
        logs = np.log(np.array([seen.get(int(one), 0.0) for one in every]) + _UNSEEN)
        shape = np.where(self.shaped[every], alike[every], _MARK_SHAPE) if len(every) else logs
        found = (every, shape, logs)
        self.near[symbol] = found
        return found


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
    return Shapes(glyphs, characters, confusions, np.asarray(glyphs.any(axis=1)))


def _marks() -> Iterator[tuple[str, str, float]]:
    for read, printed in MARKS.items():
        for mark in printed:
            yield read, mark, _MARK_SEEN
