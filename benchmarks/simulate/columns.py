"""Pouring a body into columns: lines of one width, columns of some height, cut wherever a column ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from random import Random

from cleanpress.model import Role
from simulate.compose import SetArticle, SetBlock
from simulate.settings import PageStyle

SENTENCE = re.compile(r"[。！？][”’）》]*")
HANGING = frozenset("，。、；：！？”’）》】,.;:!?)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a block, printed in one place: characters ``[start, end)`` of block ``block`` of an article.

    ``block`` is -1 for page furniture, whose text is ``text`` alone. ``copy`` marks what is printed again.
    """

    article: str
    block: int
    start: int
    end: int
    role: Role
    text: str
    copy: bool = False

    def cut(self, start: int, end: int) -> Piece:
        """The part ``[start, end)`` of this piece, counted from the piece's own start."""
        return replace(self, start=self.start + start, end=self.start + end, text=self.text[start:end])


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces printed one below the other: a title block, a column, a line of furniture."""

    article: str
    kind: str
    pieces: tuple[Piece, ...]


def furniture(text: str, role: Role = Role.FURNITURE) -> Piece:
    """A piece that belongs to no article."""
    return Piece("", -1, 0, len(text), role, text)


def line_breaks(text: str, width: int, indent: int) -> list[int]:
    """Offsets at which lines of ``text`` end; a mark never starts a line, it hangs at the end of the last."""
    ends, position, room = [], 0, width - indent
    while position < len(text):
        end = min(len(text), position + room)
        while end < len(text) and text[end] in HANGING:
            end += 1
        ends.append(end)
        position, room = end, width
    return ends


def pour(article: SetArticle, style: PageStyle, rng: Random) -> list[Run]:
    """The article's runs in reading order: its title block, then its columns."""
    first = article.body_start
    heads = tuple(_whole(article.id, k, b) for k, b in enumerate(article.blocks[:first]))
    runs = [Run(article.id, "title", heads)] if heads else []
    body = tuple(_whole(article.id, k, b) for k, b in enumerate(article.blocks[first:], first))
    if style.balanced and style.by_characters:
        return [*runs, *_equal_columns(article.id, body, style, rng)]
    lines = [
        (k, start, end)
        for k, block in enumerate(article.blocks[first:], first)
        for start, end in _lines(block, style.width)
    ]
    position = 0
    for height in _heights(len(lines), style, rng):
        taken = lines[position : position + height]
        position += height
        if taken:
            runs.append(Run(article.id, "column", tuple(_pieces(article, taken))))
    return _at_sentence_ends(article.id, runs, body, style, rng) if style.sentence_ends else runs


def _at_sentence_ends(
    article: str, runs: Sequence[Run], body: tuple[Piece, ...], style: PageStyle, rng: Random
) -> list[Run]:
    """The columns with some of their ends moved to the nearest end of a sentence."""
    text = "".join(piece.text for piece in body)
    sentences = [match.end() for match in SENTENCE.finditer(text)]
    columns = [run for run in runs if run.kind == "column"]
    ends = list(accumulate(sum(len(piece.text) for piece in run.pieces) for run in columns))
    for k, end in enumerate(ends[:-1]):
        if sentences and rng.random() < style.sentence_ends:
            ends[k] = min(sentences, key=lambda place: abs(place - end))
    ends = sorted({*ends, len(text)})
    pieces = [keep_characters(body, start, end) for start, end in pairwise([0, *ends])]
    return [*(run for run in runs if run.kind != "column"), *(Run(article, "column", p) for p in pieces if p)]


def _equal_columns(article: str, body: tuple[Piece, ...], style: PageStyle, rng: Random) -> list[Run]:
    """Columns of equal length in characters, but for the last; a mark never starts one."""
    text = "".join(piece.text for piece in body)
    columns = max(1, round(len(text) / (style.width * rng.randint(*style.height))))
    height = -(-len(text) // columns)
    ends = [*range(height, len(text), height), len(text)] if text else []
    for k in range(len(ends) - 1):
        while ends[k] < len(text) and text[ends[k]] in HANGING:
            ends[k] += 1
    runs = [keep_characters(body, start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    return [Run(article, "column", pieces) for pieces in runs if pieces]


def keep_characters(pieces: Sequence[Piece], low: int, high: int) -> tuple[Piece, ...]:
    """The characters ``[low, high)`` of a column, counted through its pieces."""
    out, position = [], 0
    for piece in pieces:
        start, end = max(low - position, 0), min(high - position, len(piece.text))
        if start < end:
            out.append(piece.cut(start, end))
        position += len(piece.text)
    return tuple(out)


def _whole(article: str, index: int, block: SetBlock) -> Piece:
    return Piece(article, index, 0, len(block.text), block.role, block.text)


def _lines(block: SetBlock, width: int) -> list[tuple[int, int]]:
    # The offsets are those of a first line indented by two characters, as nearly all papers set it.
    ends = line_breaks(block.text, width, 2 if block.role is Role.PARAGRAPH else 0)
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _heights(lines: int, style: PageStyle, rng: Random) -> list[int]:
    low, high = style.height
    if style.balanced:
        # The article fills a rectangle: columns of one height but for the last.
        columns = max(1, round(lines / rng.randint(low, high)))
        height = -(-lines // columns)
        return [height] * columns
    heights, left = [], lines
    while left > 0:
        height = rng.randint(low, high)
        heights.append(height if left - height >= 2 else left)
        left -= heights[-1]
    return heights


def _pieces(article: SetArticle, lines: Sequence[tuple[int, int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    for index, start, end in lines:
        block = article.blocks[index]
        if pieces and pieces[-1].block == index:
            last = pieces[-1]
            pieces[-1] = replace(last, end=end, text=block.text[last.start : end])
        else:
            pieces.append(Piece(article.id, index, start, end, block.role, block.text[start:end]))
    return pieces
