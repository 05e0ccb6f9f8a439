"""Images, read by RapidOCR (the extra ``ocr``).

Its models come in the wheel, so that nothing is downloaded. It gives lines and boxes in rows across the page;
boxes of characters let lines that run over a gutter be cut.
"""

from __future__ import annotations

import io
import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from cleanpress.errors import InputError
from cleanpress.extras import install
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord
from cleanpress.model import Box

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"BM")
"""What images begin with: PNG, JPEG, GIF, TIFF, BMP."""
INSTALL = f"to have it read, install cleanpress with OCR: {install('ocr')}"
MISSING = f"this is an image; {INSTALL}"
MOST_PIXELS = 200_000_000
"""A newspaper page at 600 dots to the inch has 130 million."""
MOST_IMAGES = 2000
"""Pages that a file may have: more are no issue of a newspaper, nor a year of a weekly one."""


def is_image(data: bytes) -> bool:
    """Whether bytes are those of an image."""
    return data.startswith(MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def count(path: str | os.PathLike[str]) -> int:
    """How many pages a TIFF has; 1 for other images, and where that cannot be told."""
    try:
        from PIL import Image
    except ImportError:
        return 1
    try:
        with Image.open(path) as image:
            return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return 1


def read(data: bytes, source: str, image: int | None = None) -> list[FoundPage]:
    """The page on an image, or on each image of a file that has several, or on one of them, from 1."""
    try:
        from PIL import Image, ImageSequence, UnidentifiedImageError
    except ImportError:
        raise InputError(f"{source}: {MISSING}") from None
    try:
        with Image.open(io.BytesIO(data)) as file:
            frames = getattr(file, "n_frames", 1)
            if image is None and frames > MOST_IMAGES:
                raise InputError(f"{source}: this image has {frames:,} pages; split it by issues")
            if image is not None:
                file.seek(image - 1)
                return [read_image(file, source, "this is an image")]
            return [read_image(frame, source, "this is an image") for frame in ImageSequence.Iterator(file)]
    except Image.DecompressionBombError:
        raise InputError(f"{source}: this image has too many pixels; scale it down") from None
    except UnidentifiedImageError:
        raise InputError(f"{source}: this image is damaged, or of no kind that is known") from None
    except (EOFError, OSError, SyntaxError, ValueError) as error:
        raise InputError(f"{source}: this image is damaged ({' '.join(str(error).split())})") from None


def read_image(image: Any, source: str, what: str) -> FoundPage:
    """The lines on an image of Pillow's; ``what`` says in an error that it is one."""
    refuse_large(image.width, image.height, source, what)
    try:
        _engine()
    except ImportError:
        raise InputError(f"{source}: {what}; {INSTALL}") from None
    return read_pixels(eight_bits(image).convert("RGB"))


def eight_bits(image: Any) -> Any:
    """An image of Pillow's, grey of 16 bits brought to 8: by itself, Pillow makes all of that white."""
    import numpy as np
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))


def refuse_large(width: float, height: float, source: str, what: str) -> None:
    """Raise ``InputError`` for an image of more pixels than a newspaper page can need."""
    if width * height > MOST_PIXELS:
        raise InputError(f"{source}: {what} of {width:,.0f} by {height:,.0f} pixels; scale it down")


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
