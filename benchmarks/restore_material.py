"""Texts as an engine might have misread them, with the truth beside them: to fit and measure corrections.

A ``Piece`` is a text as read and, for each of its characters, what was printed (``""`` where nothing stood
there). Documents are lists of pieces of one page: what recurs in them is evidence.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from cleanpress.language.alphabet import Alphabet
from cleanpress.language.levels import Floats
from cleanpress.stages.restore.shapes import Shapes
from corpora import articles
from restore_tables import READABLE, Levenshtein, aligned, is_han

RATES = (0.0, 0.0, 0.01, 0.03, 0.08, 0.15)
"""Shares of misread characters, one drawn for each line or paragraph: noise comes in bursts."""
LINE = (9, 24)
"""Characters of a column line, from and to."""
TORN = 0.6
"""Share of paragraphs that stand in column lines, each a text of its own."""
SEEN = 0.5
"""Share of misreadings that are drawn from observed confusions; the others from similar shapes."""
WIDEST = 1500
"""A shape's rank among those similar to what was printed is log-uniform up to this, as in lines that
RapidOCR read: 27 % up to rank 5, 42 % to 20, 63 % to 100, 73 % to 400."""
DROPPED = 0.08
"""Share of misreadings that leave nothing at all."""
MISREAD_MARKS = {"，": (0.6, "··。、"), "。": (0.7, "··，，，"), "；": (2.0, "："), "、": (0.3, "·，")}
"""How often a mark is misread, against a character, and as what."""

T = TypeVar("T")

Thought = tuple[tuple[str, float], ...]


class Piece(NamedTuple):
    """A text as read, what was printed for each of its characters, the printed text with what was lost and,
    where that is known, which readings the engine thought of, with their probabilities."""

    read: str
    printed: tuple[str, ...]
    text: str
    thought: tuple[Thought, ...] = ()


def pair(read: str, printed: str) -> Piece:
    """A piece from two texts, aligned."""
    truth = [""] * len(read)
    for place, _, right in aligned(read, printed):
        truth[place] = right
    return Piece(read, tuple(truth), printed)


def gain(read: str, at: int, after: str, printed: str) -> int:
    """By how many errors a text comes nearer to what was printed with another character ``after`` at ``at``.

    This is how corrections are counted. It does not hang on how the two are aligned: where a letter was lost
    beside a misread one, an alignment may set the right one against the wrong place.
    """
    corrected = read[:at] + after + read[at + 1 :]
    return Levenshtein.distance(read, printed) - Levenshtein.distance(corrected, printed)


def pairs(file: Path) -> Iterator[Piece]:
    """The pairs of a file of ``wrong`` and ``right`` texts."""
    yield from map(of_record, records_of(file))


def records_of(file: Path) -> list[dict[str, Any]]:
    """The records of a file, one a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Items so many at a time."""
    return (items[k : k + size] for k in range(0, len(items), size))


def of_record(record: dict[str, Any]) -> Piece:
    """The piece of a line of a file."""
    thought = tuple(tuple((one, p) for one, p in place) for place in record.get("alts", ()))
    return pair(record["wrong"], record["right"])._replace(thought=thought)


def texts_of(records: Iterable[dict[str, Any]], *, unwrapped: bool) -> list[Piece]:
    """The lines that are readable, each a text; ``unwrapped``, those that go on are one."""
    found: list[Piece] = []
    broken = True
    for record in records:
        if Levenshtein.distance(record["wrong"], record["right"]) > READABLE * len(record["right"]):
            broken = True
            continue
        piece = of_record(record)
        if unwrapped and record["goes on"] and not broken:
            piece = Piece(*(a + b for a, b in zip(found.pop(), piece, strict=True)))
        found.append(piece)
        broken = False
    return found


def clean(fold: str, characters: int, seed: int, names: tuple[str, ...]) -> Iterator[list[str]]:
    """Paragraphs of articles of a fold, until so many characters are reached."""
    found = list(articles(*names, folds=(fold,)))
    random.Random(seed).shuffle(found)
    total = 0
    for article in found:
        paragraphs = ["".join(text.split()) for text in (article.title, *article.paragraphs)]
        yield [text for text in paragraphs if text]
        total += sum(map(len, paragraphs))
        if total >= characters:
            return


class Noise:
    """Misreads characters: as observed, or as one of similar shape."""

    def __init__(self, seed: int, alphabet: Alphabet, shapes: Shapes, frequencies: Floats) -> None:
        self.random = random.Random(seed)
        self.alphabet, self.shapes, self.frequencies = alphabet, shapes, frequencies
        self._seen: dict[int, list[tuple[int, float]]] = {}
        for wrong, row in shapes.confusions.items():
            for right, p in row.items():
                self._seen.setdefault(right, []).append((wrong, p))
        self._near: dict[int, list[int]] = {}

    def misread(self, character: str) -> str:
        """What an engine might read for a character; itself where it has no shape."""
        own = self.alphabet.symbol(character)
        if own >= len(self.shapes.glyphs) or not self.shapes.glyphs[own].any():
            return character
        if own in self._seen and self.random.random() < SEEN:
            others, weights = zip(*self._seen[own], strict=True)
            return chr(self.shapes.characters[self.random.choices(others, weights)[0]])
        if own not in self._near:
            alike = self.shapes.glyphs @ self.shapes.glyphs[own]
            alike[own] = -9.0
            self._near[own] = np.argsort(-alike)[:WIDEST].tolist()
        other = own
        for _ in range(6):
            other = self._near[own][int(WIDEST ** self.random.random()) - 1]
            if self.frequencies[other] > -11 or self.random.random() < 0.3:
                break
        return chr(self.shapes.characters[other])

    def piece(self, text: str, rate: float) -> Piece:
        """A text with that share of its characters misread."""
        read, printed = [], []
        for character in text:
            if character in MISREAD_MARKS and self.random.random() < MISREAD_MARKS[character][0] * rate:
                read.append(self.random.choice(MISREAD_MARKS[character][1]))
            elif is_han(character) and self.random.random() < rate:
                if self.random.random() < DROPPED:
                    continue
                read.append(self.misread(character))
            else:
                read.append(character)
            printed.append(character)
        return Piece("".join(read), tuple(printed), text)

    def document(self, paragraphs: list[str]) -> list[Piece]:
        """An article as an engine might read it."""
        found = []
        for text in paragraphs:
            pieces = [text]
            if self.random.random() < TORN:
                width = self.random.randint(*LINE)
                pieces = [text[k : k + width] for k in range(0, len(text), width)]
            found += [self.piece(piece, self.random.choice(RATES)) for piece in pieces]
        return [piece for piece in found if piece.read]
