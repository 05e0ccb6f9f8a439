"""Text with edits applied, and the way back to the page.

``EditedText`` is how rules are chained without ever changing the page: each rule looks at the current
text and proposes changes in *its* coordinates; ``apply`` folds them into one sorted list of
non-overlapping edits of the page itself. Everything here is linear in the text and the number of
edits, or a binary search.

Where an edit belongs: a replacement or deletion to the span that contains it; an insertion at ``p`` to
the span that *ends* at ``p``, and at the very start of the page to the span that starts there. So the
renderings of consecutive spans that no edit crosses always add up to the whole text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cleanpress.model import Edit, Span


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal of a rule: replace ``[start, end)`` of the current text by ``after``."""

    start: int
    end: int
    after: str
    rule: str
    confidence: float = 1.0
    reason: str = ""


class EditedText:
    """A page's text seen through a sorted list of non-overlapping edits.

    ``text`` is the result; ``to_page`` and ``to_text`` map offsets between it and the page. Raises
    ``ValueError`` where edits overlap, are not sorted, or do not say what stands in the page.
    """

    def __init__(self, original: str, edits: Sequence[Edit] = ()) -> None:
        self.original = original
        self.edits = tuple(edits)
        pieces: list[str] = []
        # The replacement of edit k occupies [_lows[k], _highs[k]) of `text`.
        self._lows: list[int] = []
        self._highs: list[int] = []
        position = length = 0
        for edit in self.edits:
            start, end = edit.span
            if not position <= start <= end:
                raise ValueError(f"edits overlap or are not sorted at {edit.span}")
            if original[start:end] != edit.before:
                raise ValueError(f"the page does not read {edit.before!r} at {edit.span}")
            pieces.append(original[position:start])
            pieces.append(edit.after)
            length += start - position
            self._lows.append(length)
            length += len(edit.after)
            self._highs.append(length)
            position = end
        pieces.append(original[position:])
        self.text = "".join(pieces) if self.edits else original

    @cached_property
    def _spans(self) -> list[Span]:
        return [edit.span for edit in self.edits]

    def to_page(self, offset: int) -> int:
        """The page offset of an offset of ``text``; inside a replacement, the replaced span's start.

        At the border behind a replacement or at a deletion, the answer is the offset behind it.
        """
        k = bisect_right(self._lows, offset) - 1
        if k < 0:
            return offset
        if offset < self._highs[k]:
            return self._spans[k].start
        return self._spans[k].end + offset - self._highs[k]

    def to_text(self, page_offset: int) -> int:
        """The offset in ``text`` of a page offset; inside a replaced span, its replacement's start.

        Behind an insertion, as the insertion belongs to what ends there; so the text of any span that
        no edit crosses is ``text[to_text(start):to_text(end)]``.
        """
        if page_offset <= 0:
            return page_offset
        k = bisect_right(self._spans, page_offset, key=_last_offset_before) - 1
        if k < 0:
            return page_offset
        span = self._spans[k]
        if page_offset < span.end:
            return self._lows[k]
        return self._highs[k] + page_offset - span.end

    def around(self, offset: int) -> tuple[int, int] | None:
        """Where in ``text`` the replacement stands that an offset lies inside, if there is one.

        No place on the page answers to such an offset: what is cut there must be cut at the replacement's
        borders instead.
        """
        k = bisect_left(self._lows, offset) - 1
        return (self._lows[k], self._highs[k]) if k >= 0 and offset < self._highs[k] else None

    def apply(self, changes: Iterable[Change]) -> EditedText:
        """Fold changes (in the coordinates of ``text``) into the edits; returns a new view.

        Changes must be sorted and not overlap (else ``ValueError``). A change that touches text which
        an earlier rule replaced is merged with that edit: one edit of the page, the rule names joined
        with ``+``, the lower of the confidences. A merged edit that changes nothing is dropped.
        """
        wanted = self._effective(changes)
        if not wanted:
            return self
        edits: list[Edit] = []
        settled = 0  # edits[:settled] of the old list are in the new one, as they were or merged
        i = 0
        while i < len(wanted):
            group = [wanted[i]]
            first = settled
            while first < len(self.edits) and not self._reaches(first, wanted[i]):
                first += 1
            last = first  # self.edits[first:last] are merged with the group
            while True:
                while last < len(self.edits) and self._meets(last, group[-1]):
                    last += 1
                i += 1
                if i == len(wanted) or not (
                    (last > first and self._meets(last - 1, wanted[i])) or _same_place(group[-1], wanted[i])
                ):
                    break
                group.append(wanted[i])
            edits.extend(self.edits[settled:first])
            merged = self._merge(group, first, last)
            if merged.before != merged.after:
                edits.append(merged)
            settled = last
        edits.extend(self.edits[settled:])
        # Nearly sorted already: an insertion may have been found behind a deletion at its place.
        edits.sort(key=lambda edit: edit.span)
        return EditedText(self.original, edits)

    def _effective(self, changes: Iterable[Change]) -> list[Change]:
        found = []
        position = 0
        for change in changes:
            if not position <= change.start <= change.end <= len(self.text):
                raise ValueError(f"changes overlap, are not sorted or leave the text at {change}")
            position = change.end
            if self.text[change.start : change.end] != change.after:
                found.append(change)
        return found

    def _reaches(self, k: int, change: Change) -> bool:
        """Whether edit k meets the change or stands wholly behind it (edits before it do neither)."""
        return self._meets(k, change) or self._lows[k] >= change.end

    def _meets(self, k: int, change: Change) -> bool:
        """Whether edit k and the change must become one edit of the page.

        They must where they overlap. Where they only touch they need not, except that two things
        without a width of their own, at one place, would have no order.
        """
        low, high = self._lows[k], self._highs[k]
        if low < change.end and high > change.start:
            return True
        if change.start != change.end:
            return False
        is_insertion = self._spans[k].start == self._spans[k].end
        return change.start == low == high or (is_insertion and low <= change.start <= high)

    def _merge(self, changes: list[Change], first: int, last: int) -> Edit:
        head, tail = changes[0], changes[-1]
        if first == last and head is tail:
            start = self.to_page(head.start)
            end = self.to_page(head.end - 1) + 1 if head.end > head.start else start
            before = self.original[start:end]
            return Edit(Span(start, end), before, head.after, head.rule, head.confidence, head.reason)
        old = self.edits[first:last]
        low, high = head.start, tail.end
        if old and self._lows[first] <= low:
            low, start = self._lows[first], old[0].span.start
        else:
            start = self.to_page(low)
        if old and self._highs[last - 1] >= high:
            high, end = self._highs[last - 1], old[-1].span.end
        elif head.start == tail.end:
            end = start
        else:
            # One past the last character, so that a deletion that only touches stays outside.
            end = self.to_page(high - 1) + 1
        pieces, position = [], low
        for change in changes:
            pieces.append(self.text[position : change.start])
            pieces.append(change.after)
            position = change.end
        pieces.append(self.text[position:high])
        rules = [rule for edit in old for rule in edit.rule.split("+")] + [change.rule for change in changes]
        reasons = [edit.reason for edit in old] + [change.reason for change in changes]
        return Edit(
            Span(start, end),
            self.original[start:end],
            "".join(pieces),
            "+".join(dict.fromkeys(rules)),
            min([edit.confidence for edit in old] + [change.confidence for change in changes]),
            "; ".join(dict.fromkeys(filter(None, reasons))),
        )


