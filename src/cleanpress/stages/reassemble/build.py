"""Chains of fragments to articles: title block, healed paragraphs, gaps."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cleanpress.model import TITLE_ROLES, Article, Block, Fragment, Gap, Join, Question, Role
from cleanpress.stages.reassemble.decisions import NEVER, Rulings
from cleanpress.stages.reassemble.features import Floats
from cleanpress.stages.reassemble.score import Scorer, Scores, article_evidence, link_evidence

_LONGEST_TITLE_BLOCK = 5
"""Fragments at the head of a chain that may belong to its title: kicker, two headlines, subtitle, byline."""


_MOST_CANDIDATES = 3
"""Answers that a question offers: more are hard to weigh, and the right one is seldom among them."""

HEAL_DOUBTFUL_AT = 0.5
"""Where a sentence breaks off, or the first piece looks like a title line, two pieces are healed only if it
is likelier than not that the second comes next and goes on with the first. A wrong join writes a sentence
that nobody wrote, or a section swallows its subhead; a missing one is a gap, and asked about."""


@dataclass(frozen=True, slots=True)
class Built:
    """Articles with the questions that arose while they were built."""

    articles: tuple[Article, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is believed of a page: raw scores, and the calibrated probability of every chosen link.

    ``ends`` (n,) are the language model's log-odds that a paragraph ends where fragment i does, marks aside.
    ``links`` maps (i, j), neighbours in a chain, to the probability that j follows i; ``articles`` holds, in
    the order of the chains, the probability that each is exactly an article. Before the fragments ``begins``
    nothing stands, by decision.
    """

    scores: Scores
    ends: Floats
    links: Mapping[tuple[int, int], float]
    articles: tuple[float, ...]
    begins: frozenset[int] = frozenset()


def judge(
    scorer: Scorer,
    scores: Scores,
    ends: Floats,
    chains: Sequence[Sequence[int]],
    decided: Rulings | None = None,
) -> Judgement:
    """Calibrated confidences of the links and chains of a reading.

    What was ``decided`` is not estimated any more: its links have 1.
    """
    decided = decided or Rulings()
    pairs = [(i, j) for chain in chains for i, j in itertools.pairwise(chain)]
    links: dict[tuple[int, int], float] = {}
    if pairs:
        stated = scorer.confidence("link", np.stack([link_evidence(scores, i, j) for i, j in pairs]))
        links = {pair: round(float(p), 4) for pair, p in zip(pairs, stated, strict=True)}
        links |= dict.fromkeys(links.keys() & decided.follows.items(), 1.0)
    wholes: tuple[float, ...] = ()
    if chains:
        certain = _with_decided_borders(scores, decided)
        evidence = np.stack([article_evidence(certain, chain) for chain in chains])
        wholes = tuple(round(float(p), 4) for p in scorer.confidence("article", evidence))
    return Judgement(scores, ends, links, wholes, frozenset(decided.begins))


def _with_decided_borders(scores: Scores, decided: Rulings) -> Scores:
    """The scores with no doubt where an article was decided to end or to begin."""
    if not decided.apart:
        return scores
    start, end = scores.start.copy(), scores.end.copy()
    for i, j in decided.apart:
        end[i] = start[j] = 0.0
    return replace(scores, start=start, end=end)


