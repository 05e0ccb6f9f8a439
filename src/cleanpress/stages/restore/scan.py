"""What the models say about every character of some texts, and about what may have been printed instead.

``Scan`` reads the texts once. A few places are odd: the character is a surprise to the language model or
stands in no word. For those, candidates are looked up and measured in their context (``measure``). Everything
here is figures; what follows from them is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.alphabet import FIRST
from cleanpress.language.levels import Floats, PageCounts, power
from cleanpress.language.ngram import LanguageModel
from cleanpress.language.words import Cuts, WordModel
from cleanpress.stages.restore.reader import Memory, Reader
from cleanpress.stages.restore.shapes import MARKS, Shapes

Symbols = NDArray[np.uint16]
Places = NDArray[np.intp]

OWN_FEATURES = (
    "alike",
    "seen",
    "gain",
    "word gain",
    "own",
    "after",
    "candidate own",
    "candidate after",
    "known",
    "candidate known",
    "frequency",
    "candidate frequency",
    "word length",
    "word",
    "candidate word length",
    "candidate word",
    "left",
    "right",
    "on page",
    "candidate on page",
    "surprise around",
    "is mark",
    "reader own",
    "reader candidate",
    "reader gain",
    "reader best",
    "reader nothing",
)
"""What is measured of a candidate alone, in this order; logarithms are natural."""
COMPARED = (
    "gain",
    "word gain",
    "reader candidate",
    "alike",
    "seen",
    "candidate own",
    "candidate after",
    "candidate known",
    "candidate word length",
    "candidate word",
    "candidate frequency",
    "candidate on page",
)
"""Of these it is measured as well how far a candidate is ahead of the best of the others at its place."""
FEATURES = (*OWN_FEATURES, *(f"{name} ahead" for name in COMPARED), "candidates")
"""All that is measured of a candidate; the last is how many there are."""
FURTHEST = 30.0
"""The furthest that a candidate counts as ahead, or behind; so far ahead is one without others."""
DOUBT_FEATURES = 8
"""Columns of ``Scan.doubt``: what is measured of a place without regard to candidates."""
UNASKED = (0.0, -9.0, -9.0)
"""What stands for the network's answers about a place: as printed, and nothing else likely."""
JUDGED = 8
"""So many candidates of a place are measured, the likeliest first."""
NO_PAGE = -1.0
"""What stands for times on the page where there is none."""
_HAN = (0x4E00, 0x9FFF)
_AROUND = 5
"""Symbols whose surprise a misread character explains: its own and those that are judged by it."""
_USUAL = -6.0
"""Surprise around a character in a text that has too little else to tell."""
_LEAST = -50.0
"""No difference of cuts into words counts for more than this."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The models that look-alikes are judged by. All speak of the symbols of the same alphabet."""

    model: LanguageModel
    words: WordModel
    shapes: Shapes
    reader: Reader

    @staticmethod
    def load() -> Tables:
        """The packaged ones. Raises ``UsageError`` with one line if a file is missing or damaged."""
        model = LanguageModel.load()
        return Tables(model, WordModel.load(), Shapes.load(model.alphabet), Reader.load(model.alphabet))


@dataclass(frozen=True, slots=True)
class Measured:
    """Candidates in their context: ``place`` indexes ``Scan.places``, ``rows`` has a column a feature.

    ``answers`` has a row for each of ``Scan.places``: what the network that reads says of it without regard
    to candidates, ``UNASKED`` where it was not asked.
    """

    place: Places
    symbol: Symbols
    rows: NDArray[np.float32]
    answers: NDArray[np.float32]