def _last_offset_before(span: Span) -> int:
    """The smallest page offset that an edit of this span moves."""
    return span.start if span.start == span.end else span.start + 1


def _same_place(left: Change, right: Change) -> bool:
    """Whether both insert at one place."""
    return left.start == left.end == right.start == right.end


def render(original: str, edits: Sequence[Edit], span: Span) -> str:
    """The text of ``span`` with ``edits`` (sorted, of the whole page) applied.

    Raises ``ValueError`` where an edit crosses the border of the span: such a span has no text of its
    own. An empty span has no text, unless the page itself is empty.
    """
    start, end = span
    k = bisect_left(edits, start, key=_start_of)
    if k and edits[k - 1].span.end > start:
        raise ValueError(f"edit at {edits[k - 1].span} crosses the start of {span}")
    if start == end and original:
        return ""
    pieces, position = [], start
    while k < len(edits) and edits[k].span.start <= end:
        edit = edits[k]
        k += 1
        if edit.span.start == edit.span.end:
            if edit.span.start == start > 0:
                continue
        elif edit.span.start == end:
            break
        if edit.span.end > end:
            raise ValueError(f"edit at {edit.span} crosses the end of {span}")
        pieces.append(original[position : edit.span.start])
        pieces.append(edit.after)
        position = edit.span.end
    pieces.append(original[position:end])
    return "".join(pieces)


def _start_of(edit: Edit) -> int:
    return edit.span.start
