"""Images, opened by Pillow: the one way to them, for the reader that recognises text and for the report.

An image comes from anywhere, so that its size is looked at before anything is decoded, and what is damaged
is one line. Pillow's own limits are others: it warns on standard error from 89 million pixels on and refuses
what has twice as many, which a large newspaper page may have.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from cleanpress.errors import InputError

MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"BM")
"""What images begin with: PNG, JPEG, GIF, TIFF, BMP."""
MOST_PIXELS = 200_000_000
"""A newspaper page at 600 dots to the inch has 130 million."""


def is_image(data: bytes) -> bool:
    """Whether bytes are those of an image."""
    return data.startswith(MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def refuse_large(width: float, height: float, source: str, what: str = "this is an image") -> None:
    """Raise ``InputError`` for an image of more pixels than a newspaper page can need."""
    if width * height > MOST_PIXELS:
        raise InputError(f"{source}: {what} of {width:,.0f} by {height:,.0f} pixels; scale it down")


def pages_in(file: bytes | str | os.PathLike[str], source: str) -> int:
    """How many pages an image has: the frames of a TIFF; raises as ``frame_of`` does.

    Other kinds have one. What a GIF or WebP shows next moves, and what a telephone's JPEG has besides the
    picture is a small copy of it, or how bright it is.
    """
    with _opened(file, source) as image:
        return int(image.n_frames) if image.format == "TIFF" else 1


def frame_of(file: bytes | str | os.PathLike[str], number: int, source: str, *, upright: bool = True) -> Any:
    """A frame of an image, from 0, decoded: an image of Pillow's, grey or RGB, of 8 bits.

    It stands ``upright``, turned and mirrored as its EXIF orientation says, or else as its pixels are stored
    (of a TIFF it is upright always).
    ``file`` is a path, or the bytes of a file. Raises ``InputError``, one line that begins with ``source``,
    for what is too large, damaged or of no known kind, and ``ImportError`` without Pillow.
    """
    with _opened(file, source) as image:
        image.seek(number)
        refuse_large(image.width, image.height, source)
        with _libtiff_is_silent() if image.format == "TIFF" else nullcontext():
            image.load()
        picture = _eight_bits(image)
        opaque = picture.convert("L" if picture.mode in {"1", "L", "LA", "F"} else "RGB")
        seen = _on_white(opaque, picture) if picture.has_transparency_data else opaque
        # Pillow has turned a TIFF already.
        turn = _TURNS.get(_orientation(image)) if upright and image.format != "TIFF" else None
        return seen if turn is None else seen.transpose(turn)


@contextmanager
def _opened(file: bytes | str | os.PathLike[str], source: str) -> Iterator[Any]:
    """An image of Pillow's, of which only the head is read; errors, also of what is done inside, become one
    line, and nothing is said on standard error.
    """
    from PIL import Image, UnidentifiedImageError

    stream = io.BytesIO(file) if isinstance(file, bytes) else file
    try:
        # Pillow's limit and the filters of warnings are the process's, not a call's: both are put back.
        with warnings.catch_warnings(action="ignore"), _our_limit(Image), Image.open(stream) as image:
            yield image
    except InputError:
        raise
    except UnidentifiedImageError:
        raise InputError(f"{source}: this image is damaged, or of no kind that is known") from None
    except Image.DecompressionBombError:
        raise InputError(
            f"{source}: this image has more than {MOST_PIXELS:,} pixels; scale it down"
        ) from None
    except MemoryError:
        raise InputError(f"{source}: the memory does not suffice for this image; scale it down") from None
    # Damaged bytes raise whatever they lead the decoders to: OSError, SyntaxError, struct.error, KeyError, …
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{source}: this image is damaged ({said})") from None


@contextmanager
def _our_limit(pillow: Any) -> Iterator[None]:
    """Inside, Pillow refuses what has more than ``MOST_PIXELS``: it does so at twice of what it warns of."""
    before = pillow.MAX_IMAGE_PIXELS
    pillow.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    try:
        yield
    finally:
        pillow.MAX_IMAGE_PIXELS = before


@contextmanager
def _libtiff_is_silent() -> Iterator[None]:
    """What libtiff finds in damaged files it writes to standard error, past Python: inside, to nowhere.

    Where standard error is closed, as of a program in the background, it has nowhere to write.
    """
    try:
        before = os.dup(2)
    except OSError:
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""What makes an image upright, by its orientation (Exif 2.3, tag 0x0112; 1: it is): numbers of Pillow's
``Transpose``. 6, the right side is the top, is what a telephone held upright writes."""


def _orientation(image: Any) -> Any:
    """What an image says of how its pixels lie; ``None`` where it does not say, or says it brokenly."""
    try:
        return image.getexif().get(0x0112)
    except Exception:
        # The picture may be whole all the same: it is read as it is stored.
        return None


def _on_white(opaque: Any, picture: Any) -> Any:
    """The picture as it looks on paper: what lies behind its clear parts may be black, as the letters are."""
    from PIL import Image

    paper = Image.new(opaque.mode, opaque.size, "white")
    has_channel = "A" in picture.getbands()
    paper.paste(opaque, mask=(picture if has_channel else picture.convert("RGBA")).getchannel("A"))
    return paper


def _eight_bits(image: Any) -> Any:
    """An image of Pillow's, grey of 16 bits brought to 8: by itself, Pillow makes all of that white."""
    import numpy as np
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
