"""``--format page``: PAGE-XML that its schema accepts, every word once, articles in order, read back so."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from cleanpress.config import Config
from cleanpress.formats.page_xml import document
from cleanpress.formats.readers import page_as, page_from
from cleanpress.formats.write import OutputFolder
from cleanpress.layout import FoundLine, FoundPage, FoundWord, compose
from cleanpress.model import Box, Page, Result
from cleanpress.pipeline import clean_page
from cleanpress.verification import verify
from official import official_schema

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "scans" / "press-page.xml"
NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
PAGE = f"{{{NAMESPACE}}}"


@pytest.fixture(scope="module")
def cleaned() -> Result:
    return clean_page(page_from(SAMPLE.read_bytes(), "page.xml"), Config())


@pytest.fixture(scope="module")
def written(cleaned: Result, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    root = tmp_path_factory.mktemp("page")
    (root / "page.xml").write_bytes(SAMPLE.read_bytes())
    with OutputFolder(root / "clean", ["page.xml"], Config(formats=("page",))) as folder:
        folder.add(cleaned)
        folder.commit()
    assert verify(root / "clean", input_root=root).findings == []
    return (root / "clean" / "page" / "page.xml").read_bytes()


def words_of(document: etree._Element) -> list[tuple[str, str]]:
    return [
        (word.findtext(f"{PAGE}TextEquiv/{PAGE}Unicode"), word.find(f"{PAGE}Coords").get("points"))
        for word in document.iter(f"{PAGE}Word")
    ]


def points(box: Box) -> str:
    return f"{box.x0},{box.y0} {box.x1},{box.y0} {box.x1},{box.y1} {box.x0},{box.y1}"


def test_it_is_valid_against_the_official_schema(written: bytes) -> None:
    official_schema(NAMESPACE).assertValid(etree.fromstring(written))


def test_every_word_stands_in_it_once_in_its_box(cleaned: Result, written: bytes) -> None:
    assert cleaned.page.layout is not None
    assert sorted(words_of(etree.fromstring(written))) == sorted(
        (cleaned.page.text[slice(*word.span)], points(word.box))
        for line in cleaned.page.layout.lines
        for word in line.words
    )


def test_articles_are_groups_of_regions_in_reading_order(cleaned: Result, written: bytes) -> None:
    document = etree.fromstring(written)
    regions = {region.get("id"): region for region in document.iter(f"{PAGE}TextRegion")}
    groups = list(document.iter(f"{PAGE}OrderedGroup"))
    assert {group.get("type") for group in groups} == {"article"}
    for group, article in zip(groups, cleaned.articles, strict=True):
        assert group.get("caption") == article.first(article.blocks[0].role)
        assert [reference.get("index") for reference in group] == [str(k) for k in range(len(group))]
        read = "".join(
            text for reference in group for text, _ in words_of(regions[reference.get("regionRef")])
        )
        raw = "".join(cleaned.page.text[slice(*s)] for b in article.blocks for s in b.spans)
        assert read == "".join(raw.split())


def test_it_is_read_back_in_that_order(cleaned: Result, written: bytes) -> None:
    again = page_as(written, "page-xml", "page.xml")
    in_order = "".join(
        cleaned.page.text[slice(*s)] for a in cleaned.articles for b in a.blocks for s in b.spans
    )
    assert "".join(again.text.split()).startswith("".join(in_order.split()))


def test_each_image_of_an_input_is_a_file_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "page.jsonl"
    line = '{{"text": "{}", "box": [{}, 20, 400, 50], "page": {}}}\n'
    lines = [line.format("灯亮了一夜，天才亮。", -3, 1), line.format("船靠岸时，雨停了。", 30, 2)]
    source.write_text("".join(lines), encoding="utf-8")
    result = clean_page(page_from(source.read_bytes(), "page.jsonl"), Config())
    with OutputFolder(tmp_path / "clean", ["page.jsonl"], Config(formats=("page",))) as folder:
        folder.add(result)
        folder.commit()
    texts = []
    for number in (1, 2):
        written = (tmp_path / "clean" / "page" / f"page~{number}.xml").read_bytes()
        official_schema(NAMESPACE).assertValid(etree.fromstring(written))
        texts.append(words_of(etree.fromstring(written)))
    assert texts == [
        [("灯亮了一夜，天才亮。", "0,20 400,20 400,50 0,50")],
        [("船靠岸时，雨停了。", "30,20 400,20 400,50 30,50")],
    ]


def test_lines_that_run_down_are_said_to() -> None:
    boxes = [Box(300 - 40 * k, 10, 330 - 40 * k, 160) for k in range(3)]
    lines = [FoundLine((FoundWord("风从海上来", box),), box) for box in boxes]
    text, layout = compose([FoundPage(tuple(lines), 400, 200)])
    assert layout.images[0].vertical
    content = document(clean_page(Page(text, "page.xml", "page-xml", "0", layout), Config()), 1)
    root = etree.fromstring(content.encode())
    official_schema(NAMESPACE).assertValid(root)
    assert root.find(f"{PAGE}Page").get("textLineOrder") == "right-to-left"


def test_a_page_of_plain_text_has_none(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("灯亮了一夜，天才亮。", encoding="utf-8")
    result = clean_page(page_from((tmp_path / "page.txt").read_bytes(), "page.txt"), Config())
    with OutputFolder(tmp_path / "clean", ["page.txt"], Config(formats=("page",))) as folder:
        folder.add(result)
        folder.commit()
    assert not (tmp_path / "clean" / "page").exists()
