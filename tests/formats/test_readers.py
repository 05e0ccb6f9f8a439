"""Inputs with coordinates: told by content, read whole, refused in one line if damaged or hostile."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cleanpress.config import Config
from cleanpress.errors import InputError
from cleanpress.formats.readers import images_in, kind_of, page_as, page_from, read_input
from cleanpress.model import Box
from cleanpress.pipeline import clean_page

ALTO = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v{version}#"><Description><MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>page.png</fileName></sourceImageInformation></Description>
<Layout><Page ID="p" WIDTH="800" HEIGHT="600"><PrintSpace>
<TextBlock ID="b1" HPOS="100" VPOS="50" WIDTH="400" HEIGHT="40">
<TextLine HPOS="100" VPOS="50" WIDTH="160" HEIGHT="40">
<String CONTENT="渡口" HPOS="100" VPOS="50" WIDTH="80" HEIGHT="40" WC="0.91"/><SP WIDTH="4"/>
<String CONTENT="一夜" HPOS="180" VPOS="50" WIDTH="80" HEIGHT="40" WC="0.4"/></TextLine></TextBlock>
<TextBlock ID="b2"><TextLine HPOS="100" VPOS="120" WIDTH="200" HEIGHT="20">
<String CONTENT="灯亮了一夜，天才亮。" HPOS="100" VPOS="120" WIDTH="200" HEIGHT="20"/></TextLine></TextBlock>
</PrintSpace></Page></Layout></alto>
"""
HOCR = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/x.dtd">
<html><head><meta charset="utf-8"/></head><body>
<div class='ocr_page' id='page_1' title='image "page.png"; bbox 0 0 800 600; ppageno 0'>
<div class='ocr_carea' title="bbox 100 50 500 90"><p class='ocr_par'>
<span class='ocr_header' title="bbox 100 50 260 90; x_size 40"><span class='ocrx_word'
 title='bbox 100 50 180 90; x_wconf 91'>渡口</span> <span class='ocrx_word'
 title='bbox 180 50 260 90; x_wconf 40'><strong>一夜</strong></span></span></p></div>
