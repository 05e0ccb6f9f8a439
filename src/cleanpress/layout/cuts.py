"""A line of words cut in pieces, and its words put in their places; pure geometry along the line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cleanpress.layout.found import FoundLine, FoundWord, around
from cleanpress.layout.sheet import turned
from cleanpress.model import Box

_LONGEST = 4
"""Characters of the longest word that is parted where its box stands over a gutter."""


def trimmed(line: FoundLine, *, vertical: bool) -> FoundLine:
    """The line, its words ending where the next begin: engines give one the box of its line now and then."""
    words = list(line.words)
    for k, (word, after) in enumerate(pairwise(line.words)):
        x0, y0, x1, y1 = turned(word.box, vertical)
        start = turned(after.box, vertical)[0]
        if x0 < start < x1 - (y1 - y0) / 2:
            words[k] = FoundWord(word.text, _along(word.box, x0, start, vertical), word.confidence)
    return FoundLine(tuple(words), line.box, line.region)


def parted_words(
    line: FoundLine, gutters: Sequence[tuple[float, float]], em: float, *, vertical: bool
) -> FoundLine:
    """A line in which no word stands on both sides of a gutter, and all have white there.

    Engines give one box to the last character before a gutter and the first behind it, or draw it over the
    gutter. Which characters of a long word stand on which side its box does not say.
    """
    words = list(line.words)
    for left, right in gutters:
        middle = (left + right) / 2
        parted: list[FoundWord] = []
        for word in words:
            x0, _, x1, _ = turned(word.box, vertical)
            text = "".join(word.text.split())
            if x1 <= middle or x0 >= middle or len(text) > _LONGEST or x1 - x0 > (len(text) + 1.5) * em:
                parted.append(word)
                continue
            on_left = (middle - x0) / (x1 - x0) * len(text)
            first = round(on_left) if len(text) > 1 else int(on_left > 0.5)
            for piece, a, b in ((text[:first], x0, min(x1, left)), (text[first:], max(x0, right), x1)):
                if piece:
                    parted.append(FoundWord(piece, _along(word.box, a, b, vertical), word.confidence))
        words = parted
    return FoundLine(tuple(words), line.box, line.region)


def cut(
    line: FoundLine,
    gutters: Sequence[tuple[float, float]],
    over: float,
    short: float,
    least: float,
    *,
    vertical: bool,
) -> list[FoundLine]:
    """A line cut between the words that stand on the two sides of a gutter; whole where none do.

    A word before it may end up to ``over`` pixels behind its left edge, one after it may begin up to
    ``short`` pixels before its right one; more than ``least`` pixels of white stand between them.
    """
    starts = [turned(word.box, vertical)[0] for word in line.words]
    ends = [turned(word.box, vertical)[2] for word in line.words]
    borders: set[int] = set()
    for left, right in gutters:
        for k in range(1, len(line.words)):
            white = starts[k] - ends[k - 1]
            # An engine may lose whole columns between two that it reads as one line.
            if white > least and ends[k - 1] <= left + over and starts[k] >= right - short:
                borders.add(k)
    pieces = []
    position = 0
    for border in [*sorted(borders), len(line.words)]:
        words = line.words[position:border]
        if words:
            pieces.append(FoundLine(words, around(word.box for word in words), line.region))
        position = border
    return pieces if len(pieces) > 1 else [line]


def _along(box: Box, start: float, stop: float, vertical: bool) -> Box:
    """A box that reaches from ``start`` to ``stop`` along the line."""
    a, b = sorted((round(start), round(stop)))
    return Box(box.x0, a, box.x1, b) if vertical else Box(a, box.y0, b, box.y1)
