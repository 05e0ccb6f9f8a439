"""Conservation: nothing lost, nothing twice."""

from __future__ import annotations

import numpy as np

from cleanpress.evaluation.alignment import Alignment


def conservation(alignment: Alignment) -> dict[str, float]:
    """``kept``: share of the gold's letters that stand in the output, misread or not.

    ``excess``: letters of the output / letters of the gold - 1 (0 is best; copies and furniture left in
    push it up).
    """
    letters = sum(len(places) for places in alignment.gold_at)
    return {
        "kept": float(np.mean(alignment.owner >= 0)),
        "excess": letters / len(alignment.gold.text) - 1,
    }
