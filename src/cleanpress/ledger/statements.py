"""Whatever a record says about the page is true of the page."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from cleanpress.edited import render
from cleanpress.ledger.accounts import RESTORING, edits_in
from cleanpress.ledger.problem import Problem, quote, shown
from cleanpress.model import Article, Block, Edit, Relation, Result, Span
from cleanpress.obedience import disobeyed
from cleanpress.stages.repeats.key import comparison_key

SIDES = ("before", "after")
LEAST_SIMILARITY = 0.6
"""Two texts that are less alike are no repeat; the repeats stage asks for 0.72 at the least."""

TOLERANCE = 0.05
"""How far a recorded similarity may be from the one computed again over whole spans: a span ends at the
border of a fragment, the part that was compared may end a few letters before it."""

ALIGNABLE = 100_000_000
"""How much work finding the best part may be, in letters of the longer text times the square of those of the
shorter one: two texts of 460 letters, some 5 ms. Beyond it an upper bound takes its place, so that a page
which is one line is checked in seconds, not hours."""


def article_true(result: Result, index: int, article: Article) -> Iterator[Problem]:
    """Blocks read as their spans with the edits applied; joins and gaps are where they are said to be."""

    def problem(message: str, span: Span | None = None) -> Problem:
        return Problem("articles", message, index, span)

    if not article.blocks:
        yield problem("the article has no block")
    meetings: list[dict[tuple[Span, Span], int] | None] = []
    for number, block in enumerate(article.blocks, start=1):
        if not block.spans:
            meetings.append({})
            yield problem(f"block {number} comes from nowhere on the page")
            continue
        if "\n" in block.text or "\r" in block.text:
            yield problem(f"block {number} is more than one line", block.spans[0])
        try:
            pieces = _pieces(result, block)
        except ValueError:
            meetings.append(None)
            continue  # An edit crosses a border, which is reported with the edit.
        # Where two pieces of the block meet, and at which character of its text.
        meetings.append(dict(zip(pairwise(block.spans), accumulate(map(len, pieces)), strict=False)))
        rendered = "".join(pieces)
        if rendered != block.text:
            at = next(
                (k for k, pair in enumerate(zip(rendered, block.text, strict=False)) if len(set(pair)) > 1),
                None,
            )
            at = min(len(rendered), len(block.text)) if at is None else at
            message = (
                f"block {number} reads {quote(block.text[at:])} at character {at + 1} "
                f"where the page and its edits give {quote(rendered[at:])}"
            )
            yield problem(message, block.spans[0])
    for join in article.joins:
        if not 0 <= join.block < len(article.blocks):
            yield problem(f"a join is in block {join.block + 1}, which does not exist", join.left)
            continue
        offsets = meetings[join.block]
        if offsets is None:
            continue
        offset = offsets.get((join.left, join.right))
        if offset is None:
            yield problem(
                f"a join of block {join.block + 1} is not between two pieces that meet there", join.left
            )
        elif offset != join.offset:
            message = f"a join of block {join.block + 1} is at character {offset}, not at {join.offset}"
            yield problem(message, join.left)
    if len({(join.block, join.left) for join in article.joins}) < len(article.joins):
        yield problem("a join is recorded twice")
    for gap in article.gaps:
        if not 0 <= gap.block < len(article.blocks):
            yield problem(f"a gap is at block {gap.block + 1}, which does not exist")
        if gap.side not in SIDES:
            yield problem(f"a gap is on the side {gap.side!r}; there are only {' and '.join(SIDES)}")


def _pieces(result: Result, block: Block) -> list[str]:
    return [render(result.page.text, result.edits, span) for span in block.spans]


def repeats_true(result: Result) -> Iterator[Problem]:
    """A copy is like what is kept, as much as it says, and that stands in an article."""
    taken = sorted(span for article in result.articles for block in article.blocks for span in block.spans)
    text = result.page.text
    for index, repeat in enumerate(result.repeats):
        stray = _outside(repeat.kept, taken, result.edits)
        if stray:
            lost = quote(text[stray.start : stray.end])
            message = f"the kept text at {shown(repeat.kept)} is not in an article: {lost}"
            yield Problem("repeats", message, index, repeat.span)
        if not repeat.rule:
            yield Problem("repeats", "the repeat names no rule", index, repeat.span)
        low, high = _similarities(
            _letters(result, repeat.span), _letters(result, repeat.kept), repeat.similarity
        )
        if high < LEAST_SIMILARITY or (repeat.relation is Relation.EXACT and low < 1.0):
            message = (
                f"the copy is not what is kept at {shown(repeat.kept)}: at most {high:.2f} of it is alike"
            )
            yield Problem("repeats", message, index, repeat.span)
        elif not low - TOLERANCE <= repeat.similarity <= high + TOLERANCE:
            message = f"the similarity is said to be {repeat.similarity:.2f}, but is {low:.2f} to {high:.2f}"
            yield Problem("repeats", message, index, repeat.span)


def _letters(result: Result, span: Span) -> str:
    """The letters of a span before any was restored; of the raw page where an edit crosses its border.

    Copies are told by what was printed: a reading that was put right in one of them makes it no other text.
    """
    edits = result.edits[slice(*edits_in(result.edits, Span(max(0, span.start - 1), span.end + 1)))]
    try:
        text = render(result.page.text, [edit for edit in edits if edit.rule not in RESTORING], span)
    except ValueError:
        text = result.page.text[span.start : span.end]
    return comparison_key(text).letters


def _similarities(copy: str, kept: str, recorded: float) -> tuple[float, float]:
    """How alike two keys are: as wholes, and at most, one as a part of the other.

    The best part is looked for only where the wholes do not bear out what is recorded. Where that would
    take too long (see ``ALIGNABLE``) the second figure is an upper bound of it.
    """
    if copy == kept:
        return 1.0, 1.0
    short, long = sorted((copy, kept), key=len)
    if not short:
        return 0.0, 0.0
    if short in long:
        return 2 * len(short) / (len(short) + len(long)), 1.0
    common = LCSseq.similarity(short, long)
    whole = 2 * common / (len(short) + len(long))
    if whole >= LEAST_SIMILARITY and abs(whole - recorded) <= TOLERANCE:
        return whole, whole
    if len(long) * len(short) ** 2 <= ALIGNABLE:
        return whole, max(whole, fuzz.partial_ratio(short, long) / 100)
    # A part of the long text has at most `common` letters in common with the short one, and no fewer
    # letters than that.
    return whole, 2 * common / (len(short) + common)


def _outside(span: Span, taken: Sequence[Span], edits: Sequence[Edit]) -> Span | None:
    """The first part of ``span`` that is neither in ``taken`` (sorted) nor in the ``before`` of an edit."""
    low = max(0, bisect_right(taken, (span.start, math.inf)) - 1)
    pieces = list(taken[low : bisect_left(taken, (span.end, 0))])
    pieces += [edit.span for edit in edits[slice(*edits_in(edits, span))]]
    position = span.start
    for piece in sorted(pieces):
        if piece.start > position:
            break
        position = max(position, piece.end)
    return None if position >= span.end else Span(position, span.end)


def decisions_obeyed(result: Result) -> Iterator[Problem]:
    """Decisions that are not obeyed: they are binding, or they are not recorded."""
    for index in disobeyed(result):
        decision = result.decisions[index]
        yield Problem("decisions", f"it is not obeyed ({decision.ruling})", index, decision.span)


def suspects_true(result: Result) -> Iterator[Problem]:
    """A suspect shows what a reader sees, and what it offers instead is something else."""
    for index, suspect in enumerate(result.suspects):
        try:
            found = render(result.page.text, result.edits, suspect.span)
        except ValueError:
            message = f"an edit crosses the border of the span {shown(suspect.span)}"
            yield Problem("suspects", message, index, suspect.span)
            continue
        if found != suspect.text:
            message = f"the page and its edits read {quote(found)} where it says {quote(suspect.text)}"
            yield Problem("suspects", message, index, suspect.span)
        if suspect.text in suspect.alternatives:
            message = f"it offers {quote(suspect.text)}, which stands there"
            yield Problem("suspects", message, index, suspect.span)
        if not suspect.rule:
            yield Problem("suspects", "the suspect names no rule", index, suspect.span)


def confidences(result: Result) -> Iterator[Problem]:
    """Every confidence is a probability."""

    def problems(record: str, index: int, *values: float) -> Iterator[Problem]:
        for value in values:
            if not 0.0 <= value <= 1.0:
                yield Problem(record, f"a confidence is {value}, not between 0 and 1", index)

    for index, article in enumerate(result.articles):
        yield from problems(
            "articles", index, article.confidence, *(join.confidence for join in article.joins)
        )
    for index, repeat in enumerate(result.repeats):
        yield from problems("repeats", index, repeat.similarity)
    for index, leftover in enumerate(result.leftovers):
        yield from problems("leftovers", index, leftover.confidence)
    for index, edit in enumerate(result.edits):
        yield from problems("edits", index, edit.confidence)
    for index, question in enumerate(result.questions):
        yield from problems("questions", index, question.confidence)
    for index, suspect in enumerate(result.suspects):
        yield from problems("suspects", index, suspect.confidence)
