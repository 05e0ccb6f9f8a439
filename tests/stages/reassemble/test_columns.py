"""Columns of equal height betray where a paragraph was torn between two sentences."""

from __future__ import annotations

import numpy as np

from cleanpress.model import Fragment, Role, Span
from cleanpress.stages.reassemble.columns import column_ends
from cleanpress.stages.reassemble.features import Heap

WHOLE, TORN = False, True
EQUAL = [
    [(90, WHOLE), (62, TORN), (31, WHOLE), (120, WHOLE)],
    [(100, TORN), (102, TORN), (60, WHOLE), (41, WHOLE)],
]


def ends(*articles: list[tuple[int, bool]]) -> frozenset[int]:
    """Column ends of articles given as (length, torn at its end) of their fragments, under headlines."""
    fragments: list[Fragment] = []
    for article in articles:
        fragments.append(Fragment(Span(0, 1), "渔汛提前", Role.HEADLINE))
        for length, torn in article:
            tail = 0.95 if torn else 0.03
            fragments.append(Fragment(Span(0, 1), "港" * length, Role.PARAGRAPH, 0.3, tail))
    heal = np.full((len(fragments), len(fragments)), -4.0)
    for i, fragment in enumerate(fragments[:-1]):
        heal[i, i + 1] = 4.0 if fragment.open_tail > 0.5 else -4.0
    return column_ends(Heap(tuple(fragments), tuple((k,) for k in range(len(fragments)))), heal)


def test_a_closed_paragraph_at_a_column_end_is_found_where_the_page_is_set_in_equal_columns() -> None:
    closed = [(80, WHOLE), (71, WHOLE), (30, WHOLE), (119, WHOLE)]
    assert ends(*EQUAL, closed) == {2, 6, 7, 12}


def test_nothing_is_said_of_a_page_whose_torn_sentences_stand_elsewhere() -> None:
    elsewhere = [(90, TORN), (10, WHOLE), (31, TORN), (120, WHOLE)]
    assert ends(elsewhere, *EQUAL[:1]) == frozenset()
    assert ends() == frozenset()
