"""Gutters by the characters alone: white that runs down through lines which were read across it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cleanpress.layout.columns import Booleans
from cleanpress.layout.found import FoundLine
from cleanpress.layout.sheet import Sheet, turned

_LEAST = 0.75
"""Sizes of white between two characters that may be a gutter; justified lines have less."""
_LOST = 4.0
"""Sizes of white in a line of text that can be nothing but columns, or words that were lost."""
_SIDE = 5.0
"""Sizes of text on each side: names and figures that are set in columns are read row by row."""
_CORE = 0.3
"""Sizes: half the width of the strip in which no character may stand."""
_STEP = 0.1
"""Sizes by which the strip is moved within the white of a line."""
_FAR, _ROWS = 8.0, 4
"""Sizes up and down to which the strip is looked at, and the least lines beside it on each side."""
_NEXT = 4.0
"""Sizes up to which lines are neighbours."""
_BESIDE = 2.0
"""Sizes from the white up to which a line stands beside it."""


class Whites:
    """The gutters in the lines of a sheet, as far as the file has boxes of characters or words.

    Only in those of the ``text`` (n,) they are looked for: a small headline may stand over two columns.
    """

    def __init__(self, lines: Sequence[FoundLine], sheet: Sheet, text: Booleans, *, vertical: bool) -> None:
        self._sheet = sheet
        boxes: list[tuple[int, float, float, float]] = []
        for i, line in enumerate(lines):
            whole = turned(line.box, vertical)
            dx, dy = float(sheet.x0[i]) - whole[0], float(sheet.y0[i]) - whole[1]
            for word in line.words:
                x0, y0, x1, y1 = turned(word.box, vertical)
                boxes.append((i, x0 + dx, x1 + dx, (y0 + y1) / 2 + dy))
        table = np.array(boxes, dtype=np.float64).reshape(-1, 4)
        self._line, self._x0, self._x1, self._y = table.T
        self._from = np.searchsorted(self._line, np.arange(len(lines) + 1))
        wide = [list(self._wide(i)) if text[i] else [] for i in range(len(lines))]
        self._gutters = [
            [
                (a, b)
                for a, b, side in found
                if side >= _SIDE * sheet.em and (b - a >= _LOST * sheet.em or self._runs_down(i, a, b))
            ]
            for i, found in enumerate(wide)
        ]
        sure = np.array(
            [(sheet.y[i], a, b) for i, found in enumerate(self._gutters) for a, b in found]
        ).reshape(-1, 3)
        for i, found in enumerate(wide):
            # The last line of a paragraph may be short: it is cut where its neighbours are.
            near = sure[np.abs(sure[:, 0] - sheet.y[i]) < _NEXT * sheet.em]
            self._gutters[i] += [
                (a, b)
                for a, b, side in found
                if side < _SIDE * sheet.em and ((near[:, 1] < b) & (near[:, 2] > a)).any()
            ]

    def in_line(self, i: int) -> list[tuple[float, float]]:
        """The gutters in line i: the edges of the white in it, in the frame of the sheet."""
        return self._gutters[i]

    def _wide(self, i: int) -> Iterator[tuple[float, float, float]]:
        """The edges of what white line i has, and how much of the line stands on the shorter side of it."""
        here = slice(int(self._from[i]), int(self._from[i + 1]))
        x0, x1 = self._x0[here], self._x1[here]
        for k in np.flatnonzero(x0[1:] - x1[:-1] >= _LEAST * self._sheet.em):
            a, b = float(x1[k]), float(x0[k + 1])
            yield a, b, float(min(a - x0[0], x1[-1] - b))

    def _runs_down(self, i: int, a: float, b: float) -> bool:
        """Whether some of the white from a to b in line i goes on in the lines above and below it.

        A first line is set in, a last one is short: the gutter is narrower than their white.
        """
        em = self._sheet.em
        middles = np.arange(a + _CORE * em, b - _CORE * em + 1e-6, _STEP * em)
        return any(self._parts(i, a, b, middle) for middle in middles)

    def _parts(self, i: int, a: float, b: float, middle: float) -> bool:
        sheet, em = self._sheet, self._sheet.em
        away = self._y - sheet.y[i]
        inside = (self._x0 < middle + _CORE * em) & (self._x1 > middle - _CORE * em) & (self._line != i)
        above = float(-away[inside & (away < 0)].max(initial=-_FAR * em))
        below = float(away[inside & (away >= 0)].min(initial=_FAR * em))
        rows = sheet.y - sheet.y[i]
        near = (rows > -above) & (rows < below)
        return min(self._beside(near, a, left=True), self._beside(near, b, left=False)) >= _ROWS

    def _beside(self, near: Booleans, edge: float, *, left: bool) -> int:
        """How many lines have text right beside an edge of the white."""
        reach = _BESIDE * self._sheet.em
        if left:
            touches = (self._sheet.x0 < edge - reach) & (self._sheet.x1 > edge - reach)
        else:
            touches = (self._sheet.x1 > edge + reach) & (self._sheet.x0 < edge + reach)
        return int(np.count_nonzero(touches & near))
