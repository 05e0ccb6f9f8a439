"""What a reader finds in a file with coordinates, before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cleanpress.model import Box


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A piece of a line as the engine gave it (a word, a character, a whole line), in its own box."""

    text: str
    box: Box
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of the file; ``region`` numbers the block of the file that it stood in, ``None`` without any."""

    words: tuple[FoundWord, ...]
    box: Box
    region: int | None = None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """An image of a file: its lines in the order of the file, or of its reading order where it has one.

    ``ordered`` says that somebody put the regions into reading order, so that it need not be found.
    ``unit`` is what the places are measured in: ``pixel``, or of ALTO ``mm10`` or ``inch1200``.
    """

    lines: tuple[FoundLine, ...]
    width: int = 0
    height: int = 0
    name: str = ""
    ordered: bool = False
    unit: str = "pixel"


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds them all. Raises ``ValueError`` for none."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))
