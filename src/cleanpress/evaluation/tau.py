"""Kendall's tau within articles: are the pieces that came out together in the right order?"""

from __future__ import annotations

import math

import numpy as np

from cleanpress.evaluation.alignment import Alignment


def tau(alignment: Alignment) -> dict[str, float]:
    """Mean of Kendall's tau over the articles of a page, -1 (reversed) to 1.

    For every gold article: the pieces of which at least half of the letters stand in the output article
    paired to it, ordered by the middle of their letters there. Articles with fewer than two such pieces
    say nothing about order and are left out; a page with only such articles is NaN.
    """
    gold = alignment.gold
    values = []
    for i, j in alignment.pairs.items():
        places = alignment.gold_at[j]
        order = []
        for piece in np.flatnonzero(gold.piece_article == i):
            low, high = gold.piece_starts[piece], gold.piece_starts[piece + 1]
            there = np.flatnonzero((places >= low) & (places < high))
            # Of a piece that is read twice the first reading counts.
            _, first = np.unique(places[there], return_index=True)
            if 2 * len(first) >= high - low:
                order.append(float(np.median(there[first])))
        if len(order) >= 2:
            values.append(_kendall(order))
    return {"tau": float(np.mean(values)) if values else math.nan}


def _kendall(order: list[float]) -> float:
    """Tau-a of values against their index."""
    values = np.array(order)
    signs = np.sign(values[None, :] - values[:, None])
    pairs = len(order) * (len(order) - 1) / 2
    return float(np.triu(signs, 1).sum() / pairs)
