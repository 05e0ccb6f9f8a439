"""Chains to articles: title block, healed paragraphs, gaps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cleanpress.model import Fragment, Role, Span
from cleanpress.stages.reassemble.build import Built, Judgement, build_articles, cut_doubtful, judge
from cleanpress.stages.reassemble.decisions import Rulings
from cleanpress.stages.reassemble.score import Scorer, Scores


def fragments(*rows: tuple[str, Role, float, float]) -> list[Fragment]:
    found, at = [], 0
    for text, role, head, tail in rows:
        found.append(Fragment(Span(at, at + len(text)), text, role, head, tail))
        at += len(text) + 2
    return found


def scores(n: int, healed: set[tuple[int, int]]) -> Scores:
    heal = np.full((n, n), -5.0)
    for i, j in healed:
        heal[i, j] = 5.0
    return Scores(np.full((n, n), -0.1), np.zeros(n), np.zeros(n), np.zeros((n, n)), heal)


def build(healed: set[tuple[int, int]]) -> Built:
    chain = list(range(len(PAGE)))
    links = dict.fromkeys(itertools.pairwise(chain), 0.9) | {(5, 6): 0.4}
    return build_articles(
        PAGE,
        [chain],
        Judgement(scores(len(PAGE), healed), np.full(len(PAGE), -2.0), links, (0.8,)),
        heal_at=0.5,
        ask_at=0.6,
    )


PAGE = fragments(
    ("渔港观察", Role.KICKER, 0, 0),
    ("渔汛提前 码头彻夜灯火", Role.HEADLINE, 0, 0),
    ("■ 周小舟", Role.BYLINE, 0, 0),
    ("今年的渔汛比往年早了十天，冷库里的位", Role.PARAGRAPH, 0.1, 0.95),
    ("置一天比一天紧张。", Role.PARAGRAPH, 0.9, 0.03),
    ("腾仓让位", Role.HEADLINE, 0, 0),
    ("合作社决定把东边的旧仓腾", Role.PARAGRAPH, 0.1, 0.95),
    ("（周小舟）", Role.BYLINE, 0, 0),
)


def test_torn_pieces_are_healed_and_the_join_is_recorded() -> None:
    article = build({(3, 4)}).articles[0]
    assert [block.role for block in article.blocks] == [
        Role.KICKER, Role.HEADLINE, Role.BYLINE, Role.PARAGRAPH, Role.SUBHEAD, Role.PARAGRAPH, Role.BYLINE,
    ]  # fmt: skip
    assert article.blocks[3].text == "今年的渔汛比往年早了十天，冷库里的位置一天比一天紧张。"
    assert article.blocks[3].spans == (PAGE[3].span, PAGE[4].span)
    [join] = article.joins
    assert (join.block, join.offset, join.left, join.right) == (3, 18, PAGE[3].span, PAGE[4].span)
    assert join.confidence == pytest.approx(0.9 / (1 + np.exp(-5.0)), abs=1e-3)
    assert article.first(Role.HEADLINE) == "渔汛提前 码头彻夜灯火"


def test_a_sentence_that_breaks_off_is_a_gap_and_never_bridged() -> None:
    built = build({(3, 4)})
    [gap] = built.articles[0].gaps
    assert (gap.block, gap.side) == (5, "after")


def test_a_doubtful_link_is_asked_about_with_its_rivals() -> None:
    [question] = build({(3, 4)}).questions
    assert question.span == PAGE[5].span
    assert question.candidates[0] == PAGE[6].span
    assert question.confidence == 0.4


def test_a_link_that_is_hardly_believed_is_not_made() -> None:
    judgement = Judgement(scores(3, set()), np.zeros(3), {(0, 1): 0.9, (1, 2): 0.1}, (0.5,))
    assert cut_doubtful([[0, 1, 2]], judgement, 0.2) == ([[0, 1], [2]], [(1, 2)])


def test_a_byline_is_never_healed_to_a_paragraph() -> None:
    article = build({(1, 2), (2, 3), (3, 4), (6, 7)}).articles[0]
    assert article.blocks[2].text == "■ 周小舟"
    assert article.blocks[-1].text == "（周小舟）"


def test_an_article_without_a_headline_is_asked_about() -> None:
    judgement = Judgement(scores(len(PAGE), set()), np.zeros(len(PAGE)), {(3, 4): 0.9}, (0.7,))
    [question] = build_articles(PAGE, [[3, 4]], judgement, heal_at=0.5, ask_at=0.6).questions
    assert (question.kind, question.span) == ("untitled", PAGE[3].span)


def test_where_an_article_was_decided_to_end_is_no_doubt_about_it() -> None:
    """The network thought that the second went on from the first; people said that it does not."""
    link = np.full((4, 4), -9.0)
    link[0, 1] = link[1, 2] = link[2, 3] = -0.1
    borders = np.array([-0.1, -8.0, -8.0, -8.0]), np.array([-8.0, -8.0, -8.0, -0.1])
    seen = Scores(link, borders[0], borders[1], np.full((4, 4), 4.0), np.full((4, 4), -5.0))
    chains = [[0, 1], [2, 3]]
    alone = judge(Scorer.load(), seen, np.zeros(4), chains).articles
    decided = judge(Scorer.load(), seen, np.zeros(4), chains, Rulings(apart={(1, 2)})).articles
    assert max(alone) < 0.2
    assert min(decided) > 0.8
