"""Where a span of ``Page.text`` stands: on the image, and in the layout."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from cleanpress.layout.found import around
from cleanpress.model import Box, Layout, LayoutLine, Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fragment stands: in which block, and under which headline (``Layout`` numbers both)."""

    block: int
    group: int


def boxes_of(layout: Layout, span: Span) -> list[tuple[int, Box]]:
    """The number of the image (from 1) and the box around each piece of a column that the span covers.

    Of a line that the span covers in part, the words that it touches count, where the line has any.
    """
    found = [(line, _box_in(line, span)) for line in lines_of(layout, span)]
    pieces = groupby(found, key=lambda pair: (pair[0].page, pair[0].block))
    return [(page, around(box for _, box in piece)) for (page, _), piece in pieces]


def lines_of(layout: Layout, span: Span) -> Iterator[LayoutLine]:
    """The lines of which a span covers something, in reading order."""
    first = bisect_right(layout.lines, span.start, key=lambda line: line.span.start) - 1
    for k in range(max(0, first), len(layout.lines)):
        line = layout.lines[k]
        if line.span.start >= span.end:
            return
        if line.span.end > span.start:
            yield line


def _box_in(line: LayoutLine, span: Span) -> Box:
    if span.start <= line.span.start and line.span.end <= span.end:
        return line.box
    touched = [w.box for w in line.words if w.span.start < span.end and w.span.end > span.start]
    return around(touched) if touched else line.box
