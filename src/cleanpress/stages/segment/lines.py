"""The printed lines of a page, and the column they were set in."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

LONGEST_COLUMN = 45
"""Characters: a longer line is a whole paragraph, not a line of a column (columns have 10 to 25)."""

TERMINAL = "。！？!?…"
CLOSING = "”’」』）)》】〉\"'"
_INK = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with ink: ``[start, end)`` of the text without the white space around it.

    ``indent`` counts the white space before it in full-width units, ``length`` its characters,
    ``block`` the run of lines between blank lines it stands in.
    """

    start: int
    end: int
    text: str
    indent: float
    block: int

    @property
    def closed(self) -> bool:
        """Whether the line ends as a sentence does."""
        return ends_sentence(self.text)


def ends_sentence(text: str) -> bool:
    """Whether text ends with a mark that ends a sentence, closing quotes and brackets aside."""
    bare = text.rstrip(CLOSING)
    # A Latin full stop ends a sentence behind a Latin word; behind a figure it may be a decimal point.
    latin = len(bare) >= 2 and bare[-1] == "." and bare[-2].isascii() and bare[-2].isalpha()
    return bool(bare) and (bare[-1] in TERMINAL or latin)


def width(text: str) -> float:
    """Width in full-width units: half for characters that East Asian Width calls narrow or half-width."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def split_lines(text: str) -> list[Line]:
    """The lines of ``text`` that have ink, in printed order."""
    lines: list[Line] = []
    position = block = 0
    blank = True
    for raw in text.split("\n"):
        body = raw.strip()
        if body:
            if blank:
                block += 1
            found = _INK.search(raw)
            left = found.start() if found else 0
            start = position + left
            lines.append(Line(start, start + len(body), body, width(raw[:left]), block))
        blank = not body
        position += len(raw) + 1
    return lines


@dataclass(frozen=True, slots=True)
class Columns:
    """How the page is set: the length of a full line around each line, in the measure that fits best.

    ``full[i]`` is the column's length at line i (0 where the lines around are whole paragraphs),
    ``lengths[i]`` the line's own length in the same measure. ``lost_indents`` says that paragraphs
    were set with an indent which the engine did not print: their first lines are two characters short.
    ``printed_indents`` says that indents stand in the text.
    """

    full: tuple[float, ...]
    lengths: tuple[float, ...]
    lost_indents: bool
    printed_indents: bool

    def is_full(self, i: int) -> bool:
        """Whether line i reaches the end of its column (a hanging mark or a lost one allowed)."""
        return self.full[i] > 0 and self.lengths[i] >= self.full[i] - 1.01

    def is_first(self, i: int) -> bool:
        """Whether line i is short by an indent that was not printed."""
        return self.full[i] > 0 and self.lost_indents and abs(self.lengths[i] - (self.full[i] - 2)) <= 0.76


NEIGHBOURS = 16
"""Lines on each side that vote on the column's length; a column seldom has fewer than eight lines."""


def measure_columns(lines: list[Line]) -> Columns:
    """Find the length of a full line around each line, and how paragraphs are indented."""
    counted = [float(len(line.text)) for line in lines]
    printed = [width(line.text) for line in lines]
    total = sum(counted)
    wrapped = sum(n for n in counted if n <= LONGEST_COLUMN)
    if not lines or wrapped < total / 2:
        return _short_runs(lines, printed)
    # Some engines and typesetters give digits and Latin letters a full cell, others half: the measure
    # under which more lines are equally long is the one the page was set in.
    lengths = counted if _sharpness(counted) >= _sharpness(printed) else printed
    with_indent = [n + line.indent for n, line in zip(lengths, lines, strict=True)]
    everywhere = _full_length(lengths)
    full = []
    for i in range(len(lines)):
        near = _full_length(lengths[max(0, i - NEIGHBOURS) : i + NEIGHBOURS + 1])
        full.append(near or everywhere)
    full = [0.0 if n > LONGEST_COLUMN else f for n, f in zip(counted, full, strict=True)]
    indents = sum(line.indent >= 1 for line in lines)
    printed_indents = 0.03 * len(lines) < indents < 0.6 * len(lines)
    if printed_indents:
        lengths = with_indent
    firsts = [i for i in range(1, len(lines)) if lines[i].block != lines[i - 1].block and lengths[i] > 8]
    short = sum(abs(lengths[i] - (full[i] - 2)) <= 0.76 for i in firsts)
    even = sum(abs(lengths[i] - full[i]) <= 0.76 for i in firsts)
    inside = [i for i in range(len(lines)) if not lines[i].closed and lengths[i] > 8]
    two_short = sum(abs(lengths[i] - (full[i] - 2)) <= 0.26 for i in inside)
    three_short = sum(abs(lengths[i] - (full[i] - 3)) <= 0.26 for i in inside)
    lost = not printed_indents and (short > even or two_short > 2 * three_short + 1)
    return Columns(tuple(full), tuple(lengths), lost, printed_indents)


def _short_runs(lines: list[Line], lengths: list[float]) -> Columns:
    """Columns of a page that prints a paragraph a line: only runs of short lines are hard-wrapped."""
    full = [0.0] * len(lines)
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and lines[j].block == lines[i].block and len(lines[j].text) <= LONGEST_COLUMN:
            j += 1
        run = lengths[i:j]
        if len(run) >= 3:
            longest = max(run[:-1])
            # Wrapped lines are equally long but for the last; a list of titles or notes is not.
            if longest >= 8 and min(run[:-1]) >= longest - 3:
                full[i:j] = [longest] * (j - i)
        i = max(j, i + 1)
    return Columns(tuple(full), tuple(lengths), lost_indents=False, printed_indents=False)


def _sharpness(lengths: list[float]) -> float:
    """The share of lines within half a character of the most frequent length."""
    usual = [n for n in lengths if 8 <= n <= LONGEST_COLUMN]
    if not usual:
        return 0.0
    mode = Counter(usual).most_common(1)[0][0]
    return sum(abs(n - mode) <= 0.5 for n in usual) / len(usual)


def _full_length(lengths: list[float]) -> float:
    """The length of a full line: the longest length that is about as frequent as the most frequent one.

    0 where fewer than three lines could be full ones.
    """
    usual = sorted(n for n in lengths if 8 <= n <= LONGEST_COLUMN)
    if len(usual) < 3:
        return 0.0
    near = {n: bisect_left(usual, n + 0.51) - bisect_left(usual, n - 0.51) for n in set(usual)}
    most = max(near.values())
    if most < 2:
        return 0.0
    top = max(n for n, count in near.items() if count >= 0.6 * most)
    # A mark hung past the column's end makes a line one longer now and then; the column is the mode.
    around = [n for n in near if top - 1.01 <= n <= top]
    return max(around, key=lambda n: (usual.count(n), n))
