"""What an OCR engine does to characters: look-alikes, marks, widths, stray spaces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random

from corpora import SHARED
from simulate.settings import PageStyle

HALF_WIDTH = str.maketrans("，：；？！（）", ",:;?!()")
SPACED = {"：": ": ", "；": "; ", "！": "! ", "？": "? ", "（": " (", "）": ") "}
FULL_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
MARKS = frozenset("，。、；：！？“”‘’（）《》")
DROPPABLE = frozenset("，。、；：“”")
BULLETS = {"■": "国国国量圈园口目▲", "►": ">》bP", "□": "口国曰"}

Lookalikes = Mapping[str, str]
"""A character to the characters printed for it; one that stands there twice is twice as likely."""


@cache
def small_lookalikes() -> Lookalikes:
    """The table that ships with the simulator."""
    table: dict[str, str] = {}
    for line in (Path(__file__).parent / "lookalikes.tsv").read_text(encoding="utf-8").splitlines():
        right, *wrong = line.split("\t")
        if not line.startswith("#"):
            table[right] = "".join(c for c in wrong if c != right)
    return {right: wrong for right, wrong in table.items() if wrong}


@cache
def shared_lookalikes() -> Lookalikes:
    """Observed confusions (weighted by count) and shape tables beside the corpora; small table without."""
    folder = SHARED / "characters"
    if not folder.is_dir():
        return small_lookalikes()
    table: dict[str, str] = {}
    for right, wrong in json.loads(
        (folder / "ecspell_shapeConfusion.json").read_text(encoding="utf-8")
    ).items():
        table[right] = "".join(c for c in wrong if len(c) == 1)
    for line in (folder / "faspell_ocr_confusions.tsv").read_text(encoding="utf-8").splitlines():
        right, wrong, count = line.split("\t")
        if _han(right) and _han(wrong):
            table[right] = table.get(right, "") + wrong * (3 * int(count))
    for right, wrong in small_lookalikes().items():
        table[right] = table.get(right, "") + wrong * 4
    return {right: wrong for right, wrong in table.items() if len(right) == 1 and wrong}


def _han(text: str) -> bool:
    return len(text) == 1 and "一" <= text <= "鿿"


class Wear:
    """The reading of one page: a character is misread in the same way again and again, as by an engine.

    How easily a character is misread, and for what, is drawn once a page; so one name that holds a
    weak character is wrong in most of its places while the rest of the page is clean.
    """

    def __init__(self, style: PageStyle, lookalikes: Lookalikes, rng: Random) -> None:
        self.style = style
        self.lookalikes = lookalikes
        self.rng = rng
        self._weakness: dict[str, tuple[float, str]] = {}
        self._half: dict[str, bool] = {}

    def half_width(self, article: str) -> bool:
        """Whether this place has half-width marks."""
        mode = self.style.half_width
        if mode == "some":
            if article not in self._half:
                self._half[article] = self.rng.random() < 0.5
            return self._half[article]
        return mode == "all" or (mode == "mixed" and self.rng.random() < 0.5)

    def character(self, char: str, article: str, line_end: bool) -> str:
        """What is printed for one character of the article."""
        style, rng = self.style, self.rng
        if char in MARKS:
            if char in DROPPABLE and rng.random() < style.dropped_mark:
                return ""
            if line_end and char in "，。、" and rng.random() < style.dropped_line_end_mark:
                return ""
            if self.half_width(article):
                return char.translate(HALF_WIDTH)
            if style.spaced_marks and char in SPACED and rng.random() < 0.7:
                return SPACED[char]
            return char
        if char in BULLETS:
            return rng.choice(BULLETS[char]) if rng.random() < style.misread_bullets else char
        if char.isascii():
            return char.translate(FULL_DIGITS) if style.full_digits else char
        printed = self._misread(char)
        if style.added_mark and rng.random() < style.added_mark:
            printed += rng.choice("，，、。.·“'")
        if style.spaces and rng.random() < style.spaces:
            printed += " "
        return printed

    def _misread(self, char: str) -> str:
        rate = self.style.misread
        if not rate:
            return char
        if char not in self._weakness:
            # Log-normal with mean 1 (mu = -sigma²/2): most characters are read well, a few badly.
            weakness = self.rng.lognormvariate(-1.125, 1.5)
            options = self.lookalikes.get(char, "")
            self._weakness[char] = (weakness, "".join(self.rng.choices(options, k=2)) if options else "")
        weakness, options = self._weakness[char]
        # About one character in twenty of those misread is dropped, doubled or stands for a rule or a stain.
        if self.rng.random() >= rate * weakness:
            return char
        kind = self.rng.random()
        if kind < 0.04:
            return ""
        if kind < 0.06:
            return char * 2
        if kind < 0.08:
            return char + self.rng.choice("一|-丨")
        return self.rng.choice(options) if options else char
