"""From what a reader found to ``Page.text`` and its layout.

The text holds every word of the file once. Lines stand in it as they are read, block by block: an engine
that gives rows across columns (or columns as it happened to find them) must not decide what is one paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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


def compose(pages: Sequence[FoundPage]) -> tuple[str, Layout]:
    """The text of an input and its layout: a line of print a line, a blank line between blocks."""
    pieces: list[str] = []
    lines: list[LayoutLine] = []
    images: list[PageImage] = []
    at = blocks = groups = 0
    for number, page in enumerate(pages, start=1):
        found = [line for line in page.lines if text_of(line)]
        vertical = runs_down(found)
        images.append(PageImage(page.width, page.height, page.name, vertical))
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
                text, words = _joined(found[i].words, float(sheet.size[i]), white, at, vertical=vertical)
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
    words: Sequence[FoundWord], size: float, white: float, at: int, *, vertical: bool
) -> tuple[str, tuple[LayoutWord, ...]]:
    """The text of a line and its words' places, from ``at``.

    Chinese words are joined as they are. Between Latin words, or where the characters at the border stand
    more than ``white`` pixels further apart than type of that size does, a space stands.
    """
    text = ""
    placed: list[LayoutWord] = []
    end = middle = 0.0
    for word in words:
        content = " ".join(word.text.split())
        if not content:
            continue
        start, _, stop, _ = turned(word.box, vertical)
        # Half an advance from a word's edge stands the middle of its first and last character.
        half = (stop - start) / max(1.0, units(content, vertical=vertical)) / 2
        first, last = (
            start + half * units(content[0], vertical=vertical),
            stop - half * units(content[-1], vertical=vertical),
        )
        if text:
            advance = size * (units(text[-1], vertical=vertical) + units(content[0], vertical=vertical)) / 2
            latin = _is_latin(text[-1]) and _is_latin(content[0])
            if (latin and start > end) or first - middle > advance + white:
                text += " "
        span = Span(at + len(text), at + len(text) + len(content))
        text += content
        placed.append(LayoutWord(span, word.box, word.confidence))
        end, middle = float(stop), last
    return text, tuple(placed)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
