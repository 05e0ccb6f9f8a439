"""Clues in the text itself, and what the page's own vocabulary says."""

from __future__ import annotations

import numpy as np
import pytest

from cleanpress.model import Fragment, Role, Span
from cleanpress.stages.reassemble import clues
from cleanpress.stages.reassemble.features import Heap, page_similarity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二是腾出东边的旧仓。", 2), ("第三，改走南岸。", 3), ("（四）连夜开会", 4), ("其次，清点冷库。", 2),
        ("5.联系电话", 5), ("2.5万吨", 0), ("渔汛提前", 0),
    ],
)  # fmt: skip
def test_ordinal_at_head(text: str, number: int) -> None:
    assert clues.ordinal_at_head(text) == number


def test_last_ordinal_counts_through_a_paragraph() -> None:
    assert clues.last_ordinal("一是清点冷库，二是腾出旧仓，三是改走南岸。") == 3
    assert clues.last_ordinal("渔汛提前。") == 0


def test_open_marks_meet_their_closing_ones() -> None:
    assert clues.unclosed("老周说：“今年的渔汛（比往年") == "“（"
    assert clues.unopened("早了十天），冷库也满了。”他") == "（“"
    assert clues.unclosed("“渔汛”提前") == clues.unopened("“渔汛”提前") == ""


def test_what_few_fragments_share_counts_most() -> None:
    texts = ["东岸合作社连夜开会", "今年渔汛提前十天", "东岸合作社腾出旧仓", "今年雨水提前十天"]
    cosine, rare = page_similarity(texts)
    assert cosine[0, 2] > cosine[0, 1]
    assert rare[0, 2] > 0
    assert np.allclose(cosine, cosine.T)
    assert page_similarity([""])[0].shape == (1, 1)


def fragment(start: int) -> Fragment:
    return Fragment(Span(start, start + 1), "港", Role.PARAGRAPH)


def test_a_heap_closes_over_what_is_left_out_and_keeps_the_neighbours_of_copies() -> None:
    heap = Heap(tuple(fragment(k) for k in range(4)), ((0,), (1,), (2, 5), (3,)), ((0, 2),))
    assert heap.neighbours()[1, 2] == 1
    smaller = heap.only([0, 2, 3])
    assert smaller.places == ((0,), (1, 3), (2,))
    assert smaller.links == ((0, 1),)
    assert smaller.neighbours()[2, 1] == 1
