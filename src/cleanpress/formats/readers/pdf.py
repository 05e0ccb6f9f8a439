"""PDF: the text layer, or where a page has none, its image read by OCR (the extra ``pdf``).

Boxes are in pixels of the page as it looks at 200 dots to the inch.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from cleanpress.errors import InputError
from cleanpress.extras import install
from cleanpress.formats.readers import ocr
from cleanpress.formats.readers.images import refuse_large
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord, around
from cleanpress.model import Box

MAGIC = b"%PDF-"
MISSING = f"this is a PDF; to have it read, install cleanpress with PDF: {install('pdf')}"
DOTS = 200
_SCALE = DOTS / 72
_LEAST_TEXT = 8
"""Characters of a page from which its text layer is believed; fewer are a stamp on an image."""
_WIDEST_GAP = 3.0
"""White between two characters of one line, in sizes of their type."""


def count(path: str | os.PathLike[str]) -> int:
    """How many pages a file has; 1 where that cannot be told."""
    try:
        import pypdfium2
    except ImportError:
        return 1
    try:
        with pypdfium2.PdfDocument(path) as document:
            return max(1, len(document))
    except (OSError, pypdfium2.PdfiumError):
        return 1


def read(data: bytes, source: str, image: int | None = None) -> list[FoundPage]:
    """The pages of a document, or one of them, from 1.

    Raises ``InputError`` if it is damaged or locked, has too many pages, or an extra is missing.
    """
    try:
        import pypdfium2
    except ImportError:
        raise InputError(f"{source}: {MISSING}") from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{source}: this PDF is damaged or locked ({error})") from None
    try:
        numbers = range(len(document)) if image is None else range(image - 1, image)
        if len(numbers) > ocr.MOST_IMAGES:
            raise InputError(f"{source}: this PDF has {len(numbers):,} pages; split it by issues")
        if image is not None and not 1 <= image <= len(document):
            raise InputError(f"{source}: this PDF has no page {image}")
        return [_page(document[number], source) for number in numbers]
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{source}: this PDF is damaged ({error})") from None
    finally:
        document.close()


def _page(page: Any, source: str) -> FoundPage:
    width, height = page.get_size()
    text = page.get_textpage()
    lines = tuple(_lines(text, float(height)))
    if sum(len(word.text) for line in lines for word in line.words) >= _LEAST_TEXT:
        return FoundPage(lines, round(width * _SCALE), round(height * _SCALE))
    refuse_large(width * _SCALE, height * _SCALE, source, "this PDF has a page without text")
    return ocr.read_image(page.render(scale=_SCALE).to_pil(), source, "this PDF has a page without text")


def _lines(text: Any, height: float) -> Iterator[FoundLine]:
    """The lines of a text layer: runs of characters that follow each other closely."""
    run: list[FoundWord] = []
    for character, box in _characters(text, height):
        if run and (character is None or box is None or not _follows(run[-1].box, box)):
            yield FoundLine(tuple(run), around(word.box for word in run))
            run = []
        if character is not None and box is not None:
            run.append(FoundWord(character, box))
    if run:
        yield FoundLine(tuple(run), around(word.box for word in run))


def _characters(text: Any, height: float) -> Iterator[tuple[str | None, Box | None]]:
    """The characters with ink; ``None`` for the end of a line."""
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        if character in ("\r", "\n", "\r\n"):
            yield None, None
        elif character.strip():
            left, bottom, right, top = text.get_charbox(index, loose=True)
            corners = (left, height - top, right, height - bottom)
            x0, y0, x1, y1 = (round(value * _SCALE) for value in corners)
            yield character, Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _follows(left: Box, right: Box) -> bool:
    """Whether a character goes on in the line of the one before it, across the page or down it."""
    size = max(left.y1 - left.y0, left.x1 - left.x0, 1)
    across = min(left.y1, right.y1) - max(left.y0, right.y0) > 0.4 * min(
        left.y1 - left.y0, right.y1 - right.y0
    )
    if across and -0.5 * size < right.x0 - left.x1 < _WIDEST_GAP * size:
        return True
    down = min(left.x1, right.x1) - max(left.x0, right.x0) > 0.4 * min(left.x1 - left.x0, right.x1 - right.x0)
    return down and -0.5 * size < right.y0 - left.y1 < 0.8 * size
