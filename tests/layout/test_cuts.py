"""Cuts of a line: its words stay what they are and in their order, whatever the boxes and the gutters are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.layout import FoundLine, FoundWord
from cleanpress.layout.cuts import cut, parted_words, trimmed
from cleanpress.layout.found import around
from cleanpress.layout.sheet import turned
from cleanpress.model import Box

EM = 20


def line_of(*words: tuple[str, int, int], vertical: bool = False) -> FoundLine:
    """Words of a line with the places where they begin and end along it."""
    boxes = [Box(500, a, 518, b) if vertical else Box(a, 500, b, 518) for _, a, b in words]
    found = tuple(FoundWord(text, box, 0.9) for (text, _, _), box in zip(words, boxes, strict=True))
    return FoundLine(found, around(boxes))


def places(line: FoundLine, *, vertical: bool = False) -> list[tuple[str, int, int]]:
    return [(w.text, turned(w.box, vertical)[0], turned(w.box, vertical)[2]) for w in line.words]


@st.composite
def lines(draw: st.DrawFn) -> tuple[FoundLine, bool]:
    """A line of up to twelve words, boxes too long and too short among them, and whether it runs down."""
    vertical = draw(st.booleans())
    words = []
    at = 100
    for _ in range(draw(st.integers(1, 12))):
        text = draw(st.text("山雨来风 ab", min_size=1, max_size=6))
        end = at + draw(st.integers(0, 6 * EM))
        words.append((text, at, end))
        at = max(at, end + draw(st.integers(-2 * EM, 3 * EM)))
    return line_of(*words, vertical=vertical), vertical


@st.composite
def gutters(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Gutters from the left, apart from each other."""
    found = []
    at = 60
    for _ in range(draw(st.integers(0, 3))):
        left = at + draw(st.integers(0, 200))
        at = left + draw(st.integers(2, 60))
        found.append((float(left), float(at)))
    return found


def letters(line: FoundLine) -> str:
    return "".join("".join(word.text.split()) for word in line.words)


@given(lines())
def test_a_trimmed_word_ends_where_the_next_begins_or_as_it_did(drawn: tuple[FoundLine, bool]) -> None:
    line, vertical = drawn
    before, after = (places(one, vertical=vertical) for one in (line, trimmed(line, vertical=vertical)))
    starts = [start for _, start, _ in before[1:]]
    for k, ((text, a, b), (new, c, d)) in enumerate(zip(before, after, strict=True)):
        assert (new, c) == (text, a)
        assert d == b or (k < len(starts) and d == starts[k] < b)


def test_a_word_with_the_box_of_its_line_is_trimmed() -> None:
    line = line_of(("山", 100, 300), ("雨", 120, 140), ("来", 145, 160))
    assert places(trimmed(line, vertical=False))[0] == ("山", 100, 120)


@given(lines(), gutters())
def test_no_short_word_stands_on_both_sides_of_a_gutter(
    drawn: tuple[FoundLine, bool], between: list[tuple[float, float]]
) -> None:
    line, vertical = drawn
    parted = parted_words(line, between, EM, vertical=vertical)
    assert letters(parted) == letters(line)
    assert {word.confidence for word in parted.words} <= {0.9}
    for text, start, end in places(parted, vertical=vertical):
        assert start <= end
        length = len("".join(text.split()))
        if length <= 4 and end - start <= (length + 1.5) * EM:
            assert not any(start < (left + right) / 2 < end for left, right in between)


@pytest.mark.parametrize("vertical", [False, True])
def test_one_box_over_a_gutter_becomes_two(vertical: bool) -> None:
    line = line_of(("山", 100, 120), ("雨来", 120, 184), ("风", 184, 204), vertical=vertical)
    parted = parted_words(line, [(141, 165)], EM, vertical=vertical)
    assert places(parted, vertical=vertical) == [
        ("山", 100, 120),
        ("雨", 120, 141),
        ("来", 165, 184),
        ("风", 184, 204),
    ]


def test_a_long_word_is_not_parted_by_guess() -> None:
    line = line_of(("山雨欲来风满楼", 100, 260))
    assert parted_words(line, [(150, 170)], EM, vertical=False) == line


@given(lines(), gutters(), st.integers(0, 30))
def test_the_pieces_of_a_line_are_its_words(
    drawn: tuple[FoundLine, bool], between: list[tuple[float, float]], least: int
) -> None:
    line, vertical = drawn
    pieces = cut(line, between, 1.2 * EM, 0.8 * EM, least, vertical=vertical)
    assert [word for piece in pieces for word in piece.words] == list(line.words)
    assert all(piece.words for piece in pieces)
    for left, right in pairwise(pieces):
        ends, starts = places(left, vertical=vertical)[-1][2], places(right, vertical=vertical)[0][1]
        assert starts - ends > least
