"""Headlines: which blocks make one, and over how much of the page it stands.

A headline is set in the middle of what it heads, and seldom as wide. What it stands over are the columns
that begin under it on one level, as many on its left as on its right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleanpress.layout.columns import Block, block_of
from cleanpress.layout.sheet import Sheet

_NEAR = 6.0
"""Sizes of text from a headline down to the columns under it: bylines and kickers stand between."""
PICTURE = 22.0
"""Sizes of text from a headline down to a column under it over which a picture stands."""
_FLUSH, _LEVEL = 2.6, 1.6
"""Sizes by which a headline and the first line under it may begin apart (it has an indent), and by which the
tops of columns on one level may differ."""
_CENTRED = 2.0
"""Sizes of text by which the middle of a headline may miss that of its columns."""
_FLAT, _BESIDE = 0.6, 3.0
"""Sizes up to which the tops of two columns are one level, and white between columns that are neighbours."""
_SHORT_LINE = 40.0
"""Sizes: the widest line that goes with a headline without being in its type."""


@dataclass(frozen=True, slots=True)
class Head:
    """A block of a headline: the first block of that headline, and the span that the headline stands over."""

    root: int
    x0: float
    x1: float


def find_heads(blocks: Sequence[Block], em: float) -> dict[int, Head]:
    """The blocks that make headlines: lines in large type, and the bylines and kickers set with them."""
    titles = [k for k, block in enumerate(blocks) if block.title]
    columns = [k for k, block in enumerate(blocks) if not block.title]
    span = {k: span_of(blocks, k, titles, columns, em) for k in titles}
    root = _roots(blocks, titles, span)
    members: dict[int, int] = dict(root)
    bottom = {t: blocks[t].y1 for t in titles}
    for k in columns:
        head = _headline_of_line(blocks, k, bottom, span, em)
        if head is not None:
            members[k] = root[head]
            # The next line may stand under this one.
            bottom[head] = max(bottom[head], blocks[k].y1)
    heads = {}
    for k, first in members.items():
        together = [j for j in titles if root[j] == first]
        x0 = min(span[j][0] for j in together)
        x1 = max(span[j][1] for j in together)
        heads[k] = Head(first, x0, x1)
    return heads


def part_bylines(sheet: Sheet, blocks: Sequence[Block]) -> list[Block]:
    """The blocks with lines set apart that stand over a column as its first, but belong to the headline.

    A byline in the middle of three columns is as far from the edge of the middle one as a first line is. But
    it stands above the level on which the columns beside it begin.
    """
    titles = [k for k, block in enumerate(blocks) if block.title]
    columns = [k for k, block in enumerate(blocks) if not block.title]
    cut: set[int] = set()
    for t in titles:
        under = columns_under(blocks, t, titles, columns, sheet.em)
        middle = (blocks[t].x0 + blocks[t].x1) / 2
        for block in under:
            if len(block.lines) < 3:
                continue
            first, second = block.lines[:2]
            inside = abs((sheet.x0[first] + sheet.x1[first]) / 2 - middle) < _CENTRED * sheet.em
            if not inside or sheet.closed[first]:
                continue
            beside = [b for b in under if b is not block and abs(b.y0 - sheet.y0[second]) < 0.6 * sheet.em]
            level = [b for b in under if b is not block and abs(b.y0 - sheet.y0[first]) < 0.6 * sheet.em]
            if beside and not level:
                cut.add(first)
    result: list[Block] = []
    for block in blocks:
        if block.lines[0] in cut:
            result += [block_of(sheet, list(block.lines[:1])), block_of(sheet, list(block.lines[1:]))]
        else:
            result.append(block)
    return sorted(result, key=lambda block: (block.y0, block.x0))


def span_of(
    blocks: Sequence[Block], t: int, titles: Sequence[int], columns: Sequence[int], em: float
) -> tuple[float, float]:
    """How far the columns reach that begin under a headline."""
    title = blocks[t]
    middle = (title.x0 + title.x1) / 2
    under = columns_under(blocks, t, titles, columns, em)
    rivals = [blocks[k] for k in titles if k != t and _on_one_level(blocks[k], title)]
    best = (title.x0, title.x1)
    for a, first in enumerate(under):
        if first.y0 > title.y1 + _NEAR * em:
            continue
        for last in under[a:]:
            x0, x1 = min(first.x0, title.x0), max(last.x1, title.x1)
            centred = abs((first.x0 + last.x1) / 2 - middle) <= _CENTRED * em
            if not centred or x1 - x0 <= best[1] - best[0]:
                continue
            if not any(r.x0 < x1 - em and r.x1 > x0 + em for r in rivals):
                best = (x0, x1)
    return best if best != (title.x0, title.x1) else _span_to_the_right(title, under, rivals, em)


def _span_to_the_right(
    title: Block, under: Sequence[Block], rivals: Sequence[Block], em: float
) -> tuple[float, float]:
    """How far the columns reach, on one level, under a headline that begins where the first of them does."""
    end = title.x1
    first: Block | None = None
    for column in under:
        if first is None:
            if abs(column.x0 - title.x0) < _FLUSH * em and column.y0 <= title.y1 + _NEAR * em:
                first = column
            continue
        level = abs(column.y0 - first.y0) <= _LEVEL * em
        if not level or any(r.x0 < column.x1 - em and r.x1 > title.x1 + em for r in rivals):
            break
        end = max(end, column.x1)
    return title.x0, end


def columns_under(
    blocks: Sequence[Block], t: int, titles: Sequence[int], columns: Sequence[int], em: float
) -> list[Block]:
    """The blocks of text that are the first under a headline, in their columns, from the left.

    A picture may stand over some of them, but no other headline.
    """
    title = blocks[t]
    begin = [
        k
        for k in columns
        if title.y1 - em < blocks[k].y0 < title.y1 + PICTURE * em
        and not blocks[k].small
        and not blocks[k].speck
    ]
    headlines = [blocks[r] for r in titles if r != t and blocks[r].y0 >= title.y1]
    # Columns that begin beside the headline and run on under it.
    beside = [blocks[c] for c in columns if blocks[c].y0 <= title.y1 - em and title.y1 < blocks[c].y1]
    found: list[Block] = []
    for k in sorted(begin, key=lambda k: (blocks[k].y0, k)):
        block = blocks[k]
        middle = abs((block.x0 + block.x1) - (title.x0 + title.x1)) / 2
        near = middle <= em and block.y0 < title.y1 + 3 * em
        if len(block.lines) <= 2 and not block.closed and near and not _is_column(blocks, k, columns, em):
            # A byline or a deck: what it stands over is the headline's.
            continue
        over = [*found, *(other for other in headlines if other.y0 < block.y0), *beside]
        if not any(_overlap(block, other) > 0.5 for other in over):
            found.append(block)
    return sorted(found, key=lambda block: block.x0)


def _is_column(blocks: Sequence[Block], k: int, columns: Sequence[int], em: float) -> bool:
    """Whether a line or two begin on one level with a column beside them, and fill one as wide as that."""
    block = blocks[k]
    return any(
        abs(blocks[c].y0 - block.y0) < _FLAT * em
        and abs((blocks[c].x1 - blocks[c].x0) - (block.x1 - block.x0)) < em
        and 0 < max(blocks[c].x0 - block.x1, block.x0 - blocks[c].x1) < _BESIDE * em
        for c in columns
        if c != k and len(blocks[c].lines) >= 3
    )


def _overlap(a: Block, b: Block) -> float:
    """The share of the narrower block that two blocks have in common across the page."""
    return (min(a.x1, b.x1) - max(a.x0, b.x0)) / max(1.0, min(a.x1 - a.x0, b.x1 - b.x0))


def _on_one_level(a: Block, b: Block) -> bool:
    return min(a.y1, b.y1) - max(a.y0, b.y0) > -0.5 * min(a.size, b.size)


def _roots(
    blocks: Sequence[Block], titles: Sequence[int], span: dict[int, tuple[float, float]]
) -> dict[int, int]:
    """Headline blocks, each with the first of those set over one text: kicker, headline, deck."""
    root: dict[int, int] = {}
    for b in sorted(titles, key=lambda k: (blocks[k].y0, k)):
        over = [
            a
            for a in root
            if min(span[a][1], span[b][1]) - max(span[a][0], span[b][0])
            > 0.5 * min(blocks[a].x1 - blocks[a].x0, blocks[b].x1 - blocks[b].x0)
            and blocks[b].y0 - blocks[a].y1 <= 1.2 * max(blocks[a].size, blocks[b].size)
        ]
        root[b] = root[max(over, key=lambda a: (blocks[a].y1, -a))] if over else b
    return root


def _headline_of_line(
    blocks: Sequence[Block],
    k: int,
    bottom: dict[int, float],
    span: dict[int, tuple[float, float]],
    em: float,
) -> int | None:
    """The headline that a line or two of small type are set with: close to it and in its middle.

    ``bottom`` says of each headline where it ends, with the lines that are set with it.
    """
    block = blocks[k]
    if block.closed or len(block.lines) > 2 or block.x1 - block.x0 > _SHORT_LINE * em:
        return None
    if _is_column(blocks, k, [c for c in range(len(blocks)) if not blocks[c].title], em):
        return None
    middle = (block.x0 + block.x1) / 2
    best: tuple[float, int] | None = None
    for t, end in bottom.items():
        title = blocks[t]
        below, above = block.y0 - end, title.y0 - block.y1
        x0, x1 = span[t]
        centred = min(
            abs(middle - (title.x0 + title.x1) / 2), abs(middle - (x0 + x1) / 2), abs(block.x0 - title.x0)
        )
        near = -0.5 * em < below < 2.2 * em or -0.5 * em < above < 1.6 * em
        inside = block.x0 >= x0 - em and block.x1 <= x1 + em
        if near and inside and centred <= 1.2 * em:
            distance = max(below, above)
            if best is None or distance < best[0]:
                best = (distance, t)
    return best[1] if best else None
