"""Means and bootstrap intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cleanpress.evaluation.intervals import estimate


def test_the_interval_of_many_pages_is_that_of_the_normal_law() -> None:
    values = np.random.default_rng(7).normal(0.5, 0.1, 400)
    figure = estimate(values.tolist())
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert figure.mean == pytest.approx(values.mean())
    assert figure.low == pytest.approx(values.mean() - half, abs=0.002)
    assert figure.high == pytest.approx(values.mean() + half, abs=0.002)


def test_the_seed_fixes_the_draws() -> None:
    values = [k * k / 1000 for k in range(30)]
    assert estimate(values, seed=1) == estimate(values, seed=1)
    assert estimate(values, seed=1) != estimate(values, seed=2)


def test_undefined_pages_are_left_out() -> None:
    figure = estimate([math.nan, 0.4, 0.6])
    assert (figure.mean, figure.pages) == (0.5, 2)


def test_one_page_has_no_interval_and_none_has_no_mean() -> None:
    one, none = estimate([0.4]), estimate([math.nan])
    assert one.mean == 0.4
    assert math.isnan(one.low)
    assert math.isnan(none.mean)
    assert none.pages == 0
