"""The search for the best page: sound moves, and the true optimum where it can be known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.stages.reassemble.optimum import Terms, best_chains, page_score


def random_terms(seed: int, n: int, weight: float = 0.5) -> Terms:
    rng = np.random.default_rng(seed)
    member = rng.normal(0, 1, (n, n))
    member = member + member.T
    np.fill_diagonal(member, 0)
    mass = (rng.random(n) > 0.2).astype(float)
    return Terms(rng.normal(-8, 3, (n, n)), rng.normal(-3, 1, n), rng.normal(-3, 1, n), member, mass, weight)


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    """All ways to part items into ordered chains."""
    if not items:
        yield []
        return
    for size in range(1, len(items) + 1):
        for chain in itertools.permutations(items, size):
            if items[0] in chain:
                for rest in partitions([i for i in items if i not in chain]):
                    yield [list(chain), *rest]


def test_no_fragments_no_chains() -> None:
    assert best_chains(random_terms(0, 0)) == []


@given(st.integers(0, 10_000), st.integers(1, 14))
def test_every_fragment_stands_in_exactly_one_chain(seed: int, n: int) -> None:
    chains = best_chains(random_terms(seed, n))
    assert sorted(itertools.chain.from_iterable(chains)) == list(range(n))


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_the_search_never_ends_below_its_start(seed: int, n: int) -> None:
    terms = random_terms(seed, n)
    assert page_score(terms, best_chains(terms)) >= page_score(terms, best_chains(terms, rounds=0)) - 1e-9


def test_without_cohesion_the_best_page_of_a_clear_case_is_found() -> None:
    n = 6
    link = np.full((n, n), -9.0)
    for i, j in [(0, 1), (1, 2), (4, 3), (3, 5)]:
        link[i, j] = -0.1
    start, end = np.full(n, -7.0), np.full(n, -7.0)
    start[[0, 4]] = end[[2, 5]] = -0.1
    terms = Terms(link, start, end, np.zeros((n, n)), np.ones(n), 0.0)
    assert best_chains(terms) == [[0, 1, 2], [4, 3, 5]]


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_small_pages_mostly_reach_the_true_optimum(weight: float) -> None:
    """Random terms are harder than pages, whose terms agree with each other; a local optimum is rare."""
    reached = 0
    for seed in range(12):
        terms = random_terms(seed, 5, weight)
        best = max(page_score(terms, chains) for chains in partitions(list(range(5))))
        reached += abs(page_score(terms, best_chains(terms)) - best) < 1e-6
    assert reached >= 9
