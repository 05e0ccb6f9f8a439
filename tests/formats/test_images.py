"""The one way to images: our own bound on their size, silence, and one line for what is damaged."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.errors import InputError
from cleanpress.formats.pictures import pictures_of
from cleanpress.formats.readers import images, images_in, page_from
from cleanpress.formats.readers.images import frame_of, pages_in
from cleanpress.formats.sources import Source
from cleanpress.model import Layout, PageImage
from commandline import Run

pillow = pytest.importorskip("PIL.Image", reason="needs cleanpress[ocr]")


def saved(kind: str, **options: Any) -> bytes:
    """A small image in shades of grey as a file of that kind."""
    stream = io.BytesIO()
    image = pillow.linear_gradient("L").resize((48, 32))
    image.save(stream, kind, **options)
    return stream.getvalue()


def claims(width: int, height: int) -> bytes:
    """A PNG whose head says that size, and that holds next to nothing."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = (struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, data))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


FILES = {
    kind: saved(kind.split(maxsplit=1)[0], **options)
    for kind, options in {
        "PNG": {},
        "JPEG": {},
        "GIF": {},
        "BMP": {},
        "WEBP": {},
        "TIFF": {},
        "TIFF lzw": {"compression": "tiff_lzw"},
        "TIFF jpeg": {"compression": "jpeg"},
    }.items()
}


@pytest.mark.parametrize("kind", FILES)
def test_each_kind_is_opened_and_decoded(kind: str, tmp_path: Path) -> None:
    assert pages_in(FILES[kind], "x") == 1
    (tmp_path / "x").write_bytes(FILES[kind])
    for file in (FILES[kind], tmp_path / "x"):
        image = frame_of(file, 0, "x")
        assert (image.size, image.mode in {"L", "RGB"}) == ((48, 32), True)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_whatever_the_colours_are_a_frame_has_eight_bits(mode: str) -> None:
    stream = io.BytesIO()
    pillow.new(mode, (9, 9)).save(stream, "TIFF")
    assert frame_of(stream.getvalue(), 0, "x").mode in {"L", "RGB"}


def photographed(kind: str, orientation: int) -> bytes:
    """The gradient, 48 by 32 when it stands upright, stored as a camera held that way does."""
    upright = pillow.linear_gradient("L").resize((48, 32))
    upright.paste(0, (0, 0, 9, 5))
    transpose = pillow.Transpose
    stored = {
        2: transpose.FLIP_LEFT_RIGHT,
        3: transpose.ROTATE_180,
        4: transpose.FLIP_TOP_BOTTOM,
        5: transpose.TRANSPOSE,
        6: transpose.ROTATE_90,
        7: transpose.TRANSVERSE,
        8: transpose.ROTATE_270,
    }
    image = upright.transpose(stored[orientation]) if orientation in stored else upright
    exif = pillow.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    image.save(stream, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
def test_a_photograph_stands_upright(kind: str, orientation: int) -> None:
    image = frame_of(photographed(kind, orientation), 0, "x").convert("L")
    assert image.size == (48, 32)
    corners = [(3, 2), (44, 2), (3, 29), (44, 29)]
    assert [image.getpixel(at) > 40 for at in corners] == [False, False, True, True]
    # The gradient's dark side is the top, and in its left corner it is black.
    assert image.getpixel((3, 4)) < image.getpixel((44, 4)) - 10


def test_an_orientation_that_is_broken_says_nothing() -> None:
    data = photographed("JPEG", 6)
    at = data.index(b"Exif\0\0") + 10
    image = frame_of(data[:at] + b"\xff" * 8 + data[at + 8 :], 0, "x")
    assert image.size == (32, 48)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_what_is_clear_is_white_as_paper_is(mode: str) -> None:
    image = pillow.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (5, 5, 10, 10))
    stream = io.BytesIO()
    image.convert(mode).save(stream, "PNG")
    seen = frame_of(stream.getvalue(), 0, "x").convert("L")
    assert [seen.getpixel(place) for place in ((0, 0), (7, 7))] == [255, 0]


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_image_is_decoded_or_refused_in_one_line(kind: str, data: st.DataObject) -> None:
    content = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 2, len(content))) :]
    said = ""
    try:
        pages_in(bytes(content), "page.png")
        frame_of(bytes(content), 0, "page.png")
    except InputError as error:
        said = str(error)
    assert not said or (said.startswith("page.png: this ") and "\n" not in said)


@pytest.mark.parametrize("kind", FILES)
def test_nothing_is_said_of_a_damaged_image_but_the_error(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.img"
    path.write_bytes(FILES[kind][: len(FILES[kind]) * 2 // 3])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with pytest.raises(InputError, match="this image is damaged"):
            page_from(path.read_bytes(), str(path))
        assert images_in(path) == 1
        assert pictures_of(Source.of(str(path)), Layout((), (PageImage(9, 9),))) == ("",)
    assert not said
    assert capfd.readouterr() == ("", "")


def test_our_bound_on_pixels_holds_not_pillows(monkeypatch: pytest.MonkeyPatch) -> None:
    # Pillow would warn of 89 million and refuse 179; these are damaged, not too many.
    for width in (9_500, 13_800):
        with pytest.raises(InputError, match="this image is damaged"):
            frame_of(claims(width, width), 0, "page.png")
    with pytest.raises(InputError, match=r"^page.png: this image has more than 200,000,000 pixels"):
        frame_of(claims(20_000, 20_000), 0, "page.png")
    monkeypatch.setattr(pillow, "MAX_IMAGE_PIXELS", 7)
    assert frame_of(FILES["PNG"], 0, "x").size == (48, 32)
    assert pillow.MAX_IMAGE_PIXELS == 7


def test_each_frame_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    frames = [pillow.new("L", (20, side)) for side in (20, 60)]
    frames[0].save(stream, "TIFF", save_all=True, append_images=frames[1:])
    monkeypatch.setattr(images, "MOST_PIXELS", 800)
    assert pages_in(stream.getvalue(), "x") == 2
    assert frame_of(stream.getvalue(), 0, "x").size == (20, 20)
    with pytest.raises(InputError, match="this is an image of 20 by 60 pixels; scale it down"):
        frame_of(stream.getvalue(), 1, "x")
    with pytest.raises(InputError, match="this image is damaged"):
        frame_of(stream.getvalue(), 2, "x")


@pytest.mark.parametrize("kind", ["MPO", "GIF", "WEBP"])
def test_what_stands_behind_a_picture_is_no_page(kind: str) -> None:
    # Read as a page, the small copy in a JPEG of a telephone (MPO) would say everything twice.
    stream = io.BytesIO()
    image = pillow.linear_gradient("L")
    image.save(stream, kind, save_all=True, append_images=[image.rotate(180)])
    with pillow.open(stream) as opened:
        assert opened.n_frames == 2
    assert images.is_image(stream.getvalue())
    assert pages_in(stream.getvalue(), "x") == 1


def test_a_run_goes_on_past_an_image_that_is_too_large(run: Run) -> None:
    Path("large.png").write_bytes(claims(20_000, 20_000))
    Path("page.txt").write_text("灯亮了一夜，天才亮。\n", encoding="utf-8")
    done = run("run", "large.png", "page.txt", "-o", "out")
    assert done.code == 1
    assert "large.png: this image has more than 200,000,000 pixels; scale it down" in done.err
