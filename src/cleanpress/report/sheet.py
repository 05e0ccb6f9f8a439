"""Where the pieces of a page stand on its images, for the map of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cleanpress.edited import render
from cleanpress.layout.places import boxes_of
from cleanpress.model import Article, Box, Result, Role, Span
from cleanpress.report.pieces import Piece, look_of


@dataclass(frozen=True, slots=True)
class Shape:
    """A box of a piece; ``headline`` is set into it where it is the one line of a headline."""

    piece: Piece
    box: Box
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """The order in which an article is read on an image: the middles of its boxes, in pixels.

    ``look`` is the class that gives the article its colour, ``number`` counts articles from 1 and stands at
    ``corner``, where the first box begins.
    """

    look: str
    number: int
    corner: tuple[int, int]
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An image of the page: its size in pixels, what stands on it, how it is read, and the address of a
    picture of it (``""``: none, and the boxes alone make a map). ``unseen``: one was looked for in vain."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    threads: tuple[Thread, ...]
    picture: str = ""
    unseen: bool = False


def sheets_of(result: Result, pieces: Sequence[Piece], pictures: Sequence[str] = ()) -> tuple[Sheet, ...]:
    """The images of a page that came with coordinates, in their order; none for plain text.

    ``pictures`` has an address for each image, or is empty.
    """
    layout = result.page.layout
    if layout is None:
        return ()
    shapes: list[list[Shape]] = [[] for _ in layout.images]
    places: dict[tuple[int, Span], list[Box]] = {}
    for piece in pieces:
        for page, box in boxes_of(layout, piece.span):
            places.setdefault((page - 1, piece.span), []).append(box)
            vertical = layout.images[page - 1].vertical
            headline = "" if vertical else _headline(result, piece, box)
            shapes[page - 1].append(Shape(piece, box, headline))
    found = []
    for k, (image, on_it) in enumerate(zip(layout.images, shapes, strict=True)):
        width = image.width or max((shape.box.x1 for shape in on_it), default=1)
        height = image.height or max((shape.box.y1 for shape in on_it), default=1)
        picture = pictures[k] if k < len(pictures) else ""
        threads = tuple(_threads(result.articles, k, places))
        found.append(Sheet(width, height, tuple(on_it), threads, picture, bool(pictures) and not picture))
    return tuple(found)


def _threads(
    articles: Sequence[Article], image: int, places: Mapping[tuple[int, Span], Sequence[Box]]
) -> Iterator[Thread]:
    """How each article that stands on an image is read there."""
    for number, article in enumerate(articles):
        boxes = [
            box for block in article.blocks for span in block.spans for box in places.get((image, span), ())
        ]
        if boxes:
            points = tuple(((box.x0 + box.x1) // 2, (box.y0 + box.y1) // 2) for box in boxes)
            yield Thread(look_of(number), number + 1, (boxes[0].x0, boxes[0].y0), points)


def _headline(result: Result, piece: Piece, box: Box) -> str:
    """The text of a headline that fills its box in one line."""
    if piece.kind != "article":
        return ""
    if result.articles[piece.owner].blocks[piece.block].role is not Role.HEADLINE:
        return ""
    text = render(result.page.text, result.edits, piece.span)
    advance = (box.x1 - box.x0) / max(1, len(text))
    return text if 0.4 * (box.y1 - box.y0) <= advance <= 1.8 * (box.y1 - box.y0) else ""
