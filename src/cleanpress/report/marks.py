"""The page's text as runs: stretches that are all edited by one edit, or by none.

Both sides of the report are made of these, so that what is marked on one side is marked on the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleanpress.formats.changes import STRUCTURAL
from cleanpress.model import Edit, Span


def folds(rule: str) -> bool:
    """Whether an edit of this rule only folds the ends of lines; there are hundreds of those on a page."""
    return STRUCTURAL.issuperset(rule.split("+"))


@dataclass(frozen=True, slots=True)
class Run:
    """``text`` as shown; ``edit`` and ``suspect`` number the edit and the suspect it belongs to.

    An edit whose text on this side is empty (an insertion before it is made, a deletion after) is a run
    without text.
    """

    text: str
    edit: int | None = None
    suspect: int | None = None


class Marks:
    """Where the edits and suspects of a page lie; answers with the runs of any stretch of it.

    ``suspects`` are the spans of the suspects in the order of their record; of two that overlap the later
    one keeps what the earlier leaves.
    """

    def __init__(self, text: str, edits: Sequence[Edit], suspects: Sequence[Span] = ()) -> None:
        self._text = text
        self._edits = edits
        self._starts = [edit.span.start for edit in edits]
        self._suspects = sorted(range(len(suspects)), key=suspects.__getitem__)
        self._suspect_spans = [suspects[k] for k in self._suspects]

    def start_of(self, edit: int) -> int:
        """Where on the page an edit begins."""
        return self._starts[edit]

    def raw(self, span: Span) -> Iterator[Run]:
        """The stretch as the page reads. An edit that reaches beyond it shows the part inside."""
        position = span.start
        for number in self._touching(span):
            edit = self._edits[number]
            low, high = max(edit.span.start, span.start), min(edit.span.end, span.end)
            yield from self._plain(position, low)
            yield Run(self._text[low:high], number, self._suspect(low, high))
            position = high
        yield from self._plain(position, span.end)

    def cleaned(self, span: Span) -> Iterator[Run]:
        """The span as a reader sees it, edits applied; no edit may cross its border."""
        position = span.start
        for number in self._touching(span):
            edit = self._edits[number]
            yield from self._plain(position, edit.span.start)
            yield Run(edit.after, number, self._suspect(*edit.span))
            position = edit.span.end
        yield from self._plain(position, span.end)

    def _touching(self, span: Span) -> Iterator[int]:
        """Edits that lie in the span or reach into it; an insertion belongs to what ends at its place."""
        low = bisect_left(self._starts, span.start)
        while low and self._edits[low - 1].span.end > span.start:
            low -= 1
        for number in range(low, bisect_right(self._starts, span.end)):
            edit = self._edits[number]
            if len(edit.span):
                if edit.span.start < span.end:
                    yield number
            elif edit.span.start > span.start or edit.span.start == 0:
                yield number

    def _plain(self, start: int, end: int) -> Iterator[Run]:
        """Text that no edit touches, cut where a suspect begins or ends."""
        position = start
        k = bisect_right(self._suspect_spans, Span(start, start))
        while k and self._suspect_spans[k - 1].end > start:
            k -= 1
        for number, span in zip(self._suspects[k:], self._suspect_spans[k:], strict=True):
            if span.start >= end:
                break
            low, high = max(span.start, position), min(span.end, end)
            if low >= high:
                continue
            if low > position:
                yield Run(self._text[position:low])
            yield Run(self._text[low:high], None, number)
            position = high
        if position < end:
            yield Run(self._text[position:end])

    def _suspect(self, start: int, end: int) -> int | None:
        k = bisect_left(self._suspect_spans, Span(end, end)) - 1
        return self._suspects[k] if k >= 0 and self._suspect_spans[k].end > start else None
