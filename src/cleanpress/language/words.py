"""Words and how frequent they are: the best cut of a text, and what another character would make of it.

A character model knows what often stands beside what; a list of words knows that 目标 is a word and 日标 is
none, however rare the sentence. Texts are symbols of the packaged character model's alphabet, so that both
read the same arrays. Every score is a natural logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from cleanpress.errors import UsageError
from cleanpress.language.levels import BASE, Floats, power
from cleanpress.language.table import Keys, Shape, Table

LONGEST = 4
"""Characters of the longest word; a longer one is cut into two."""
NEVER = -1e9
"""The score of what is no word."""
_MARK = -3.0
"""What a mark costs: the same wherever it stands, so any constant would do."""

Symbols = NDArray[np.uint16]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WordModel:
    """Words of one to ``LONGEST`` characters with their log-probabilities, as if drawn one by one.

    ``tables[n - 1]`` maps the hash of the symbols of a word of ``n`` characters to a place in ``book``;
    a single character that is not there costs ``unknown``.
    """

    tables: tuple[Table, ...]
    book: NDArray[np.float32]
    unknown: float

    @staticmethod
    @cache
    def load() -> WordModel:
        """The packaged words. Raises ``UsageError`` with one line if the file is missing or damaged."""
        place = files("cleanpress").joinpath("data/restore/words.npz")
        try:
            with as_file(place) as path, np.load(path) as stored:
                tables = tuple(
                    Table(
                        Shape(*(int(part) for part in stored[f"{n}.shape"])),
                        stored[f"{n}.low"],
                        stored[f"{n}.high"],
                    )
                    for n in range(1, LONGEST + 1)
                )
                return WordModel(tables, stored["book"], float(stored["unknown"]))
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"the word list of cleanpress is damaged or missing ({error})") from error

    def logs(self, keys: Keys, length: int) -> Floats:
        """Log-probability of each word of ``length`` characters, ``NEVER`` where it is none."""
        known, values = self.tables[length - 1].find(keys)
        found = self.book[np.where(known, values, np.uint32(0))].astype(np.float64)
        return np.where(known, found, self.unknown if length == 1 else NEVER)


class Cuts:
    """The ways to cut texts into words.

    ``symbols`` of all texts in a row; ``letters`` marks those that can stand in a word; the text of the
    symbol at ``i`` is ``symbols[starts[i] : ends[i]]``.
    """

    def __init__(
        self, model: WordModel, symbols: Symbols, letters: NDArray[np.bool_], starts: Places, ends: Places
    ) -> None:
        self.model, self.starts, self.ends = model, starts, ends
        self.symbols = symbols
        count = len(symbols)
        room = np.zeros(LONGEST, dtype=np.uint64)
        self._single = np.concatenate([symbols.astype(np.uint64) + np.uint64(1), room])
        self._letters = np.concatenate([letters, np.zeros(LONGEST, dtype=bool)])
        at = np.arange(count)
        self.logs = np.full((LONGEST, count), NEVER)
        keys = np.zeros(count, dtype=np.uint64)
        whole = np.ones(count, dtype=bool)
        for n in range(1, LONGEST + 1):
            keys = keys * BASE + self._single[n - 1 : n - 1 + count]
            whole = whole & self._letters[n - 1 : n - 1 + count] & (at + n <= ends)
            self.logs[n - 1, whole] = model.logs(keys[whole], n)
        self.logs[0, ~letters] = _MARK
        self.before, self.after = self._best()

    def _best(self) -> tuple[Floats, Floats]:
        """The best cut of what stands before each symbol in its text, and of what stands from it on."""
        count = len(self.symbols)
        rows = self.logs.T.tolist()
        starts, ends = self.starts.tolist(), self.ends.tolist()
        before = [NEVER] * (count + 1)
        for i in range(count):
            if starts[i] == i:
                before[i] = 0.0
            here, end = before[i], ends[i]
            for n, log in enumerate(rows[i], start=1):
                # A border of two texts is the start of the second one, which begins anew.
                if i + n < end and here + log > before[i + n]:
                    before[i + n] = here + log
        after = [0.0] * (count + 1)
        for i in range(count - 1, -1, -1):
            end, best = ends[i], NEVER
            for n, log in enumerate(rows[i], start=1):
                if i + n > end:
                    break
                rest = after[i + n] if i + n < end else 0.0
                best = max(best, log + rest)
            after[i] = best
        return np.array(before[:count]), np.array(after[:count])

    def through(
        self, places: Places, symbols: Symbols | None = None
    ) -> tuple[Floats, NDArray[np.int64], Floats]:
        """The best cut of the text around each place; with ``symbols[k]`` at ``places[k]`` where given.

        Returns the score, the length of the word that the place then stands in, and that word's own score.
        """
        best = np.full(len(places), NEVER)
        lengths = np.ones(len(places), dtype=np.int64)
        words = np.zeros(len(places))
        change = None
        if symbols is not None:
            change = symbols.astype(np.uint64) - self.symbols[places].astype(np.uint64)
        for n in range(1, LONGEST + 1):
            for offset in range(n):
                first = places - offset
                inside = (first >= self.starts[places]) & (first + n <= self.ends[places])
                for k in range(n):
                    inside &= self._letters[np.maximum(first + k, 0)]
                which = np.flatnonzero(inside)
                at = first[which]
                if change is None:
                    log = self.logs[n - 1, at]
                else:
                    keys = np.zeros(len(which), dtype=np.uint64)
                    for k in range(n):
                        keys = keys * BASE + self._single[at + k]
                    log = self.model.logs(keys + change[which] * power(n - 1 - offset), n)
                end = at + n
                rest = np.where(end < self.ends[at], self.after[np.minimum(end, len(self.symbols) - 1)], 0.0)
                score = self.before[at] + log + rest
                better = score > best[which]
                won = which[better]
                best[won], lengths[won], words[won] = score[better], n, log[better]
        return best, lengths, words
