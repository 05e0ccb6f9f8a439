"""Where on a page a quotation stands, whatever the scan did to its marks, its width or its script."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from cleanpress.decisions.entries import Quote
from cleanpress.edited import EditedText
from cleanpress.model import Span
from cleanpress.stages.repeats.key import Key, comparison_key


def letters_of(text: str) -> str:
    """What of a text counts: its letters and digits, width, case and script folded."""
    return comparison_key(text, fold_script=True).letters


def on_page(edited: EditedText, low: int, high: int) -> Span:
    """A range of the text (not empty) as a span of the page whose borders no edit crosses."""
    start, end = edited.to_page(low), edited.to_page(high - 1) + 1
    k = bisect_left(edited.edits, end, key=lambda edit: edit.span.start) - 1
    return Span(start, max(end, edited.edits[k].span.end) if k >= 0 else end)


class Letters:
    """The letters of a page as one reading of it has them, and the way back to the page."""

    def __init__(self, edited: EditedText) -> None:
        self.edited = edited

    @cached_property
    def key(self) -> Key:
        """The comparison key of the whole text."""
        return comparison_key(self.edited.text, fold_script=True)

    def find(self, quote: Quote) -> Iterator[tuple[int, int]]:
        """Where the letters of a quotation stand between those around it, as ranges of letters."""
        letters = self.key.letters
        wanted = letters_of(quote.text)
        before, behind = letters_of(quote.after), letters_of(quote.before)
        start = letters.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            if letters.endswith(before, 0, start) and letters.startswith(behind, end):
                yield start, end
            start = letters.find(wanted, start + 1)

    def in_text(self, start: int, end: int) -> tuple[int, int]:
        """A range of letters (not empty) as a range of the reading's text."""
        return int(self.key.offsets[start]), int(self.key.offsets[end - 1]) + 1

    def on_page(self, start: int, end: int) -> Span:
        """A range of letters (not empty) as a span of the page, whole where an edit made them of others."""
        return on_page(self.edited, *self.in_text(start, end))

    def range_of(self, span: Span) -> tuple[int, int]:
        """The letters that lie in a span of the page."""
        offsets = self.key.offsets
        low, high = self.edited.to_text(span.start), self.edited.to_text(span.end)
        return bisect_left(offsets, low), bisect_left(offsets, high)


class Pieces:
    """Pieces of a page, sorted by their spans, which do not overlap."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans

    def holding(self, span: Span) -> int | None:
        """The piece that holds a whole span."""
        k = bisect_right(self._spans, span.start, key=lambda piece: piece.start) - 1
        return k if k >= 0 and span.end <= self._spans[k].end else None

    def quoted(self, quote: Quote, readings: Sequence[Letters]) -> list[int]:
        """The pieces that a quotation can mean: by the first of the readings in which it stands in any."""
        for letters in readings:
            found = (self.holding(letters.on_page(*place)) for place in letters.find(quote))
            if pieces := [*dict.fromkeys(k for k in found if k is not None)]:
                return pieces
        return []
