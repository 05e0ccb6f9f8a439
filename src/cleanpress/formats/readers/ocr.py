"""Images, read by RapidOCR (the extra ``ocr``).

Its models come in the wheel, so that nothing is downloaded. It gives lines and boxes in rows across the page;
boxes of characters let lines that run over a gutter be cut.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from cleanpress.errors import InputError
from cleanpress.extras import install
from cleanpress.formats.readers.images import frame_of, pages_in
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord
from cleanpress.model import Box

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

INSTALL = f"to have it read, install cleanpress with OCR: {install('ocr')}"
MISSING = f"this is an image; {INSTALL}"
MOST_IMAGES = 2000
"""Pages that a file may have: more are no issue of a newspaper, nor a year of a weekly one."""


def count(path: str | os.PathLike[str]) -> int:
    """How many pages a TIFF has; 1 for other images, and where that cannot be told."""
    try:
        return pages_in(path, str(path))
    except (ImportError, InputError):
        return 1


def read(data: bytes, source: str, image: int | None = None) -> list[FoundPage]:
    """The page on an image, or each page of a TIFF that has several, or one of them, from 1.

    Raises ``InputError`` for what is too large or damaged, and where an extra is missing.
    """
    try:
        pages = pages_in(data, source)
    except ImportError:
        raise InputError(f"{source}: {MISSING}") from None
    if image is None and pages > MOST_IMAGES:
        raise InputError(f"{source}: this image has {pages:,} pages; split it by issues")
    numbers = range(pages) if image is None else range(image - 1, image)
    return [read_image(frame_of(data, number, source), source, "this is an image") for number in numbers]


def read_image(image: Any, source: str, what: str) -> FoundPage:
    """The lines on an image of Pillow's, of 8 bits; ``what`` says in an error that it is one."""
    try:
        _engine()
    except ImportError:
        raise InputError(f"{source}: {what}; {INSTALL}") from None
    return read_pixels(image.convert("RGB"))


def read_pixels(image: Any) -> FoundPage:
    """The lines on an image of Pillow's in RGB."""
    import numpy as np

    pixels: Pixels = np.asarray(image)[:, :, ::-1]
    result = _engine()(pixels, use_cls=False, return_word_box=True, return_single_char_box=True)
    lines = []
    if result.txts is not None and result.boxes is not None:
        words = (
            result.word_results if len(result.word_results) == len(result.txts) else [()] * len(result.txts)
        )
        for corners, text, score, characters in zip(
            result.boxes, result.txts, result.scores, words, strict=True
        ):
            lines.append(_line(corners, text, float(score), characters))
    return FoundPage(tuple(lines), image.width, image.height)


def _line(corners: Any, text: str, score: float, characters: Any) -> FoundLine:
    box = _box(corners)
    whole = FoundWord(text, box, score)
    parts = []
    for character, sure, place in characters or ():
        if place is not None:
            parts.append(FoundWord(character, _box(place), float(sure)))
    # Characters that do not spell the line say nothing about where it can be cut.
    spelt = "".join("".join(part.text.split()) for part in parts) == "".join(text.split())
    return FoundLine(tuple(parts) if spelt and parts else (whole,), box)


def _box(corners: Any) -> Box:
    xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return Box(round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys)))


@cache
def _engine() -> Any:
    """The engine, loaded once. Raises ``ImportError`` where it is not installed."""
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error", "Global.max_side_len": 4000})
