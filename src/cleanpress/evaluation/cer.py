"""Character error rate of the articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from cleanpress.evaluation.alignment import Alignment
from cleanpress.evaluation.gold import GoldPage

SPACE = re.compile(r"\s+")


def cer(alignment: Alignment, page: GoldPage, articles: Sequence[str]) -> dict[str, float]:
    """Mean over the gold articles of edit distance / gold length, at most 1 each; lower is better.

    Each gold article is compared with the output article paired to it, in printed order, marks included
    and white space not; one without a pair counts 1. Swapping two paragraphs costs nearly all of it.
    """
    rates = []
    for i, article in enumerate(page.articles):
        reference = SPACE.sub("", "".join(article.blocks))
        if not reference:
            continue
        if i not in alignment.pairs:
            rates.append(1.0)
            continue
        output = SPACE.sub("", articles[alignment.pairs[i]])
        rates.append(min(1.0, Levenshtein.distance(reference, output) / len(reference)))
    return {"cer": float(np.mean(rates))}
