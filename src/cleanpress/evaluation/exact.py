"""Exact articles: everything there, in order, and nothing else."""

from __future__ import annotations

import math

import numpy as np

from cleanpress.evaluation.alignment import Alignment
from cleanpress.evaluation.runs import piece_runs

COVERED = 0.7
"""Share of a piece's letters that must be there: the rest may be misread beyond recognition."""


def exact(alignment: Alignment) -> dict[str, float]:
    """Share of exact articles among those printed in several pieces (NaN where there is none).

    An article is exact when the output article paired to it reads all of its pieces, each once, in the
    gold's order, and no other text. Misread letters do not count against it.
    """
    gold = alignment.gold
    lengths = gold.piece_starts[1:] - gold.piece_starts[:-1]
    results = []
    for i in range(alignment.articles):
        pieces = np.flatnonzero(gold.piece_article == i)
        if len(pieces) < 2:
            continue
        runs = piece_runs(alignment, alignment.pairs[i]) if i in alignment.pairs else []
        in_order = [r.piece for r in runs] == pieces.tolist()
        results.append(in_order and all(r.letters >= COVERED * lengths[r.piece] for r in runs))
    return {"exact": float(np.mean(results)) if results else math.nan}
