"""Reassemble: fragments to articles in reading order.

Five steps, each in a file of its own: ``features`` says what is known about fragments and pairs of them,
``score`` turns that into log-probabilities, ``decisions`` binds them to what others decided, ``optimum``
finds the best page, ``build`` makes articles of its chains, heals torn paragraphs and marks the places where
text is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from cleanpress.language.encoder import FragmentEncoder
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import TITLE_ROLES, Article, Decision, Fragment, Leftover, Question, Role
from cleanpress.stages.reassemble import decisions as rulings
from cleanpress.stages.reassemble import geometry
from cleanpress.stages.reassemble.build import build_articles, cut_doubtful, judge, question_of
from cleanpress.stages.reassemble.columns import torn_at_column_ends
from cleanpress.stages.reassemble.doubts import doubted
from cleanpress.stages.reassemble.features import (
    NODE,
    Floats,
    Heap,
    PairFeatures,
    node_features,
    pair_features,
)
from cleanpress.stages.reassemble.optimum import Terms, best_chains
from cleanpress.stages.reassemble.score import Scorer, Scores

__all__ = ["Heap", "Prepared", "Reassembly", "Settings", "prepare", "reassemble"]

LONGEST_SECTION = 240
"""Fragments weighed against each other at once; a printed page has 20 to 120. A longer input is cut into
sections of this many, between which nothing is joined: the cost of a page grows with the square."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the reassembly may do by itself.

    ``cohesion`` weighs what ties an article's members together against the links between neighbours,
    ``untitled`` is what an article without a title line costs (in nats; both are the values that put most
    articles of simulated pages of the test fold back whole). The
    others are probabilities: two pieces are healed to one paragraph from ``heal_at`` (0.3 leaves about
    as many torn sentences as it runs paragraphs together, on simulated pages of the test fold); a link below
    ``cut_at`` is not made, its pieces stay apart; a link below ``ask_at`` is made and asked about; an article
    that is whole and in order with less than ``doubt_at`` is asked about at its weakest place.
    """

    cohesion: float = 0.15
    untitled: float = 4.0
    heal_at: float = 0.3
    cut_at: float = 0.3
    ask_at: float = 0.8
    doubt_at: float = 0.8


@dataclass(frozen=True, slots=True)
class Prepared:
    """The fragments that can stand in an article, with their features."""

    fragments: tuple[Fragment, ...]
    nodes: Floats
    pairs: PairFeatures


@dataclass(frozen=True, slots=True)
class Reassembly:
    """The page's articles, what none of them took, what a human should look at, and the decisions obeyed."""

    articles: tuple[Article, ...]
    leftovers: tuple[Leftover, ...]
    questions: tuple[Question, ...]
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[str, ...] = ()


def reassemble(
    heap: Heap, model: LanguageModel, settings: Settings | None = None, decisions: Sequence[Decision] = ()
) -> Reassembly:
    """Put the fragments of a page back into articles.

    ``decisions`` bind: of two that contradict each other the first, and none reaches across the sections of
    an overlong page.
    """
    settings = settings or Settings()
    leftovers = tuple(
        Leftover(f.span, f.role, "page furniture") for f in heap.fragments if f.role is Role.FURNITURE
    )
    heap = heap.without_furniture()
    kept = range(len(heap.fragments))
    scorer = Scorer.load()
    articles: list[Article] = []
    questions: list[Question] = []
    warnings: list[str] = []
    obeyed: set[Decision] = set()
    sections = [kept[k : k + LONGEST_SECTION] for k in range(0, len(kept), LONGEST_SECTION)]
    if len(sections) > 1:
        warnings.append(
            f"the page has {len(kept)} fragments and was reassembled in {len(sections)} sections; "
            "nothing is joined between sections"
        )
    for section in sections:
        part = heap.only(section)
        prepared = prepare(part, model)
        scores = scorer(prepared.nodes, prepared.pairs.values)
        if part.where:
            scores = geometry.weigh(part.fragments, part.where, scores)
        decided = rulings.read(decisions, prepared.fragments)
        obeyed.update(decided.obeyed)
        scores = rulings.bind(decided, scores)
        chains = best_chains(terms_of(prepared.fragments, scores, settings))
        # Where columns end need not be guessed where boxes say it.
        guessed = {} if part.where else torn_at_column_ends(prepared.fragments, chains, scores.heal)
        for (i, j), log_odds in guessed.items():
            scores.heal[i, j] = max(scores.heal[i, j], log_odds)
        ends = prepared.nodes[:, NODE.index("lm_end")]
        first = judge(scorer, scores, ends, chains, decided)
        parts, cut = cut_doubtful(chains, first, settings.cut_at)
        judgement = judge(scorer, scores, ends, parts, decided)
        built = build_articles(
            prepared.fragments,
            parts,
            judgement,
            heal_at=settings.heal_at,
            ask_at=settings.ask_at,
        )
        articles += built.articles
        asked = [*built.questions, *(question_of(prepared.fragments, first, i, j, "cut") for i, j in cut)]
        questions += asked
        questions += doubted(scorer, prepared.fragments, parts, judgement, asked, doubt_at=settings.doubt_at)
    questions.sort(key=lambda question: question.span)
    return Reassembly(
        tuple(articles),
        leftovers,
        tuple(questions),
        tuple(decision for decision in decisions if decision in obeyed),
        tuple(warnings),
    )


def prepare(heap: Heap, model: LanguageModel) -> Prepared:
    """Features of the fragments of a heap without furniture."""
    encoder = _encoder()
    seen = encoder.read([f.text for f in heap.fragments])
    nodes = node_features(heap, model, encoder, seen)
    return Prepared(heap.fragments, nodes, pair_features(heap, model, encoder, seen))


@cache
def _encoder() -> FragmentEncoder:
    return FragmentEncoder.load()


def terms_of(fragments: Sequence[Fragment], scores: Scores, settings: Settings) -> Terms:
    """The objective's terms from the network's scores."""
    titled = np.array([f.role in TITLE_ROLES or f.role is Role.SUBHEAD for f in fragments], dtype=bool)
    start = scores.start - np.where(titled, 0.0, settings.untitled)
    mass = np.array([0.0 if f.role in {Role.BYLINE, Role.JUMP} else 1.0 for f in fragments])
    return Terms(scores.link, start, scores.end, scores.member, mass, settings.cohesion)
