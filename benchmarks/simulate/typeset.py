"""Columns as a typesetter sets them and an engine reads them, with the truth of every line.

What ``columns.py`` leaves out of its even lines: ragged readings, drop capitals, subheads set in the column,
pictures that narrow it, digits of half a cell. Pages are in printed order and whole; the one question here is
which line goes on from the line above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from cleanpress.model import Role
from simulate.columns import HANGING
from simulate.compose import SetArticle, SetBlock, compose
from simulate.pages import load
from simulate.settings import Settings, draw_style

OPENING = frozenset("“‘（《〈「『【")


@dataclass(frozen=True, slots=True)
class Setting:
    """How a page is set and read. Rates are 0..1."""

    width: int
    indent: str
    """``printed``, ``lost`` (the engine gives none), or ``none`` (a blank line or nothing instead)."""
    blank: bool
    """Whether a blank line stands between paragraphs."""
    half_cells: bool
    """Whether digits and Latin letters take half a cell."""
    height: int
    blank_between_columns: bool
    dropped: float = 0.0
    """Share of lines that lost one to three characters at their end, or inside."""
    misread: float = 0.0
    """Share of characters that are another one."""
    dropped_mark: float = 0.0
    """Share of marks at the end of a line that were lost."""
    drop_capital: float = 0.0
    """Share of articles whose first character is as tall as two or three lines."""
    pictures: float = 0.0
    """Share of columns that a picture narrows for some lines."""
    subheads: float = 0.0
    """Share of places between paragraphs with a subhead in the column."""
    blank_at_subheads: bool = False


FEATURES = ("plain", "ragged", "drop capitals", "subheads", "pictures", "everything")


def draw_setting(feature: str, rng: Random) -> Setting:
    """A page's setting; ``feature`` (of ``FEATURES``) is what makes it hard."""
    indent = rng.choice(["printed", "printed", "lost", "lost", "none"])
    plain = Setting(
        width=rng.randint(10, 24),
        indent=indent,
        blank=rng.random() < (0.9 if indent == "none" else 0.3),
        half_cells=rng.random() < 0.6,
        height=rng.randint(12, 40),
        blank_between_columns=rng.random() < 0.7,
    )
    every = feature == "everything"
    if every or feature == "ragged":
        plain = replace(
            plain,
            dropped=rng.choice([0.05, 0.1, 0.2]),
            misread=rng.choice([0.0, 0.01, 0.03]),
            dropped_mark=rng.choice([0.0, 0.1, 0.3]),
        )
    if every or feature == "drop capitals":
        plain = replace(plain, drop_capital=0.7)
    if every or feature == "subheads":
        plain = replace(plain, subheads=rng.choice([0.15, 0.3]), blank_at_subheads=rng.random() < 0.4)
    if every or feature == "pictures":
        plain = replace(plain, pictures=0.5)
    return plain


@dataclass(frozen=True, slots=True)
class SetLine:
    """A printed line: of which block (a number on the page), whether a blank line stands above it, and the
    mark that was lost at its end."""

    text: str
    block: int
    role: Role
    blank_above: bool
    lost: str = ""


def pages(fold: str, feature: str, n: int, seed: int) -> Iterator[tuple[Setting, list[SetLine]]]:
    """``n`` pages of articles of a fold; page ``k`` depends on ``seed``, ``feature`` and ``k`` alone."""
    library = load(fold, ("news", "web"))
    for k in range(n):
        rng = Random(f"{seed}/{feature}/{k}")
        setting = draw_setting(feature, rng)
        style = draw_style(Settings(tidy=1.0), rng)
        chosen = [compose(article, style, rng) for article in library.choose(rng)[:5]]
        yield setting, list(set_page(chosen, setting, rng))


def set_page(chosen: Sequence[SetArticle], setting: Setting, rng: Random) -> Iterator[SetLine]:
    """The lines of a page of composed articles, in reading order; blocks are numbered from 0."""
    number = 0
    for article in chosen:
        first = article.body_start
        for block in article.blocks[:first]:
            yield SetLine(block.text, number, block.role, True)
            number += 1
        body = _with_subheads(article.blocks[first:], setting, rng)
        yield from _column(body, number, setting, rng)
        number += len(body)


