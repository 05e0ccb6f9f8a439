"""ALTO, versions 1 to 4.4 (Library of Congress): https://www.loc.gov/standards/alto/

Of a page's blocks the text lines are read, in the order of the file, or in its ``ReadingOrder`` (from 4.3
on) where it has one. ``SP`` and ``HYP`` say nothing that boxes do not; ``SUBS_CONTENT`` is the engine's guess
at a whole word and stays out, as the pieces are in the text.
"""

from __future__ import annotations

from cleanpress.formats.readers.xml import Element, finite, number
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord, around
from cleanpress.model import Box

UNITS = ("pixel", "mm10", "inch1200")
"""What a file can measure in. Its resolution it does not say: what is no pixel cannot be made one."""


def is_alto(root: Element) -> bool:
    """Whether the root is that of an ALTO document, whatever its version."""
    return root.name.lower() == "alto"


def read(root: Element) -> list[FoundPage]:
    """The pages of an ALTO document."""
    file_name = root.first("fileName")
    name = file_name.text.strip() if file_name is not None else ""
    measure = root.first("MeasurementUnit")
    unit = measure.text.strip().lower() if measure is not None else ""
    return [_page(page, name, unit if unit in UNITS else UNITS[0], root) for page in root.all("Page")]


def _page(page: Element, name: str, unit: str, root: Element) -> FoundPage:
    blocks = list(page.all("TextBlock"))
    ranks = _reading_order(root)
    # What it does not name, a page number or a repeat, is read last.
    ordered = sum(block.get("ID") in ranks for block in blocks) > len(blocks) / 2
    if ordered:
        blocks.sort(key=lambda block: ranks.get(block.get("ID"), len(ranks)))
    lines = []
    for region, block in enumerate(blocks):
        for line in block.all("TextLine"):
            found = _line(line, region)
            if found is not None:
                lines.append(found)
    return FoundPage(
        tuple(lines),
        round(number(page, "WIDTH") or 0),
        round(number(page, "HEIGHT") or 0),
        name,
        ordered,
        unit,
    )


def _line(line: Element, region: int) -> FoundLine | None:
    words: list[FoundWord] = []
    whole = _box(line)
    for string in line.all("String"):
        box = _box(string) or whole
        if box is not None and string.get("CONTENT").strip():
            words.append(FoundWord(string.get("CONTENT"), box, _confidence(string.get("WC"))))
    if not words:
        return None
    return FoundLine(tuple(words), whole or around(word.box for word in words), region)


def _reading_order(root: Element) -> dict[str, int]:
    """Ranks of the blocks that a ReadingOrder names by reference."""
    order = root.first("ReadingOrder")
    if order is None:
        return {}
    ranks: dict[str, int] = {}
    for element in order.all("ElementRef"):
        ranks.setdefault(element.get("REF"), len(ranks))
    return ranks


def _confidence(text: str) -> float | None:
    value = finite(text)
    return value if value is not None and 0 <= value <= 1 else None


def _box(element: Element) -> Box | None:
    x, y = number(element, "HPOS"), number(element, "VPOS")
    width, height = number(element, "WIDTH"), number(element, "HEIGHT")
    if x is None or y is None or width is None or height is None or width < 0 or height < 0:
        return None
    return Box(round(x), round(y), round(x + width), round(y + height))
