"""A corpus against an index of earlier texts: what is a copy of them, and what they gain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus import bands
from cleanpress.corpus.groups import COPY, RELATIONS, Copies, Ints
from cleanpress.corpus.index import Added, Index, Place
from cleanpress.corpus.stars import Question, judge
from cleanpress.corpus.state import Texts
from cleanpress.model import Relation

_AT_ONCE = 1 << 12
"""Pairs that are verified at once, but for an earlier text that has more."""


class Compared(Protocol):
    """What is asked of texts that are compared with an index."""

    @property
    def lengths(self) -> NDArray[np.uint32]:
        """The letters of each."""

    @property
    def digests(self) -> NDArray[np.uint64]:
        """Equal for equal keys."""

    def keys(self, some: Ints) -> list[str]:
        """The letters of some."""


@dataclass(slots=True)
class Earlier:
    """What an index that held ``before`` texts knows of a corpus.

    ``copies`` are copies of its texts, which are numbered -1, -2, …; ``texts`` gives the place and the
    letters of each of those. ``known`` are texts that it holds already, from the very same place.
    """

    before: int
    copies: Copies = field(default_factory=lambda: np.zeros(0, COPY))
    texts: dict[int, tuple[Place, str]] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)


def against(
    index: Index,
    texts: Compared,
    before: int,
    *,
    is_known: Callable[[int, Place], bool],
    exact: Copies,
    chosen: Ints,
    columns: bands.Columns,
) -> Earlier:
    """Compare the texts that are no exact copies of each other with an index, as it was ``before``.

    ``chosen`` are those of which there are signatures, by ``columns``; ``is_known`` answers whether a text is
    the very one that the index holds from a place.
    """
    found = Earlier(before)
    rows: dict[int, tuple[int, int, int, float]] = {}

    def text(number: int) -> tuple[Place, str]:
        if -1 - number not in found.texts:
            found.texts[-1 - number] = index.text(number)
        return found.texts[-1 - number]

    is_new = texts.lengths > 1
    is_new[exact["copy"]] = False
    new = np.flatnonzero(is_new)
    pairs = index.equal(texts.digests[new], before)
    pairs[:, 0] = new[pairs[:, 0]]
    for (copy, number), key in zip(pairs.tolist(), texts.keys(pairs[:, 0]), strict=True):
        earlier_place, letters = text(number)
        # A hash is not believed.
        if letters == key:
            if is_known(copy, earlier_place):
                found.known.add(copy)
            rows.setdefault(copy, (copy, -1 - number, RELATIONS.index(Relation.EXACT), 1.0))
    is_open = ~np.isin(chosen, np.array(list(rows), np.int64))
    signed = np.stack([columns(column)[is_open] for column in range(bands.VALUES)])
    near, _ = index.near(signed, before)
    near[:, 0] = chosen[is_open][near[:, 0]]
    for copy, kept, relation, similarity in _judged(near, texts, lambda number: text(number)[1]):
        rows.setdefault(copy, (copy, -1 - kept, relation, similarity))
    of_others = [rows[copy] for copy in sorted(rows) if copy not in found.known]
    found.copies = np.array(of_others, COPY)
    needed = set(found.copies["kept"].tolist())
    found.texts = {number: one for number, one in found.texts.items() if number in needed}
    return found


def _judged(
    near: Ints, texts: Compared, letters: Callable[[int], str]
) -> Iterator[tuple[int, int, int, float]]:
    """The copies among candidate pairs (of the corpus, of the index), the earliest texts of the index first.

    Of an earlier text all candidates are judged together, since they tell its slots.
    """
    near = near[np.lexsort((near[:, 0], near[:, 1]))]
    waiting: list[tuple[int, list[int]]] = []
    pairs = 0
    for number, some in groupby(near.tolist(), key=lambda pair: pair[1]):
        waiting.append((number, [copy for copy, _ in some]))
        pairs += len(waiting[-1][1])
        if pairs >= _AT_ONCE:
            yield from _settled(waiting, texts, letters)
            waiting, pairs = [], 0
    yield from _settled(waiting, texts, letters)


def _settled(
    waiting: list[tuple[int, list[int]]], texts: Compared, letters: Callable[[int], str]
) -> Iterator[tuple[int, int, int, float]]:
    if not waiting:
        return
    copies = np.unique([copy for _, some in waiting for copy in some])
    key = dict(zip(copies.tolist(), texts.keys(copies), strict=True))
    key.update({-1 - number: letters(number) for number, _ in waiting})
    answers = judge([Question(-1 - number, some) for number, some in waiting], key.__getitem__)
    for (number, _), answer in zip(waiting, answers, strict=True):
        for copy in answer.copies:
            yield copy.copy, number, RELATIONS.index(copy.relation), copy.similarity


def gained(
    texts: Texts,
    places: Callable[[Ints], list[Place]],
    earlier: Earlier,
    copies: Copies,
    *,
    chosen: Ints,
    columns: bands.Columns,
) -> Added:
    """What an index gains by a corpus: the texts that are copies of none, and that it does not hold."""
    is_new = texts.lengths > 1
    is_new[copies["copy"]] = False
    is_new[list(earlier.known)] = False
    new = np.flatnonzero(is_new)
    is_signed = is_new[chosen]
    signed = np.stack([columns(column)[is_signed] for column in range(bands.VALUES)])
    return Added(
        texts.keys(new), places(new), texts.digests[new], np.searchsorted(new, chosen[is_signed]), signed
    )
