"""Which line goes on in which: of all lines the nearest, looked for among those near by alone."""

from __future__ import annotations

import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.layout.columns import _nearest, find_blocks
from cleanpress.layout.sheet import Sheet


def sheet_of(boxes: list[tuple[int, int, int, int]]) -> Sheet:
    """Lines of these boxes, in type as large as they are high."""
    x0, y0, x1, y1 = np.array(boxes, np.float64).reshape(-1, 4).T
    n = len(x0)
    units = np.maximum((x1 - x0) / (y1 - y0), 1.0)
    closed, chinese = np.zeros(n, np.bool_), np.ones(n, np.intp)
    return Sheet(x0, y0, x1, y1, units, y1 - y0, y1 - y0, closed, chinese, 20.0)


def nearest_of_all(sheet: Sheet, furthest: float) -> tuple[list[int], list[int]]:
    """The law: each line compared with every other one."""
    n = len(sheet.x0)

    def distance(i: int, j: int) -> float:
        step = float(sheet.y[j] - sheet.y[i])
        shared = min(sheet.x1[i], sheet.x1[j]) - max(sheet.x0[i], sheet.x0[j])
        shortest = max(min(sheet.width[i], sheet.width[j]), 1.0)
        meets = shared >= 0.5 * shortest and step > 0.35 * min(sheet.size[i], sheet.size[j])
        return step if meets and step <= furthest else np.inf

    def first(found: list[float]) -> int:
        return -1 if min(found) == np.inf else found.index(min(found))

    below = [first([distance(i, j) for j in range(n)]) for i in range(n)]
    above = [first([distance(j, i) for j in range(n)]) for i in range(n)]
    return below, above


box = st.tuples(st.integers(0, 9), st.integers(0, 99), st.integers(1, 9), st.sampled_from([10, 20])).map(
    lambda b: (20 * b[0], 5 * b[1], 20 * (b[0] + b[2]), 5 * b[1] + b[3])
)


@given(st.lists(box, min_size=1, max_size=150))
def test_the_nearest_lines_are_the_nearest_of_all(boxes: list[tuple[int, int, int, int]]) -> None:
    sheet = sheet_of(boxes)
    below, above = _nearest(sheet, sheet.x1, furthest=60.0)
    # What is further away is none, whether it was looked at or not.
    steps = np.abs(sheet.y[below] - sheet.y)
    found = np.where((below >= 0) & (steps <= 60.0), below, -1).tolist()
    up = np.where((above >= 0) & (np.abs(sheet.y[above] - sheet.y) <= 60.0), above, -1).tolist()
    assert (found, up) == nearest_of_all(sheet, 60.0)


def test_memory_grows_with_the_lines_and_not_with_their_square() -> None:
    sheet = sheet_of([(c * 220, r * 30, c * 220 + 200, r * 30 + 20) for c in range(10) for r in range(300)])
    tracemalloc.start()
    try:
        assert len(find_blocks(sheet)) == 10
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A byte for each pair of lines would be nine million.
    assert peak < 9_000_000