<div class='ocr_carea'><p class='ocr_par'>
<span class='ocr_line' title="bbox 100 120 300 140">灯亮了一夜&#xFF0C;天才亮。</span>
</p></div></div></body></html>
"""
TEXT = "渡口一夜\n\n灯亮了一夜，天才亮。\n"


def alto(version: int = 4) -> bytes:
    return ALTO.replace("{version}", str(version)).encode()


@pytest.mark.parametrize("version", [2, 3, 4])
def test_alto(version: int) -> None:
    page = page_as(alto(version), "alto", "page.xml")
    assert page.text == TEXT
    assert page.encoding == "alto"
    assert page.layout is not None
    first, second = page.layout.lines
    assert first.box == Box(100, 50, 260, 90)
    assert [word.confidence for word in first.words] == [0.91, 0.4]
    assert [page.text[slice(*word.span)] for word in first.words] == ["渡口", "一夜"]
    assert first.title
    assert not second.title
    image = page.layout.images[0]
    assert (image.width, image.height, image.name, image.vertical) == (800, 600, "page.png", False)


def test_alto_of_the_first_namespace_and_of_none() -> None:
    for namespace in ('xmlns="http://schema.ccs-gmbh.com/ALTO"', ""):
        data = alto().replace(b'xmlns="http://www.loc.gov/standards/alto/ns-v4#"', namespace.encode())
        assert kind_of(data) == "alto"
        assert page_as(data, "alto", "page.xml").text == TEXT


def test_alto_that_does_not_measure_in_pixels_stays_in_its_unit() -> None:
    data = alto().replace(b"<MeasurementUnit>pixel", b"<MeasurementUnit>mm10")
    page = page_as(data, "alto", "page.xml")
    assert page.text == TEXT
    assert page.layout is not None
    assert page.layout.images[0].unit == "mm10"
    assert page.layout.lines[0].box == Box(100, 50, 260, 90)
    (warning,) = clean_page(page, Config()).warnings
    assert warning == "its boxes are in mm10, as the file measures, not in pixels"


def test_hocr() -> None:
    page = page_as(HOCR.encode(), "hocr", "page.html")
    assert page.text == TEXT
    assert page.layout is not None
    assert [word.confidence for word in page.layout.lines[0].words] == [0.91, 0.4]
    assert page.layout.images[0].name == "page.png"


def test_the_reading_order_of_a_file_is_kept() -> None:
    references = b'<OrderedGroup><ElementRef REF="b2"/><ElementRef REF="b1"/></OrderedGroup>'
    data = alto().replace(b"<Layout>", b"<ReadingOrder>" + references + b"</ReadingOrder><Layout>")
    assert page_as(data, "alto", "page.xml").text == "灯亮了一夜，天才亮。\n\n渡口一夜\n"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (alto(), "alto"),
        (b"\xef\xbb\xbf" + alto(), "alto"),
        (ALTO.replace("UTF-8", "UTF-16").encode("utf-16"), "alto"),
        (b"<!-- made by hand -->\n" + alto()[39:], "alto"),
        (b'<a:alto xmlns:a="x"/>', "alto"),
        (HOCR.encode(), "hocr"),
        (b"<html><body><p>no OCR</p></body></html>", None),
        ("<渡口一夜>\n灯亮了一夜".encode(), None),
        (b"", None),
    ],
)
def test_what_a_file_is_its_content_says(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


BOMB = b"""<?xml version="1.0"?><!DOCTYPE alto [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<alto><Layout><Page><String CONTENT="&b;"/></Page></Layout></alto>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE alto [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<alto><Layout><Page>&f;</Page></Layout></alto>"""


def test_records_that_are_not_called_so_are_no_page() -> None:
    lines = '{"id": "a", "text": "渡口的灯亮了。"}\n{"id": "b", "text": "船靠了岸。"}\n'
    for data in (lines.encode(), b"\xef\xbb\xbf\n" + lines.encode(), lines.encode("utf-8")[:-1]):
        with pytest.raises(InputError, match=r"^page: this is JSON Lines.*ends in \.jsonl$"):
            page_from(data, "page")
    for text in ("{渡口的灯亮了。}\n", '{"标题": "渡口的灯"}\n', '{"text": 5}\n', '{"text": "渡口\n'):
        assert page_from(text.encode(), "page").text == text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            b'<?xml version="1.0"?><m:mets xmlns:m="http://www.loc.gov/METS/"/>',
            "name those, or the folder",
        ),
        (b"<mets><fileSec/></mets>", "this is METS, which lists the files of pages"),
        (b'<?xml version="1.0"?><TEI/>', r"not this kind \(TEI\)"),
        (b"<!DOCTYPE html><html><body>no OCR</body></html>", r"not this kind \(html\)"),
    ],
)
def test_markup_of_other_kinds_is_no_page_and_that_is_said(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        page_from(data, "page.xml")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (BOMB, "refused: it declares entities"),
        (FILE, "refused: it declares entities"),
        (
            b"<alto>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</alto>",
            "stand more than 100 deep",
        ),
        (alto()[:700], "is damaged at line"),
        (alto().replace(b"UTF-8", b"no-such"), "is damaged"),
        (b"<alto/>", "holds no text"),
        (alto().replace(b'"100"', b'"nan"').replace(b'"180"', b'"1e99"'), "holds no text"),
        (HOCR.encode()[:500], "is cut off"),
        (b"<div class='ocr_page'>" + b"<div>" * 5000, "refused"),
    ],
)
def test_damaged_and_hostile_files_are_refused_in_one_line(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "page.xml"
    path.write_bytes(data)
    with pytest.raises(InputError, match=says) as error:
        page_from(read_input(path), str(path))
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_inputs_with_coordinates_may_be_larger_than_text(tmp_path: Path) -> None:
    path = tmp_path / "page.xml"
    path.write_bytes(alto())
    assert page_from(read_input(path, max_bytes=len(alto()) // 4), str(path)).text == TEXT
    with pytest.raises(InputError, match="more than a page may"):
        page_from(read_input(path, max_bytes=len(alto()) // 9), str(path))


def test_plain_text_is_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes("灯亮了一夜，天才亮。".encode("gb18030"))
    page = page_from(read_input(path), str(path))
    assert (page.text, page.encoding, page.layout) == ("灯亮了一夜，天才亮。", "gb18030", None)
    with pytest.raises(InputError, match="more than a page may"):
        page_from(read_input(path, max_bytes=5), str(path))


PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/{version}">
<Page imageFilename="page.png" imageWidth="800" imageHeight="600">
<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="1" regionRef="r1"/>
<RegionRefIndexed index="0" regionRef="r2"/></OrderedGroup></ReadingOrder>
<TextRegion id="r1"><Coords points="100,120 300,120 300,140 100,140"/><TextLine id="l1">
<Coords points="100,120 300,121 300,140 100,139"/>
<TextEquiv index="1"><Unicode>别的读法</Unicode></TextEquiv>
<TextEquiv index="0" conf="0.8"><Unicode>灯亮了一夜，天才亮。</Unicode></TextEquiv></TextLine></TextRegion>
<TextRegion id="r2"><TextLine id="l2"><Coords points="100,50 260,50 260,90 100,90"/>
<Word><Coords points="100,50 180,50 180,90 100,90"/>
<TextEquiv conf="0.9"><Unicode>渡口</Unicode></TextEquiv></Word>
<Word><Coords points="180,50 260,50 260,90 180,90"/><TextEquiv><Unicode>一夜</Unicode></TextEquiv></Word>
<TextEquiv><Unicode>不用这个</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>
"""


@pytest.mark.parametrize("version", ["2013-07-15", "2019-07-15"])
def test_page_xml_in_its_reading_order(version: str) -> None:
    data = PAGE.replace("{version}", version).encode()
    assert kind_of(data) == "page-xml"
    page = page_as(data, "page-xml", "page.xml")
    assert page.text == TEXT
    assert page.layout is not None
    assert [word.confidence for line in page.layout.lines for word in line.words] == [0.9, None, 0.8]


BOXES = ([[100, 50], [260, 50], [260, 90], [100, 90]], [[100, 120], [300, 120], [300, 140], [100, 140]])
SAID = ("渡口一夜", "灯亮了一夜，天才亮。")
JSON = {
    "RapidOCR": [{"box": box, "txt": text, "score": 0.9} for box, text in zip(BOXES, SAID, strict=True)],
    "PaddleOCR 3": {"res": {"rec_texts": SAID, "rec_polys": BOXES, "rec_scores": [0.9, 0.9]}},
    "PaddleOCR 2": [[[box, [text, 0.9]] for box, text in zip(BOXES, SAID, strict=True)]],
}
LINES = """{"text": "渡口一夜", "box": [100, 50, 260, 90], "confidence": 0.9, "width": 800, "height": 600}
{"text": "灯亮了一夜，天才亮。", "bbox": [100, 120, 300, 140], "score": 0.9}
"""


@pytest.mark.parametrize("data", [*map(json.dumps, JSON.values()), LINES], ids=[*JSON, "JSON Lines"])
def test_json_with_boxes(data: str) -> None:
    assert kind_of(data.encode()) == "ocr-json"
    page = page_as(data.encode(), "ocr-json", "page.json")
    assert page.text == TEXT
    assert page.layout is not None
    assert page.layout.lines[0].box == Box(100, 50, 260, 90)
    assert [word.confidence for line in page.layout.lines for word in line.words] == [0.9, 0.9]


def test_lines_of_several_images() -> None:
    data = LINES.replace('"score"', '"page": 2, "score"')
    page = page_as(data.encode(), "ocr-json", "page.jsonl")
    assert page.layout is not None
    assert [line.page for line in page.layout.lines] == [1, 2]
    assert (page.layout.images[0].width, page.layout.images[1].width) == (800, 0)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ('{"rec_texts": ["一"], "rec_polys": [[[0, 0], [1e999, 1]]]}', "holds no text"),
        ('{"text": "一", "box": [0, 0, 9, 9]}\n{"text": "二"}', "record 2 has no text with a box"),
        ('{"text": "一", "box": [0, 0, 9, 9]}\n{"text": "二", "box', "line 2 is no JSON object"),
        ('[{"box": [0, 0, 9, 9], "txt": "一"', "is damaged"),
        ('{"text": 1, "box": 2}', "no texts with boxes in a shape that is known"),
        ('[{"txt": "", "box": ' + "[" * 100_000, "refused|damaged"),
    ],
)
def test_json_that_is_damaged_or_none_of_the_shapes(data: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        page_from(data.encode(), "page.json")


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(("data", "extra"), [(PNG, "ocr"), (b"%PDF-1.7\n", "pdf")])
def test_a_missing_extra_says_how_to_install_it(
    data: bytes, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("PIL", "rapidocr", "pypdfium2"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"pip install '\.\[{extra}\]'"):
        page_from(data, "page")


def test_a_damaged_image_and_a_damaged_pdf() -> None:
    pytest.importorskip("PIL", reason="needs cleanpress[ocr]")
    pytest.importorskip("pypdfium2", reason="needs cleanpress[pdf]")
    with pytest.raises(InputError, match="this image is damaged"):
        page_from(PNG + b"nothing", "page.png")
    with pytest.raises(InputError, match="this PDF is damaged or locked"):
        page_from(b"%PDF-1.7\nnothing", "page.pdf")


def pdf_of(content: bytes, pages: int = 1, *, box: str = "0 0 200 100", more: bytes = b"") -> bytes:
    """The smallest PDF of pages with that content in Helvetica; ``more`` stands in its trailer."""
    kids = b" ".join(b"%d 0 R" % (5 + k) for k in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *([page % box.encode()] * pages),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, body)
    size = len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\n" % (
        size,
        table,
        size,
        more,
    )
    return data + head + b"startxref\n%d\n%%%%EOF" % len(data)


LAMPS = b"BT /F 12 Tf 20 70 Td (Night ferry) Tj 0 -30 Td (All lamps lit) Tj ET"
LOCKED = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (b"41" * 32, b"42" * 32)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pdf_of(LAMPS, more=LOCKED), "damaged or locked"),
        (pdf_of(LAMPS)[:60], "damaged or locked"),
        (pdf_of(b""), "without text; to have it read|holds no text"),
        (pdf_of(b"", box="0 0 14400 14400"), "of 40,000 by 40,000 pixels; scale it down"),
        (pdf_of(LAMPS, 2001), "has 2,001 pages; split it by issues"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_one_line(data: bytes, says: str) -> None:
    pytest.importorskip("pypdfium2", reason="needs cleanpress[pdf]")
    with pytest.raises(InputError, match=says) as error:
        page_from(data, "page.pdf")
    assert "\n" not in str(error.value)


def test_each_page_of_a_pdf_or_a_tiff_is_a_page(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason="needs cleanpress[pdf]")
    image = pytest.importorskip("PIL.Image", reason="needs cleanpress[ocr]")
    (tmp_path / "issue.pdf").write_bytes(pdf_of(LAMPS, 3))
    (tmp_path / "one.pdf").write_bytes(pdf_of(LAMPS))
    (tmp_path / "long.pdf").write_bytes(pdf_of(LAMPS, 2001))
    frames = [image.new("L", (20, 20), shade) for shade in (0, 255)]
    frames[0].save(tmp_path / "issue.tif", save_all=True, append_images=frames[1:])
    names = ("issue.pdf", "one.pdf", "long.pdf", "issue.tif")
    assert [images_in(tmp_path / name) for name in names] == [3, 1, 1, 2]
    data = (tmp_path / "issue.pdf").read_bytes()
    assert page_from(data, "issue.pdf#3", image=3).text == page_from(pdf_of(LAMPS), "one.pdf").text
    with pytest.raises(InputError, match="this PDF has no page 4"):
        page_from(data, "issue.pdf#4", image=4)


def test_the_text_layer_of_a_pdf() -> None:
    pytest.importorskip("pypdfium2", reason="needs cleanpress[pdf]")
    page = page_from(pdf_of(LAMPS), "page.pdf")
    assert page.encoding == "pdf"
    assert page.text.split() == ["Night", "ferry", "All", "lamps", "lit"]
    assert page.layout is not None
    # 200 dots to the inch: 200 by 100 points are 556 by 278 pixels, and the first line is at the top.
    assert (page.layout.images[0].width, page.layout.images[0].height) == (556, 278)
    first, last = page.layout.lines[0].box, page.layout.lines[-1].box
    assert abs(first.x0 - 56) < 4
    assert first.y1 < last.y0


@pytest.mark.parametrize(
    ("top", "is_furniture"), [("2026年3月l日 第4版", True), ("要闻A4版", True), ("2022版课本今天发齐", False)]
)
def test_what_is_read_in_a_picture_and_the_line_of_the_page_are_furniture(
    top: str, is_furniture: bool
) -> None:
    rows = [(top, (100, 20)), ("rT", (500, 700))]
    rows += [
        (text, (100, 100 + 30 * k))
        for k, text in enumerate(["天亮以后河水退去", "两尺，第一班船照", "常开出。"])
    ]
    data = "\n".join(
        json.dumps({"text": text, "box": [x, y, x + 20 * len(text), y + 18]}) for text, (x, y) in rows
    )
    result = clean_page(page_from(data.encode(), "a.jsonl"), Config())
    page = result.page.text
    assert {page[slice(*left.span)] for left in result.leftovers} == {"rT", *([top] if is_furniture else [])}
