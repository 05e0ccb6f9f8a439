"""Every character of the page once: in a span of a record, or in an edit between those."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleanpress.ledger.problem import Problem, quote, shown
from cleanpress.model import Edit, Result, Span
from cleanpress.stages.restore.names import MARK, RULES

RESTORING = frozenset(RULES)
"""Rules that put one character in another's place, and do nothing else."""


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """A span of the page that an article block, a repeat or a leftover takes."""

    span: Span
    record: str
    index: int


def claims_of(result: Result) -> Iterator[Claim]:
    """Every span of the page that a record takes, in the order of the records."""
    for index, article in enumerate(result.articles):
        for block in article.blocks:
            for span in block.spans:
                yield Claim(span, "articles", index)
    for index, repeat in enumerate(result.repeats):
        yield Claim(repeat.span, "repeats", index)
    for index, leftover in enumerate(result.leftovers):
        yield Claim(leftover.span, "leftovers", index)


def _all_spans(result: Result) -> Iterator[tuple[str, int, Span]]:
    for claim in claims_of(result):
        yield claim.record, claim.index, claim.span
    for index, article in enumerate(result.articles):
        for join in article.joins:
            yield "articles", index, join.left
            yield "articles", index, join.right
    for index, repeat in enumerate(result.repeats):
        yield "repeats", index, repeat.kept
    for index, question in enumerate(result.questions):
        yield "questions", index, question.span
        for span in question.candidates:
            yield "questions", index, span
    for index, suspect in enumerate(result.suspects):
        yield "suspects", index, suspect.span
    for index, decision in enumerate(result.decisions):
        yield "decisions", index, decision.span
        if decision.other is not None:
            yield "decisions", index, decision.other


def spans_exist(result: Result, length: int) -> Iterator[Problem]:
    """Every span of a record is a place on the page, which has ``length`` characters."""
    for record, index, span in _all_spans(result):
        if not 0 <= span.start < span.end <= length:
            yield Problem(record, f"the span {shown(span)} is not on the page ({length} characters)", index)
    for index, edit in enumerate(result.edits):
        if not 0 <= edit.span.start <= edit.span.end <= length:
            yield Problem(
                "edits", f"the span {shown(edit.span)} is not on the page ({length} characters)", index
            )


def edits_true(result: Result) -> Iterator[Problem]:
    """Edits are sorted and apart, say what stands on the page, change something and name a rule."""
    text, position = result.page.text, Span(0, 0)
    for index, edit in enumerate(result.edits):
        if edit.span.start < position.end or (index and edit.span == position):
            message = f"the edit overlaps the one before it, at {shown(position)}, or is out of order"
            yield Problem("edits", message, index, edit.span)
        found = text[edit.span.start : edit.span.end]
        if found != edit.before:
            message = f"the page reads {quote(found)} where the edit says {quote(edit.before)}"
            yield Problem("edits", message, index, edit.span)
        if edit.before == edit.after:
            yield Problem("edits", f"the edit changes nothing ({quote(edit.before)})", index, edit.span)
        if not edit.rule:
            yield Problem("edits", "the edit names no rule", index, edit.span)
        position = edit.span


def disjoint(claims: Sequence[Claim]) -> Iterator[Problem]:
    """No character is claimed twice; ``claims`` are sorted."""
    if not claims:
        return
    widest = claims[0]
    for claim in claims[1:]:
        if claim.span.start < widest.span.end:
            message = f"the span {shown(claim.span)} is also in {widest.record} {widest.index + 1}"
            yield Problem(claim.record, message, claim.index, claim.span)
        if claim.span.end > widest.span.end:
            widest = claim


def borders(result: Result, claims: Sequence[Claim]) -> Iterator[Problem]:
    """No edit crosses the border of a span: a torn edit would belong to two records at once."""
    starts = [edit.span.start for edit in result.edits]
    for claim in claims:
        for border in claim.span:
            k = bisect_left(starts, border) - 1
            if k >= 0 and result.edits[k].span.end > border:
                message = f"the edit crosses the border of the span {shown(claim.span)} of {claim.record}"
                yield Problem("edits", message, k, result.edits[k].span)


def accounted(result: Result, claims: Sequence[Claim]) -> Iterator[Problem]:
    """What lies between the spans is taken by edits, and those take no letter and add nothing."""
    position = 0
    for claim in claims:
        if claim.span.start > position:
            yield from _between(result, Span(position, claim.span.start))
        position = max(position, claim.span.end)
    if position < len(result.page.text):
        yield from _between(result, Span(position, len(result.page.text)))


def _between(result: Result, stretch: Span) -> Iterator[Problem]:
    """What the edits do to a stretch of the page that no span takes."""
    position = stretch.start
    for index in range(*edits_in(result.edits, stretch)):
        edit = result.edits[index]
        if not len(edit.span):
            continue
        if edit.span.start > position:
            yield _lost(result, Span(position, edit.span.start))
        position = max(position, edit.span.end)
        if any(map(str.isalnum, edit.before)):
            message = f"the edit takes letters out of the page between two spans: {quote(edit.before)}"
            yield Problem("edits", message, index, edit.span)
        if edit.after.strip():
            message = f"the edit adds {quote(edit.after)} where no article, repeat or leftover stands"
            yield Problem("edits", message, index, edit.span)
    if position < stretch.end:
        yield _lost(result, Span(position, stretch.end))


def insertions(result: Result, claims: Sequence[Claim]) -> Iterator[Problem]:
    """An insertion belongs to the span that it stands in or ends, as ``cleanpress.edited`` says."""
    starts = [claim.span.start for claim in claims]
    for index, edit in enumerate(result.edits):
        if not len(edit.span):
            k = bisect_right(starts, max(0, edit.span.start - 1)) - 1
            if k < 0 or claims[k].span.end < edit.span.start:
                message = f"the edit inserts {quote(edit.after)} where no article, repeat or leftover stands"
                yield Problem("edits", message, index, edit.span)


def restored(result: Result, claims: Sequence[Claim]) -> Iterator[Problem]:
    """A restored reading is one character in the place of one of its kind, in an article, by one rule."""
    starts = [claim.span.start for claim in claims]
    for index, edit in enumerate(result.edits):
        if RESTORING.isdisjoint(edit.rule.split("+")):
            continue
        marks = [character.isalnum() for character in edit.before + edit.after]
        alike = marks == ([False, False] if edit.rule == MARK else [True, True])
        if edit.rule not in RESTORING or len(edit.before) != 1 or not alike:
            message = f"a restored reading puts {quote(edit.after)} in the place of {quote(edit.before)}"
            yield Problem("edits", message, index, edit.span)
        k = bisect_right(starts, edit.span.start) - 1
        if k < 0 or claims[k].record != "articles" or claims[k].span.end < edit.span.end:
            yield Problem("edits", "a restored reading stands in no article", index, edit.span)


def edits_in(edits: Sequence[Edit], span: Span) -> tuple[int, int]:
    """The indices of the edits that start in ``span``."""
    low = bisect_left(edits, span.start, key=lambda edit: edit.span.start)
    return low, bisect_left(edits, span.end, lo=low, key=lambda edit: edit.span.start)


def _lost(result: Result, span: Span) -> Problem:
    lost = result.page.text[span.start : span.end]
    message = f"{len(lost)} characters are in no article, repeat, leftover or edit: {quote(lost)}"
    return Problem("page", message, None, span)
