"""``alto/<page>.xml``: a page with coordinates as ALTO 4.4, with its articles and their reading order.

https://www.loc.gov/standards/alto/ -- words stand in it as they were read, in the boxes they came with. A
block of lines is what was printed in one place of an article; tags say of which article it is and what it is
there, ``ReadingOrder`` how each article is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cleanpress
from cleanpress.formats.outputs import Opened, Output, Piece
from cleanpress.formats.placed import Placed, in_articles, label_of, placed_blocks
from cleanpress.formats.tei import attribute, text
from cleanpress.layout.found import around
from cleanpress.model import Box, Layout, Result

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
SCHEMA = "https://www.loc.gov/standards/alto/v4/alto-4-4.xsd"


class Alto(Output):
    """A file for each page that came with coordinates; none for others."""

    def page(self, opened: Opened) -> Iterator[Piece]:
        result = opened.result
        if result.page.layout is not None:
            yield Piece(f"alto/{opened.folder}.xml", "".join(_document(result, result.page.layout)).encode())


def _document(result: Result, layout: Layout) -> Iterator[str]:
    blocks = list(placed_blocks(result, layout))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<alto xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    yield f'xsi:schemaLocation="{NAMESPACE} {SCHEMA}" SCHEMAVERSION="4.4">\n'
    # An input in another unit than pixels is one ALTO file.
    unit = next((image.unit for image in layout.images), "pixel")
    yield f"<Description>\n<MeasurementUnit>{unit}</MeasurementUnit>\n"
    name = next((image.name for image in layout.images if image.name), "")
    if name:
        yield f"<sourceImageInformation><fileName>{text(name)}</fileName></sourceImageInformation>\n"
    yield '<Processing ID="cleanpress"><processingCategory>contentModification</processingCategory>'
    yield "<processingStepDescription>articles and reading order</processingStepDescription>"
    yield "<processingSoftware><softwareName>cleanpress</softwareName>"
    yield f"<softwareVersion>{cleanpress.__version__}</softwareVersion></processingSoftware></Processing>\n"
    yield "</Description>\n"
    yield from _tags(result, blocks)
    yield from _reading_order(blocks)
    yield "<Layout>\n"
    for number, image in enumerate(layout.images, start=1):
        size = f' WIDTH="{image.width}" HEIGHT="{image.height}"' if image.width and image.height else ""
        yield f'<Page ID="page_{number}" PHYSICAL_IMG_NR="{number}"{size}>\n<PrintSpace>\n'
        direction = ' BASEDIRECTION="ttb"' if image.vertical else ""
        for block in blocks:
            if block.page == number:
                yield from _text_block(result, block, direction)
        yield "</PrintSpace>\n</Page>\n"
    yield "</Layout>\n</alto>\n"


def _tags(result: Result, blocks: Iterable[Placed]) -> Iterator[str]:
    yield "<Tags>\n"
    for role in sorted({block.role for block in blocks}):
        yield f'<LayoutTag ID="role_{role}" TYPE="role" LABEL={attribute(role)}/>\n'
    for number, article in enumerate(result.articles, start=1):
        label = attribute(label_of(article))
        yield f'<StructureTag ID="article_{number}" TYPE="article" LABEL={label}/>\n'
    yield "</Tags>\n"


def _reading_order(blocks: Iterable[Placed]) -> Iterator[str]:
    """Articles in no order among themselves, the blocks of each in order."""
    articles = in_articles(blocks)
    if not articles:
        return
    yield '<ReadingOrder>\n<UnorderedGroup ID="articles">\n'
    for article, numbers in articles.items():
        yield f'<OrderedGroup ID="order_{article}" TAGREFS="article_{article}">\n'
        for number in numbers:
            yield f'<ElementRef ID="ref_{number}" REF="block_{number}"/>\n'
        yield "</OrderedGroup>\n"
    yield "</UnorderedGroup>\n</ReadingOrder>\n"


def _text_block(result: Result, block: Placed, direction: str) -> Iterator[str]:
    tags = f"role_{block.role}" + (f" article_{block.article}" if block.article else "")
    box = _place(around(line.box for line in block.lines))
    yield f'<TextBlock ID="block_{block.number}" TAGREFS="{tags}"{direction}{box}>\n'
    for line in block.lines:
        yield f"<TextLine{_place(line.box)}>"
        end = line.span.start
        words = line.words or ()
        for k, word in enumerate(words):
            if k and word.span.start > end:
                yield "<SP/>"
            sure = f' WC="{word.confidence:.4g}"' if word.confidence is not None else ""
            content = attribute(result.page.text[slice(*word.span)])
            yield f"<String CONTENT={content}{sure}{_place(word.box)}/>"
            end = word.span.end
        if not words:
            yield f"<String CONTENT={attribute(result.page.text[slice(*line.span)])}/>"
        yield "</TextLine>\n"
    yield "</TextBlock>\n"


def _place(box: Box) -> str:
    return f' HPOS="{box.x0}" VPOS="{box.y0}" WIDTH="{box.x1 - box.x0}" HEIGHT="{box.y1 - box.y0}"'
