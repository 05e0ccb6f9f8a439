"""What the places of fragments on the image say about their order: evidence beside the words, not law.

The fragments of a page with coordinates come in reading order of the layout, so that the network's strongest
evidence, what was printed next, is right already. What is added here is what the network was not fitted to
know: what stands under one headline, and whether a paragraph begins or goes on where it stands. The constants
are log-odds; they put most pages of the press (``benchmarks/press``, fold ``fit``) back whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleanpress.layout.places import Place, lines_of
from cleanpress.model import TITLE_ROLES, Fragment, Layout, Role
from cleanpress.stages.reassemble.score import Scores

NEXT = 1.0
"""For the fragment that is read next under the same headline."""
HEADLINE = 8.0
"""For a line of a headline that is read next in it: boxes show what is set together over one text."""
ELSEWHERE = -1.0
"""Against a fragment that stands under another headline."""
SKIPPED = -0.5
"""Against a fragment that stands under the same headline, but is not read next."""
BEGINS = 1.0
"""For an article's beginning at the first fragment under a headline, and against one anywhere else."""
SET_IN, FLUSH = -5.0, 3.5
"""Whether a paragraph goes on in one that is set in as a first line is (or a line of a headline, which boxes
show), or in one that is not."""


def places_of(fragments: Sequence[Fragment], layout: Layout) -> tuple[Place, ...]:
    """The places of the fragments of a page with that layout."""
    found = []
    for fragment in fragments:
        first = next(iter(lines_of(layout, fragment.span)), layout.lines[0])
        found.append(Place(first.block, first.group))
    return tuple(found)


def weigh(fragments: Sequence[Fragment], places: Sequence[Place], scores: Scores) -> Scores:
    """The scores with what the places say; the given ones are left as they are.

    ``fragments`` are in reading order of the layout, ``places`` theirs.
    """
    n = len(fragments)
    group = np.array([place.group for place in places])
    link, start, heal = scores.link.copy(), scores.start.copy(), scores.heal.copy()
    same = group[:, None] == group[None, :]
    link += np.where(same, SKIPPED, ELSEWHERE)
    titles = np.array([fragment.role in TITLE_ROLES for fragment in fragments], dtype=bool)
    for i in range(n - 1):
        if group[i] == group[i + 1]:
            link[i, i + 1] += (HEADLINE if titles[i] and titles[i + 1] else NEXT) - SKIPPED
    first = np.array([i == 0 or group[i] != group[i - 1] for i in range(n)], dtype=bool)
    start += np.where(first, BEGINS, -BEGINS)
    heal += np.where(titles[:, None] | titles[None, :], SET_IN, 0.0)
    for j, fragment in enumerate(fragments):
        if fragment.role is Role.PARAGRAPH:
            heal[:, j] += (
                SET_IN if fragment.open_head <= 0.05 else FLUSH if fragment.open_head >= 0.9 else 0.0
            )
    return Scores(link, start, scores.end, scores.member, heal)
