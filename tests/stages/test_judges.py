"""What the judges of misread characters are asked with, and what follows from their scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.language.levels import Floats
from cleanpress.stages.restore.lookalikes import beside, doubts_of
from cleanpress.stages.restore.scan import (
    COMPARED,
    DOUBT_FEATURES,
    FEATURES,
    FURTHEST,
    OWN_FEATURES,
    UNASKED,
    beside_others,
)
from cleanpress.stages.restore.trees import GLANCE, Judges, Trees, logistic, shares

SCORES = st.lists(st.tuples(st.integers(0, 4), st.floats(-300, 300)), max_size=20)


def stumps() -> Trees:
    """Two trees of one question each: is the first figure at most 1, is the second at most 5?"""
    return Trees(
        column=np.array([0, 0, 0, 1, 0, 0], dtype=np.int32),
        border=np.array([1.0, 0, 0, 5.0, 0, 0]),
        low=np.array([1, 1, 2, 4, 4, 5], dtype=np.int32),
        high=np.array([2, 1, 2, 5, 4, 5], dtype=np.int32),
        value=np.array([0, -2.0, 3.0, 0, 10.0, 20.0]),
        roots=np.array([0, 3], dtype=np.int32),
        depth=1,
    )


def test_the_score_is_the_sum_of_the_leaves() -> None:
    rows = np.array([[1, 5], [1.5, 5], [0, 6], [2, 6]], dtype=np.float32)
    assert stumps().score(rows).tolist() == [8.0, 13.0, 18.0, 23.0]


def test_what_is_hopeless_at_a_glance_is_not_asked_further() -> None:
    few = stumps()
    many = replace(few, roots=np.array([0] * GLANCE + [3], dtype=np.int32))
    rows = np.array([[1, 5], [2, 5]], dtype=np.float32)
    assert many.score(rows).tolist() == [-2.0 * GLANCE, 3.0 * GLANCE + 10.0]


def test_what_was_judged_before_is_remembered() -> None:
    rows = np.array([[1, 5], [2, 6]], dtype=np.float32)
    known: dict[bytes, float] = {rows[0].tobytes(): 77.0}
    assert stumps().remembered(rows, known).tolist() == [77.0, 23.0]
    assert known[rows[1].tobytes()] == 23.0


@given(SCORES)
def test_of_the_candidates_of_a_place_one_is_right_at_most(found: list[tuple[int, float]]) -> None:
    place = np.array([at for at, _ in found], dtype=np.intp)
    scores = np.array([score for _, score in found])
    chances = shares(scores, place, 5)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (np.bincount(place, weights=chances, minlength=5) <= 1 + 1e-9).all()
    for k in range(5):
        here = place == k
        order = np.argsort(scores[here], kind="stable")
        assert (np.diff(chances[here][order]) >= 0).all()
        alone = shares(scores[here], np.zeros(int(here.sum()), dtype=np.intp), 1)
        assert alone == pytest.approx(chances[here])


@given(st.floats(-300, 300))
def test_a_candidate_without_others_has_the_odds_of_its_score(score: float) -> None:
    alone = shares(np.array([score]), np.zeros(1, dtype=np.intp), 1)
    assert alone == pytest.approx(logistic(np.array([score])))


@given(st.lists(st.lists(st.integers(-60, 60), min_size=1, max_size=4), max_size=5))
def test_candidates_are_compared_with_the_best_of_the_others(places: list[list[int]]) -> None:
    place = np.repeat(np.arange(len(places)), [len(some) for some in places]).astype(np.intp)
    figures = [figure for some in places for figure in some]
    rows = np.tile(np.array(figures, dtype=np.float32)[:, None], (1, len(OWN_FEATURES)))
    found = beside_others(place, rows)
    assert found.shape == (len(figures), len(COMPARED) + 1)
    expected, many = [], []
    for some in places:
        for k, figure in enumerate(some):
            others = some[:k] + some[k + 1 :]
            lead = figure - max(others) if others else FURTHEST
            expected.append(min(FURTHEST, max(-FURTHEST, lead)))
            many.append(len(some))
    assert found[:, 0].tolist() == expected
    assert found[:, -1].tolist() == many


@given(st.lists(st.floats(0, 1), max_size=9))
def test_a_place_is_told_how_its_neighbours_fare(figures: list[float]) -> None:
    columns: list[Floats] = list(beside(np.array(figures)))
    for k in range(len(figures)):
        expected = [figures[k + step] if 0 <= k + step < len(figures) else 0.0 for step in (-2, -1, 1, 2)]
        assert [column[k] for column in columns] == expected


def test_the_packaged_judges_fit_what_they_are_asked() -> None:
    judges = Judges.load()
    doubt = np.zeros((3, DOUBT_FEATURES), dtype=np.float32)
    rows = np.zeros((4, len(FEATURES)), dtype=np.float32)
    place, answers = np.array([0, 0, 2, 2]), np.tile(np.array(UNASKED, dtype=np.float32), (3, 1))
    doubtful = doubts_of(doubt, answers, place, rows, np.array([0.9, 0.1, 0.5, 0.5]))
    for judge, asked in ((judges.odd, doubt), (judges.right, rows), (judges.misread, doubtful)):
        assert judge.column.max() < asked.shape[1]
        assert np.isfinite(judge.score(asked)).all()


def test_a_place_is_told_of_its_candidates_and_of_places_that_have_none() -> None:
    doubt = np.arange(3 * DOUBT_FEATURES, dtype=np.float32).reshape(3, DOUBT_FEATURES)
    rows = np.arange(4 * len(FEATURES), dtype=np.float32).reshape(4, len(FEATURES))
    answers = np.tile(np.array(UNASKED, dtype=np.float32), (3, 1))
    found = doubts_of(doubt, answers, np.array([0, 0, 2, 2]), rows, np.array([0.25, 0.5, 0.5, 0.5]))
    assert (found[:, :DOUBT_FEATURES] == doubt).all()
    # The likeliest, the next one (of equals there is none), and both together.
    likely = found[:, DOUBT_FEATURES : DOUBT_FEATURES + 3]
    assert likely.tolist() == [
        [0.5, 0.25, 0.75],
        [0, 0, 0],
        [0.5, 0, 1],
    ]
    columns = [FEATURES.index(name) for name in ("gain", "word gain", "alike", "seen")]
    figures = found[:, DOUBT_FEATURES + 3 : DOUBT_FEATURES + 7]
    assert figures[0].tolist() == rows[1, columns].tolist()
    assert figures[1].tolist() == [0, 0, -1, -12]
    assert found[:, DOUBT_FEATURES + 8].tolist() == [2, 0, 2]


def test_without_places_there_is_nothing_to_judge() -> None:
    none = np.zeros(0, dtype=np.intp)
    assert shares(np.zeros(0), none, 0).shape == (0,)
    assert beside_others(none, np.zeros((0, len(OWN_FEATURES)), dtype=np.float32)).shape[0] == 0
    assert Judges.load().right.score(np.zeros((0, len(FEATURES)), dtype=np.float32)).shape == (0,)
