"""Means over pages with bootstrap intervals: how far another sample of pages might have been."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean of a figure over the pages that have it, and its 95 % interval.

    ``low`` and ``high`` are NaN for fewer than two pages; all are NaN for none.
    """

    mean: float
    low: float
    high: float
    pages: int


def estimate(values: Sequence[float], seed: int = 0, draws: int = DRAWS) -> Figure:
    """Mean and percentile bootstrap over pages (Efron 1979), without NaN values; ``seed`` fixes the draws."""
    known = np.array([v for v in values if not math.isnan(v)])
    if not len(known):
        return Figure(math.nan, math.nan, math.nan, 0)
    if len(known) == 1:
        return Figure(float(known[0]), math.nan, math.nan, 1)
    picks = np.random.default_rng(seed).integers(0, len(known), (draws, len(known)))
    low, high = np.percentile(known[picks].mean(axis=1), [2.5, 97.5])
    return Figure(float(known.mean()), float(low), float(high), len(known))
