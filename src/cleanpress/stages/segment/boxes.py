"""Fragments and roles of a page with coordinates: by indents, white and sizes of type, then by words.

What lines without coordinates leave to be guessed from their lengths (``lines``, ``unwrap``, ``roles``),
boxes say: where a line begins in its column, how far it reaches, how large it is set and what stands over it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleanpress.edited import EditedText
from cleanpress.model import Layout, LayoutLine, Role
from cleanpress.stages.segment.lines import Line
from cleanpress.stages.segment.patterns import (
    is_byline,
    is_caption,
    is_furniture,
    is_jump,
    is_kicker,
    is_subtitle,
    starts_title,
)
from cleanpress.stages.segment.roles import LONGEST_SUBHEAD, looks_like_title

INDENT = (1.3, 3.3)
"""Sizes of type by which a paragraph's first line is set in: two, as boxes are drawn and letters lost."""
_WHITE = 0.75
"""Sizes by which the white above a line is larger than usual where a paragraph begins."""
_SHORT = 1.6
"""Sizes of room from which a line does not fill its column."""
_HEADLINE = 0.85
"""Ratio to the largest line of a headline from which another one is a line of it, not a kicker or a deck."""
_SMALLER, _LARGER = 0.91, 1.18
"""Ratios to the size of the text below and above which type is another one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a text with their places: ``places[i]`` is where ``lines[i]`` was printed.

    ``indented`` says that paragraphs begin with an indent; ``em`` is the size of the text in pixels.
    """

    lines: Sequence[Line]
    places: Sequence[LayoutLine]
    indented: bool
    em: float
    white: float

    def is_first(self, i: int) -> bool:
        """Whether line i is set in as the first line of a paragraph is."""
        return self.indented and INDENT[0] <= self.places[i].indent <= INDENT[1]

    def is_full(self, i: int) -> bool:
        """Whether line i reaches the end of its column."""
        return self.places[i].room < _SHORT

    def same_block(self, i: int, j: int) -> bool:
        """Whether two lines stand in one piece of a column."""
        return self.places[i].block == self.places[j].block


