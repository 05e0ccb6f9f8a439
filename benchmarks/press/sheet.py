"""A setting printed: pixels on paper, worn like a scan, and the lines an ideal engine would find."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from setting import Glyph, Setting

VERTICAL_FORMS = dict(
    zip(
        "，、。：；！？…—（）《》〈〉【】「」『』“”‘’",
        "︐︑︒︓︔︕︖︙︱︵︶︽︾︿﹀︻︼﹁﹂﹃﹄﹃﹄﹁﹂",
        strict=True,
    )
)
"""Unicode's vertical presentation forms (U+FE10 ff., U+FE30 ff.), which the font has."""
MARGIN = 2.5


@dataclass
class Press:
    """Fonts and measures: ``cell`` is the size of the body type in pixels."""

    regular: str
    bold: str
    cell: int = 24
    index: int = 2

    def __post_init__(self) -> None:
        self._fonts: dict[tuple[float, bool], ImageFont.FreeTypeFont] = {}

    def font(self, size: float, bold: bool) -> ImageFont.FreeTypeFont:
        """The font in that size (in cells)."""
        key = (round(size * self.cell), bold)
        if key not in self._fonts:
            self._fonts[key] = ImageFont.truetype(
                self.bold if bold else self.regular, key[0], index=self.index
            )
        return self._fonts[key]


def extent(page: Setting) -> tuple[float, float]:
    """Width and depth of what is printed, in cells."""
    right = max(g.x + g.size for line in page.lines for g in line)
    bottom = max(g.y + g.size for line in page.lines for g in line)
    return right + 2 * MARGIN, bottom + 2 * MARGIN


def draw(page: Setting, press: Press, *, vertical: bool) -> Image.Image:
    """The page in black on white. A vertical page is the horizontal one turned a quarter, its glyphs not."""
    across, down = extent(page)
    size = (down, across) if vertical else (across, down)
    image = Image.new("L", (round(size[0] * press.cell), round(size[1] * press.cell)), 250)
    pen = ImageDraw.Draw(image)
    for line in page.lines:
        for glyph in line:
            _glyph(pen, glyph, press, down if vertical else None)
    for x0, y0, x1, y1 in page.rules:
        pen.rectangle(_place((x0, y0, x1, y1), press, down if vertical else None), fill=40)
    noise = random.Random(1)
    for box in page.pictures:
        x0, y0, x1, y1 = _place(box, press, down if vertical else None)
        pen.rectangle((x0, y0, x1, y1), fill=150)
        for _ in range(60):
            a, b = noise.uniform(x0, x1), noise.uniform(y0, y1)
            r = noise.uniform(5, 60)
            shade = noise.randrange(60, 220)
            pen.ellipse((max(x0, a - r), max(y0, b - r), min(x1, a + r), min(y1, b + r)), fill=shade)
    return image


def _glyph(pen: ImageDraw.ImageDraw, glyph: Glyph, press: Press, down: float | None) -> None:
    font = press.font(glyph.size, glyph.bold)
    cell = press.cell
    if down is None:
        x, y = (glyph.x + MARGIN) * cell, (glyph.y + MARGIN) * cell
        pen.text((x, y - 0.2 * glyph.size * cell), glyph.character, font=font, fill=25)
        return
    x = (down - MARGIN - glyph.y - glyph.size) * cell
    y = (glyph.x + MARGIN) * cell
    character = VERTICAL_FORMS.get(glyph.character, glyph.character)
    shift = 0.25 * glyph.size * cell if character.isascii() else 0.0
    pen.text((x + shift, y - 0.2 * glyph.size * cell), character, font=font, fill=25)


def _place(
    box: tuple[float, float, float, float], press: Press, down: float | None
) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (value + MARGIN for value in box)
    if down is not None:
        x0, y0, x1, y1 = down - y1, x0, down - y0, x1
    return (x0 * press.cell, y0 * press.cell, x1 * press.cell, y1 * press.cell)


def lines_of(page: Setting, press: Press, *, vertical: bool) -> list[dict[str, Any]]:
    """The lines as an engine without errors gives them: rows across the page, in RapidOCR's shape."""
    _, down = extent(page)
    found = []
    for line in page.lines:
        last = line[-1]
        # The box an engine draws is a little larger than the ink.
        width = 0.5 if last.character.isascii() and not vertical else 1.0
        box = (line[0].x, line[0].y, last.x + last.size * width, last.y + last.size)
        x0, y0, x1, y1 = _place(box, press, down if vertical else None)
        corners = [[x0 - 3, y0 - 2], [x1 + 3, y0 - 2], [x1 + 3, y1 + 2], [x0 - 3, y1 + 2]]
        found.append({"box": corners, "txt": "".join(g.character for g in line), "score": 0.99})
    found.sort(key=lambda row: (round(row["box"][0][1] / 10), row["box"][0][0]))
    return found


def worn(image: Image.Image, rng: random.Random, grain: float = 9.0) -> Image.Image:
    """The page after the scanner: skewed, uneven in light, blurred, with grain and specks."""
    angle = rng.uniform(-0.7, 0.7)
    image = image.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=250)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 0.8)))
    ink = np.asarray(image, dtype=np.float32)
    noise = np.random.default_rng(rng.randrange(1 << 30))
    height, width = ink.shape
    slope = rng.uniform(-18, 18)
    light = (
        slope * np.linspace(-1, 1, width)[None, :]
        + rng.uniform(-12, 12) * np.linspace(-1, 1, height)[:, None]
    )
    specks = noise.random(ink.shape) < 0.0004
    ink = np.where(specks, 60, ink + light - 10 + noise.normal(0, grain, ink.shape))
    return Image.fromarray(np.clip(ink, 0, 255).astype(np.uint8))
