"""Which decisions a result obeys: a decision binds, or it is not on record."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from cleanpress.edited import render
from cleanpress.model import Decision, Result, Ruling, Span


def disobeyed(result: Result) -> list[int]:
    """The decisions of a result, by their places, that it does not obey."""
    after: dict[Span, Span] = {}
    paragraphs: set[tuple[Span, Span]] = set()
    for article in result.articles:
        after.update(pairwise(span for block in article.blocks for span in block.spans))
        paragraphs.update(pair for block in article.blocks for pair in pairwise(block.spans))
    seconds = set(after.values())
    in_articles = sorted(s for article in result.articles for block in article.blocks for s in block.spans)
    copies = sorted(repeat.span for repeat in result.repeats)

    def obeyed(decision: Decision) -> bool:
        left, right = decision.span, decision.other
        match decision.ruling:
            case Ruling.FOLLOWS | Ruling.ONE_PARAGRAPH:
                return after.get(left) == right
            case Ruling.APART:
                return after.get(left) != right
            case Ruling.NEW_PARAGRAPH:
                return (left, right) not in paragraphs
            case Ruling.KEEP:
                return not _overlaps(copies, left)
            case Ruling.FURNITURE:
                return not _overlaps(in_articles, left)
            case Ruling.READING:
                return _bare(_reading(result, left)) == _bare(decision.text)
            case _:
                return left not in seconds

    return [index for index, decision in enumerate(result.decisions) if not obeyed(decision)]


def _overlaps(spans: Sequence[Span], span: Span) -> bool:
    """Whether one of the spans (sorted, apart) has a character of ``span``."""
    k = bisect_left(spans, span.end, key=lambda other: other.start)
    return k > 0 and spans[k - 1].end > span.start


def _reading(result: Result, span: Span) -> str | None:
    try:
        return render(result.page.text, result.edits, span)
    except ValueError:
        return None


def _bare(text: str | None) -> str | None:
    return None if text is None else "".join(text.split())
