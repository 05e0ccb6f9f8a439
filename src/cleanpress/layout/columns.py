"""Blocks of lines from boxes alone: what was set under each other, in one column and one size of type.

A line goes on in the nearest line below it that shares its place across the page, if each is the other's
nearest and nothing else changes between them (nearest-neighbour linking, as in O'Gorman's docstrum, 1993).
Cuts across the page would not do: columns are set on one grid, so white runs through between all lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cleanpress.layout.sheet import Floats, Sheet, quantile

Booleans = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]

_SHARED = 0.5
"""Share of the shorter line's length that two lines of one column have in common."""
_SAME_SIZE_LONG, _SAME_SIZE, _SAME_SIZE_SHORT = 1.16, 1.24, 1.7
"""Ratios of sizes up to which lines are of one type: from nine characters on, from five, and below, as short
lines are measured less well."""
_STANDS_FOR = 5.0
"""Sizes of its column that the shortest line stands for."""
_WIDEST_GAP = 1.15
"""White between lines of a block, in sizes of their type."""
_FURTHEST_INDENT = 3.6
"""Sizes by which the left edges of lines of a block may differ; what is further in is set in the middle."""
_DEEPEST_INDENT = 3.3
"""Sizes by which the first line of a paragraph is set in, at the most."""
_AT_ONCE = 64
"""Lines that are compared with those near them at a time."""
_MOST_TITLE_LINES, _LARGER = 3, 1.06
"""What a headline that spans columns has at the most, and how much larger than text it is at the least."""
_DECK = 1.15
"""Sizes of the text from which a line is a headline's, or its deck's, if a smaller line stands under it."""
TITLE_SIZE = 1.28
"""Sizes of the text from which type is that of a headline."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under each other (indices into the sheet, from the top), and the edges of their column.

    ``title`` says that they are set as a headline is, ``closed`` that the last one ends a sentence, ``small``
    that they are few and in smaller type than the text: the words under a picture. ``speck`` says that
    they are a mark or a letter or two by themselves: what an engine reads in pictures.
    """

    lines: tuple[int, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    title: bool
    closed: bool = False
    small: bool = False
    speck: bool = False


_SMALLER = 0.93
"""Ratio of advance and of height below which a line is in smaller type than its neighbours."""
_MOST_OF_SPECK, _LEAST_OF_TITLE = 3, 6
"""Units up to which a line by itself is nothing, and from which it can be a headline, if it has no Chinese
character: of pictures and rules engines make a letter or two, in any size."""
_SMALL, _MOST_SMALL = 0.93, 4
"""Sizes of the text up to which a few lines are small print, and how many lines that has."""


def find_blocks(sheet: Sheet) -> list[Block]:
    """The blocks of a sheet, by their places from the top; every line is in one."""
    below = _links(sheet)
    above = {j: i for i, j in below.items()}
    blocks = []
    for first in range(len(sheet.x0)):
        if first in above:
            continue
        chain = [first]
        while chain[-1] in below:
            chain.append(below[chain[-1]])
        while head := _stands_over(sheet, chain):
            blocks.append(block_of(sheet, chain[:head]))
            chain = chain[head:]
        blocks.append(block_of(sheet, chain))
    return sorted(_with_spanning_titles(blocks, sheet.em), key=lambda block: (block.y0, block.x0))


def _stands_over(sheet: Sheet, chain: list[int]) -> int:
    """How many lines at the head of a chain stand over its column rather than in it; 0 where none do.

    A headline reaches out of the column, a byline under it is set in the middle of several.
    """
    if len(chain) < 4:
        return 0
    head = 0
    for k in range(min(3, len(chain) - 3)):
        i, rest = chain[k], chain[k + 1 :]
        left, right = quantile(sheet.x0[rest], 0.25), quantile(sheet.x1[rest], 0.75)
        size = quantile(sheet.size[rest], 0.5)
        inside = left - 1.2 * size <= sheet.x0[i] <= left + _DEEPEST_INDENT * size
        if not inside or sheet.x1[i] > right + 2.5 * size or _is_small(sheet, i, rest):
            head = k + 1
    return head


def _is_small(sheet: Sheet, i: int, rest: list[int]) -> bool:
    """Whether a line is in smaller type than those below it: the words under a picture, over text."""
    advance = sheet.size[i] / quantile(sheet.size[rest], 0.5)
    height = sheet.height[i] / quantile(sheet.height[rest], 0.5)
    return bool(sheet.units[i] >= 6 and advance < _SMALLER and height < _SMALLER)


def _with_spanning_titles(blocks: list[Block], em: float) -> list[Block]:
    """Blocks with those marked as headlines that are no larger than text, or hardly, but span columns."""
    columns = [b for b in blocks if len(b.lines) >= 4 and not b.title]
    x0, x1, y0 = np.array([(c.x0, c.x1, c.y0) for c in columns], np.float64).reshape(-1, 3).T
    result = []
    for block in blocks:
        large = len(block.lines) <= _MOST_TITLE_LINES and block.size >= _LARGER * em
        if large and not block.title:
            under = (block.y0 < y0) & (y0 < block.y1 + 5 * em)
            under &= np.minimum(x1, block.x1) - np.maximum(x0, block.x0) > 2 * em
            result.append(replace(block, title=bool(np.count_nonzero(under) >= 2)))
        else:
            result.append(block)
    return result


def block_of(sheet: Sheet, chain: list[int]) -> Block:
    """A block of these lines: its edges are those that most of its lines reach."""
    x0, x1 = sheet.x0[chain], sheet.x1[chain]
    size = float(np.average(sheet.size[chain], weights=np.maximum(sheet.units[chain], 0.5)))
    left = quantile(x0, 0.25) if len(chain) >= 4 else float(x0.min())
    right = quantile(x1, 0.75) if len(chain) >= 4 else float(x1.max())
    return Block(
        tuple(chain),
        left,
        float(sheet.y0[chain].min()),
        max(right, left + 1.0),
        float(sheet.y1[chain].max()),
        size,
        size >= TITLE_SIZE * sheet.em
        and bool(sheet.chinese[chain].any() or sheet.units[chain].max() >= _LEAST_OF_TITLE),
        bool(sheet.closed[chain[-1]]),
        bool(len(chain) <= _MOST_SMALL and sheet.units[chain].max() >= 6)
        and size <= _SMALL * sheet.em
        and bool(sheet.height[chain].max() <= _SMALL * quantile(sheet.height, 0.5)),
        len(chain) == 1 and bool(sheet.units[chain[0]] <= _MOST_OF_SPECK and not sheet.chinese[chain[0]]),
    )


def _links(sheet: Sheet) -> dict[int, int]:
    """For each line that goes on, the line below it."""
    # A paragraph's last line may be shorter than the indent of the next: each line stands for some of its
    # column.
    end = np.maximum(sheet.x1, sheet.x0 + _STANDS_FOR * sheet.size)
    # For lines that are further apart, ``_goes_on`` does not hold: the white between them is too wide.
    furthest = (_WIDEST_GAP * sheet.size + (sheet.y1 - sheet.y0) / 2).max() * 2
    next_below, next_above = _nearest(sheet, end, furthest)
    links = {}
    for i, j in enumerate(next_below.tolist()):
        if j >= 0 and next_above[j] == i and _goes_on(sheet, i, j):
            links[i] = j
    return links


def _nearest(sheet: Sheet, end: Floats, furthest: float) -> tuple[Numbers, Numbers]:
    """For each line the nearest below and above it in its column, or -1.

    Lines end at ``end``. A few of them at a time are compared with those near them alone: what is more than
    ``furthest`` pixels away may be found or not.
    """
    n = len(sheet.x0)
    order = np.argsort(sheet.y, kind="stable")
    y = sheet.y[order]
    below, above = np.full(n, -1), np.full(n, -1)
    step_above = np.full(n, np.inf)
    for start in range(0, n, _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        last = np.searchsorted(y, y[start : start + _AT_ONCE].max() + furthest, "right")
        # In their own order: of lines that are as near the first is taken.
        some, others = np.sort(some), np.sort(order[start:last])
        step = sheet.y[others] - sheet.y[some, None]
        shared = np.minimum(end[some, None], end[others]) - np.maximum(sheet.x0[some, None], sheet.x0[others])
        shortest = np.minimum((end - sheet.x0)[some, None], (end - sheet.x0)[others])
        meets = (shared >= _SHARED * np.maximum(shortest, 1.0)) & (
            step > 0.35 * np.minimum(sheet.size[some, None], sheet.size[others])
        )
        distance = np.where(meets, step, np.inf)
        found = distance.argmin(axis=1)
        is_found = np.isfinite(distance[np.arange(len(some)), found])
        below[some[is_found]] = others[found[is_found]]
        found = distance.argmin(axis=0)
        near = distance[found, np.arange(len(others))]
        is_nearer = (near < step_above[others]) | (
            (near == step_above[others]) & np.isfinite(near) & (some[found] < above[others])
        )
        above[others[is_nearer]] = some[found[is_nearer]]
        step_above[others[is_nearer]] = near[is_nearer]
    return below, above


def _goes_on(sheet: Sheet, i: int, j: int) -> bool:
    larger, smaller = max(sheet.size[i], sheet.size[j]), min(sheet.size[i], sheet.size[j])
    shorter = min(sheet.units[i], sheet.units[j])
    alike = _SAME_SIZE_SHORT if shorter < 5 else _SAME_SIZE if shorter < 9 else _SAME_SIZE_LONG
    if sheet.size[i] >= _DECK * sheet.em:
        # A smaller line under a headline is a byline, not the end of its paragraph.
        alike = min(alike, _SAME_SIZE if sheet.size[j] >= _DECK * sheet.em else _SAME_SIZE_LONG)
    if larger > smaller * alike:
        return False
    if sheet.y0[j] - sheet.y1[i] > _WIDEST_GAP * smaller:
        return False
    if abs(sheet.x0[i] - sheet.x0[j]) <= _FURTHEST_INDENT * larger:
        return True
    # A subhead in the middle of its column, and the text around it.
    middle = abs((sheet.x0[i] + sheet.x1[i]) - (sheet.x0[j] + sheet.x1[j])) / 2
    return bool(middle <= larger)


def measures(sheet: Sheet, blocks: list[Block]) -> tuple[Floats, Floats, Floats]:
    """Indent, room and white above of each line, in sizes of the type of its block.

    A column's edge is looked for around each line, as paper is not flat: among its block's lines, or where
    those are few among the nearest lines that stand above or below in the same place across the page.
    """
    n = len(sheet.x0)
    indent, room, over = np.zeros(n), np.zeros(n), np.zeros(n)
    body = np.abs(sheet.size / sheet.em - 1) < 0.3
    for block in blocks:
        lines = np.array(block.lines)
        for k, i in enumerate(block.lines):
            near = lines[max(0, k - _NEAR) : k + _NEAR + 1]
            if len(near) < 5 and not block.title:
                near = _around(sheet, i, body, near)
            left, right = quantile(sheet.x0[near], 0.3), quantile(sheet.x1[near], 0.75)
            indent[i] = (sheet.x0[i] - left) / block.size
            room[i] = (right - sheet.x1[i]) / block.size
            if k:
                over[i] = (sheet.y0[i] - sheet.y1[block.lines[k - 1]]) / block.size
    return indent, room, over


_NEAR = 7
"""Lines on each side that say where the column's edge is."""


def _around(sheet: Sheet, i: int, body: Booleans, own: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The lines nearest to line i in the same column, wherever their blocks end."""
    shared = np.minimum(sheet.x1[i], sheet.x1) - np.maximum(sheet.x0[i], sheet.x0)
    same = body & (shared >= 0.7 * min(sheet.width[i], 6 * sheet.em)) & (sheet.width < 40 * sheet.em)
    same &= np.abs(sheet.x0 - sheet.x0[own].min()) < _FURTHEST_INDENT * sheet.em
    candidates = np.flatnonzero(same)
    order = np.argsort(np.abs(sheet.y[candidates] - sheet.y[i]), kind="stable")
    near = candidates[order[: 2 * _NEAR]]
    return near if len(near) > len(own) else own
