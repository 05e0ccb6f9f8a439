"""The pictures of a page for its report: the scan as it was read, small enough to look at in a browser.

The image is the input itself, a page of a PDF, or the file beside an ALTO, PAGE-XML, hOCR or JSON input that
the input names or that is called like it. With Pillow it is scaled down; without, it is shown as it is where
a browser knows its kind and it is not large. A page without a picture gets a map of its boxes instead.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from cleanpress.errors import CleanpressError, InputError
from cleanpress.formats.readers import pdf
from cleanpress.formats.readers.images import frame_of, is_image
from cleanpress.formats.sources import Source, content_of
from cleanpress.model import Layout, PageImage

LONGEST = 1_800
"""Pixels of the longer side of a picture that was scaled: body text of a newspaper page can just be read."""
QUALITY = 72
"""JPEG's quality: a page of print comes to some 300 to 700 kB."""
MOST_BYTES = 100_000_000
"""An image beside an input that is larger is not looked at."""
MOST_BYTES_AS_IS = 2_000_000
"""An image that cannot be scaled, Pillow not being there, is embedded up to this size."""
ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".jp2")

_KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))
"""What browsers show, by what it begins with."""
_SHOWN = re.compile(rb'<image class="picture" data-sheet="(\d+)" href="(data:image/[a-z]+;base64,[\w+/=]*)"')


def pictures_of(source: Source, layout: Layout, root: Path | None = None) -> tuple[str, ...]:
    """A picture for each image of a layout, as a ``data:`` address; ``""`` where there is none.

    ``root`` is the folder from which relative paths count; the current one without it. Never raises for an
    image that is missing or damaged: the report shows the map then.
    """
    try:
        data = content_of(source, root=root)
    except CleanpressError:
        return ("",) * len(layout.images)
    path = Path(source.file) if root is None else root / source.file
    count = len(layout.images)
    # A page of a PDF or TIFF of several is one of its images.
    first = (source.image or 1) - 1
    if is_image(data):
        found = [_picture(data, number) for number in range(first, first + count)]
    elif data.startswith(pdf.MAGIC):
        found = [_of_pdf(data, number) for number in range(first, first + count)]
    else:
        found = [_beside(path, image, alone=count == 1) for image in layout.images]
    return tuple(found)


def pictures_shown(report: Path, count: int) -> tuple[str, ...]:
    """The pictures that a page of a report holds, one for each of ``count`` images; ``""`` for none.

    What makes a picture of a scan differs from one version of a library to the next, so that a report is made
    again with the pictures that it has.
    """
    found = [""] * count
    try:
        content = report.read_bytes()
    except OSError:
        return tuple(found)
    for sheet, address in _SHOWN.findall(content):
        if int(sheet) < count:
            found[int(sheet)] = address.decode("ascii")
    return tuple(found)


def _beside(path: Path, image: PageImage, *, alone: bool) -> str:
    """The picture of the image that an input names, or that has its name but for the ending."""
    for candidate in _candidates(path, image.name, alone=alone):
        try:
            if not candidate.is_file() or candidate.stat().st_size > MOST_BYTES:
                continue
            data = candidate.read_bytes()
        except OSError:
            continue
        if is_image(data) and (picture := _picture(data, 0, image)):
            return picture
    return ""


def _candidates(path: Path, name: str, *, alone: bool) -> Iterator[Path]:
    """Files in the input's own folder, and only there: a name in a file must not open others."""
    named = PurePosixPath(name.replace("\\", "/")).name
    if named and "\0" not in named:
        yield path.with_name(named)
    if alone:
        for ending in ENDINGS:
            yield path.with_suffix(ending)


def _picture(data: bytes, frame: int, measured: PageImage | None = None) -> str:
    """An image as a picture; ``""`` for one that cannot be shown.

    ``measured`` is the image as another engine saw it. Most read pixels as they are stored; only where that
    has another shape it was upright.
    """
    try:
        picture = frame_of(data, frame, "", upright=measured is None)
        if measured is not None and not _is_alike(picture, measured):
            picture = frame_of(data, frame, "")
        return _scaled(picture)
    except ImportError:
        return _as_it_is(data) if frame == 0 else ""
    except InputError:
        return ""


def _is_alike(picture: Any, measured: PageImage) -> bool:
    """Whether both are broad or both high, as far as the input says how large its image is."""
    if not (measured.width and measured.height):
        return True
    return bool((picture.width > picture.height) == (measured.width > measured.height))


def _of_pdf(data: bytes, number: int) -> str:
    """A page of a document, counted from 0, as a picture."""
    try:
        import PIL.Image  # noqa: F401
        import pypdfium2
    except ImportError:
        return ""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return ""
    try:
        page = document[number]
        longer = max(page.get_size())
        return _scaled(page.render(scale=LONGEST / max(1.0, longer)).to_pil())
    except (pypdfium2.PdfiumError, IndexError, ValueError):
        return ""
    finally:
        document.close()


def _scaled(image: Any) -> str:
    """An image of Pillow's, grey or RGB, as a JPEG of ``LONGEST`` pixels at most."""
    picture = image.convert("L" if image.mode == "L" else "RGB")
    picture.thumbnail((LONGEST, LONGEST))
    stream = io.BytesIO()
    picture.save(stream, "jpeg", quality=QUALITY)
    return _address("jpeg", stream.getvalue())


def _as_it_is(data: bytes) -> str:
    """An image that browsers know and that is not large, as it is."""
    for magic, kind in _KINDS:
        if data.startswith(magic) and len(data) <= MOST_BYTES_AS_IS:
            return _address(kind, data)
    return ""


def _address(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
