"""Figures that the layout measures lines by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.layout.sheet import quantile


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.sampled_from([0.25, 0.3, 0.5, 0.75]))
def test_quantiles_are_those_of_numpy(values: list[float], share: float) -> None:
    found = quantile(np.array(values), share)
    assert found == pytest.approx(float(np.quantile(values, share)), abs=1e-6)
