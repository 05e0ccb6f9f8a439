"""How torn a page is: what can be set, and what one page draws from it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Settings:
    """Probabilities (0..1) and ranges ``(low, high)`` that every page draws its own style from.

    The defaults make pages that differ widely, from tidy to wrecked. A rate given as a range is drawn
    once a page, uniformly, so two pages of one run are unlike each other on purpose.
    """

    tidy: float = 0.1
    """Share of pages with nothing out of order, repeated or lost (columns are torn all the same)."""
    wrapped: float = 0.45
    """Share of pages in hard-wrapped column lines; the others print a paragraph a line."""
    traditional: float = 0.04
    """Share of pages set wholly in traditional characters."""
    column_width: tuple[int, int] = (12, 25)
    """Characters a line."""
    column_height: tuple[int, int] = (6, 34)
    """Lines a column."""
    even: float = 0.5
    """Share of pages whose articles are set in columns of equal height; of those that print a paragraph a
    line, half are equal to the character, as text poured without regard to lines is, half to the line."""
    sentence_ends: float = 0.0
    """Share of columns that end with the sentence nearest to their height; by itself one in forty does."""
    disorder: tuple[float, float] = (0.1, 2.0)
    """Columns, headlines and bylines moved out of place, as a mean count per article."""
    copies: tuple[float, float] = (0.0, 1.0)
    """Runs of paragraphs printed again, as a mean count per article."""
    losses: tuple[float, float] = (0.0, 0.2)
    """Columns, or ends of columns, that are not printed at all, as a mean count per article."""
    misread: tuple[float, float] = (0.0, 0.05)
    """Share of characters replaced by a look-alike. Drawn with a square: most pages are clean."""
    clean_reading: float = 0.3
    """Share of pages with no misread character at all."""
    punctuation: tuple[float, float] = (0.0, 0.04)
    """Share of marks dropped; a quarter of that is the share of places with a mark too many."""
    spaces: tuple[float, float] = (0.0, 0.01)
    """Share of places between characters with a space too many."""
    half_width: float = 0.4
    """Share of pages with half-width marks (everywhere, in some articles, or at random places)."""
    full_digits: float = 0.1
    """Share of pages with full-width digits."""
    furniture: float = 0.6
    """Share of pages with date lines, editors, page numbers, notices, captions."""
    jumps: float = 0.05
    """Share of pages with an article that is continued on, or from, another page."""
    shared_lookalikes: bool = True
    """Use the large look-alike tables beside the corpora where they are; else the small one here."""


@dataclass(frozen=True, slots=True)
class PageStyle:
    """What one page drew from the settings: its shape, and the rates of its defects."""

    wrapped: bool
    traditional: bool
    width: int
    height: tuple[int, int]
    balanced: bool
    by_characters: bool
    sentence_ends: float
    indent: str
    blank_between_paragraphs: bool
    blank_between_runs: float
    blank_in_title: float
    extra_blanks: float
    blank_inside: float
    dropped_line_end_mark: float
    headline_on_two_lines: float
    disorder: float
    copies: float
    losses: float
    misread: float
    dropped_mark: float
    added_mark: float
    spaces: float
    half_width: str
    spaced_marks: bool
    full_digits: bool
    misread_bullets: float
    junk_lines: float
    furniture: bool
    jumps: bool
    byline_habits: tuple[str, ...]


BYLINE_HABITS = ("bullet", "reporter", "plain", "signature", "bare end", "none")


def draw_style(settings: Settings, rng: Random) -> PageStyle:
    """The style of one page."""
    tidy = rng.random() < settings.tidy
    wrapped = rng.random() < settings.wrapped
    indent = rng.choice(["", "", "　　", "  "]) if wrapped else rng.choice(["", "", "", "", "　　"])
    # Without an indent or a blank line nothing but a short last line tells paragraphs apart.
    blank = rng.random() < (0.75 if not indent else 0.4) if wrapped else rng.random() < 0.85
    clean = rng.random() < settings.clean_reading
    low, high = settings.column_height
    shortest = rng.randint(low, max(low, high // 2))
    return PageStyle(
        wrapped=wrapped,
        traditional=rng.random() < settings.traditional,
        width=rng.randint(*settings.column_width),
        height=(shortest, rng.randint(shortest, high)),
        balanced=rng.random() < settings.even,
        by_characters=rng.random() < 0.5 and not wrapped,
        sentence_ends=settings.sentence_ends,
        indent=indent,
        blank_between_paragraphs=blank,
        blank_between_runs=1.0 if blank else rng.choice([0.8, 0.97, 1.0]),
        blank_in_title=rng.choice([0.0, 0.2, 0.9, 1.0]) if wrapped else (1.0 if blank else 0.3),
        extra_blanks=rng.choice([0.0, 0.0, 0.1, 0.4]),
        blank_inside=rng.choice([0.0, 0.005, 0.02]) if wrapped else 0.0,
        dropped_line_end_mark=rng.choice([0.0, 0.05, 0.2, 0.4]) if wrapped else 0.0,
        headline_on_two_lines=rng.choice([0.0, 0.0, 0.25]),
        disorder=0.0 if tidy else rng.uniform(*settings.disorder),
        copies=0.0 if tidy or rng.random() < 0.3 else rng.uniform(*settings.copies),
        losses=0.0 if tidy or rng.random() < 0.4 else rng.uniform(*settings.losses),
        misread=0.0
        if clean
        else settings.misread[0] + rng.random() ** 2 * (settings.misread[1] - settings.misread[0]),
        dropped_mark=0.0 if clean else rng.uniform(*settings.punctuation),
        added_mark=0.0 if clean else rng.uniform(*settings.punctuation) / 4,
        spaces=0.0 if clean or rng.random() < 0.5 else rng.uniform(*settings.spaces),
        half_width=rng.choice(["all", "all", "some", "mixed"])
        if rng.random() < settings.half_width
        else "none",
        spaced_marks=wrapped and rng.random() < 0.3,
        full_digits=rng.random() < settings.full_digits,
        misread_bullets=rng.choice([0.0, 0.2, 0.9]) if wrapped else rng.choice([0.0, 0.0, 0.3]),
        junk_lines=rng.choice([0.0, 0.0, 0.02]) if wrapped and not clean else 0.0,
        furniture=rng.random() < settings.furniture,
        jumps=not tidy and rng.random() < settings.jumps,
        byline_habits=(*rng.choices(BYLINE_HABITS, weights=(5, 3, 1, 2, 1, 3), k=2), "none"),
    )
