"""Marks that the engine dropped where a line of a column ends.

Engines lose a small mark at the edge of a column. The line is then shorter than the others by just its cell,
which says that something is missing; the language model says whether a mark belongs there, and which.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from cleanpress.language.marks import AROUND, gains_of_marks
from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.normalise.letters import HAN
from cleanpress.stages.segment.lines import Columns, Line

_HAN = re.compile(f"[{HAN}]")
SHORT = (0.75, 1.25)
"""Cells by which a line that lost one mark is shorter than its column, from and to."""
SHARE_OF_MARKS = 0.1
"""Share of ，。、 among the characters of Chinese news: how often the model expects one anywhere."""
LOST_BEFOREHAND = (1.0, 9.0)
"""Lines that lost a mark, and lines that are short for another reason, that a page is taken to have had
before it is read: without evidence one short line in ten is believed to have lost a mark."""
ROUNDS = 12
SURE = 0.9
"""Probability from which a mark is put back: that one was lost, and that it was this one. In columns set from
the fold ``fit`` (benchmarks/noise_lost_marks.py)."""


def lost_marks(
    lines: Sequence[Line], short: Sequence[int], model: LanguageModel
) -> Mapping[int, tuple[str, float]]:
    """The marks that are missing at the ends of lines, with their probability.

    ``short`` are the ``short_lines`` of the page; keys of the result are some of them. How often a short line
    lost a mark is learnt from the page itself: on a ragged page lines are short for other reasons.
    """
    sides = [(lines[k].text[-AROUND:], lines[k + 1].text[:AROUND]) for k in short]
    gains = gains_of_marks(sides, model) if sides else []
    chances = [{mark: math.exp(min(gain, 50.0)) for mark, gain in one.items()} for one in gains]
    odds = [sum(one.values()) * (1 - SHARE_OF_MARKS) / SHARE_OF_MARKS for one in chances]
    lost, other = LOST_BEFOREHAND
    share = lost / (lost + other)
    for _ in range(ROUNDS):
        share = (lost + sum(_posterior(share, one) for one in odds)) / (lost + other + len(odds))
    found = {}
    for k, one, all_odds in zip(short, chances, odds, strict=True):
        mark = max(one, key=one.__getitem__)
        probability = _posterior(share, all_odds) * one[mark] / sum(one.values())
        if probability >= SURE:
            found[k] = (mark, round(probability, 4))
    return found


def short_lines(lines: Sequence[Line], columns: Columns, inside: Sequence[int]) -> list[int]:
    """Those of the lines ``inside``, which go on below, that lack one cell, as if a mark were lost."""
    return [k for k in inside if _is_short(lines, columns, k)]


def _is_short(lines: Sequence[Line], columns: Columns, k: int) -> bool:
    """Whether line ``k`` lacks one cell, between two Chinese characters."""
    lacks_a_cell = SHORT[0] <= columns.full[k] - columns.lengths[k] <= SHORT[1]
    if columns.full[k] <= 0 or not lacks_a_cell:
        return False
    return all(map(_HAN.match, (lines[k].text[-1], lines[k + 1].text[0])))


def _posterior(share: float, odds: float) -> float:
    """The probability that a mark was lost, if that happened to ``share`` of the short lines."""
    return share * odds / (share * odds + 1 - share)
