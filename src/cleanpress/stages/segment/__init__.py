"""Segment: the page's text into fragments, each with its role and its torn ends.

A fragment is what was printed in one place: a title line, a byline, a paragraph or the part of one
that stood in a column. Line breaks inside a fragment and white space between fragments become edits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleanpress.edited import Change, EditedText, render
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Fragment, Layout, Role, Span
from cleanpress.stages.segment.boxes import (
    Sheet,
    group_boxes,
    open_head_of_box,
    roles_of_boxes,
    sheet_of,
)
from cleanpress.stages.segment.line_marks import lost_marks, short_lines
from cleanpress.stages.segment.lines import (
    CLOSING,
    TERMINAL,
    Columns,
    Line,
    ends_sentence,
    measure_columns,
    split_lines,
)
from cleanpress.stages.segment.roles import assign_roles
from cleanpress.stages.segment.unwrap import group_lines

__all__ = ["Segmentation", "segment"]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The page's fragments in printed order, and its text with all line breaks folded into edits.

    ``short`` are the offsets of the page at which a line ends that lacks one cell and goes on below.
    """

    fragments: tuple[Fragment, ...]
    edited: EditedText
    short: frozenset[int] = frozenset()


def segment(
    edited: EditedText,
    layout: Layout | None = None,
    model: LanguageModel | None = None,
    rules_off: frozenset[str] = frozenset(),
    read: Sequence[Span] = (),
) -> Segmentation:
    """Cut a normalised page into fragments, by the places of its lines where a ``layout`` says them.

    The white space between fragments is removed by edits named ``block-break``, line breaks inside a
    fragment by ``line-break`` (between two Latin words a space takes their place) or, where the engine lost
    a mark there, by ``line-end-mark``. Every other character of the page lies in exactly one fragment.
    ``model`` weighs whether a line of a column goes on from the one above it; without one, the packaged model
    does. ``rules_off`` names rules that do not run, ``read`` the spans of the page that a person has read:
    inside of these, lines are folded and nothing else.
    """
    lines = split_lines(edited.text)
    columns = measure_columns(lines)
    sheet = sheet_of(edited, lines, layout) if layout is not None and lines else None
    groups = (
        group_lines(lines, columns, model or LanguageModel.load()) if sheet is None else group_boxes(sheet)
    )
    ends = [
        k for first, last in groups for k in range(first, last - 1) if not _is_read(edited, lines[k], read)
    ]
    short = short_lines(lines, columns, ends)
    missing: Mapping[int, tuple[str, float]] = {}
    if "line-end-mark" not in rules_off:
        missing = lost_marks(lines, short, model or LanguageModel.load())
    hyphens = frozenset(ends) if "line-end-hyphen" not in rules_off else frozenset()
    changes = _fold_breaks(edited, lines, groups, missing, hyphens)
    folded = edited.apply(changes)
    roles = assign_roles(lines, columns, groups) if sheet is None else roles_of_boxes(sheet, groups)
    fragments = []
    for (first, last), role in zip(groups, roles, strict=True):
        span = Span(edited.to_page(lines[first].start), _page_end(edited, lines[last - 1].end))
        text = render(folded.original, folded.edits, span)
        fragments.append(
            Fragment(
                span,
                text,
                role,
                open_head=_open_head(lines, columns, sheet, first, role),
                open_tail=_open_tail(text, columns, last - 1, role),
                block=lines[first].block,
            )
        )
    return Segmentation(tuple(fragments), folded, frozenset(edited.to_page(lines[k].end) for k in short))


def _is_read(edited: EditedText, line: Line, read: Sequence[Span]) -> bool:
    """Whether a person has read what stands on both sides of the end of a line."""
    end = edited.to_page(line.end)
    return any(span.start < end < span.end for span in read)


def _page_end(edited: EditedText, end: int) -> int:
    """Where on the page a line ends; where an earlier edit took its last letters and the white space behind
    them together, behind that edit."""
    inside = edited.around(end)
    return edited.to_page(end if inside is None else inside[1])


def _block_break(edited: EditedText, start: int, end: int) -> list[Change]:
    """Take the white space between two fragments away.

    Some of it may have come out of one edit with the letters beside it, as an indent in mojibake. That part
    is folded into that edit: one edit over both would cross the fragment's border.
    """
    before, behind = edited.around(start), edited.around(end)
    borders = {start, end, *((before[1],) if before else ()), *((behind[0],) if behind else ())}
    cuts = sorted(border for border in borders if start <= border <= end)
    return [Change(low, high, "", "block-break") for low, high in pairwise(cuts)]


def _fold_breaks(
    edited: EditedText,
    lines: list[Line],
    groups: list[tuple[int, int]],
    missing: Mapping[int, tuple[str, float]],
    hyphens: frozenset[int],
) -> list[Change]:
    text = edited.text
    changes: list[Change] = []
    starts = {first for first, _ in groups}
    position = 0
    for i, line in enumerate(lines):
        if line.start > position:
            inside = i > 0 and i not in starts
            if inside and i - 1 in hyphens and _is_hyphenated(text, position, line.start):
                changes.append(Change(position - 1, line.start, "", "line-end-hyphen", 0.9))
            elif inside and i - 1 in missing:
                changes.append(
                    Change(position, line.start, missing[i - 1][0], "line-end-mark", missing[i - 1][1])
                )
            elif inside:
                between = " " if _are_words(text[position - 1], text[line.start]) else ""
                changes.append(Change(position, line.start, between, "line-break"))
            else:
                changes += _block_break(edited, position, line.start)
        position = line.end
    if position < len(text):
        changes += _block_break(edited, position, len(text))
    return changes


def _is_hyphenated(text: str, end: int, start: int) -> bool:
    """Whether a line ends in a Latin word that was parted with a hyphen, and the next one goes on in it."""
    before, behind = text[max(0, end - 3) : end - 1], text[start : start + 2]
    parted = text[end - 1] == "-" and len(before) == 2 and len(behind) == 2
    return parted and (before + behind).isascii() and (before + behind).isalpha() and behind.islower()


def _are_words(left: str, right: str) -> bool:
    """Whether a line break between two characters stood for a space: Latin letters on both sides."""
    return left.isascii() and right.isascii() and left.isalpha() and right.isalpha()


def _open_head(lines: list[Line], columns: Columns, sheet: Sheet | None, first: int, role: Role) -> float:
    """Probability that a fragment starts in the middle of a paragraph, by marks and layout alone.

    Figures are rough priors; the reassembly weighs them against the language model.
    """
    if role is not Role.PARAGRAPH:
        return 0.0
    start = lines[first].text[0]
    if start in TERMINAL + "，、,；;：:）)》」』%％":
        return 0.98
    if sheet is not None:
        return open_head_of_box(sheet, first)
    if columns.printed_indents and columns.full[first]:
        return 0.05 if lines[first].indent >= 1 else 0.9
    if columns.lost_indents and columns.full[first]:
        if columns.is_full(first):
            return 0.85
        if columns.is_first(first):
            return 0.05
    return 0.3


def _open_tail(text: str, columns: Columns, last: int, role: Role) -> float:
    """Probability that a fragment ends in the middle of a paragraph."""
    if role is not Role.PARAGRAPH:
        return 0.0
    bare = text.rstrip(CLOSING)
    if not bare or ends_sentence(text):
        return 0.2 if columns.is_full(last) else 0.03
    return 0.6 if bare[-1] in "：:；;" else 0.95
