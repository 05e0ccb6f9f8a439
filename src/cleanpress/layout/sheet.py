"""The lines of one image as arrays, straightened, in a frame where every page reads left to right and down.

A page whose lines run down from right to left is turned a quarter to the left first: then its lines run from
left to right and follow each other downwards, and nothing behind this file needs to know of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from cleanpress.layout.found import FoundLine
from cleanpress.model import Box

Floats = npt.NDArray[np.float64]

_STEEPEST, _STEP = 3.0, 0.1
"""Degrees: how far a scan is looked for to be skewed, and how finely."""
_ENDS = tuple("。！？")
_LEAST_LINES = 12
"""From so few lines no skew is told."""
_LONG = 8
"""Full-width units from which a line's advance says its size."""
_WIDEST = 1.5
"""Heights of a line's words up to which white may stand between its characters."""


def units(text: str, *, vertical: bool = False) -> float:
    """Width of a text in full-width units; down a page every character takes one."""
    return sum(1.0 if vertical or unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Arrays of shape (lines,): ``x0``, ``y0``, ``x1``, ``y1`` are boxes in pixels of the straightened frame,
    ``units`` the widths of the texts in full-width characters, ``size`` the sizes of the type and
    ``height`` the heights of the words in pixels.

    ``closed`` says whether a line ends as a sentence does, ``chinese`` how many Chinese characters it has.
    ``em`` is the size of most of the text.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    units: Floats
    size: Floats
    height: Floats
    closed: npt.NDArray[np.bool_]
    chinese: npt.NDArray[np.intp]
    em: float

    @property
    def y(self) -> Floats:
        """Where the lines stand: the middles of their boxes."""
        return (self.y0 + self.y1) / 2

    @property
    def width(self) -> Floats:
        """How long the lines are printed."""
        return self.x1 - self.x0


def text_of(line: FoundLine) -> str:
    """The characters of a line, without what parts its words."""
    return "".join("".join(word.text.split()) for word in line.words)


def runs_down(lines: Sequence[FoundLine]) -> bool:
    """Whether most of the text stands in lines that run down the page."""
    down = across = 0
    for line in lines:
        count = len(text_of(line))
        if count >= 3:
            width, height = line.box.x1 - line.box.x0, line.box.y1 - line.box.y0
            down += count * (height > 1.5 * width)
            across += count * (width > 1.5 * height)
    return down > across


def turned(box: Box, vertical: bool) -> tuple[int, int, int, int]:
    """A box in the frame: of a vertical page, turned a quarter to the left about the origin."""
    return (box.y0, -box.x1, box.y1, -box.x0) if vertical else (box.x0, box.y0, box.x1, box.y1)


def sheet_of(lines: Sequence[FoundLine], *, vertical: bool) -> Sheet:
    """The sheet of at least one line."""
    boxes = np.array([turned(line.box, vertical) for line in lines], dtype=np.float64).reshape(-1, 4)
    x0, y0, x1, y1 = boxes.T
    wide = np.array([units(text_of(line), vertical=vertical) for line in lines])
    height = np.array([_height(line, vertical) for line in lines])
    white = np.array([_white(line, vertical) for line in lines])
    size = _sizes(x1 - x0 - white, wide, height)
    em = _weighted_median(size, wide)
    text = (wide >= _LONG) & (np.abs(size / em - 1) < 0.15)
    if text.any():
        # Engines draw boxes with a margin, which makes much of a short line: its height is in proportion.
        in_proportion = 1.15 * em * height / np.median(height[text])
        size = np.where(wide < _LONG, np.minimum(size, in_proportion), size)
    slope = _skew(x0, (y0 + y1) / 2, em)
    # Boxes are small beside the page: moved as wholes, by the skew at their middles.
    dx, dy = (y0 + y1) / 2 * slope, (x0 + x1) / 2 * slope
    closed = np.array([text_of(line).rstrip("”’」』）)")[-1:] in _ENDS for line in lines])
    chinese = np.array([sum(_is_chinese(c) for c in text_of(line)) for line in lines], dtype=np.intp)
    return Sheet(x0 + dx, y0 - dy, x1 + dx, y1 - dy, wide, size, height, closed, chinese, em)


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


def _sizes(width: Floats, wide: Floats, height: Floats) -> Floats:
    """The sizes of the lines' type: the advance where a line is long enough to tell, else its words' height.

    The height bounds it: where characters were lost, or are set apart, the advance says too much.
    """
    advance = width / np.maximum(wide, 0.5)
    size = np.where(wide < 2, height, np.minimum(advance, 1.3 * height))
    result: Floats = np.maximum(size, 1.0)
    return result


def _height(line: FoundLine, vertical: bool) -> float:
    """The usual height of a line's words."""
    boxes = [turned(word.box, vertical) for word in line.words] or [turned(line.box, vertical)]
    return max(1.0, float(median(box[3] - box[1] for box in boxes)))


def _white(line: FoundLine, vertical: bool) -> float:
    """How much of a line is white too wide to stand between its characters: a gutter, or what was lost."""
    boxes = [turned(word.box, vertical) for word in line.words]
    widest = _WIDEST * _height(line, vertical)
    steps = [after[0] - min(box[2], after[0]) for box, after in pairwise(boxes)]
    return float(sum(step for step in steps if step > widest))


def quantile(values: Floats, share: float) -> float:
    """The value below which that share of some values lies, between two of them in proportion.

    As ``numpy.quantile``, which takes ten times as long for the few values that a column has.
    """
    ordered = np.sort(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    if total[-1] <= 0:
        return float(np.median(values))
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _skew(x: Floats, y: Floats, em: float) -> float:
    """The slope by which left edges lean: the one under which most of them stand above each other."""
    if len(x) < _LEAST_LINES:
        return 0.0
    slopes = np.tan(np.deg2rad(np.arange(-_STEEPEST, _STEEPEST + _STEP / 2, _STEP)))
    best, most = 0.0, -1.0
    for slope in sorted(slopes.tolist(), key=abs):
        edges = (x + y * slope) / max(em / 4, 1.0)
        cells = np.floor(edges - edges.min()).astype(np.intp)
        counts = np.bincount(cells).astype(np.float64)
        # An edge may fall on the border of two cells.
        sharp = float(((counts[:-1] + counts[1:]) ** 2).sum()) if len(counts) > 1 else float(len(x) ** 2)
        if sharp > most * 1.1:
            best, most = slope, sharp
    return best
