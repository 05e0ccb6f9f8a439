"""Articles that are doubted as a whole are asked about where they are weakest.

A chain of links each of which is likely can be unlikely all the same, and an article may end too early, or
begin too late, though none of its own links is weak. Nothing is changed here: what was built stands, and is
asked about.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from cleanpress.model import Fragment, Question
from cleanpress.stages.reassemble.build import Judgement, likeliest, question_of
from cleanpress.stages.reassemble.score import Scorer, link_evidence

Weakness = tuple[float, str, int, int]
"""How probable it is that all is well there, the kind of question, and the fragments that meet or might."""


def doubted(
    scorer: Scorer,
    fragments: Sequence[Fragment],
    chains: Sequence[Sequence[int]],
    judgement: Judgement,
    asked: Sequence[Question],
    *,
    doubt_at: float,
) -> list[Question]:
    """A question for each chain that is a whole article with less than ``doubt_at`` and not asked about yet.

    It is about the chain's weakest place: a link that was made (``join``), or one across its border that was
    not (``cut``), where its rivals are the other candidates. The least sure chain is asked about first, and
    the other chain at a border need not be asked about again.
    """
    chain_of = {i: k for k, chain in enumerate(chains) for i in chain}
    number = {fragment.span: i for i, fragment in enumerate(fragments)}
    named = (number[span] for question in asked for span in (question.span, *question.candidates[:1]))
    seen = {chain_of[i] for i in named}
    questions = []
    for k in sorted(range(len(chains)), key=lambda k: (judgement.articles[k], k)):
        if k in seen or judgement.articles[k] >= doubt_at:
            continue
        sure, kind, i, j = min(_weaknesses(chains[k], judgement), default=(1.0, "", -1, -1))
        if sure == 1.0:
            continue  # All of it was decided, or nothing else is on the page.
        believed = judgement
        if kind == "cut":
            stated = scorer.confidence("link", link_evidence(judgement.scores, i, j)[None])
            believed = replace(judgement, links={(i, j): round(float(stated[0]), 4)})
        questions.append(question_of(fragments, believed, i, j, kind))
        seen |= {chain_of[i], chain_of[j]}
    return questions


def _weaknesses(chain: Sequence[int], judgement: Judgement) -> Iterator[Weakness]:
    """Every place of a chain that may be wrong: its links, its end, its beginning."""
    for i, j in itertools.pairwise(chain):
        yield judgement.links[i, j], "join", i, j
    scores = judgement.scores
    for j in likeliest(scores.link[chain[-1]], but=chain)[:1]:
        yield float(np.exp(scores.end[chain[-1]])), "cut", chain[-1], j
    for i in likeliest(scores.link[:, chain[0]], but=chain)[:1]:
        yield float(np.exp(scores.start[chain[0]])), "cut", i, chain[0]
