"""Hard-wrapped column lines to paragraphs: which line goes on from the one above it."""

from __future__ import annotations

from collections.abc import Sequence

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.segment.going_on import going_on
from cleanpress.stages.segment.lines import Columns, Line, ends_sentence
from cleanpress.stages.segment.patterns import is_byline, is_furniture, is_jump, starts_title


def group_lines(lines: Sequence[Line], columns: Columns, model: LanguageModel) -> list[tuple[int, int]]:
    """Ranges ``[first, last)`` of line indices that make one fragment each, in printed order.

    A blank line always ends a fragment: whether a paragraph goes on behind it (as it does where a
    column ends) is for the reassembly to decide, which sees the whole page.
    """
    asked = [may_go_on(lines, columns, i) for i in range(len(lines) - 1)]
    answers = going_on(lines, columns, model) if any(asked) else [0.0] * len(asked)
    # A date or 第12版 that a paragraph runs through is short for no reason that the network knows.
    through = [looks_like_furniture(line.text) and not line.closed for line in lines]
    groups: list[tuple[int, int]] = []
    first = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or not (asked[i - 1] and (answers[i - 1] > 0.5 or through[i - 1] or through[i])):
            groups.append((first, i))
            first = i
    return groups


def may_go_on(lines: Sequence[Line], columns: Columns, i: int) -> bool:
    """Whether line i + 1 can be of one fragment with line i: both in a column, neither a thing by itself."""
    if lines[i].block != lines[i + 1].block or not columns.full[i] or not columns.full[i + 1]:
        return False
    return not (stands_alone(lines, columns, i) or stands_alone(lines, columns, i + 1))


def _starts_paragraph(lines: Sequence[Line], columns: Columns, i: int) -> bool:
    """Whether line i, short by an indent, starts a paragraph rather than ends one."""
    if not columns.is_first(i):
        return False
    if not ends_sentence(lines[i].text):
        return True
    return i + 1 < len(lines) and lines[i + 1].block == lines[i].block and columns.is_first(i + 1)


def stands_alone(lines: Sequence[Line], columns: Columns, i: int) -> bool:
    """Whether line i is a fragment by itself: furniture, a byline, a jump line, a title line."""
    text = lines[i].text
    if looks_like_furniture(text):
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
    # A dash or 【 may also begin a line inside a paragraph, or a whole paragraph: those lines are full.
    return starts_title(text) and not columns.is_full(i) and not _inside_paragraph(lines, columns, i)


def looks_like_furniture(text: str) -> bool:
    """Whether a line by itself would be furniture or a jump line."""
    return is_furniture(text) or is_jump(text)


def _runs_on(lines: Sequence[Line], columns: Columns, i: int) -> bool:
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


def _inside_paragraph(lines: Sequence[Line], columns: Columns, i: int) -> bool:
    """Whether line i only looks like a byline or furniture: a full line above runs on into it."""
    if i == 0 or lines[i - 1].block != lines[i].block:
        return False
    above = lines[i - 1]
    return (
        columns.is_full(i - 1) and not above.closed and columns.lengths[i - 1] <= columns.full[i - 1] + 1.01
    )
