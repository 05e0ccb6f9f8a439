"""What places say: lines of one headline stay together, under it what is read next is likelier."""

from __future__ import annotations

import numpy as np

from cleanpress.layout.places import Place
from cleanpress.model import Fragment, Role, Span
from cleanpress.stages.reassemble.geometry import weigh
from cleanpress.stages.reassemble.score import Scores


def fragments(*roles: Role) -> list[Fragment]:
    return [Fragment(Span(2 * k, 2 * k + 1), "字", role, 0.0, 0.0, k) for k, role in enumerate(roles)]


def level(n: int) -> Scores:
    """Scores that say nothing."""
    return Scores(np.zeros((n, n)), np.zeros(n), np.zeros(n), np.zeros((n, n)), np.zeros((n, n)))


def test_lines_of_one_headline_stay_together() -> None:
    roles = (Role.KICKER, Role.HEADLINE, Role.PARAGRAPH, Role.HEADLINE)
    scores = weigh(fragments(*roles), [Place(0, 0), Place(0, 0), Place(1, 0), Place(2, 1)], level(4))
    assert scores.link[0, 1] > scores.link[1, 2] > scores.link[0, 2] > scores.link[2, 3]
    assert scores.start[0] > scores.start[1]


def test_the_given_scores_stay_as_they_are() -> None:
    given = level(2)
    weigh(fragments(Role.HEADLINE, Role.PARAGRAPH), [Place(0, 0), Place(0, 0)], given)
    assert not given.link.any()
    assert not given.start.any()
