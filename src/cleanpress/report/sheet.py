"""Where the pieces of a page stand on its images, for the map of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleanpress.edited import render
from cleanpress.layout.places import boxes_of
from cleanpress.model import Box, Result, Role
from cleanpress.report.pieces import Piece


@dataclass(frozen=True, slots=True)
class Shape:
    """A box of a piece; ``headline`` is set into it where it is the one line of a headline."""

    piece: Piece
    box: Box
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An image of the page: its size in pixels, its file's name where the input says it (no image is shown;
    this is where it would be known), and what stands on it."""

    width: int
    height: int
    image: str
    shapes: tuple[Shape, ...]


def sheets_of(result: Result, pieces: Sequence[Piece]) -> tuple[Sheet, ...]:
    """The images of a page that came with coordinates, in their order; none for plain text."""
    layout = result.page.layout
    if layout is None:
        return ()
    shapes: list[list[Shape]] = [[] for _ in layout.images]
    for piece in pieces:
        for page, box in boxes_of(layout, piece.span):
            vertical = layout.images[page - 1].vertical
            headline = "" if vertical else _headline(result, piece, box)
            shapes[page - 1].append(Shape(piece, box, headline))
    found = []
    for image, on_it in zip(layout.images, shapes, strict=True):
        width = image.width or max((shape.box.x1 for shape in on_it), default=1)
        height = image.height or max((shape.box.y1 for shape in on_it), default=1)
        found.append(Sheet(width, height, image.name, tuple(on_it)))
    return tuple(found)


def _headline(result: Result, piece: Piece, box: Box) -> str:
    """The text of a headline that fills its box in one line."""
    if piece.kind != "article":
        return ""
    if result.articles[piece.owner].blocks[piece.block].role is not Role.HEADLINE:
        return ""
    text = render(result.page.text, result.edits, piece.span)
    advance = (box.x1 - box.x0) / max(1, len(text))
    return text if 0.4 * (box.y1 - box.y0) <= advance <= 1.8 * (box.y1 - box.y0) else ""
