"""The scans in the report: the image that belongs to an input, and no other file."""

from __future__ import annotations

import base64
import io
import shutil
import sys
from pathlib import Path

import pytest

from cleanpress.formats import pictures
from cleanpress.formats.pictures import pictures_of, pictures_shown
from cleanpress.formats.sources import Source
from cleanpress.model import Layout, PageImage
from commandline import Run, tree

SCANS = Path(__file__).parents[2] / "samples" / "scans"
ALTO, PNG = SCANS / "press-page.xml", SCANS / "press-page.png"
FIRST = "data:image/jpeg;base64,"


def layout(*names: str) -> Layout:
    """A layout of images with these names."""
    return Layout((), tuple(PageImage(100, 100, name) for name in names))


@pytest.fixture
def pillow() -> None:
    """Only where Pillow is (``pip install '.[ocr]'``)."""
    pytest.importorskip("PIL")


@pytest.mark.usefixtures("pillow")
def test_the_image_is_the_input_or_stands_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "p.xml"
    place.write_bytes(b"<alto/>")
    assert pictures_of(Source.of(str(place)), layout("")) == ("",)
    shutil.copy(PNG, tmp_path / "p.png")
    [by_stem] = pictures_of(Source.of(str(place)), layout(""))
    assert by_stem.startswith(FIRST)
    (tmp_path / "p.png").rename(tmp_path / "other.png")
    [by_name] = pictures_of(Source.of(str(place)), layout("C:\\scans\\other.png"))
    assert by_name == by_stem
    assert pictures_of(Source.of(str(tmp_path / "other.png")), layout("")) == (by_name,)
    assert pictures_of(Source.of("p.xml"), layout("other.png"), tmp_path) == (by_name,)


@pytest.mark.usefixtures("pillow")
@pytest.mark.parametrize(
    ("measured", "shown"),
    [((40, 20), (40, 20)), ((20, 40), (20, 40)), ((80, 40), (40, 20)), ((0, 0), (20, 40))],
)
def test_a_photograph_beside_an_input_lies_as_the_input_measured_it(
    tmp_path: Path, measured: tuple[int, int], shown: tuple[int, int]
) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    # Stored high, it is broad when it stands upright.
    Image.new("L", (20, 40)).save(tmp_path / "p.jpg", exif=exif)
    (tmp_path / "p.xml").write_bytes(b"<alto/>")
    [picture] = pictures_of(Source.of(str(tmp_path / "p.xml")), Layout((), (PageImage(*measured, "p.jpg"),)))
    assert Image.open(io.BytesIO(base64.b64decode(picture.removeprefix(FIRST)))).size == shown
    # Read by us it is upright, and so are its boxes.
    [own] = pictures_of(Source.of(str(tmp_path / "p.jpg")), layout(""))
    assert Image.open(io.BytesIO(base64.b64decode(own.removeprefix(FIRST)))).size == (40, 20)


@pytest.mark.usefixtures("pillow")
def test_a_page_of_a_file_of_several_shows_its_own_image(tmp_path: Path) -> None:
    from PIL import Image

    frames = [Image.new("L", (20, 20), shade) for shade in (0, 255)]
    path = str(tmp_path / "issue.tif")
    frames[0].save(path, save_all=True, append_images=frames[1:])
    both = pictures_of(Source.of(path), layout("", ""))
    assert both[0] != both[1]
    assert pictures_of(Source(f"{path}#2", path, image=2), layout("")) == (both[1],)


