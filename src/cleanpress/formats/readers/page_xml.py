"""PAGE-XML, versions 2013 to 2019 (PRImA): https://github.com/PRImA-Research-Lab/PAGE-XML

Lines stand in regions; where the file has a ``ReadingOrder`` that names most of them, they come in that
order. A line's text is that of its words, or its own where it has none; of several readings the first by
``index``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleanpress.formats.readers.xml import Element, finite, number
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord, around
from cleanpress.model import Box

_POINT = re.compile(r"(-?[\d.]+),(-?[\d.]+)")


def is_page_xml(root: Element) -> bool:
    """Whether the root is that of a PAGE-XML document, whatever its version."""
    return root.name == "PcGts"


def read(root: Element) -> list[FoundPage]:
    """The pages of a document; the format has one in each file."""
    return [_page(page) for page in root.all("Page")]


def _page(page: Element) -> FoundPage:
    regions = list(page.all("TextRegion"))
    ranks = _reading_order(page)
    holders = [region for region in regions if any(True for _ in _own_lines(region))]
    # What it does not name, a page number or a repeat, is read last.
    ordered = sum(region.get("id") in ranks for region in holders) > len(holders) / 2
    if ordered:
        holders.sort(key=lambda region: ranks.get(region.get("id"), len(ranks)))
    lines = []
    for k, region in enumerate(holders):
        lines += [found for line in _own_lines(region) if (found := _line(line, k)) is not None]
    return FoundPage(
        tuple(lines),
        round(number(page, "imageWidth") or 0),
        round(number(page, "imageHeight") or 0),
        page.get("imageFilename"),
        ordered,
    )


def _own_lines(region: Element) -> Iterator[Element]:
    """The lines of a region, those of regions inside of it left out."""
    return (child for child in region.children if child.name == "TextLine")


def _line(line: Element, region: int) -> FoundLine | None:
    whole = _box(line)
    words: list[FoundWord] = []
    for word in line.children:
        if word.name == "Word":
            text, sure = _text(word)
            box = _box(word) or whole
            if text.strip() and box is not None:
                words.append(FoundWord(text, box, sure))
    if not words:
        text, sure = _text(line)
        if text.strip() and whole is not None:
            words.append(FoundWord(text, whole, sure))
    if not words:
        return None
    return FoundLine(tuple(words), whole or around(word.box for word in words), region)


def _text(element: Element) -> tuple[str, float | None]:
    """The first reading of an element's own, and how sure the engine is of it."""
    readings = [child for child in element.children if child.name == "TextEquiv"]
    if not readings:
        return "", None
    best = min(readings, key=lambda reading: number(reading, "index") or 0)
    sure = finite(best.get("conf"))
    for name in ("Unicode", "PlainText"):
        for child in best.children:
            if child.name == name and child.text.strip():
                return child.text, sure if sure is not None and 0 <= sure <= 1 else None
    return "", None


def _reading_order(page: Element) -> dict[str, int]:
    """Ranks of regions; references of an ordered group count by their ``index``."""
    order = page.first("ReadingOrder")
    ranks: dict[str, int] = {}
    if order is None:
        return ranks
    stack = [order]
    while stack:
        element = stack.pop()
        reference = element.get("regionRef")
        if reference:
            ranks.setdefault(reference, len(ranks))
        children = sorted(element.children, key=lambda child: number(child, "index") or 0)
        stack.extend(reversed(children))
    return ranks


def _box(element: Element) -> Box | None:
    """The box around an element's polygon, given as text (from 2013) or as points (before)."""
    for child in element.children:
        if child.name == "Coords":
            pairs = _POINT.findall(child.get("points"))
            pairs += [(point.get("x"), point.get("y")) for point in child.children if point.name == "Point"]
            xs = [finite(x) for x, _ in pairs]
            ys = [finite(y) for _, y in pairs]
            if not pairs or None in xs or None in ys:
                return None
            x = [value for value in xs if value is not None]
            y = [value for value in ys if value is not None]
            return Box(round(min(x)), round(min(y)), round(max(x)), round(max(y)))
    return None
