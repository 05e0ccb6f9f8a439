"""Columns of equal length: where a column ended, even if a sentence ended there too.

An article in a box is poured into columns of equal length, so the ends of its columns part its text into
equal pieces. Sentences torn in the middle show most of these ends. Where a page shows that it is set so, a
paragraph that closes a sentence just where a column must have ended is more often torn than whole, though
nothing in the words says so. Chains of fragments are looked at, not print: the page may be in any disorder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cleanpress.model import TITLE_ROLES, Fragment, Role
from cleanpress.stages.reassemble.features import Floats

_TOLERANCE = 3
"""Characters by which a column may differ from the others: marks that a scan lost, a mark that hung over."""
_TIGHT = 1
"""The same where no torn sentence of the article speaks for its columns."""
_ALIKE = 1.15
"""How much longer or shorter than the page's other columns those of such an article may be."""
_MOST_COLUMNS = 6
_SHORTEST = 160
"""Characters of the shortest text that is set in several columns."""

EXPLAINED, UNEXPLAINED, PROOF = 2.9, -0.9, 5.1
"""What a page says about how it is set, in nats: of the articles with a torn sentence equal parts explain
0.61 where columns are equal and 0.03 where they are not (``benchmarks/fit_column_ends.py``). The proof asked
for overcomes odds of one to nine that a page is set so, and leaves one to nineteen that it is not."""

HEAL, LEFT, RIGHT, OFFSET = 0.94, -0.35, 0.12, 5.4
"""Log-odds that a paragraph which closes a sentence at the end of a column goes on in the next fragment, as a
line in the network's own log-odds and the logarithms of both lengths (``benchmarks/fit_column_ends.py``)."""
UNTORN = -0.5
"""Added where no torn sentence of the article shows its columns: of such borders 5 of 12 were inside a
paragraph on simulated pages, for 0.54 stated without it."""


def torn_at_column_ends(
    fragments: Sequence[Fragment], chains: Sequence[Sequence[int]], heal: Floats
) -> dict[tuple[int, int], float]:
    """Neighbours in a chain between which a column ended with a sentence: log-odds of one paragraph.

    ``heal`` (n, n) are log-odds that a fragment goes on in another. Empty where the page does not show that
    it is set in columns of equal length.
    """
    found: dict[tuple[int, int], float] = {}
    proof = 0.0
    lengths: list[float] = []
    undivided: list[list[tuple[int, int]]] = []
    for chain in chains:
        borders = list(pairwise(body(fragments, chain)))
        torn = [k for k, (i, j) in enumerate(borders) if heal[i, j] > 0]
        if not torn:
            undivided.append(borders)
            continue
        parts = equal_parts(fragments, borders, torn)
        proof += EXPLAINED if parts else UNEXPLAINED
        if parts:
            lengths.append(parts.length)
            found |= _log_odds(fragments, (borders[k] for k in parts.ends if k not in torn), heal)
    if proof < PROOF:
        return {}
    for borders in undivided:
        parts = equal_parts(fragments, borders, (), _TIGHT)
        if parts and min(lengths) / _ALIKE <= parts.length <= max(lengths) * _ALIKE:
            ends = _log_odds(fragments, (borders[k] for k in parts.ends), heal)
            found |= {border: log_odds + UNTORN for border, log_odds in ends.items()}
    return found


def _log_odds(
    fragments: Sequence[Fragment], borders: Iterable[tuple[int, int]], heal: Floats
) -> dict[tuple[int, int], float]:
    """For the borders between running text: log-odds of one paragraph, a column having ended there."""
    return {
        (i, j): float(
            HEAL * heal[i, j]
            + LEFT * np.log(len(fragments[i].text))
            + RIGHT * np.log(len(fragments[j].text))
            + OFFSET
        )
        for i, j in borders
        if fragments[i].role is fragments[j].role is Role.PARAGRAPH
    }


def body(fragments: Sequence[Fragment], chain: Sequence[int]) -> Sequence[int]:
    """What of a chain was poured into columns: all but its title block."""
    heads = TITLE_ROLES | {Role.BYLINE}
    first = next((k for k, i in enumerate(chain) if fragments[i].role not in heads), len(chain))
    return chain[first:]


@dataclass(frozen=True, slots=True)
class Parts:
    """Equal parts of a text: after which of its borders each but the last ends, and how long they are."""

    ends: frozenset[int]
    length: float


def equal_parts(
    fragments: Sequence[Fragment],
    borders: Sequence[tuple[int, int]],
    torn: Sequence[int],
    tolerance: int = _TOLERANCE,
) -> Parts | None:
    """The smallest number of columns of equal length that end at borders, at all ``torn`` ones among them.

    ``borders`` are the neighbours of a text's fragments in order; ``torn`` counts in them.
    """
    if not borders:
        return None
    texts = [borders[0][0], *(j for _, j in borders)]
    at = np.cumsum([len(fragments[k].text) for k in texts])
    total, at = int(at[-1]), at[:-1]
    if total < _SHORTEST:
        return None
    for columns in range(2, min(_MOST_COLUMNS, len(texts)) + 1):
        wanted = total * np.arange(1, columns) / columns
        nearest = np.abs(at[None, :] - wanted[:, None]).argmin(axis=1)
        ends = frozenset(int(k) for k in nearest)
        if np.abs(at[nearest] - wanted).max() <= tolerance and ends.issuperset(torn):
            return Parts(ends, total / columns)
    return None