def cut_doubtful(
    chains: Sequence[Sequence[int]], judgement: Judgement, cut_at: float
) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Take chains apart where a link is less probable than ``cut_at``; also returns the links cut."""
    parts: list[list[int]] = []
    cut = []
    for chain in chains:
        parts.append([chain[0]])
        for i, j in itertools.pairwise(chain):
            if judgement.links[i, j] < cut_at:
                cut.append((i, j))
                parts.append([j])
            else:
                parts[-1].append(j)
    return parts, cut


def build_articles(
    fragments: Sequence[Fragment],
    chains: Sequence[Sequence[int]],
    judgement: Judgement,
    *,
    heal_at: float,
    ask_at: float,
) -> Built:
    """One article a chain, in the order of the chains.

    Two pieces are healed from probability ``heal_at``; links below ``ask_at`` become questions.
    """
    articles: list[Article] = []
    questions: list[Question] = []
    for chain, confidence in zip(chains, judgement.articles, strict=True):
        blocks, joins, gaps = _blocks(fragments, chain, judgement, heal_at)
        articles.append(Article(blocks, joins, gaps, confidence))
        titled = any(block.role is Role.HEADLINE for block in blocks)
        if not titled and chain[0] not in judgement.begins:
            first = fragments[chain[0]]
            text = f"what comes before “{first.text[:16]}…”, which stands under no headline?"
            above = likeliest(judgement.scores.link[:, chain[0]], but=chain)
            candidates = tuple(fragments[k].span for k in above)
            questions.append(Question("untitled", first.span, text, candidates, confidence))
        for i, j in itertools.pairwise(chain):
            if judgement.links[i, j] < ask_at:
                questions.append(question_of(fragments, judgement, i, j, "join"))
            elif _heals(fragments, judgement, i, j, heal_at) and heal_confidence(judgement, i, j) < ask_at:
                questions.append(question_of(fragments, judgement, i, j, "paragraph"))
    return Built(tuple(articles), tuple(questions))


def question_of(fragments: Sequence[Fragment], judgement: Judgement, i: int, j: int, kind: str) -> Question:
    """Ask what follows fragment i: the answer taken, or cut, and its best rivals are the candidates.

    Where it is sure that j follows, ``paragraph`` asks whether both are one.
    """
    left, right = f"“…{fragments[i].text[-16:]}”", f"“{fragments[j].text[:16]}…”"
    if kind == "paragraph":
        text = f"are {left} and {right} one paragraph?"
        return Question(kind, fragments[i].span, text, (fragments[j].span,), heal_confidence(judgement, i, j))
    rivals = likeliest(judgement.scores.link[i], but=(i, j))
    candidates = tuple(fragments[k].span for k in [j, *rivals[: _MOST_CANDIDATES - 1]])
    text = f"does {left} go on with {right}?"
    return Question(kind, fragments[i].span, text, candidates, judgement.links[i, j])


def likeliest(links: Floats, but: Sequence[int]) -> list[int]:
    """The fragments with the highest log-probabilities, the best first; none that was ruled out."""
    best = np.argsort(-links, kind="stable")[: _MOST_CANDIDATES + len(but)]
    return [int(k) for k in best if k not in but and links[k] > NEVER][:_MOST_CANDIDATES]


def _blocks(
    fragments: Sequence[Fragment], chain: Sequence[int], judgement: Judgement, heal_at: float
) -> tuple[tuple[Block, ...], tuple[Join, ...], tuple[Gap, ...]]:
    groups: list[list[int]] = [[chain[0]]]
    for i, j in itertools.pairwise(chain):
        if _heals(fragments, judgement, i, j, heal_at):
            groups[-1].append(j)
        else:
            groups.append([j])
    blocks, joins, gaps = [], [], []
    for b, (group, role) in enumerate(zip(groups, _roles(fragments, groups), strict=True)):
        text = fragments[group[0]].text
        for i, j in itertools.pairwise(group):
            joins.append(
                Join(b, len(text), fragments[i].span, fragments[j].span, heal_confidence(judgement, i, j))
            )
            text += fragments[j].text
        blocks.append(Block(role, text, tuple(fragments[i].span for i in group)))
        if role is Role.PARAGRAPH and fragments[group[0]].open_head >= 0.97:
            gaps.append(Gap(b, "before", "the paragraph starts in mid-sentence"))
        # Engines lose marks at the ends of lines: only what reads as broken off is one.
        last = group[-1]
        if role is Role.PARAGRAPH and fragments[last].open_tail >= 0.9 and judgement.ends[last] < 0:
            gaps.append(Gap(b, "after", "the paragraph breaks off in mid-sentence"))
    return tuple(blocks), tuple(joins), tuple(gaps)


def heal_confidence(judgement: Judgement, i: int, j: int) -> float:
    """Probability that j follows i and goes on in the same paragraph."""
    return round(judgement.links[i, j] * _probability(judgement.scores.heal[i, j]), 4)


def _heals(fragments: Sequence[Fragment], judgement: Judgement, i: int, j: int, heal_at: float) -> bool:
    if not _can_meet(fragments[i], fragments[j]):
        return False
    if fragments[i].role is not Role.PARAGRAPH or fragments[i].open_tail >= 0.5:
        return heal_confidence(judgement, i, j) >= max(heal_at, HEAL_DOUBTFUL_AT)
    return _probability(judgement.scores.heal[i, j]) >= heal_at


def _can_meet(left: Fragment, right: Fragment) -> bool:
    """Whether two fragments may be parts of one paragraph, whatever the network says.

    A short piece of a torn paragraph can look like any title line, above all where it was printed over one.
    """
    apart = {Role.BYLINE, Role.JUMP}
    return left.role not in apart and right.role not in apart


def _roles(fragments: Sequence[Fragment], groups: Sequence[Sequence[int]]) -> list[Role]:
    """Roles of the blocks of one article: only its first lines are its title."""
    roles = []
    in_title = True
    for b, group in enumerate(groups):
        role = fragments[group[0]].role
        if len(group) > 1 and not all(fragments[i].role in TITLE_ROLES for i in group):
            role = Role.PARAGRAPH
        if role in TITLE_ROLES or role is Role.BYLINE:
            if not (in_title and b < _LONGEST_TITLE_BLOCK):
                role = role if role is Role.BYLINE else Role.SUBHEAD
        else:
            in_title = False
        roles.append(role)
    if roles[0] is Role.SUBHEAD:
        # Set on two lines in the column, it looked like a subhead; nothing stands above it.
        roles[0] = Role.HEADLINE
    if Role.HEADLINE not in roles and Role.KICKER in roles:
        roles[roles.index(Role.KICKER)] = Role.HEADLINE
    return roles


def _probability(log_odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30))))
