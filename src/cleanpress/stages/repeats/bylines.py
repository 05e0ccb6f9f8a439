"""A byline that stands twice in one article: below its headline and, printed again, at its end or beside it.

A single line is too short to be told for a copy wherever it stands: one reporter signs several articles of a
page. In one article it is one. So these are looked for when the articles are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cleanpress.model import Article, Decision, Question, Relation, Repeat, Role, Span
from cleanpress.stages.repeats.key import comparison_key

RULE = "repeats"
REASON = "the other print stands first"


def bylines_once(
    articles: Sequence[Article], repeats: Sequence[Repeat] = (), decisions: Sequence[Decision] = ()
) -> tuple[tuple[Article, ...], tuple[Repeat, ...]]:
    """The articles with each byline once, and the copies set aside: exact repeats of the first one.

    Bylines are equal where their letters and digits are. What ``decisions`` say of a byline or of the pieces
    on either side of it binds, and what is kept for one of the ``repeats`` stands in an article: it stays.
    """
    bound = {span for decision in decisions for span in (decision.span, decision.other) if span is not None}
    kept = [repeat.kept for repeat in repeats]
    found: list[Repeat] = []
    return tuple(_once(article, bound, kept, found) for article in articles), tuple(found)


def _once(article: Article, bound: set[Span], kept: Sequence[Span], found: list[Repeat]) -> Article:
    """The article with each byline once; the copies are added to ``found``."""
    first: dict[str, Span] = {}
    stay: list[int] = []
    healed = {join.block for join in article.joins} | {gap.block for gap in article.gaps}
    for k, block in enumerate(article.blocks):
        if block.role is Role.BYLINE and len(block.spans) == 1 and k not in healed:
            letters = comparison_key(block.text).letters
            if letters in first and not _is_bound(article, k, bound, kept):
                found.append(Repeat(block.spans[0], first[letters], Relation.EXACT, 1.0, RULE, REASON))
                continue
            if letters:
                first.setdefault(letters, block.spans[0])
        stay.append(k)
    if len(stay) == len(article.blocks):
        return article
    place = {k: new for new, k in enumerate(stay)}
    return replace(
        article,
        blocks=tuple(article.blocks[k] for k in stay),
        joins=tuple(replace(join, block=place[join.block]) for join in article.joins),
        gaps=tuple(replace(gap, block=place[gap.block]) for gap in article.gaps),
    )


def _is_bound(article: Article, k: int, bound: set[Span], kept: Sequence[Span]) -> bool:
    """Whether a decision names block ``k`` or one beside it, or a copy elsewhere was set aside for it."""
    beside = {span for other in article.blocks[max(0, k - 1) : k + 2] for span in other.spans}
    return not bound.isdisjoint(beside) or any(_overlap(span, article.blocks[k].spans[0]) for span in kept)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def still_open(questions: Sequence[Question], repeats: Sequence[Repeat]) -> tuple[Question, ...]:
    """The questions that are not about a copy which was set aside, and without it among the answers.

    The first candidate is the answer that was taken: where that is a copy, there is nothing left to ask.
    """
    gone = {repeat.span for repeat in repeats}
    return tuple(
        replace(question, candidates=tuple(span for span in question.candidates if span not in gone))
        for question in questions
        if gone.isdisjoint({question.span, *question.candidates[:1]})
    )
