"""The law that every result obeys: nothing is lost, nothing is invented, everything can be traced.

1. Every character of the page lies in exactly one of a block of an article, a repeat, a leftover, or
   otherwise in the ``before`` of an edit between them, which may take away marks and white space but no
   letter and no digit.
2. Every character of an article comes from the page or from the ``after`` of an edit: a block's text is
   its spans with the edits applied.
3. Whatever the record says about the page (the text before an edit, the offset of a join, the copy that
   is kept) is true of the page.

``check`` answers with everything that breaks the law; an empty list is the proof.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from cleanpress.edited import render
from cleanpress.errors import CleanpressError
from cleanpress.model import Article, Block, Edit, Relation, Result, Span
from cleanpress.obedience import disobeyed
from cleanpress.stages.repeats.key import comparison_key
from cleanpress.stages.restore.names import MARK, RULES

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

RESTORING = frozenset(RULES)
"""Rules that put one character in another's place, and do nothing else."""

SHOWN = 20
"""How many characters of a text are quoted in a message."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One breach of the law.

    ``record`` is the list it was found in (``articles``, ``repeats``, ``leftovers``, ``edits``,
    ``questions``, ``decisions``, ``suspects``) or ``page``; ``index`` the place in that list, from 0;
    ``span`` the place on the page.
    """

    record: str
    message: str
    index: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    """A span of the page that an article block, a repeat or a leftover takes."""

    span: Span
    record: str
    index: int


class LedgerError(CleanpressError):
    """A result breaks the law: an error of cleanpress, never of the page."""


def require(result: Result) -> None:
    """Raise ``LedgerError`` unless the ledger of ``result`` holds."""
    problems = check(result)
    if problems:
        first = problems[0]
        where = f"{first.record} at {shown(first.span)}" if first.span is not None else first.record
        raise LedgerError(
            f"{result.page.source}: the ledger is broken, an error of cleanpress: please report it with "
            f"the page ({len(problems)} problems; the first, in {where}: {first.message})"
        )


def check(result: Result) -> list[Problem]:
    """Everything in ``result`` that breaks the law, in the order of its lists; empty when it holds."""
    length = len(result.page.text)
    problems = [*_spans_exist(result, length)]
    if problems:
        # Without sound spans every further question would raise instead of answer.
        return problems
    problems += _edits(result)
    if problems:
        return problems
    claims = sorted(_claims(result))
    problems += _disjoint(claims)
    problems += _borders(result, claims)
    problems += _accounted(result, claims)
    problems += _insertions(result, claims)
    problems += _restored(result, claims)
    for index, article in enumerate(result.articles):
        problems += _article(result, index, article)
    problems += _repeats(result)
    problems += _decisions(result)
    problems += _suspects(result)
    problems += _confidences(result)
    return problems


def quote(text: str) -> str:
    """A short, printable picture of a text for a message."""
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return repr(shown)


def shown(span: Span) -> str:
    """A span for a message; unlike ``list(span)``, one that runs backwards as well."""
    return f"[{span.start}, {span.end}]"


def _claims(result: Result) -> Iterator[_Claim]:
    for index, article in enumerate(result.articles):
        for block in article.blocks:
            for span in block.spans:
                yield _Claim(span, "articles", index)
    for index, repeat in enumerate(result.repeats):
        yield _Claim(repeat.span, "repeats", index)
    for index, leftover in enumerate(result.leftovers):
        yield _Claim(leftover.span, "leftovers", index)


def _all_spans(result: Result) -> Iterator[tuple[str, int, Span]]:
    for claim in _claims(result):
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


def _spans_exist(result: Result, length: int) -> Iterator[Problem]:
    for record, index, span in _all_spans(result):
        if not 0 <= span.start < span.end <= length:
            yield Problem(record, f"the span {shown(span)} is not on the page ({length} characters)", index)
    for index, edit in enumerate(result.edits):
        if not 0 <= edit.span.start <= edit.span.end <= length:
            yield Problem(
                "edits", f"the span {shown(edit.span)} is not on the page ({length} characters)", index
            )


def _edits(result: Result) -> Iterator[Problem]:
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


def _disjoint(claims: Sequence[_Claim]) -> Iterator[Problem]:
    if not claims:
        return
    widest = claims[0]
    for claim in claims[1:]:
        if claim.span.start < widest.span.end:
            message = f"the span {shown(claim.span)} is also in {widest.record} {widest.index + 1}"
            yield Problem(claim.record, message, claim.index, claim.span)
        if claim.span.end > widest.span.end:
            widest = claim


def _borders(result: Result, claims: Sequence[_Claim]) -> Iterator[Problem]:
    """No edit crosses the border of a span: a torn edit would belong to two records at once."""
    starts = [edit.span.start for edit in result.edits]
    for claim in claims:
        for border in claim.span:
            k = bisect_left(starts, border) - 1
            if k >= 0 and result.edits[k].span.end > border:
                message = f"the edit crosses the border of the span {shown(claim.span)} of {claim.record}"
                yield Problem("edits", message, k, result.edits[k].span)


def _accounted(result: Result, claims: Sequence[_Claim]) -> Iterator[Problem]:
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
    for index in range(*_range(result.edits, stretch)):
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


def _insertions(result: Result, claims: Sequence[_Claim]) -> Iterator[Problem]:
    """An insertion belongs to the span that it stands in or ends, as ``cleanpress.edited`` says."""
    starts = [claim.span.start for claim in claims]
    for index, edit in enumerate(result.edits):
        if not len(edit.span):
            k = bisect_right(starts, max(0, edit.span.start - 1)) - 1
            if k < 0 or claims[k].span.end < edit.span.start:
                message = f"the edit inserts {quote(edit.after)} where no article, repeat or leftover stands"
                yield Problem("edits", message, index, edit.span)


def _restored(result: Result, claims: Sequence[_Claim]) -> Iterator[Problem]:
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


def _range(edits: Sequence[Edit], span: Span) -> tuple[int, int]:
    """The indices of the edits that start in ``span``."""
    low = bisect_left(edits, span.start, key=lambda edit: edit.span.start)
    return low, bisect_left(edits, span.end, lo=low, key=lambda edit: edit.span.start)


def _lost(result: Result, span: Span) -> Problem:
    lost = result.page.text[span.start : span.end]
    message = f"{len(lost)} characters are in no article, repeat, leftover or edit: {quote(lost)}"
    return Problem("page", message, None, span)


def _article(result: Result, index: int, article: Article) -> Iterator[Problem]:
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


def _repeats(result: Result) -> Iterator[Problem]:
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
    edits = result.edits[slice(*_range(result.edits, Span(max(0, span.start - 1), span.end + 1)))]
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
    pieces += [edit.span for edit in edits[slice(*_range(edits, span))]]
    position = span.start
    for piece in sorted(pieces):
        if piece.start > position:
            break
        position = max(position, piece.end)
    return None if position >= span.end else Span(position, span.end)


def _decisions(result: Result) -> Iterator[Problem]:
    """Decisions that are not obeyed: they are binding, or they are not recorded."""
    for index in disobeyed(result):
        decision = result.decisions[index]
        yield Problem("decisions", f"it is not obeyed ({decision.ruling})", index, decision.span)


def _suspects(result: Result) -> Iterator[Problem]:
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


def _confidences(result: Result) -> Iterator[Problem]:
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
