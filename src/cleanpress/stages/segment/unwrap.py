"""Hard-wrapped column lines to paragraphs: which line goes on from the one above it."""

from __future__ import annotations

import re

from cleanpress.stages.segment.lines import Columns, Line, ends_sentence
from cleanpress.stages.segment.patterns import is_byline, is_furniture, is_jump, starts_title

_PAUSES = "，、,；;：:（(《“‘—"
_WHOLE_DATELINE = re.compile(r"^(?:本报讯|新华社|本报)")


def group_lines(lines: list[Line], columns: Columns) -> list[tuple[int, int]]:
    """Ranges ``[first, last)`` of line indices that make one fragment each, in printed order.

    A blank line always ends a fragment: whether a paragraph goes on behind it (as it does where a
    column ends) is for the reassembly to decide, which sees the whole page.
    """
    groups: list[tuple[int, int]] = []
    first = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or not _goes_on(lines, columns, i - 1):
            groups.append((first, i))
            first = i
    return groups


def _goes_on(lines: list[Line], columns: Columns, i: int) -> bool:
    """Whether line i + 1 goes on in the same fragment as line i."""
    line, following = lines[i], lines[i + 1]
    if line.block != following.block or not columns.full[i] or not columns.full[i + 1]:
        return False
    if stands_alone(lines, columns, i) or stands_alone(lines, columns, i + 1):
        return False
    if columns.printed_indents:
        return following.indent < 1 and (columns.is_full(i) or not line.closed)
    if not line.closed:
        # A short line without a closing mark: the mark was lost at a paragraph's end, the line is an
        # indented first line, or the engine dropped characters. Only the first of these is an end.
        return not _ends_without_mark(lines, columns, i)
    if columns.lost_indents and columns.is_first(i) and not columns.is_full(i):
        # A first line that closes a sentence two characters before the column's end: a whole
        # one-line paragraph would be as long only by chance.
        return not columns.is_first(i + 1)
    if not columns.is_full(i):
        return False
    return not (columns.lost_indents and _starts_paragraph(lines, columns, i + 1))


def _starts_paragraph(lines: list[Line], columns: Columns, i: int) -> bool:
    """Whether line i, short by an indent, starts a paragraph rather than ends one."""
    if not columns.is_first(i):
        return False
    if not ends_sentence(lines[i].text):
        return True
    return i + 1 < len(lines) and lines[i + 1].block == lines[i].block and columns.is_first(i + 1)


def _ends_without_mark(lines: list[Line], columns: Columns, i: int) -> bool:
    """Whether a line with no closing mark ends its paragraph all the same (the engine lost the mark)."""
    line = lines[i]
    if line.text[-1] in _PAUSES or columns.is_full(i):
        return bool(
            columns.lost_indents
            and line.text[-1] not in _PAUSES
            and columns.is_first(i + 1)
            and not columns.is_first(i)
            and _starts_paragraph(lines, columns, i + 1)
            and _WHOLE_DATELINE.match(lines[i + 1].text)
        )
    short_by = columns.full[i] - columns.lengths[i]
    if columns.lost_indents and columns.is_first(i):
        return False
    return short_by > 4 and columns.lost_indents and columns.is_first(i + 1)


def stands_alone(lines: list[Line], columns: Columns, i: int) -> bool:
    """Whether line i is a fragment by itself: furniture, a byline, a jump line, a title line."""
    text = lines[i].text
    if is_furniture(text) or is_jump(text):
        return not (_inside_paragraph(lines, columns, i) and _runs_on(lines, columns, i))
    if is_byline(text) and not _inside_paragraph(lines, columns, i):
        return True
    if lines[i].closed:
        return False
    if columns.full[i] and columns.lengths[i] > columns.full[i] + 2.01:
        return True
    after_byline = i + 1 < len(lines) and is_byline(lines[i + 1].text)
    if after_byline and not _inside_paragraph(lines, columns, i + 1):
        return i == 0 or lines[i - 1].closed or lines[i - 1].block != lines[i].block
    return starts_title(text)


def _runs_on(lines: list[Line], columns: Columns, i: int) -> bool:
    """Whether line i, a date or 第12版 by its look, fills its column or is followed by more of its paragraph.

    A torn article ends in the middle of a sentence too, and the line below it may send the reader on: so
    a line above which runs on is not enough, and a jump line in brackets is what it says.
    """
    if is_jump(lines[i].text) and not lines[i].text[0].isalnum():
        return False
    if columns.is_full(i):
        return True
    if i + 1 == len(lines) or lines[i + 1].block != lines[i].block or not columns.full[i + 1]:
        return False
    if columns.printed_indents:
        return lines[i + 1].indent < 1
    return not (columns.lost_indents and _starts_paragraph(lines, columns, i + 1))


def _inside_paragraph(lines: list[Line], columns: Columns, i: int) -> bool:
    """Whether line i only looks like a byline or furniture: a full line above runs on into it."""
    if i == 0 or lines[i - 1].block != lines[i].block:
        return False
    above = lines[i - 1]
    return (
        columns.is_full(i - 1) and not above.closed and columns.lengths[i - 1] <= columns.full[i - 1] + 1.01
    )
