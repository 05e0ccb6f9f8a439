"""Typesetting: a story's text to lines of characters in cells, and lines into the columns of its box.

All lengths are in cells: the advance of a full-width character of the body type. The frame is that of a
horizontal page; a vertical one is the same page turned a quarter (``sheet.py``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

NEVER_FIRST = frozenset("，。、；：！？”’」』）》〉】％…—·,.;:!?%)")
NEVER_LAST = frozenset("“‘「『（《〈【(")
LEADING = 1.5
GUTTER = 1.3
INDENT = 2.0


@dataclass(frozen=True)
class Story:
    """A clean article as it goes to press."""

    id: str
    title: str
    byline: str
    paragraphs: tuple[str, ...]
    kicker: str = ""
    subtitle: str = ""
    caption: str = ""

    def blocks(self) -> list[str]:
        """The blocks of its gold, in reading order."""
        head = [self.kicker, self.title, self.subtitle, self.byline]
        return [block for block in head if block] + list(self.paragraphs)


@dataclass(frozen=True)
class Glyph:
    """A character in its place: the upper left corner of its cell, and the size of its type."""

    character: str
    x: float
    y: float
    size: float
    bold: bool = False


@dataclass
class Setting:
    """What is printed on a page: lines of glyphs, pictures and rules as (x0, y0, x1, y1), and the gold."""

    lines: list[list[Glyph]] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    articles: list[dict[str, object]] = field(default_factory=list)
    furniture: list[str] = field(default_factory=list)

    def print_line(self, text: str, x: float, y: float, size: float = 1.0, *, bold: bool = False,
                   stretch: float = 0.0, upright: bool = False) -> float:  # fmt: skip
        """Print a line from its upper left corner; answers with its width."""
        glyphs = []
        at = x
        for character in text:
            if character != " ":
                glyphs.append(Glyph(character, at, y, size, bold))
            at += size * advance(character, upright) + stretch
        if glyphs:
            self.lines.append(glyphs)
        return at - x


def advance(character: str, upright: bool = False) -> float:
    """The width of a character's cell; on a vertical page (``upright``) figures stand one below the other."""
    return 0.5 if character == " " or (character.isascii() and not upright) else 1.0


def printable(text: str) -> str:
    """Text in the characters of the press: its per cent sign is as wide as a character."""
    return text.replace("%", "％")


def width_of(text: str, upright: bool = False) -> float:
    """The width of a text in type of size 1."""
    return sum(advance(character, upright) for character in text)


def wrap(text: str, width: float, indent: float, *, upright: bool) -> list[str]:
    """Lines of ``width`` cells, the first set in by ``indent``; marks hang rather than begin a line."""
    lines: list[str] = []
    line, room = "", width - indent
    for character in text:
        cells = advance(character, upright)
        if cells <= room + 1e-9 or (character in NEVER_FIRST and room > -0.9 and line):
            line += character
            room -= cells
            continue
        carried = ""
        while line and line[-1] in NEVER_LAST:
            line, carried = line[:-1], line[-1] + carried
        lines.append(line)
        line = carried + character
        room = width - width_of(line, upright)
    return [*lines, line] if line else lines


@dataclass(frozen=True)
class Style:
    """How one story is set in its box of ``span`` columns of ``width`` cells."""

    span: int
    width: float
    title_size: float
    left: bool = False
    title_span: int = 0
    short: tuple[int, int] = (0, 0)
    picture: tuple[int, int] = (0, 0)
    upright: bool = False
    byline_inside: bool = False

    @property
    def across(self) -> float:
        """The width of the box."""
        return self.span * self.width + (self.span - 1) * GUTTER


def styles(rng: random.Random, story: Story, span: int, width: float, *, upright: bool) -> Style:
    """A style as newspapers have them: mostly centred headlines over all columns, now and then otherwise."""
    title_span = span
    if span >= 2 and rng.random() < 0.12:
        title_span = rng.randrange(1, span)
    across = title_span * width + (title_span - 1) * GUTTER
    while title_span < span and width_of(story.title, upright) * 1.15 > 1.8 * across:
        title_span += 1
        across = title_span * width + (title_span - 1) * GUTTER
    one_line = width_of(story.title, upright) * 1.35 <= across
    lines = [story.title] if one_line else _in_two(story.title)
    # No line of a headline is printed over what stands beside it.
    fits = across / (max(width_of(line, upright) for line in lines) + 0.5)
    size = min(rng.uniform(1.5, 2.6), fits)
    columns = rng.choice((1, 1, 2)) if story.caption and span >= 3 else 1
    picture = (columns, rng.randrange(6, 10)) if story.caption and span >= 2 else (0, 0)
    short = (0, 0)
    if span >= 3 and rng.random() < 0.3:
        short = (rng.randrange(1, span), rng.randrange(10, 18))
    left, inside = rng.random() < 0.2, rng.random() < 0.25
    # A byline that is longer than a line of the column cannot stand in it.
    inside = inside and width_of(story.byline, upright) + INDENT <= width
    return Style(span, width, max(1.15, size), left, title_span, short, picture, upright, inside)