class Scan:
    """Texts as the models see them.

    ``origins[places[k]]`` is where in the joined texts the ``k``-th character stands that could be corrected.
    With ``page``, the texts are of one page and what recurs in them is evidence. ``memory`` spares work where
    almost the same texts are scanned again.
    """

    def __init__(
        self, tables: Tables, texts: Sequence[str], *, page: bool = True, memory: Memory | None = None
    ) -> None:
        self.tables = tables
        self._memory = memory or Memory()
        model = tables.model
        self.width = model.order - 1
        symbols, self.origins, ends = model.alphabet.encode(texts)
        self.symbols = symbols
        count = len(symbols)
        joined = "".join(texts).encode("utf-32-le", "surrogatepass")
        self.codes = np.frombuffer(joined, dtype=np.uint32)[self.origins]
        owner = np.repeat(np.arange(len(texts)), np.diff(ends))
        self._owner = owner
        self.starts, self.ends = ends[:-1][owner], ends[1:][owner]
        at = np.arange(count)
        self._left = np.minimum(at - self.starts, self.width)
        self._right = np.minimum(self.ends - 1 - at, self.width)
        edge = np.zeros(self.width, dtype=symbols.dtype)
        self._padded = np.concatenate([edge, symbols, edge])
        self._hashes = symbols.astype(np.uint64) + np.uint64(1)
        letters = (self.codes >= _HAN[0]) & (self.codes <= _HAN[1]) & (symbols >= FIRST)
        self.is_mark = np.isin(self.codes, [ord(mark) for mark in MARKS])
        self._able = tables.shapes.shaped
        self.places = np.flatnonzero((letters & self._able[symbols]) | self.is_mark)
        self._own, self._known = self._windows(self._window(self.places), self.places)
        self._cuts = Cuts(tables.words, symbols, letters, self.starts, self.ends)
        self._cut, self._length, self._word = self._cuts.through(self.places)
        whole = self._cuts.after[self.starts[self.places]] if count else np.zeros(0)
        self._alone = np.where(self._length == 1, whole - self._cut, 0.0)
        self._page = PageCounts.of(symbols, ends, 2) if page else None
        self._around = self._surprise_around(len(texts))

    def _window(self, places: Places) -> Symbols:
        found: Symbols = self._padded[places[:, None] + np.arange(2 * self.width + 1)]
        return found

    def _windows(self, windows: Symbols, places: Places) -> tuple[Floats, Floats]:
        """Log-probabilities of the middle symbol of each window and of those behind it that it bears on,
        and how many symbols each of them was judged by; 0 beyond the text."""
        model, width = self.tables.model, self.width
        rows, columns = windows.shape
        at = np.arange(columns)[None, :]
        first = (width - self._left[places])[:, None]
        inside = (at >= first) & (at <= width + self._right[places][:, None])
        single = windows.astype(np.uint64) + np.uint64(1)
        logs = model.unigrams[windows].astype(np.float64)
        weights = model.unigram_backoffs[windows].astype(np.float64)
        hashes, known = single, np.zeros((rows, columns))
        for length in range(1, model.order):
            longer = np.zeros_like(hashes)
            longer[:, length:] = single[:, :-length] * power(length) + hashes[:, length:]
            possible = inside & (at - length >= first)
            hit = np.zeros((rows, columns), dtype=bool)
            p, w = np.zeros((rows, columns)), np.zeros((rows, columns))
            hit[possible], p[possible], w[possible] = model.levels[length - 1].find(longer[possible])
            before = np.zeros((rows, columns))
            before[:, 1:] = weights[:, :-1]
            logs = np.where(possible, np.where(hit, p, logs + before), logs)
            known = np.where(hit, length, known)
            hashes, weights = longer, w
        return logs[:, width:] * inside[:, width:], known[:, width:] * inside[:, width:]

    def _surprise_around(self, texts: int) -> Floats:
        """The mean surprise of a text's characters without those that stand beside each place."""
        owner = self._owner[self.places]
        total = np.bincount(owner, weights=self._own[:, 0], minlength=texts)[owner]
        others = np.bincount(owner, minlength=texts)[owner] - _AROUND
        mean = (total - self._own.sum(axis=1)) / np.maximum(others, 1)
        return np.where(others > 0, mean, _USUAL)

    @property
    def doubt(self) -> NDArray[np.float32]:
        """What is measured of each place alone; shape ``(len(places), DOUBT_FEATURES)``."""
        columns = [
            self._own[:, 0],
            self._own[:, 1:].sum(axis=1),
            self._known.sum(axis=1),
            self._length,
            self._word,
            self._alone,
            self.tables.model.frequencies[self.symbols[self.places]],
            self._around,
        ]
        return np.stack(columns, axis=1).astype(np.float32)

    def measure(self, which: NDArray[np.intp]) -> Measured:
        """The likeliest candidates for ``places[which]``, measured in their context."""
        tables, model = self.tables, self.tables.model
        found = self._memory.read(tables.reader, self.symbols, self.starts, self.ends, self.places[which])
        answers = np.tile(np.array(UNASKED, dtype=np.float32), (len(self.places), 1))
        answers[which] = np.stack([found.own, found.best, found.nothing], axis=1)
        able = self._able[found.symbol] & ~self.is_mark[self.places[which[found.row]]]
        able |= self._may_be_mark(self.symbols[self.places[which[found.row]]], found.symbol)
        row, symbol, log = found.row[able], found.symbol[able], found.log[able]
        order = np.lexsort((symbol, -log, row))
        row, symbol, log = row[order], symbol[order], log[order]
        kept = np.arange(len(row)) - np.searchsorted(row, row) < JUDGED
        row, symbol, log = row[kept], symbol[kept], log[kept]
        place = which[row]
        at = self.places[place]
        alike, seen = tables.shapes.compare(self.symbols[at], symbol)
        windows = self._window(at)
        windows[:, self.width] = symbol
        logs, known = self._windows(windows, at)
        cut, length, word = self._cuts.through(at, symbol)
        mark = self.is_mark[at]
        columns = [
            alike,
            seen,
            logs.sum(axis=1) - self._own[place].sum(axis=1),
            np.where(mark, 0.0, np.maximum(cut - self._cut[place], _LEAST)),
            self._own[place, 0],
            self._own[place, 1:].sum(axis=1),
            logs[:, 0],
            logs[:, 1:].sum(axis=1),
            self._known[place].sum(axis=1),
            known.sum(axis=1),
            model.frequencies[self.symbols[at]],
            model.frequencies[symbol],
            self._length[place],
            self._word[place],
            length,
            word,
            self._left[at],
            self._right[at],
            self._on_page(at, self.symbols[at], 1),
            self._on_page(at, symbol, 0),
            self._around[place],
            mark,
            answers[place, 0],
            log,
            log - answers[place, 0],
            answers[place, 1],
            answers[place, 2],
        ]
        rows = np.stack(columns, axis=1).astype(np.float32)
        return Measured(place, symbol, np.concatenate([rows, beside_others(place, rows)], axis=1), answers)

    def _may_be_mark(self, read: Symbols, printed: Symbols) -> NDArray[np.bool_]:
        """Whether each first mark is known to be read for the second."""
        return np.isin(read.astype(np.int64) * 65536 + printed, self.tables.shapes.mark_pairs)

    def _on_page(self, at: Places, symbol: Symbols, own: int) -> Floats:
        """How often the pair with the left or the right neighbour stands on the page, as log(1 + times)."""
        if self._page is None:
            return np.full(len(at), NO_PAGE)
        single = symbol.astype(np.uint64) + np.uint64(1)
        most = np.zeros(len(at))
        k = np.flatnonzero(self._right[at] > 0)
        most[k] = self._page.count(2, single[k] * power(1) + self._hashes[at[k] + 1]) - own
        k = np.flatnonzero(self._left[at] > 0)
        pairs = self._page.count(2, self._hashes[at[k] - 1] * power(1) + single[k]) - own
        most[k] = np.maximum(most[k], pairs)
        return np.log1p(np.maximum(most, 0.0))


def beside_others(place: Places, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far candidates are ahead of the others at their place, and how many there are there.

    Rows of one place stand together. The result has a column for each of ``COMPARED`` and one more.
    """
    if not len(place):
        return np.zeros((0, len(COMPARED) + 1), dtype=np.float32)
    first = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    group = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(place))))
    figures = rows[:, [OWN_FEATURES.index(name) for name in COMPARED]]
    best = np.maximum.reduceat(figures, first)[group]
    is_best = figures == best
    second = np.maximum.reduceat(np.where(is_best, np.float32(-np.inf), figures), first)[group]
    alone = np.add.reduceat(is_best, first, dtype=np.intp)[group] == 1
    ahead = figures - np.where(is_best & alone, second, best)
    many = np.bincount(group)[group].astype(np.float32)
    return np.concatenate([np.clip(ahead, -FURTHEST, FURTHEST), many[:, None]], axis=1)
