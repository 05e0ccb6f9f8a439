"""B-cubed over characters: does what belongs together stand together? (Blind to order.)

Bagga and Baldwin 1998, weighted by characters as Riedl, Betz and Padó 2019 do for newspaper pages.
"""

from __future__ import annotations

import numpy as np

from cleanpress.evaluation.alignment import Alignment


def bcubed(alignment: Alignment) -> dict[str, float]:
    """Precision, recall and F1 of one page.

    A gold letter counts for one output article (``Alignment.owner``). Precision is the share of that
    article that comes from the letter's own gold article, averaged over the gold letters found; letters
    that are copies or stand nowhere in the gold dilute it. Recall is the share of the letter's gold
    article that stands there, averaged over all gold letters: a lost letter counts 0.
    """
    gold, owner = alignment.gold, alignment.owner
    here = owner >= 0
    shared = np.zeros((alignment.articles, max(1, len(alignment.gold_at))))
    np.add.at(shared, (gold.article[here], owner[here]), 1)
    output_sizes = np.array([max(1, len(places)) for places in alignment.gold_at] or [1])
    gold_sizes = np.maximum(1, np.bincount(gold.article, minlength=alignment.articles))
    found = shared.sum()
    precision = float((shared**2 / output_sizes).sum() / found) if found else 0.0
    recall = float((shared**2 / gold_sizes[:, None]).sum() / len(owner))
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"bcubed_precision": precision, "bcubed_recall": recall, "bcubed_f1": f1}