def set_story(page: Setting, story: Story, style: Style, x: float, y: float) -> list[float]:
    """Set a story with its box's upper left corner at (x, y); answers with the bottom of each column."""
    top = _set_title(page, story, style, x, y)
    tops = [top if c < style.title_span else y for c in range(style.span)]
    pieces: list[tuple[int, int, str, float]] = []  # block, offset, text, indent
    first = len(story.blocks()) - len(story.paragraphs)
    if story.byline and style.byline_inside:
        pieces.append((-1, 0, story.byline, INDENT))
    for block, paragraph in enumerate(story.paragraphs, start=first):
        offset = 0
        for k, line in enumerate(wrap(paragraph, style.width, INDENT, upright=style.upright)):
            pieces.append((block, offset, line, INDENT if k == 0 else 0.0))
            offset += len(line)
    heights, picture = _heights(style, len(pieces), tops)
    tears, ends = _pour(page, story, style, (x, heights, tops, picture), pieces)
    page.articles.append(
        {
            "id": story.id,
            "title": story.title,
            "blocks": story.blocks(),
            "tears": tears,
            "gap_before": [False] * len(story.blocks()),
        }
    )
    return ends


def _set_title(page: Setting, story: Story, style: Style, x: float, y: float) -> float:
    """The block of headlines; answers with the place where text may begin."""
    across = style.title_span * style.width + (style.title_span - 1) * GUTTER

    def put(text: str, size: float, y: float, bold: bool) -> None:
        room = across - width_of(text, style.upright) * size
        page.print_line(text, x if style.left else x + room / 2, y, size, bold=bold, upright=style.upright)

    if story.kicker:
        put(story.kicker, 1.15, y, False)
        y += 1.15 + 0.7
    for line in _title_lines(story.title, across / style.title_size, style.upright):
        put(line, style.title_size, y, True)
        y += style.title_size * 1.3
    if story.subtitle:
        put(
            story.subtitle,
            min(1.25, across / (width_of(story.subtitle, style.upright) + 0.5)),
            y + 0.3,
            False,
        )
        y += 2.1
    if story.byline and not style.byline_inside:
        put(story.byline, min(0.95, across / width_of(story.byline, style.upright)), y + 0.3, False)
        y += 1.8
    return y + 0.6


def _title_lines(title: str, width: float, upright: bool) -> list[str]:
    return [title] if width_of(title, upright) <= width + 0.01 else _in_two(title)


def _in_two(title: str) -> list[str]:
    """A headline in two lines, parted where it has white, else in its middle."""
    middle = len(title) // 2
    spaces = [k for k, c in enumerate(title) if c == " "]
    cut = min(spaces, key=lambda k: abs(k - middle)) if spaces else middle
    while cut < len(title) - 1 and (title[cut] in NEVER_FIRST or title[cut - 1] in NEVER_LAST):
        cut += 1
    return [title[:cut].strip(), title[cut:].strip()]


def _heights(
    style: Style, count: int, tops: list[float]
) -> tuple[list[int], tuple[int, float, float] | None]:
    """How many lines each column takes, and (first column, top, bottom) of a picture at the top of the last.

    Columns end on one level, but for those that make room for another story below them.
    """
    taken = [0.0] * style.span
    for c in range(style.span):
        taken[c] = (tops[c] - min(tops)) / LEADING
        if c >= style.span - style.picture[0]:
            taken[c] += style.picture[1]
        if c >= style.span - style.short[0]:
            taken[c] += style.short[1]
    level = 1
    while sum(max(0, int(level - t)) for t in taken) < count:
        level += 1
    heights = [max(0, int(level - t)) for t in taken]
    picture = None
    if style.picture[0]:
        top = max(tops[style.span - style.picture[0] :])
        picture = (style.span - style.picture[0], top, top + style.picture[1] * LEADING)
    return heights, picture


def _pour(
    page: Setting,
    story: Story,
    style: Style,
    place: tuple[float, list[int], list[float], tuple[int, float, float] | None],
    pieces: list[tuple[int, int, str, float]],
) -> tuple[list[list[int]], list[float]]:
    """Print the lines, and the picture; answers with the tears and the bottom of each column."""
    x, heights, tops, picture = place
    ends = []
    tears: list[list[int]] = []
    at = 0
    for c in range(style.span):
        left = x + c * (style.width + GUTTER)
        y = tops[c]
        if picture is not None and c >= picture[0]:
            y = picture[2]
        for k in range(heights[c]):
            if at == len(pieces):
                break
            block, offset, text, indent = pieces[at]
            if k == 0 and offset and at and pieces[at - 1][0] == block:
                tears.append([block, offset])
            last = at + 1 == len(pieces) or pieces[at + 1][0] != block
            room = style.width - indent - width_of(text, style.upright)
            # Lines are justified but for a paragraph's last, and for hanging marks.
            stretch = room / max(1, len(text) - 1) if not last and 0 < room < 3 else 0.0
            page.print_line(text, left + indent, y, stretch=stretch, upright=style.upright)
            y += LEADING
            at += 1
        ends.append(y)
    if picture is not None:
        left = x + picture[0] * (style.width + GUTTER)
        right = x + style.across
        page.pictures.append((left, picture[1], right, picture[2] - 1.9))
        fits = int((right - left) / 0.85)
        page.print_line(story.caption[:fits], left, picture[2] - 1.55, 0.85, upright=style.upright)
    return tears, ends