def sheet_of(edited: EditedText, lines: Sequence[Line], layout: Layout) -> Sheet:
    """The places of the lines of a text; every line of it was printed in some line of the layout."""
    starts = [line.span.start for line in layout.lines]
    places = []
    for line in lines:
        k = bisect_right(starts, edited.to_page(line.start)) - 1
        places.append(layout.lines[max(0, k)])
    text = [(len(line.text), place) for line, place in zip(lines, places, strict=True) if not place.title]
    set_in = sum(INDENT[0] <= place.indent <= INDENT[1] and n > 4 for n, place in text)
    whites = sorted(place.above for _, place in text if place.above > 0)
    sizes = sorted(place.size for n, place in text if n > 6) or [place.size for place in places] or [1.0]
    return Sheet(
        lines,
        places,
        set_in >= max(2, 0.04 * len(text)),
        sizes[len(sizes) // 2],
        whites[len(whites) // 2] if whites else 0.0,
    )


def group_boxes(sheet: Sheet) -> list[tuple[int, int]]:
    """Ranges ``[first, last)`` of lines that make one fragment each, in reading order."""
    borders = [0, *(i + 1 for i in range(len(sheet.lines) - 1) if not _goes_on(sheet, i)), len(sheet.lines)]
    return [(a, b) for a, b in pairwise(borders) if a < b]


def _goes_on(sheet: Sheet, i: int) -> bool:
    """Whether line i + 1 goes on in the paragraph of line i."""
    j = i + 1
    if sheet.places[i] is sheet.places[j]:
        return True
    if not sheet.same_block(i, j) or sheet.places[i].title or sheet.places[j].title:
        return False
    if _stands_alone(sheet, i) or _stands_alone(sheet, j):
        return False
    if sheet.places[j].above > sheet.white + _WHITE:
        return False
    if sheet.indented:
        return not sheet.is_first(j)
    return not sheet.lines[i].closed or sheet.is_full(i)


def _stands_alone(sheet: Sheet, i: int) -> bool:
    """Whether line i is a fragment by itself, whatever is set around it."""
    text = sheet.lines[i].text
    if _is_centred(sheet, i):
        return True
    runs_on = _runs_on(sheet, i)
    if is_furniture(text) or is_jump(text) or is_byline(text) or is_caption(text):
        return not runs_on
    return starts_title(text) and not runs_on and not sheet.is_first(i)


def _runs_on(sheet: Sheet, i: int) -> bool:
    """Whether a paragraph that is under way above line i runs on into it."""
    if i == 0 or not sheet.same_block(i - 1, i) or sheet.is_first(i):
        return False
    return not sheet.lines[i - 1].closed and sheet.is_full(i - 1)


def _is_centred(sheet: Sheet, i: int) -> bool:
    """Whether line i is set in the middle of its column: a subhead, a signature."""
    place = sheet.places[i]
    return (
        not sheet.lines[i].closed
        and place.indent > 1.5
        and place.room > 1.5
        and abs(place.indent - place.room) < max(1.0, 0.25 * place.indent)
        and len(sheet.lines[i].text) <= LONGEST_SUBHEAD
        and (place.indent > INDENT[1] or looks_like_title(sheet.lines[i].text))
        and not (sheet.is_first(i) and i + 1 < len(sheet.lines) and _below_runs_on(sheet, i))
    )


def _below_runs_on(sheet: Sheet, i: int) -> bool:
    """Whether the line below line i is no first line, so that it may go on from it."""
    return sheet.same_block(i, i + 1) and not sheet.is_first(i + 1) and sheet.places[i].room < 3


def roles_of_boxes(sheet: Sheet, groups: Sequence[tuple[int, int]]) -> list[Role]:
    """A role for each group of lines."""
    largest: dict[int, float] = {}
    at: dict[int, int] = {}
    for first, last in groups:
        place = sheet.places[first]
        if place.title:
            size = max(sheet.places[i].size for i in range(first, last))
            if size > 1.08 * largest.get(place.group, 0.0):
                largest[place.group], at[place.group] = size, first
    return [_role(sheet, group, largest, at) for group in groups]


def _role(sheet: Sheet, group: tuple[int, int], largest: dict[int, float], at: dict[int, int]) -> Role:
    first, last = group
    text = "".join(sheet.lines[i].text for i in range(first, last))
    place = sheet.places[first]
    if is_furniture(text) or _is_page_line(sheet, group, text) or _is_speck(sheet, group, text):
        return Role.FURNITURE
    if is_jump(text):
        return Role.JUMP
    if place.title and first < at.get(place.group, first) and place.size < _HEADLINE * largest[place.group]:
        # Above the headline: no names stand there, whatever it reads like (记者走基层).
        return Role.KICKER
    if is_byline(text) and place.size < 1.4 * sheet.em:
        return Role.BYLINE
    if place.title:
        if is_kicker(text):
            return Role.KICKER
        if is_subtitle(text):
            return Role.SUBTITLE
        if place.size >= _HEADLINE * largest.get(place.group, place.size):
            return Role.HEADLINE
        if place.size <= 1.1 * sheet.em and len(text) <= 14 and first > at.get(place.group, first):
            # A short line in the size of the text under a headline: names that no pattern knows.
            return Role.BYLINE
        return Role.KICKER if first < at.get(place.group, first) else Role.SUBTITLE
    if is_kicker(text):
        return Role.KICKER
    if is_subtitle(text):
        return Role.SUBTITLE
    if is_caption(text) and len(text) <= 80:
        return Role.CAPTION
    if _is_small_print(sheet, group):
        return Role.CAPTION
    if last - first == 1 and _is_subhead(sheet, first):
        return Role.SUBHEAD
    return Role.PARAGRAPH


_DATED = re.compile(r"^\S{0,6}?(?:[12]\d{3}年\d{1,2}月\S{1,2}日|(?<![0-9A-Z])第?[0-9A-Z]{1,3}版)")
"""A date, or the number of a page, as either is read: a small figure is often misread. 2022版 is no page."""


def _is_page_line(sheet: Sheet, group: tuple[int, int], text: str) -> bool:
    """Whether a line stands alone at the edge of the sheet and names its date or its page."""
    first, last = group
    place = sheet.places[first]
    if (
        last - first > 1
        or len(text) > 40
        or place.size > 1.4 * sheet.em
        or not _DATED.match("".join(text.split()))
    ):
        return False
    beside = [sheet.places[i].block for i in (first - 1, last) if 0 <= i < len(sheet.places)]
    boxes = [other.box for other in sheet.places if other.page == place.page and other is not place]
    if not boxes or place.block in beside:
        return False
    box, edge = place.box, 1.5 * sheet.em
    if box.y1 - box.y0 > box.x1 - box.x0:
        # A line that runs down the page: its top is the right, its bottom the left of the sheet.
        return box.x1 > max(b.x1 for b in boxes) - edge or box.x0 < min(b.x0 for b in boxes) + edge
    return box.y0 < min(b.y0 for b in boxes) + edge or box.y1 > max(b.y1 for b in boxes) - edge


_SPECK = re.compile(r"[A-Za-z.,:;|+*~^'\"_-]{1,3}")


def _is_speck(sheet: Sheet, group: tuple[int, int], text: str) -> bool:
    """Whether a letter or two stand by themselves: what engines read in pictures and rules."""
    first, last = group
    return last - first == 1 and _is_alone(sheet, group) and _SPECK.fullmatch(text.strip()) is not None


def _is_alone(sheet: Sheet, group: tuple[int, int]) -> bool:
    """Whether no other lines stand in the block of a group."""
    first, last = group
    block = sheet.places[first].block
    return (first == 0 or sheet.places[first - 1].block != block) and (
        last == len(sheet.lines) or sheet.places[last].block != block
    )


def _is_small_print(sheet: Sheet, group: tuple[int, int]) -> bool:
    """Whether lines in smaller type than the text stand alone: the words under a picture."""
    first, last = group
    size = max(sheet.places[i].size for i in range(first, last))
    letters = sum(len(sheet.lines[i].text) for i in range(first, last))
    return _is_alone(sheet, group) and size < _SMALLER * sheet.em and 8 <= letters <= 120


def _is_subhead(sheet: Sheet, i: int) -> bool:
    """Whether a single line of a column heads what is below it."""
    text = sheet.lines[i].text
    if not looks_like_title(text) or len(text) > LONGEST_SUBHEAD or len(text) < 3:
        return False
    if _runs_on(sheet, i):
        return False
    larger = sheet.places[i].size > _LARGER * sheet.em and len(text) >= 4
    room = sheet.places[i].indent + sheet.places[i].room
    return larger or _is_centred(sheet, i) or (room >= 3 and (i == 0 or sheet.lines[i - 1].closed))


def open_head_of_box(sheet: Sheet, first: int) -> float:
    """Probability that the paragraph at line ``first`` starts in the middle of one, by its place."""
    place = sheet.places[first]
    if sheet.indented:
        if sheet.is_first(first):
            return 0.04
        if place.indent < 1.0:
            return 0.93 if len(sheet.lines[first].text) > 1 else 0.98
    return 0.4 if place.above == 0 else 0.1
