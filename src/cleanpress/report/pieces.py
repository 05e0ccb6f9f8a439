"""The pieces of a page: the spans that the ledger knows, in the order of the page."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from cleanpress.formats.places import Places
from cleanpress.model import Result, Span

COLOURS = 10
"""Articles are told apart by so many colours, which come again after that."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of the page and where it went: ``kind`` is ``article``, ``repeat`` or ``leftover``.

    ``owner`` is the place in that list, from 0; ``block`` the place among the article's blocks, else -1.
    ``line`` and ``column`` count from 1. ``asks_before`` and ``asks_after`` number the questions about what
    comes before and after the piece, ``decided`` the decisions about it.
    """

    number: int
    span: Span
    kind: str
    owner: int
    block: int
    line: int
    column: int
    asks_before: tuple[int, ...] = ()
    asks_after: tuple[int, ...] = ()
    decided: tuple[int, ...] = ()

    @property
    def look(self) -> str:
        """The class that gives the piece its colour."""
        return look_of(self.owner) if self.kind == "article" else self.kind


def look_of(article: int) -> str:
    """The class that gives an article, counted from 0, its colour."""
    return f"h{article % COLOURS}"


def pieces_of(result: Result, places: Places) -> tuple[Piece, ...]:
    """Every piece of a page whose ledger holds, numbered."""
    found: list[tuple[Span, str, int, int]] = [
        (span, "article", a, b)
        for a, article in enumerate(result.articles)
        for b, block in enumerate(article.blocks)
        for span in block.spans
    ]
    found += [(repeat.span, "repeat", k, -1) for k, repeat in enumerate(result.repeats)]
    found += [(leftover.span, "leftover", k, -1) for k, leftover in enumerate(result.leftovers)]
    before: defaultdict[Span, list[int]] = defaultdict(list)
    after: defaultdict[Span, list[int]] = defaultdict(list)
    decided: defaultdict[Span, list[int]] = defaultdict(list)
    for k, question in enumerate(result.questions):
        (before if question.kind == "untitled" else after)[question.span].append(k)
    found.sort()
    for k, decision in enumerate(result.decisions):
        # A reading is about a part of a piece; any other decision is about a whole one.
        at = bisect_right(found, decision.span.start, key=lambda piece: piece[0].start) - 1
        decided[found[max(0, at)][0]].append(k)
    return tuple(
        Piece(
            number,
            span,
            kind,
            owner,
            block,
            *places.of(span.start),
            tuple(before[span]),
            tuple(after[span]),
            tuple(decided[span]),
        )
        for number, (span, kind, owner, block) in enumerate(found)
    )
