"""Alignments of many pairs of texts as arrays: what must be edited to make one text of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from cleanpress.stages.repeats.verify import DIGITS, NUMERALS, PIECE, Opcode, operations

REPLACE, DELETE, INSERT = (np.uint32(ord(tag)) for tag in "rdi")
_NAMES = {int(REPLACE): "replace", int(DELETE): "delete", int(INSERT): "insert"}

_DIGIT, _NUMERAL = 1, 2

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Operations:
    """Runs of edits, in the order of the pairs and within each from left to right, one entry a run.

    ``left[a:b]`` stands where ``right`` has ``right[c:d]``; ``kind`` is REPLACE (as many letters of both),
    DELETE (``c == d``) or INSERT (``a == b``). ``is_figure`` and ``is_numeral``: digits (numerals) stand for
    such, or are there too many.

    ``edit_run`` is the run of each single edit, ``edit_right`` where in the right text it is, and
    ``edit_letter`` the letter of the left text there (0: it has none).
    """

    pair: Ints
    kind: NDArray[np.uint32]
    a: Ints
    b: Ints
    c: Ints
    d: Ints
    is_figure: Flags
    is_numeral: Flags
    edit_run: Ints
    edit_right: Ints
    edit_letter: Ints

    def of_pair(self, low: int, high: int) -> list[Opcode]:
        """Some of the runs as operations."""
        columns = (self.kind, self.a, self.b, self.c, self.d)
        rows = zip(*(column[low:high].tolist() for column in columns), strict=True)
        return [(_NAMES[kind], a, b, c, d) for kind, a, b, c, d in rows]


def aligned(lefts: Sequence[str], rights: Sequence[str]) -> Operations:
    """The operations that make each left text of its right one (Levenshtein)."""
    counts, flat = [], []
    for left, right in zip(lefts, rights, strict=True):
        if max(len(left), len(right)) <= PIECE:
            edits: list[Any] = Levenshtein.editops(left, right).as_list()
        else:
            edits = list(_single(operations(left, right)))
        counts.append(len(edits))
        flat += edits
    rows = np.array(flat, dtype=[("kind", "U1"), ("left", "i4"), ("right", "i4")])
    pair = np.repeat(np.arange(len(lefts)), counts)
    kind = np.ascontiguousarray(rows["kind"]).view(np.uint32)
    left_at, right_at = rows["left"].astype(np.int64), rows["right"].astype(np.int64)
    goes_on = (pair[1:] == pair[:-1]) & (kind[1:] == kind[:-1])
    goes_on &= (np.diff(left_at) == (kind[1:] != INSERT)) & (np.diff(right_at) == (kind[1:] != DELETE))
    first = np.flatnonzero(np.concatenate([[True], ~goes_on])[: len(pair)])
    size = np.diff(np.append(first, len(pair)))
    tag, a, c = kind[first], left_at[first], right_at[first]
    old, new = _letters(lefts, pair, left_at), _letters(rights, pair, right_at)
    old[kind == INSERT] = 0
    new[kind == DELETE] = 0
    is_figure, is_numeral = _figures(old, new, first)
    return Operations(
        pair[first],
        tag,
        a,
        a + np.where(tag == INSERT, 0, size),
        c,
        c + np.where(tag == DELETE, 0, size),
        is_figure,
        is_numeral,
        np.repeat(np.arange(len(first)), size),
        right_at,
        old,
    )


def _single(found: Sequence[Opcode]) -> Iterator[tuple[str, int, int]]:
    for tag, a, b, c, d in found:
        if tag != "equal":
            for k in range(max(b - a, d - c)):
                yield tag, min(a + k, b), min(c + k, d)


def _letters(texts: Sequence[str], pair: Ints, at: Ints) -> Ints:
    """The letter at a place of the text of its pair; at the end of the last text any."""
    starts = np.cumsum([0, *map(len, texts)])
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    if not len(points):
        return np.zeros(len(at), np.int64)
    return points[np.minimum(starts[pair] + at, len(points) - 1)].astype(np.int64)


def _figures(old: Ints, new: Ints, first: Ints) -> tuple[Flags, Flags]:
    """For each run whether digits, and whether numerals, stand for such; see ``Operations``."""
    if not len(first):
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    kinds = np.zeros(0x110000, np.uint8)
    kinds[[ord(letter) for letter in NUMERALS]] |= _NUMERAL
    kinds[[ord(letter) for letter in DIGITS]] |= _DIGIT
    of_old, of_new = kinds[old], kinds[new]
    any_both = np.bitwise_or.reduceat(of_old, first) & np.bitwise_or.reduceat(of_new, first)
    # Of a letter that is not there the other one tells; a digit too many is both.
    alone = np.bitwise_and.reduceat(np.where(old == 0, of_new, of_old), first) & _DIGIT
    is_one = (old[first] == 0) | (new[first] == 0)
    is_figure = np.where(is_one, alone, any_both & _DIGIT) != 0
    is_numeral = np.where(is_one, alone, any_both & _NUMERAL) != 0
    return is_figure, is_numeral
