"""Text with edits applied, and the way back to the page.

``EditedText`` is how rules are chained without ever changing the page: each rule looks at the current
text and proposes changes in *its* coordinates; ``apply`` folds them into one sorted list of
non-overlapping edits of the page itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cleanpress.model import Edit, Span


class EditedText:
    """A page's text seen through a sorted list of non-overlapping edits.

    ``text`` is the result; ``to_page(i)`` maps an offset of ``text`` to an offset of the page.
    """

    def __init__(self, original: str, edits: Sequence[Edit] = ()) -> None:
        self.original = original
        self.edits = tuple(edits)
        pieces: list[str] = []
        # Anchors: at current offset _at[k] the page offset is _from[k]; between anchors offsets run in step.
        self._at: list[int] = [0]
        self._from: list[int] = [0]
        position = length = 0
        for edit in self.edits:
            if edit.span.start < position:
                raise ValueError(f"edits overlap or are not sorted at {edit.span}")
            pieces.append(original[position : edit.span.start])
            length += edit.span.start - position
            pieces.append(edit.after)
            self._anchor(length, edit.span.start)
            length += len(edit.after)
            self._anchor(length, edit.span.end)
            position = edit.span.end
        pieces.append(original[position:])
        self.text = "".join(pieces)

    def _anchor(self, current: int, page: int) -> None:
        self._at.append(current)
        self._from.append(page)

    def to_page(self, offset: int) -> int:
        """The page offset of an offset of ``text``; inside a replacement, the replaced span's start.

        At the border of an edit the answer is the offset behind the replaced span.
        """
        k = bisect_right(self._at, offset) - 1
        base = self._from[k] + (offset - self._at[k])
        if k + 1 < len(self._from):
            base = min(base, self._from[k + 1])
        return base

    def apply(self, changes: Iterable[Change]) -> EditedText:
        """Fold changes (in the coordinates of ``text``) into the edits; returns a new view.

        Changes must be sorted and not overlap. A change that touches text which an earlier rule
        replaced is merged with that edit: one edit of the page, both rule names joined with ``+``,
        the lower of the confidences. A merged edit that changes nothing any more is dropped.
        """
        changes = [c for c in changes if self.text[c.start : c.end] != c.after]
        if not changes:
            return self
        merged: list[Edit] = []
        # An edit occupies [low, high) of the current text.
        occupied: list[tuple[int, int, Edit]] = []
        shift = 0
        for edit in self.edits:
            low = edit.span.start + shift
            high = low + len(edit.after)
            occupied.append((low, high, edit))
            shift += len(edit.after) - len(edit.span)
        starts = [low for low, _, _ in occupied]
        taken = [False] * len(occupied)
        groups: list[tuple[list[Change], list[int]]] = []
        for change in changes:
            touched = self._touched(change, occupied, starts)
            if groups and touched and groups[-1][1] and touched[0] <= groups[-1][1][-1]:
                groups[-1][0].append(change)
                groups[-1][1].extend(k for k in touched if k > groups[-1][1][-1])
            else:
                groups.append(([change], touched))
        for changed, touched in groups:
            for k in touched:
                taken[k] = True
            merged.append(self._merge(changed, [occupied[k] for k in touched]))
        kept = [edit for edit, gone in zip(self.edits, taken, strict=True) if not gone]
        everything = [e for e in kept + merged if e.before != e.after]
        everything.sort(key=lambda e: (e.span.start, e.span.end))
        return EditedText(self.original, everything)

    @staticmethod
    def _touched(change: Change, occupied: list[tuple[int, int, Edit]], starts: list[int]) -> list[int]:
        """Indices of the edits whose replacement text the change overlaps."""
        k = bisect_left(starts, change.start)
        while k > 0 and occupied[k - 1][1] > change.start:
            k -= 1
        found = []
        while k < len(occupied) and occupied[k][0] <= change.end:
            low, high, _ = occupied[k]
            overlaps = low < change.end and high > change.start
            # A deletion inside the changed range has no text of its own but must be swallowed too;
            # an insertion at its very place would otherwise have two orders.
            inside = low == high and change.start <= low <= change.end
            if overlaps or inside:
                found.append(k)
            k += 1
        return found

    def _merge(self, changes: list[Change], edits: list[tuple[int, int, Edit]]) -> Edit:
        low = min([changes[0].start, *(lo for lo, _, _ in edits)])
        high = max([changes[-1].end, *(hi for _, hi, _ in edits)])
        start = min([self._page_start(low, edits), *(e.span.start for _, _, e in edits)])
        end = max([self._page_end(high, edits), *(e.span.end for _, _, e in edits)])
        after, position = [], low
        for change in changes:
            after.append(self.text[position : change.start])
            after.append(change.after)
            position = change.end
        after.append(self.text[position:high])
        rules = list(dict.fromkeys(r for _, _, e in edits for r in e.rule.split("+")))
        rules += [c.rule for c in changes if c.rule not in rules]
        return Edit(
            Span(start, end),
            self.original[start:end],
            "".join(after),
            "+".join(dict.fromkeys(rules)),
            min([c.confidence for c in changes] + [e.confidence for _, _, e in edits]),
            "; ".join(
                dict.fromkeys(filter(None, [e.reason for _, _, e in edits] + [c.reason for c in changes]))
            ),
        )

    def _page_start(self, low: int, edits: list[tuple[int, int, Edit]]) -> int:
        """Page offset of `low`, which is not inside a replacement unless one of `edits` starts there."""
        for lo, _, edit in edits:
            if lo == low:
                return edit.span.start
        return self.to_page(low)

    def _page_end(self, high: int, edits: list[tuple[int, int, Edit]]) -> int:
        for _, hi, edit in reversed(edits):
            if hi == high:
                return edit.span.end
        # The end of untouched text: one past the page offset of its last character.
        return self.to_page(high - 1) + 1 if high else 0


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal of a rule: replace ``[start, end)`` of the current text by ``after``."""

    start: int
    end: int
    after: str
    rule: str
    confidence: float = 1.0
    reason: str = ""


def render(original: str, edits: Sequence[Edit], span: Span) -> str:
    """The text of ``span`` with ``edits`` (sorted, of the whole page) applied.

    Raises ``ValueError`` where an edit crosses the border of the span: such a span has no text of its
    own. An insertion at the very start of a span belongs to the span before it.
    """
    k = bisect_left(edits, span.start, key=lambda e: e.span.start)
    if k and edits[k - 1].span.end > span.start:
        raise ValueError(f"edit at {edits[k - 1].span} crosses the start of {span}")
    pieces, position = [], span.start
    for edit in edits[k:]:
        if edit.span.start >= span.end and not (edit.span.start == edit.span.end == span.end):
            break
        if edit.span.end > span.end:
            raise ValueError(f"edit at {edit.span} crosses the end of {span}")
        if edit.span.start == edit.span.end == span.start:
            continue
        pieces.append(original[position : edit.span.start])
        pieces.append(edit.after)
        position = edit.span.end
    pieces.append(original[position : span.end])
    return "".join(pieces)
