"""Adjacency: of the places where two pieces meet in the output, how many meet so in the gold, and back."""

from __future__ import annotations

import math
from itertools import pairwise

from cleanpress.evaluation.alignment import Alignment
from cleanpress.evaluation.runs import PieceRun, piece_runs


def adjacency(alignment: Alignment) -> dict[str, float]:
    """Precision, recall and F1 of "piece B follows piece A" on one page.

    A piece is what was printed in one place: a line of a title block, a paragraph, a part of a torn one.
    Places where the gold says that text is missing count neither for nor against. Without any join in
    the output, precision is undefined (NaN) and F1 is 0.
    """
    gold = alignment.gold
    wanted = {
        (int(k), int(k) + 1)
        for k in range(len(gold.piece_article) - 1)
        if gold.piece_article[k] == gold.piece_article[k + 1] and not gold.gap_before[k + 1]
    }
    found: set[tuple[int, int]] = set()
    joins = 0
    for j in range(len(alignment.gold_at)):
        runs = piece_runs(alignment, j)
        for left, right in pairwise(runs):
            pair = (left.piece, right.piece)
            follows = pair[1] == pair[0] + 1 and pair[0] >= 0
            if (
                follows
                and gold.gap_before[pair[1]]
                and gold.piece_article[pair[0]] == gold.piece_article[pair[1]]
            ):
                continue
            joins += 1
            if pair in wanted and _meet(left, right, alignment):
                found.add(pair)
    if not wanted:
        return dict.fromkeys(("adjacency_precision", "adjacency_recall", "adjacency_f1"), math.nan)
    precision = len(found) / joins if joins else math.nan
    recall = len(found) / len(wanted)
    f1 = 2 * precision * recall / (precision + recall) if found else 0.0
    return {"adjacency_precision": precision, "adjacency_recall": recall, "adjacency_f1": f1}


def _meet(left: PieceRun, right: PieceRun, alignment: Alignment) -> bool:
    """Whether the end of one piece meets the start of the next; a few letters may be misread."""
    starts = alignment.gold.piece_starts
    length = int(starts[left.piece + 1] - starts[left.piece])
    return left.last >= length - 1 - min(8, length // 2) and right.first <= 8
