"""A page planned: stories into boxes over columns, each where the page is emptiest so far."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from setting import GUTTER, LEADING, Setting, Story, set_story, styles, width_of


@dataclass(frozen=True)
class Format:
    """A page's format: columns, cells in a column's line, cells down the page."""

    columns: int
    width: int
    depth: float
    upright: bool = False

    @property
    def across(self) -> float:
        """Cells across the page."""
        return self.columns * self.width + (self.columns - 1) * GUTTER


def plan(rng: random.Random, stories: Sequence[Story], form: Format, furniture: str = "") -> Setting:
    """Set as many of the stories as the page holds."""
    page = Setting()
    level = [0.0] * form.columns
    if furniture:
        page.print_line(furniture, form.across - width_of(furniture, form.upright), 0, upright=form.upright)
        page.furniture.append(furniture)
        page.rules.append((0, 1.6, form.across, 1.7))
        level = [3.0] * form.columns
    for story in stories:
        lowest = min(level)
        if lowest > form.depth - 14:
            break
        start = level.index(lowest)
        run = start
        while run < form.columns and level[run] < lowest + 0.5:
            run += 1
        lines = sum(len(p) + form.width for p in story.paragraphs) / form.width
        wanted = max(1, min(run - start, round(lines / rng.randrange(9, 22))))
        if run - start - wanted == 1 and rng.random() < 0.5:
            wanted = run - start
        style = styles(rng, story, wanted, form.width, upright=form.upright)
        if style.title_size < 1.35:
            # No newspaper sets a headline as small as that.
            continue
        if lowest + lines * LEADING / wanted > form.depth + 12:
            continue
        x = start * (form.width + GUTTER)
        ends = set_story(page, story, style, x, lowest)
        bottom = max(ends)
        for c in range(wanted):
            # What is left under a short column is too little for a story, or another story's place.
            level[start + c] = (ends[c] if bottom - ends[c] > 12 * LEADING else bottom) + 2.0
        if rng.random() < 0.6:
            for c in range(wanted):
                left = x + c * (form.width + GUTTER)
                page.rules.append(
                    (left, level[start + c] - 1.2, left + form.width + GUTTER, level[start + c] - 1.1)
                )
    return page
