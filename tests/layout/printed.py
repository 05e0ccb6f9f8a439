"""Pages printed by arithmetic: texts poured into columns, every character in a box of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cleanpress.layout.found import FoundLine, FoundPage, FoundWord, around
from cleanpress.model import Box

SIZE = 20
LEADING = 30
GUTTER = 24


@dataclass
class Sheet:
    """A sheet under the press: ``lines`` collects what is printed, as (text, x, y, size)."""

    lines: list[tuple[str, int, int, int]] = field(default_factory=list)

    def line(self, text: str, x: int, y: int, size: int = SIZE) -> None:
        """Print a line from its upper left corner."""
        self.lines.append((text, x, y, size))

    def centred(self, text: str, x0: int, x1: int, y: int, size: int = SIZE) -> None:
        """Print a line in the middle between two edges."""
        self.line(text, (x0 + x1 - len(text) * size) // 2, y, size)

    def columns(self, paragraphs: Sequence[str], at: tuple[int, int], height: int, width: int) -> None:
        """Pour paragraphs into columns of ``height`` lines of ``width`` characters."""
        for k, (text, indent) in enumerate(wrapped(paragraphs, width)):
            column, row = divmod(k, height)
            x, y = at
            self.line(text, x + column * (width * SIZE + GUTTER) + indent * SIZE, y + row * LEADING)

    def found(self, *, vertical: bool = False, order: Sequence[int] | None = None) -> FoundPage:
        """What an engine finds, lines in the order given (or as printed); turned for a vertical page."""
        lines = [self._line(*line, vertical=vertical) for line in self.lines]
        if order is not None:
            lines = [lines[k] for k in order]
        return FoundPage(tuple(lines), 2000, 2000)

    def rows(self) -> list[int]:
        """The order of an engine that reads rows across columns."""
        return sorted(range(len(self.lines)), key=lambda k: (self.lines[k][2], self.lines[k][1]))

    @staticmethod
    def _line(text: str, x: int, y: int, size: int, *, vertical: bool) -> FoundLine:
        words = []
        for k, character in enumerate(text):
            box = Box(x + k * size, y, x + (k + 1) * size - 1, y + size - 2)
            if vertical:
                box = Box(2000 - box.y1, box.x0, 2000 - box.y0, box.x1)
            words.append(FoundWord(character, box, 0.9))
        return FoundLine(tuple(words), around(word.box for word in words))


def wrapped(paragraphs: Sequence[str], width: int) -> Iterator[tuple[str, int]]:
    """Lines of a column and how far each is set in."""
    for paragraph in paragraphs:
        first, rest = paragraph[: width - 2], paragraph[width - 2 :]
        yield first, 2
        for k in range(0, len(rest), width):
            yield rest[k : k + width], 0
