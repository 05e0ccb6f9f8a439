"""Chains of fragments to articles: title block, healed paragraphs, gaps."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleanpress.model import TITLE_ROLES, Article, Block, Fragment, Gap, Join, Question, Role
from cleanpress.stages.reassemble.score import Scores

_LONGEST_TITLE_BLOCK = 5
"""Fragments at the head of a chain that may belong to its title: kicker, two headlines, subtitle, byline."""


@dataclass(frozen=True, slots=True)
class Built:
    """Articles with the questions that arose while they were built."""

    articles: tuple[Article, ...]
    questions: tuple[Question, ...]


def build_articles(
    fragments: Sequence[Fragment], chains: Sequence[Sequence[int]], scores: Scores, *, heal_at: float
) -> Built:
    """One article a chain, in the order of the chains."""
    articles: list[Article] = []
    questions: list[Question] = []
    for chain in chains:
        built = _build(fragments, chain, scores, heal_at)
        articles.append(built.articles[0])
        questions += built.questions
    return Built(tuple(articles), tuple(questions))


def _build(fragments: Sequence[Fragment], chain: Sequence[int], scores: Scores, heal_at: float) -> Built:
    healed = [
        _can_meet(fragments[i], fragments[j]) and _probability(scores.heal[i, j]) >= heal_at
        for i, j in itertools.pairwise(chain)
    ]
    groups: list[list[int]] = [[chain[0]]]
    for j, joined in zip(chain[1:], healed, strict=True):
        if joined:
            groups[-1].append(j)
        else:
            groups.append([j])
    roles = _roles(fragments, groups)
    blocks, joins, gaps, questions = [], [], [], []
    links = []
    for b, (group, role) in enumerate(zip(groups, roles, strict=True)):
        text = ""
        for k, i in enumerate(group):
            if k:
                left, right = fragments[group[k - 1]], fragments[i]
                confidence = link_confidence(scores, group[k - 1], i)
                joins.append(Join(b, len(text), left.span, right.span, confidence))
                links.append(confidence)
            text += fragments[i].text
        blocks.append(Block(role, text, tuple(fragments[i].span for i in group)))
        if b:
            links.append(link_confidence(scores, groups[b - 1][-1], group[0]))
        tail, head = fragments[group[-1]], fragments[group[0]]
        if role is Role.PARAGRAPH and tail.open_tail >= 0.9:
            gaps.append(Gap(b, "after", "the paragraph breaks off in mid-sentence"))
            questions.append(Question("gap", tail.span, tail.text[-20:]))
        elif role is Role.PARAGRAPH and head.open_head >= 0.97:
            gaps.append(Gap(b, "before", "the paragraph starts in mid-sentence"))
            questions.append(Question("gap", head.span, head.text[:20]))
    confidence = float(np.exp(np.mean(np.log(np.maximum(links, 1e-3))))) if links else 1.0
    return Built((Article(tuple(blocks), tuple(joins), tuple(gaps), round(confidence, 4)),), tuple(questions))


def _can_meet(left: Fragment, right: Fragment) -> bool:
    """Whether two fragments may be parts of one paragraph, whatever the network says."""
    text = {Role.PARAGRAPH, Role.HEADLINE, Role.SUBHEAD, Role.CAPTION}
    return left.role in text and right.role in text


def _roles(fragments: Sequence[Fragment], groups: Sequence[Sequence[int]]) -> list[Role]:
    """Roles of the blocks of one article: only its first lines are its title."""
    roles = []
    in_title = True
    for b, group in enumerate(groups):
        role = fragments[group[0]].role
        if len(group) > 1:
            role = Role.PARAGRAPH
        if role in TITLE_ROLES or role is Role.BYLINE:
            if not (in_title and b < _LONGEST_TITLE_BLOCK):
                role = role if role is Role.BYLINE else Role.SUBHEAD
        else:
            in_title = False
        roles.append(role)
    headlines = [b for b, role in enumerate(roles) if role is Role.HEADLINE]
    for b in headlines[:-1]:
        # Of two plain title lines the one that stands first announces the one below it.
        roles[b] = Role.KICKER if b < headlines[-1] else roles[b]
    if not headlines and Role.KICKER in roles:
        roles[roles.index(Role.KICKER)] = Role.HEADLINE
    return roles


def link_confidence(scores: Scores, i: int, j: int) -> float:
    """Probability that j follows i: the geometric mean of the two directions the network answers in."""
    return round(float(np.exp(scores.link[i, j] / 2)), 4)


def _probability(log_odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30))))
