"""Boosted decision trees: what the figures of a place or a candidate amount to, and what that makes likely.

The trees are grown by LightGBM (benchmarks/train_restore.py) and stored as plain arrays, so that asking them
takes numpy alone and gives the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.errors import UsageError
from cleanpress.language.levels import Floats

PARTS = ("column", "border", "low", "high", "value", "roots")
GLANCE, HOPELESS = 60, -4.5
"""After so many trees a row of a lower score is given up (odds of one in 90): of 99,547 candidates three in
four are, and all the trees would have given none of them more than -2.1 (odds of one in eight)."""


@dataclass(frozen=True)
class Trees:
    """A sum of decision trees over rows of figures: the logarithm of odds (``logistic``, ``shares``).

    Node ``k`` asks whether ``row[column[k]] <= border[k]`` and goes to ``low[k]`` or ``high[k]``; a leaf goes
    to itself and is worth ``value[k]``. ``roots`` are the first nodes, ``depth`` the longest way down.
    """

    column: NDArray[np.int32]
    border: NDArray[np.float64]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    value: NDArray[np.float64]
    roots: NDArray[np.int32]
    depth: int

    def score(self, rows: NDArray[np.float32]) -> Floats:
        """The sum for each row; shape ``(len(rows),)``. Rows that are hopeless after ``GLANCE`` trees are not
        asked further: three in four candidates are, and none of them would come near to being right."""
        total = self._sum(rows, self.roots[:GLANCE])
        if len(self.roots) > GLANCE:
            hopeful = np.flatnonzero(total >= HOPELESS)
            total[hopeful] += self._sum(rows[hopeful], self.roots[GLANCE:])
        return total

    def _sum(self, rows: NDArray[np.float32], roots: NDArray[np.int32]) -> Floats:
        """The sum of some trees."""
        total = np.zeros(len(rows))
        flat = rows.ravel()
        first = np.arange(len(rows)) * rows.shape[1]
        for root in roots:
            node = np.full(len(rows), root)
            for _ in range(self.depth):
                more = flat.take(first + self.column.take(node)) > self.border.take(node)
                node = self.ways.take(2 * node + more)
            total += self.value.take(node)
        return total

    def remembered(self, rows: NDArray[np.float32], known: dict[bytes, float]) -> Floats:
        """As ``score``; rows that are ``known`` are not judged again, the others are afterwards."""
        keys = [row.tobytes() for row in rows]
        new = [k for k, key in enumerate(keys) if key not in known]
        if new:
            for k, found in zip(new, self.score(rows[new]).tolist(), strict=True):
                known[keys[k]] = found
        return np.array([known[key] for key in keys], dtype=np.float64)

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The trees as named arrays, to be stored."""
        found = {f"{name}.{part}": getattr(self, part) for part in PARTS}
        return {**found, f"{name}.depth": np.array(self.depth)}

    @cached_property
    def ways(self) -> NDArray[np.int64]:
        """``low`` and ``high`` in turn: where each node leads."""
        return np.stack([self.low, self.high], axis=1).astype(np.int64).ravel()

    @staticmethod
    def of(stored: Mapping[str, NDArray[Any]], name: str) -> Trees:
        """The trees that ``arrays`` named. Raises ``KeyError`` where they are not there."""
        column, border, low, high, value, roots = (stored[f"{name}.{part}"] for part in PARTS)
        return Trees(column, border, low, high, value, roots, int(stored[f"{name}.depth"]))


def logistic(scores: Floats) -> Floats:
    """The probability of each of some things that have nothing to do with each other."""
    return np.asarray(1.0 / (1.0 + np.exp(-scores)), dtype=np.float64)


def shares(scores: Floats, place: NDArray[np.intp], places: int) -> Floats:
    """The probability of each candidate, where at each of ``places`` one is right at most.

    ``place[k]`` is that of candidate ``k``. That none is right counts as a candidate of score 0.
    """
    highest = np.zeros(places)
    np.maximum.at(highest, place, scores)
    odds = np.exp(scores - highest[place])
    total = np.exp(-highest) + np.bincount(place, weights=odds, minlength=places)
    return np.asarray(odds / total[place], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Judges:
    """Who decides about look-alikes.

    ``odd`` tells from the place alone whether it is worth looking at, ``right`` which candidate, if any, is
    what was printed (``shares``), ``misread`` whether a place is misread once its candidates are known.
    """

    odd: Trees
    right: Trees
    misread: Trees

    @staticmethod
    @cache
    def load() -> Judges:
        """The packaged ones. Raises ``UsageError`` with one line if the file is missing or damaged."""
        place = files("cleanpress").joinpath("data/restore/judges.npz")
        try:
            with as_file(place) as path, np.load(path) as stored:
                return Judges(*(Trees.of(stored, name) for name in ("odd", "right", "misread")))
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"the judges of look-alikes are damaged or missing ({error})") from error
