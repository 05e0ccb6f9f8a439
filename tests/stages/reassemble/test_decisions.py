"""Decisions bind: the search can do nothing against them, and contradictions are turned away."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.model import Decision, Fragment, Role, Ruling, Span
from cleanpress.stages.reassemble.decisions import bind, read
from cleanpress.stages.reassemble.optimum import Terms, best_chains
from cleanpress.stages.reassemble.score import Scores


def fragments(n: int) -> list[Fragment]:
    return [Fragment(Span(10 * i, 10 * i + 5), "字" * 5, Role.PARAGRAPH) for i in range(n)]


def decided(ruling: Ruling, i: int, j: int | None = None) -> Decision:
    other = None if j is None else Span(10 * j, 10 * j + 5)
    return Decision(ruling, Span(10 * i, 10 * i + 5), other, "ask", "toy", "?", "k")


def scores(n: int, seed: int) -> Scores:
    rng = np.random.default_rng(seed)
    link = -rng.gamma(2.0, 4.0, (n, n))
    np.fill_diagonal(link, -1e3)
    member = rng.normal(0, 3, (n, n))
    return Scores(link, -rng.gamma(2, 2, n), -rng.gamma(2, 2, n), member + member.T, rng.normal(0, 3, (n, n)))


@given(st.integers(3, 9), st.integers(0, 999), st.data())
def test_the_best_reading_obeys_every_decision_taken(n: int, seed: int, data: st.DataObject) -> None:
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    kinds = st.sampled_from([Ruling.FOLLOWS, Ruling.APART, Ruling.BEGINS])
    given_ = [
        decided(kind, i, None if kind is Ruling.BEGINS else j)
        for kind, (i, j) in data.draw(st.lists(st.tuples(kinds, pair), max_size=6))
    ]
    rulings = read(given_, fragments(n))
    assert len(rulings.obeyed) + len(rulings.ignored) == len(given_)
    bound = bind(rulings, scores(n, seed))
    terms = Terms(bound.link, bound.start, bound.end, bound.member, np.ones(n), 0.15)
    chains = best_chains(terms)
    assert sorted(i for chain in chains for i in chain) == list(range(n))
    after = {i: j for chain in chains for i, j in pairwise(chain)}
    assert all(after.get(i) == j for i, j in rulings.follows.items())
    assert all(after.get(i) != j for i, j in rulings.apart)
    assert not rulings.begins & set(after.values())


def test_the_first_of_two_contradictions_holds() -> None:
    first, second = decided(Ruling.FOLLOWS, 0, 1), decided(Ruling.FOLLOWS, 0, 2)
    rulings = read([first, second], fragments(3))
    assert (rulings.obeyed, rulings.ignored) == ([first], [second])


def test_a_circle_is_no_article() -> None:
    circle = [decided(Ruling.FOLLOWS, i, (i + 1) % 3) for i in range(3)]
    assert read(circle, fragments(3)).ignored == [circle[2]]


def test_a_decision_about_another_page_is_ignored() -> None:
    assert read([decided(Ruling.FOLLOWS, 0, 7)], fragments(3)).ignored


def test_the_given_scores_are_left_alone() -> None:
    given_ = scores(4, 1)
    before = given_.link.copy()
    bind(
        read([decided(Ruling.ONE_PARAGRAPH, 0, 1), decided(Ruling.NEW_PARAGRAPH, 2, 3)], fragments(4)), given_
    )
    assert np.array_equal(given_.link, before)
