"""From what a reader found to ``Page.text`` and its layout.

The text holds every word of the file once. Lines stand in it as they are read, block by block: an engine
that gives rows across columns (or columns as it happened to find them) must not decide what is one paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from cleanpress.layout.columns import Block, find_blocks, measures
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord
from cleanpress.layout.heads import part_bylines
from cleanpress.layout.mend import mend
from cleanpress.layout.order import reading_order
from cleanpress.layout.sheet import Sheet, runs_down, sheet_of, text_of, turned, units
from cleanpress.model import Layout, LayoutLine, LayoutWord, PageImage, Span

_SPACE, _SPACE_SHORT, _SHORT = 1.3, 0.36, 24
"""How much further apart than its neighbours the characters at the borders of two words stand if there was a
space, in sizes of the type: in a line of text, and in a headline of fewer than ``_SHORT`` characters or any
line of half as many. Chinese is set without spaces, and engines draw the boxes of its words carelessly; but
between the names of a byline and the clauses of a headline a space says something."""
_ALIKE = 0.15
"""How far a line's size may be from that of the text if it is text."""


def compose(pages: Sequence[FoundPage]) -> tuple[str, Layout]:
    """The text of an input and its layout: a line of print a line, a blank line between blocks."""
    pieces: list[str] = []
    lines: list[LayoutLine] = []
    images: list[PageImage] = []
    at = blocks = groups = 0
    for number, page in enumerate(pages, start=1):
        found = [line for line in page.lines if text_of(line)]
        vertical = runs_down(found)
        images.append(PageImage(page.width, page.height, page.name, vertical, page.unit))
        if not found:
            continue
        found = mend(found, vertical=vertical)
        sheet = sheet_of(found, vertical=vertical)
        if page.ordered:
            order = _as_given(found, sheet)
            numbers = [0] * len(order)
            titles = [block.title for block in order]
        else:
            parts = part_bylines(sheet, find_blocks(sheet))
            read = reading_order(parts, sheet.em)
            order, numbers = [parts[k] for k in read.blocks], list(read.groups)
            titles = [k in read.titles for k in read.blocks]
        indent, room, above = measures(sheet, order)
        for block, group, title in zip(order, numbers, titles, strict=True):
            if pieces:
                pieces.append("\n")
                at += 1
            for i in block.lines:
                short = sheet.units[i] < _SHORT * (1.0 if title else 0.5)
                white = float(sheet.size[i]) * (_SPACE_SHORT if short else _SPACE)
                text, words = _joined(
                    found[i].words, float(sheet.size[i]), white, at, em=sheet.em, vertical=vertical
                )
                pieces += [text, "\n"]
                lines.append(
                    LayoutLine(
                        Span(at, at + len(text)),
                        found[i].box,
                        number,
                        round(float(sheet.size[i]), 1),
                        blocks,
                        groups + group,
                        title,
                        round(float(indent[i]), 2),
                        round(float(room[i]), 2),
                        round(float(above[i]), 2),
                        words,
                    )
                )
                at += len(text) + 1
            blocks += 1
        groups += max(numbers, default=-1) + 1
    return "".join(pieces), Layout(tuple(lines), tuple(images))


def _as_given(found: Sequence[FoundLine], sheet: Sheet) -> list[Block]:
    """The blocks of a page whose order was given: runs of lines of one region, cut where a column ends."""
    from cleanpress.layout.columns import block_of

    runs: list[list[int]] = [[0]]
    for i, j in pairwise(range(len(found))):
        beside = sheet.y[j] < sheet.y[i] - sheet.em
        if found[i].region == found[j].region and not beside:
            runs[-1].append(j)
        else:
            runs.append([j])
    return [block_of(sheet, run) for run in runs]


def _joined(
    words: Sequence[FoundWord], size: float, white: float, at: int, *, em: float, vertical: bool
) -> tuple[str, tuple[LayoutWord, ...]]:
    """The text of a line and its words' places, from ``at``.

    Chinese words are joined as they are. Between Latin words, or where the characters at the border stand
    more than ``white`` pixels further apart than type of that size does, a space stands: as many at the most
    as the line is longer than its characters, set in type of ``em`` pixels or as most of them are, need.
    """
    pieces = [(word, " ".join(word.text.split())) for word in words]
    steps = _Steps([(word, text) for word, text in pieces if text], vertical=vertical)
    spaced = steps.wide(size, white, em)
    text = ""
    placed: list[LayoutWord] = []
    for k, (word, content) in enumerate(steps.pieces):
        latin = bool(text) and _is_latin(text[-1]) and _is_latin(content[0])
        if k in spaced or (latin and steps.starts[k] > steps.stops[k - 1]):
            text += " "
        span = Span(at + len(text), at + len(text) + len(content))
        text += content
        placed.append(LayoutWord(span, word.box, word.confidence))
    return text, tuple(placed)


class _Steps:
    """How far a line's words stand from each other, along the line.

    ``starts`` and ``stops`` are their edges; ``steps[k]`` is the way from the middle of the last character of
    word k to that of the first of word k + 1, and ``advances[k]`` the same way in full-width units.
    """

    def __init__(self, pieces: Sequence[tuple[FoundWord, str]], *, vertical: bool) -> None:
        self.pieces = pieces
        boxes = [turned(word.box, vertical) for word, _ in pieces]
        self.starts, self.stops = [box[0] for box in boxes], [box[2] for box in boxes]
        lengths = [units(text, vertical=vertical) for _, text in pieces]
        first = [units(text[0], vertical=vertical) / 2 for _, text in pieces]
        last = [units(text[-1], vertical=vertical) / 2 for _, text in pieces]
        # Half an advance from a word's edge stands the middle of its first and last character.
        own = [(b - a) / max(1.0, n) for a, b, n in zip(self.starts, self.stops, lengths, strict=True)]
        self.steps = [
            (self.starts[k + 1] + own[k + 1] * first[k + 1]) - (self.stops[k] - own[k] * last[k])
            for k in range(len(pieces) - 1)
        ]
        self.advances = [last[k] + first[k + 1] for k in range(len(pieces) - 1)]
        self._inner = [(width, n) for width, n in zip(own, lengths, strict=True) if n > 1]

    def wide(self, size: float, white: float, em: float) -> set[int]:
        """The words before which white stands, the widest first, as long as the line has room for it."""
        beyond = [step - size * advance for step, advance in zip(self.steps, self.advances, strict=True)]
        found = [k for k, excess in enumerate(beyond) if excess > white]
        if not found:
            return set()
        # A line in the size of the text is as long as its characters; a headline may be set in any size.
        pitches = [step / advance for step, advance in zip(self.steps, self.advances, strict=True)]
        pitch = em if abs(size / em - 1) < _ALIKE else median(pitches + [own for own, _ in self._inner])
        way = sum(self.steps) + sum(own * (n - 1) for own, n in self._inner)
        room = way - pitch * (sum(self.advances) + sum(n - 1 for _, n in self._inner))
        widest = sorted(found, key=lambda k: (-beyond[k], k))
        return {k + 1 for k in widest[: max(0, int(room / (_SPACE_SHORT * size)))]}


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