@pytest.mark.usefixtures("pillow")
def test_a_picture_is_scaled_and_keeps_its_shape(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (5000, 2500), (200, 10, 10)).save(tmp_path / "large.png")
    [picture] = pictures_of(Source.of(str(tmp_path / "large.png")), layout(""))
    data = base64.b64decode(picture.removeprefix(FIRST))
    (tmp_path / "small.jpg").write_bytes(data)
    with Image.open(tmp_path / "small.jpg") as image:
        assert image.size == (pictures.LONGEST, pictures.LONGEST // 2)


@pytest.mark.usefixtures("pillow")
def test_each_page_of_a_file_has_its_own_picture(tmp_path: Path) -> None:
    from PIL import Image

    place = str(tmp_path / "pages.tiff")
    frames = [Image.new("L", (40, 30), shade) for shade in (255, 0)]
    frames[0].save(place, save_all=True, append_images=frames[1:])
    white, black = pictures_of(Source.of(place), layout("", ""))
    assert white != black
    for number, picture in ((1, white), (2, black)):
        assert pictures_of(Source(f"{place}#{number}", place, image=number), layout("")) == (picture,)


@pytest.mark.usefixtures("pillow")
def test_grey_of_sixteen_bits_is_not_white(tmp_path: Path) -> None:
    import numpy as np
    from PIL import Image

    grey = np.tile(np.arange(256, dtype=np.uint16) * 257, (40, 1))
    Image.fromarray(grey).save(tmp_path / "deep.png")
    [picture] = pictures_of(Source.of(str(tmp_path / "deep.png")), layout(""))
    (tmp_path / "shown.jpg").write_bytes(base64.b64decode(picture.removeprefix(FIRST)))
    with Image.open(tmp_path / "shown.jpg") as image:
        shown = np.asarray(image, dtype=float)
    assert abs(shown - grey / 257).max() < 12


@pytest.mark.parametrize("name", ["../secret.png", "/etc/secret.png", "..\\secret.png", "a\0b.png", "..", ""])
def test_no_name_opens_a_file_of_another_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(PNG, tmp_path / "secret.png")
    (folder / "p.xml").write_bytes(b"<alto/>")
    assert pictures_of(Source.of(str(folder / "p.xml")), layout(name)) == ("",)


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff cut", b"text", b"%PDF-1.7 cut"]
)
def test_what_is_no_image_gives_no_picture(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.xml").write_bytes(content or b"<alto/>")
    (tmp_path / "p.png").write_bytes(content)
    with_pillow = pictures_of(Source.of(str(tmp_path / "p.xml")), layout("", ""))
    assert all(not one or one.startswith("data:image/") for one in with_pillow)
    assert pictures_of(Source.of(str(tmp_path / "gone.xml")), layout("")) == ("",)


def test_without_pillow_a_small_image_is_shown_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    shutil.copy(PNG, tmp_path / "p.png")
    (tmp_path / "p.xml").write_bytes(b"<alto/>")
    [picture] = pictures_of(Source.of(str(tmp_path / "p.xml")), layout(""))
    assert picture == "data:image/png;base64," + base64.b64encode(PNG.read_bytes()).decode()
    monkeypatch.setattr(pictures, "MOST_BYTES_AS_IS", 1_000)
    assert pictures_of(Source.of(str(tmp_path / "p.xml")), layout("")) == ("",)


@pytest.mark.usefixtures("pillow")
def test_the_report_shows_the_scan_and_is_proved(run: Run) -> None:
    shutil.copy(ALTO, "p.xml")
    shutil.copy(PNG, "p.png")
    assert run("run", "p.xml", "-o", "out", "--report").code == 0
    [picture] = pictures_shown(Path("out/report.html"), 1)
    assert picture.startswith(FIRST)
    assert run("verify", "out").code == 0
    # The picture is the scan's affair: the folder stands without it, and nothing else may change.
    Path("p.png").unlink()
    assert run("verify", "out").code == 0
    # A report that is made now says that there is none.
    assert run("run", "p.xml", "-o", "anew", "--report").code == 0
    assert b'class="unseen"' in Path("anew/report.html").read_bytes()
    report = Path("out/report.html")
    report.write_bytes(report.read_bytes().replace(b"<h1>", b"<h1>!", 1))
    assert run("verify", "out").code == 1


@pytest.mark.usefixtures("pillow")
def test_pictures_can_be_left_out(run: Run) -> None:
    shutil.copy(ALTO, "p.xml")
    shutil.copy(PNG, "p.png")
    assert run("run", "p.xml", "-o", "out", "--report", "--no-pictures").code == 0
    assert b'class="unseen"' not in Path("out/report.html").read_bytes()
    assert pictures_shown(Path("out/report.html"), 1) == ("",)
    assert run("verify", "out").code == 0
    assert pictures_shown(Path("no such file"), 2) == ("", "")


@pytest.mark.usefixtures("pillow")
def test_a_report_that_is_added_leaves_them_out_too(run: Run) -> None:
    shutil.copy(ALTO, "p.xml")
    shutil.copy(PNG, "p.png")
    report = Path("out/report.html")
    assert run("run", "p.xml", "-o", "out", "--report", "--no-pictures").code == 0
    without = tree(Path("out"))
    # As the folder was written, with them, and as it is again then, without them.
    for options, shown in ([], False), (["--pictures"], True), ([], True), (["--no-pictures"], False):
        assert run("report", "out", *options).code == 0
        assert bool(pictures_shown(report, 1)[0]) == shown
        assert run("verify", "out").code == 0
    assert tree(Path("out")) == without
