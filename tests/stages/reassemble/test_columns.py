"""Columns of equal length betray where a paragraph was torn between two sentences."""

from __future__ import annotations

import numpy as np
import pytest

from cleanpress.model import Fragment, Role, Span
from cleanpress.stages.reassemble.columns import torn_at_column_ends

WHOLE, TORN = False, True
Pieces = list[tuple[int, bool]]

EQUAL: list[Pieces] = [
    [(90, WHOLE), (62, TORN), (31, WHOLE), (120, WHOLE)],
    [(100, TORN), (102, TORN), (60, WHOLE), (41, WHOLE)],
]
CLOSED: Pieces = [(80, WHOLE), (20, TORN), (71, WHOLE), (30, WHOLE), (99, WHOLE)]
"""Three columns of a hundred: a torn sentence ends the first, a closed one the second."""
UNEVEN: Pieces = [(90, WHOLE), (10, WHOLE), (31, TORN), (220, WHOLE)]


def found(*articles: Pieces, order: list[int] | None = None) -> set[tuple[int, int]]:
    """The borders that are found, for articles given as (length, torn at its end) of their fragments.

    A fragment is named by its article and its place there; ``order`` prints the articles in disorder.
    """
    fragments: list[Fragment] = []
    chains: list[list[int]] = []
    names: dict[int, tuple[int, int]] = {}
    torn: list[tuple[int, int]] = []
    for a in order or range(len(articles)):
        chains.append([len(fragments)])
        fragments.append(Fragment(Span(0, 1), "渔汛提前", Role.HEADLINE))
        for k, (length, open_tail) in enumerate(articles[a]):
            i = len(fragments)
            names[i] = (a, k)
            chains[-1].append(i)
            fragments.append(Fragment(Span(0, 1), "港" * length, Role.PARAGRAPH))
            if open_tail:
                torn.append((i, i + 1))
    heal = np.full((len(fragments), len(fragments)), -4.0)
    for pair in torn:
        heal[pair] = 4.0
    return {names[i] for i, _ in torn_at_column_ends(fragments, chains, heal)}


@pytest.mark.parametrize("order", [None, [2, 0, 1], [1, 2, 0]])
def test_a_closed_paragraph_at_a_column_end_is_found_where_the_page_is_set_in_equal_columns(
    order: list[int] | None,
) -> None:
    assert found(*EQUAL, CLOSED, order=order) == {(2, 3)}


def test_one_article_in_equal_columns_does_not_prove_the_page() -> None:
    assert found(CLOSED) == set()
    assert found() == set()


def test_articles_that_are_torn_elsewhere_speak_against_it() -> None:
    assert found(*EQUAL, CLOSED, UNEVEN) == {(2, 3)}
    assert found(EQUAL[0], CLOSED, UNEVEN) == set()


def test_an_article_without_a_torn_sentence_is_judged_by_the_columns_of_the_others() -> None:
    closed = [(80, WHOLE), (20, WHOLE), (71, WHOLE), (29, WHOLE)]
    tall = [(210, WHOLE), (300, WHOLE), (90, WHOLE), (600, WHOLE)]
    assert found(*EQUAL, closed) == {(2, 1)}
    assert found(*EQUAL, tall) == set()
    assert found(closed, closed, closed) == set()
