"""Articles that are doubted as a whole: asked about once, where they are weakest."""

from __future__ import annotations

import numpy as np
import pytest

from cleanpress.model import Fragment, Question, Role, Span
from cleanpress.stages.reassemble.build import Judgement
from cleanpress.stages.reassemble.decisions import NEVER
from cleanpress.stages.reassemble.doubts import doubted
from cleanpress.stages.reassemble.score import Scorer, Scores

PAGE = [
    Fragment(Span(10 * k, 10 * k + 8), f"{name}段港口恢复通航", Role.PARAGRAPH)
    for k, name in enumerate("甲乙丙丁戊")
]
CHAINS = [[0, 1, 2], [3, 4]]


def judgement(
    *, articles: tuple[float, float], end: float = 1.0, start: float = 1.0, weak: float = 0.97
) -> Judgement:
    """Two chains; ``end`` is the probability that the first ends, ``start`` that the second begins, ``weak``
    that of the link between the first and the second fragment."""
    link = np.full((5, 5), -6.0)
    link[2, 4], link[2, 3] = -1.0, -2.0
    np.fill_diagonal(link, NEVER)
    ends, starts = np.zeros(5), np.zeros(5)
    ends[2], starts[3] = np.log(end), np.log(start)
    scores = Scores(link, starts, ends, np.zeros((5, 5)), np.full((5, 5), -5.0))
    links = {(0, 1): weak, (1, 2): 0.97, (3, 4): 0.98}
    return Judgement(scores, np.zeros(5), links, articles)


def ask(believed: Judgement, asked: list[Question] | None = None) -> list[Question]:
    return doubted(Scorer.load(), PAGE, CHAINS, believed, asked or [], doubt_at=0.5)


def test_the_weakest_link_is_asked_about() -> None:
    [question] = ask(judgement(articles=(0.3, 0.9), weak=0.85))
    assert (question.kind, question.span, question.confidence) == ("join", PAGE[0].span, 0.85)
    assert question.candidates[0] == PAGE[1].span


def test_a_chain_may_end_too_early() -> None:
    [question] = ask(judgement(articles=(0.3, 0.9), end=0.6))
    assert (question.kind, question.span) == ("cut", PAGE[2].span)
    assert question.candidates[:2] == (PAGE[4].span, PAGE[3].span)
    assert 0 < question.confidence < 0.5


def test_a_chain_may_begin_too_late() -> None:
    [question] = ask(judgement(articles=(0.9, 0.3), start=0.6))
    assert (question.kind, question.span, question.candidates[0]) == ("cut", PAGE[2].span, PAGE[3].span)


def test_a_border_is_asked_about_once() -> None:
    believed = judgement(articles=(0.4, 0.3), start=0.6)
    [question] = ask(believed)
    assert ask(believed, [question]) == []
    assert len(ask(judgement(articles=(0.4, 0.3)))) == 2


@pytest.mark.parametrize("articles", [(0.5, 0.9), (0.9, 1.0)])
def test_what_is_sure_enough_is_not_asked_about(articles: tuple[float, float]) -> None:
    assert ask(judgement(articles=articles, end=0.6, start=0.6, weak=0.81)) == []


def test_an_article_that_is_asked_about_already_is_not_asked_about_again() -> None:
    known = Question("paragraph", PAGE[1].span, "", (PAGE[2].span,), 0.7)
    assert ask(judgement(articles=(0.3, 0.9), weak=0.85), [known]) == []


def test_what_was_decided_is_no_weakness() -> None:
    believed = judgement(articles=(0.3, 0.9))
    decided = Judgement(believed.scores, believed.ends, dict.fromkeys(believed.links, 1.0), (0.3, 0.9))
    assert ask(decided) == []