def _with_subheads(blocks: Sequence[SetBlock], setting: Setting, rng: Random) -> list[SetBlock]:
    body: list[SetBlock] = []
    for block in blocks:
        if body and body[-1].role is Role.PARAGRAPH and rng.random() < setting.subheads:
            clauses = [part for part in block.text.replace("。", "，").split("，") if 4 <= len(part) <= 14]
            if clauses:
                body.append(SetBlock(Role.SUBHEAD, rng.choice(clauses).strip("“”《》、：")))
        body.append(block)
    return [block for block in body if block.text.strip()]


def _column(blocks: Sequence[SetBlock], number: int, setting: Setting, rng: Random) -> Iterator[SetLine]:
    """The body of an article, column after column."""
    row, narrow = 0, _narrowed(setting, rng)
    capital = 0
    for index, block in enumerate(blocks):
        subhead = block.role is not Role.PARAGRAPH
        above = index == 0 or (setting.blank and not subhead)
        if subhead or (index and blocks[index - 1].role is not Role.PARAGRAPH):
            above = setting.blank_at_subheads or index == 0
        rest, first = block.text, True
        if index == 0 and not subhead and rng.random() < setting.drop_capital and rest[0].isalpha():
            # The engine reads the tall character as a line of its own.
            yield SetLine(rest[0], number, block.role, True)
            rest, first, above, capital = rest[1:], False, False, rng.choice([2, 3])
        while rest:
            if row == setting.height:
                row, narrow = 0, _narrowed(setting, rng)
                above = above or setting.blank_between_columns
            indented = first and not subhead and setting.indent != "none"
            room = setting.width - (2 if indented or subhead else 0) - (2 if capital else 0)
            end = _line_end(rest, min(room, narrow.get(row, room)), setting)
            white = "　　" if indented and setting.indent == "printed" else ""
            if subhead and setting.indent == "printed":
                white = "　" * max(0, (setting.width - end) // 2)
            printed, lost = _read(rest[:end], setting, rng)
            if printed:
                yield SetLine(white + printed, number + index, block.role, above, lost)
                above = False
            rest, first, row, capital = rest[end:], False, row + 1, max(0, capital - 1)


def _narrowed(setting: Setting, rng: Random) -> dict[int, int]:
    """The rows of a column beside a picture, and the room that it leaves."""
    if rng.random() >= setting.pictures or setting.width < 14:
        return {}
    top, height = rng.randint(2, max(2, setting.height - 6)), rng.randint(4, 9)
    return dict.fromkeys(range(top, top + height), rng.randint(6, setting.width - 5))


def _line_end(text: str, room: int, setting: Setting) -> int:
    """Where a line of that room ends: no closing mark begins the next one, no opening mark ends this one."""
    end, used = 0, 0.0
    while end < len(text):
        used += 0.5 if setting.half_cells and text[end].isascii() else 1.0
        if used > room:
            break
        end += 1
    end = max(end, 1)
    while end < len(text) and text[end] in HANGING:
        end += 1
    while 1 < end < len(text) and text[end - 1] in OPENING:
        end -= 1
    return end


def _read(text: str, setting: Setting, rng: Random) -> tuple[str, str]:
    """What an engine makes of a line, and the mark that it lost at the end."""
    characters = [
        chr(rng.randint(0x4E00, 0x9FA0)) if c.isalpha() and rng.random() < setting.misread else c
        for c in text
    ]
    before = len(characters)
    if characters and characters[-1] in "，。、；" and rng.random() < setting.dropped_mark:
        characters.pop()
    if len(characters) > 5 and rng.random() < setting.dropped:
        at = len(characters) if rng.random() < 0.5 else rng.randint(3, len(characters))
        del characters[at - rng.randint(1, 3) : at]
    alone = (
        text[-1:] in "，。、；" and len(characters) == before - 1 and "".join(characters[-2:]) != text[-2:]
    )
    return "".join(characters).strip(), text[-1] if alone else ""
