"""``page/<page>.xml``: a page with coordinates as PAGE-XML 2019-07-15, with its articles in reading order.

https://github.com/PRImA-Research-Lab/PAGE-XML -- what Transkribus, eScriptorium and OCR-D read. A region is
what was printed in one place of an article; ``ReadingOrder`` has a group for each article. The format has one
image in a file, so that an input of several gives several files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cleanpress
from cleanpress.formats.outputs import Opened, Output, Piece
from cleanpress.formats.placed import Placed, in_articles, label_of, placed_blocks
from cleanpress.formats.tei import attribute, text
from cleanpress.layout.found import around
from cleanpress.model import Box, LayoutLine, PageImage, Result, Role

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
SCHEMA = f"{NAMESPACE}/pagecontent.xsd"
NO_CLOCK = "1970-01-01T00:00:00Z"
"""The format asks when a file was made. No clock is read, so that the same page gives the same bytes."""
TYPES = {
    Role.KICKER.value: "heading",
    Role.HEADLINE.value: "heading",
    Role.SUBTITLE.value: "heading",
    Role.SUBHEAD.value: "heading",
    Role.BYLINE.value: "credit",
    Role.PARAGRAPH.value: "paragraph",
    Role.CAPTION.value: "caption",
    Role.FURNITURE.value: "header",
}
"""The types of regions that the format knows, by roles; ``custom`` has the role itself."""


class PageXml(Output):
    """A file for each image of a page that came with coordinates; none for others."""

    def page(self, opened: Opened) -> Iterator[Piece]:
        result = opened.result
        count = len(result.page.layout.images) if result.page.layout is not None else 0
        for number in range(1, count + 1):
            # No page's own name has a tilde (``formats.names``), so that none is taken twice.
            name = opened.folder if count == 1 else f"{opened.folder}~{number}"
            yield Piece(f"page/{name}.xml", document(result, number).encode())


def document(result: Result, number: int) -> str:
    """The document of an image, counted from 1, of a page that came with coordinates."""
    layout = result.page.layout
    if layout is None:
        raise ValueError(f"{result.page.source}: a page without coordinates")
    blocks = [block for block in placed_blocks(result, layout) if block.page == number]
    return "".join(_document(result, layout.images[number - 1], blocks))


def _document(result: Result, image: PageImage, blocks: Sequence[Placed]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<PcGts xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    yield f'xsi:schemaLocation="{NAMESPACE} {SCHEMA}">\n'
    yield f"<Metadata><Creator>cleanpress {cleanpress.__version__}</Creator><Created>{NO_CLOCK}</Created>"
    yield f"<LastChange>{NO_CLOCK}</LastChange>"
    yield "<Comments>No clock is read: the same page gives the same file."
    if image.unit != "pixel":
        # The format has no word for it.
        yield f" Places are in {image.unit}, as in the ALTO file, not in pixels."
    yield "</Comments></Metadata>\n"
    width, height = _size(image, blocks)
    direction = ' readingDirection="top-to-bottom" textLineOrder="right-to-left"' if image.vertical else ""
    name = attribute(image.name or result.page.source)
    yield f'<Page imageFilename={name} imageWidth="{width}" imageHeight="{height}"{direction}>\n'
    yield from _reading_order(result, blocks)
    for block in blocks:
        yield from _region(result.page.text, block)
    yield "</Page>\n</PcGts>\n"


def _size(image: PageImage, blocks: Sequence[Placed]) -> tuple[int, int]:
    """Width and height of an image; where the file did not say, what the lines reach."""
    if image.width > 0 and image.height > 0:
        return image.width, image.height
    boxes = [line.box for block in blocks for line in block.lines]
    return max((b.x1 for b in boxes), default=1), max((b.y1 for b in boxes), default=1)


def _reading_order(result: Result, blocks: Sequence[Placed]) -> Iterator[str]:
    """Articles in no order among themselves, the regions of each in order."""
    articles = in_articles(blocks)
    if not articles:
        return
    yield '<ReadingOrder>\n<UnorderedGroup id="articles">\n'
    for article, numbers in articles.items():
        label = attribute(label_of(result.articles[article - 1]))
        yield f'<OrderedGroup id="article_{article}" caption={label} type="article">\n'
        for index, number in enumerate(numbers):
            yield f'<RegionRefIndexed index="{index}" regionRef="region_{number}"/>\n'
        yield "</OrderedGroup>\n"
    yield "</UnorderedGroup>\n</ReadingOrder>\n"


def _region(content: str, block: Placed) -> Iterator[str]:
    kind = TYPES.get(block.role, "other")
    custom = f"structure {{type:{block.role};}}"
    yield f'<TextRegion id="region_{block.number}" type="{kind}" custom="{custom}">'
    yield f"{_coords(around(line.box for line in block.lines))}\n"
    for k, line in enumerate(block.lines, start=1):
        yield from _line(content, line, f"line_{block.number}_{k}")
    yield "</TextRegion>\n"


def _line(content: str, line: LayoutLine, name: str) -> Iterator[str]:
    yield f'<TextLine id="{name}">{_coords(line.box)}'
    for k, word in enumerate(line.words, start=1):
        sure = f' conf="{word.confidence:.4g}"' if word.confidence is not None else ""
        yield f'<Word id="word{name[4:]}_{k}">{_coords(word.box)}'
        yield f"<TextEquiv{sure}><Unicode>{text(content[slice(*word.span)])}</Unicode></TextEquiv></Word>"
    yield f"<TextEquiv><Unicode>{text(content[slice(*line.span)])}</Unicode></TextEquiv></TextLine>\n"


def _coords(box: Box) -> str:
    """A box as a polygon; the format has no places to the left of an image or above it."""
    x0, y0, x1, y1 = (max(0, value) for value in box)
    return f'<Coords points="{x0},{y0} {x1},{y0} {x1},{y1} {x0},{y1}"/>'
