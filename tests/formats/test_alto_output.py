"""``--format alto``: every word once, articles grouped and in reading order, read back by our reader."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from cleanpress.config import Config
from cleanpress.formats.readers import page_as, page_from
from cleanpress.formats.write import OutputFolder
from cleanpress.model import Result
from cleanpress.pipeline import clean_page
from cleanpress.verification import verify
from official import official_schema

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "scans" / "press-page.xml"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"


@pytest.fixture(scope="module")
def cleaned() -> Result:
    return clean_page(page_from(SAMPLE.read_bytes(), "page.xml"), Config())


@pytest.fixture(scope="module")
def written(cleaned: Result, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    root = tmp_path_factory.mktemp("alto")
    (root / "page.xml").write_bytes(SAMPLE.read_bytes())
    with OutputFolder(root / "clean", ["page.xml"], Config(formats=("alto",))) as folder:
        folder.add(cleaned)
        folder.commit()
    assert verify(root / "clean", input_root=root).findings == []
    return (root / "clean" / "alto" / "page.xml").read_bytes()


def test_every_word_stands_in_it_once_in_its_box(cleaned: Result, written: bytes) -> None:
    assert cleaned.page.layout is not None
    words = [
        (cleaned.page.text[slice(*word.span)], word.box)
        for line in cleaned.page.layout.lines
        for word in line.words
    ]
    strings = [
        (s.get("CONTENT"), s.get("HPOS"), s.get("VPOS"), s.get("WIDTH"), s.get("HEIGHT"))
        for s in ElementTree.fromstring(written).iter(f"{ALTO}String")
    ]
    assert sorted(strings) == sorted(
        (text, str(b.x0), str(b.y0), str(b.x1 - b.x0), str(b.y1 - b.y0)) for text, b in words
    )


def test_articles_are_groups_of_blocks_in_reading_order(cleaned: Result, written: bytes) -> None:
    document = ElementTree.fromstring(written)
    blocks = {block.get("ID"): block for block in document.iter(f"{ALTO}TextBlock")}
    titles = {tag.get("ID"): tag.get("LABEL") for tag in document.iter(f"{ALTO}StructureTag")}
    groups = list(document.iter(f"{ALTO}OrderedGroup"))
    assert [titles[group.get("TAGREFS")] for group in groups] == [
        article.first(article.blocks[0].role) for article in cleaned.articles
    ]
    for group, article in zip(groups, cleaned.articles, strict=True):
        read = "".join(
            string.get("CONTENT", "")
            for reference in group
            for string in blocks[reference.get("REF")].iter(f"{ALTO}String")
        )
        raw = "".join(cleaned.page.text[slice(*s)] for b in article.blocks for s in b.spans)
        assert "".join(read.split()) == "".join(raw.split())


def test_it_is_read_back_in_that_order(cleaned: Result, written: bytes) -> None:
    again = page_as(written, "alto", "page.xml")
    in_order = "".join(
        cleaned.page.text[slice(*s)] for a in cleaned.articles for b in a.blocks for s in b.spans
    )
    assert "".join(again.text.split()).startswith("".join(in_order.split()))


def test_it_is_valid_against_the_official_schema(written: bytes) -> None:
    # Version 4.4 adds two attributes of Page to 4.3, which are not written.
    official_schema(ALTO.strip("{}"), "4.3").assertValid(etree.fromstring(written))


def test_it_measures_as_its_input_did(tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_bytes(SAMPLE.read_bytes().replace(b">pixel<", b">inch1200<"))
    result = clean_page(page_from((tmp_path / "page.xml").read_bytes(), "page.xml"), Config())
    with OutputFolder(tmp_path / "clean", ["page.xml"], Config(formats=("alto", "page"))) as folder:
        folder.add(result)
        folder.commit()
    document = etree.parse(str(tmp_path / "clean" / "alto" / "page.xml"))
    assert document.findtext(f".//{ALTO}MeasurementUnit") == "inch1200"
    official_schema(ALTO.strip("{}"), "4.3").assertValid(document)
    assert "Places are in inch1200" in (tmp_path / "clean" / "page" / "page.xml").read_text(encoding="utf-8")


def test_a_page_of_plain_text_has_none(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("灯亮了一夜，天才亮。", encoding="utf-8")
    result = clean_page(page_from((tmp_path / "page.txt").read_bytes(), "page.txt"), Config())
    with OutputFolder(tmp_path / "clean", ["page.txt"], Config(formats=("alto",))) as folder:
        folder.add(result)
        folder.commit()
    assert not (tmp_path / "clean" / "alto").exists()
