"""Decisions of others, made binding before the optimum is sought.

A decision names fragments by their spans. Here it becomes entries of the scores that no reading of the page
can outweigh, so that the search obeys it by its own means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cleanpress.model import Decision, Fragment, Ruling, Span
from cleanpress.stages.reassemble.score import Scores

NEVER = -1e3
"""Log-probability of what must not be; the sums of a page's own scores are far smaller."""
_SURE = 30.0
"""Log-odds of what was decided about a paragraph."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """What was decided, by the fragments' numbers.

    ``follows`` maps a fragment to the one right after it, ``apart`` holds pairs that must not meet,
    ``begins`` what has nothing before it, ``one`` whether two that meet are one paragraph. ``obeyed`` are the
    decisions these came from, ``ignored`` those that contradict an earlier one or name no fragment.
    """

    follows: dict[int, int] = field(default_factory=dict)
    apart: set[tuple[int, int]] = field(default_factory=set)
    begins: set[int] = field(default_factory=set)
    one: dict[tuple[int, int], bool] = field(default_factory=dict)
    obeyed: list[Decision] = field(default_factory=list)
    ignored: list[Decision] = field(default_factory=list)


def read(decisions: Sequence[Decision], fragments: Sequence[Fragment]) -> Rulings:
    """Decisions as rulings on these fragments; the first of two that contradict each other holds."""
    number = {fragment.span: i for i, fragment in enumerate(fragments)}
    rulings = Rulings()
    for decision in decisions:
        taken = _take(rulings, decision, number)
        (rulings.obeyed if taken else rulings.ignored).append(decision)
    return rulings


def _take(rulings: Rulings, decision: Decision, number: dict[Span, int]) -> bool:
    """Add a decision; ``False`` where it cannot be obeyed beside the earlier ones."""
    i = number.get(decision.span)
    if i is None:
        return False
    if decision.ruling is Ruling.BEGINS:
        if i in rulings.follows.values():
            return False
        rulings.begins.add(i)
        return True
    j = number.get(decision.other) if decision.other is not None else None
    if j is None or i == j:
        return False
    match decision.ruling:
        case Ruling.FOLLOWS:
            return _meet(rulings, i, j)
        case Ruling.ONE_PARAGRAPH:
            if rulings.one.get((i, j)) is False or not _meet(rulings, i, j):
                return False
            rulings.one[i, j] = True
            return True
        case Ruling.NEW_PARAGRAPH:
            return rulings.one.setdefault((i, j), False) is False
        case _:
            if rulings.follows.get(i) == j:
                return False
            rulings.apart.add((i, j))
            return True


def _meet(rulings: Rulings, i: int, j: int) -> bool:
    if rulings.follows.get(i) == j:
        return True
    if (
        i in rulings.follows
        or j in rulings.follows.values()
        or j in rulings.begins
        or (i, j) in rulings.apart
    ):
        return False
    end = j
    while end in rulings.follows:
        end = rulings.follows[end]
    if end == i:
        # A circle of fragments has no beginning.
        return False
    rulings.follows[i] = j
    return True


def bind(rulings: Rulings, scores: Scores) -> Scores:
    """The scores with the rulings in them; the given ones are left as they are."""
    link, start, end, heal = (a.copy() for a in (scores.link, scores.start, scores.end, scores.heal))
    for i, j in rulings.apart:
        link[i, j] = NEVER
    for j in rulings.begins:
        link[:, j] = NEVER
        start[j] = 0.0
    for i, j in rulings.follows.items():
        link[i, :] = NEVER
        link[:, j] = NEVER
        link[i, j] = 0.0
        end[i] = start[j] = NEVER
    for (i, j), one in rulings.one.items():
        heal[i, j] = _SURE if one else -_SURE
    np.fill_diagonal(link, NEVER)
    return Scores(link, start, end, scores.member, heal)
