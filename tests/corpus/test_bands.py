"""Candidates: what joining bands finds is what comparing all pairs finds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.corpus import bands
from cleanpress.corpus.bands import agreement, columns_of, components, join, packed, unpacked

SIGNED = np.random.default_rng(5).integers(0, 3, (bands.VALUES, 300)).astype(np.uint16)
"""So few values that bands are shared by many, in buckets of all sizes."""


def sharing(band: int) -> set[tuple[int, int]]:
    keys = [tuple(column) for column in SIGNED[columns_of(band)].T]
    return {(a, b) for a, b in combinations(range(len(keys)), 2) if keys[a] == keys[b]}


def test_joining_finds_the_pairs_that_share_a_band() -> None:
    for some in ([0], [1, 40], range(bands.BANDS)):
        found = join(lambda column: SIGNED[column], some)
        assert found.skipped == 0
        expected = set.union(*(sharing(band) for band in some))
        assert sorted(expected) == [tuple(pair) for pair in unpacked(found.pairs).tolist()]


def test_every_value_is_in_one_band_of_a_grouping() -> None:
    a_grouping = bands.VALUES // bands.ROWS
    for grouping in range(bands.GROUPINGS):
        some = [columns_of(band) for band in range(grouping * a_grouping, (grouping + 1) * a_grouping)]
        assert sorted(np.concatenate(some).tolist()) == list(range(bands.VALUES))


def test_what_the_cap_leaves_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "CAP", 2)
    same = np.zeros((bands.VALUES, 10), np.uint16)
    found = join(lambda column: same[column], [0])
    pairs = unpacked(found.pairs).tolist()
    assert pairs == [[a, b] for a in range(10) for b in range(a + 1, min(a + 3, 10))]
    assert len(pairs) + found.skipped == 45


def test_joining_by_parts_finds_the_same() -> None:
    whole = join(lambda column: SIGNED[column], range(bands.BANDS))
    for at_once in (1, 20, 299):
        found = join(lambda column: SIGNED[column], range(bands.BANDS), at_once)
        assert np.array_equal(found.pairs, whole.pairs)


def test_agreement_counts_equal_values() -> None:
    pairs = np.array([[0, 1], [5, 200]])
    expected = [(SIGNED[:, a] == SIGNED[:, b]).sum() for a, b in pairs]
    assert agreement(lambda column: SIGNED[column], packed(pairs)).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda p: p[0] < p[1]), unique=True))
def test_components_are_those_of_the_graph(edges: list[tuple[int, int]]) -> None:
    pairs = np.array(edges, np.int64).reshape(-1, 2)
    assert np.array_equal(unpacked(packed(pairs)), pairs)
    root = {text: text for text in range(31)}
    for _ in edges:
        for a, b in edges:
            root[a] = root[b] = min(root[a], root[b])
    assert dict(enumerate(components(packed(pairs), 31).tolist())) == root
