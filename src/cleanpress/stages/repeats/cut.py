"""Cut: the letters that are kept or set aside, as spans of the page.

Every input fragment is divided into parts, kept or set aside, that lie side by side and cover it; a part
that is kept is a fragment of its own. What one edit made, as of a line that was decoded wrongly, is never
cut: half of it stands nowhere on the page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleanpress.edited import EditedText, render
from cleanpress.model import Fragment, Relation, Span
from cleanpress.stages.repeats.board import Mask
from cleanpress.stages.repeats.choice import FIRST, Choice
from cleanpress.stages.repeats.key import Key
from cleanpress.stages.repeats.twins import LEFT, RIGHT
from cleanpress.stages.repeats.verify import required_similarity, similarity

_OPENING = "“‘「『（(《〈【〔[■◆●▲►"
_SENTENCE_END = tuple("。！？!?…”’」』）)】")

# Letters by which the border of a match may miss the border of a fragment.
_FRAYED = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Letters ``start`` to ``end`` of input fragment ``fragment``, kept or (``kept`` >= 0) set aside.

    A part set aside repeats letters ``kept_start`` to ``kept_end`` of fragment ``kept``.
    """

    fragment: int
    start: int
    end: int
    kept: int = -1
    kept_start: int = 0
    kept_end: int = 0
    similarity: float = 0.0
    reason: str = ""

    @property
    def is_kept(self) -> bool:
        return self.kept < 0


Breaks = Callable[[int], NDArray[np.intp]]
"""The letters of a fragment before which it can be cut, in order; the first, and the end, are among them."""


def divide(choice: Choice, keys: Sequence[Key], breaks: Breaks) -> list[list[Part]]:
    """The parts of every fragment, in order. What cannot be shown to stand in a kept part is kept."""
    kept = tuple(mask if mask.all() else _whole_pieces(mask, breaks(i)) for i, mask in enumerate(choice.kept))
    divider = _Divider(replace(choice, kept=kept), keys, breaks)
    return [divider.parts(i) for i in range(len(keys))]


def _whole_pieces(kept: Mask, breaks: NDArray[np.intp]) -> Mask:
    """The mask with everything kept that cannot be cut from a letter which is kept."""
    any_kept: Mask = np.logical_or.reduceat(kept, breaks[:-1])
    return np.repeat(any_kept, np.diff(breaks))


class _Divider:
    def __init__(self, choice: Choice, keys: Sequence[Key], breaks: Breaks) -> None:
        self._choice = choice
        self._keys = keys
        self._breaks = breaks
        self._set_aside: dict[int, NDArray[np.int64]] = {}
        self._twins_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, sides in enumerate(choice.twins):
            for side in (LEFT, RIGHT):
                self._twins_of[sides[side].fragment].append((number, side))

    def parts(self, i: int) -> list[Part]:
        """The parts of fragment ``i``: kept parts that lie side by side are one."""
        mask = self._choice.kept[i]
        if mask.all():
            return [Part(i, 0, len(mask))]
        borders = [0, *(np.flatnonzero(np.diff(mask.astype(np.int8))) + 1).tolist(), len(mask)]
        parts: list[Part] = []
        for start, end in pairwise(borders):
            for part in (not mask[start] and self._explained(i, start, end)) or [Part(i, start, end)]:
                if parts and part.is_kept and parts[-1].is_kept:
                    parts[-1] = replace(parts[-1], end=part.end)
                else:
                    parts.append(part)
        return parts

    def _explained(self, i: int, start: int, end: int) -> list[Part]:
        """Letters set aside, as parts that each repeat one kept stretch; empty if they do not hold."""
        found: list[Part] = []
        position = start
        while position < end:
            best: Part | None = None
            for twin in self._twins_of[i]:
                part = self._repeating(i, position, end, twin)
                if part and (best is None or part.end > best.end):
                    best = part
                    if best.end == end:
                        break
            if best:
                found.append(best)
            # Letters of noise between two copies go with the copy before them, or the first one.
            position = best.end if best else position + 1
        ends = [*(_at_or_before(self._breaks(i), part.start) for part in found[1:]), end]
        starts = [start, *ends]
        return self._measured(
            [replace(p, start=a, end=b) for p, a, b in zip(found, starts, ends, strict=False) if a < b]
        )

    def _repeating(self, i: int, start: int, end: int, twin: tuple[int, int]) -> Part | None:
        """The part from ``start`` on, up to ``end``, that a twin explains by kept letters, if any."""
        number, side = twin
        own, other = self._choice.twins[number][side], self._choice.twins[number][1 - side]
        if not own.start <= start < own.end:
            return None
        own_at, other_at = own.at, own.other_at
        first = int(np.searchsorted(own_at, start))
        if first == len(own_at) or own_at[first] >= end:
            return None
        if not self._choice.kept[other.fragment][other_at[first]]:
            return None
        # From there on as far as the other print is kept without a hole.
        holes = self._holes(other.fragment)
        holds = (holes[other_at[first:] + 1] == holes[other_at[first]]) & (own_at[first:] < end)
        last = first + (len(holds) if holds.all() else int(np.argmin(holds))) - 1
        low, high = int(other_at[first]), int(other_at[last]) + 1
        complete = last + 1 == len(own_at)
        kept_start = other.start if first == 0 and holes[other.start] == holes[low] else low
        kept_end = other.end if complete and holes[other.end] == holes[high] else high
        breaks = self._breaks(other.fragment)
        return Part(
            i,
            start,
            min(own.end, end) if complete else int(own_at[last]) + 1,
            other.fragment,
            _at_or_before(breaks, kept_start),
            int(breaks[np.searchsorted(breaks, kept_end)]),
            reason=self._choice.reasons.get((number, side), FIRST),
        )

    def _holes(self, i: int) -> NDArray[np.int64]:
        """How many letters of fragment ``i`` are set aside before each of its letters, and in all."""
        if i not in self._set_aside:
            self._set_aside[i] = np.concatenate([np.zeros(1, np.int64), np.cumsum(~self._choice.kept[i])])
        return self._set_aside[i]

    def _measured(self, parts: list[Part]) -> list[Part]:
        """The parts with their similarity to what they repeat; none of them if one is not similar enough."""
        measured = []
        for part in parts:
            copy, original = texts(part, self._keys)
            alike = similarity(copy, original)
            if alike < required_similarity(len(copy)):
                return []
            measured.append(replace(part, similarity=alike))
        return measured


def _at_or_before(breaks: NDArray[np.intp], letter: int) -> int:
    return int(breaks[np.searchsorted(breaks, letter, side="right") - 1])


def texts(part: Part, keys: Sequence[Key]) -> tuple[str, str]:
    """The letters of a part set aside, and those that it repeats."""
    return (
        keys[part.fragment].letters[part.start : part.end],
        keys[part.kept].letters[part.kept_start : part.kept_end],
    )


def relation(part: Part, keys: Sequence[Key], *, looped: bool) -> Relation:
    """How a part that is set aside relates to what is kept."""
    if looped:
        return Relation.LOOPED
    copy, original = texts(part, keys)
    kept_letters = len(keys[part.kept])
    whole = part.end - part.start == len(keys[part.fragment])
    if whole and len(original) >= kept_letters - _FRAYED:
        return Relation.EXACT if copy == original else Relation.NEAR
    at_an_edge = part.kept_start <= _FRAYED or part.kept_end >= kept_letters - _FRAYED
    return Relation.TRUNCATED if whole and at_an_edge else Relation.CONTAINED


class Cutter:
    """Cuts fragments of a page at letters of their keys."""

    def __init__(self, fragments: Sequence[Fragment], keys: Sequence[Key], edited: EditedText) -> None:
        self._fragments = fragments
        self._keys = keys
        self._edited = edited
        self._breaks: dict[int, NDArray[np.intp]] = {}

    def breaks(self, i: int) -> NDArray[np.intp]:
        """The letters of fragment ``i`` before which it can be cut, in order, and its end."""
        if i not in self._breaks:
            whole = np.ones(len(self._keys[i]) + 1, dtype=np.bool_)
            offsets = self._keys[i].offsets
            for low, high in _replaced(self._within(i)):
                first, behind = np.searchsorted(offsets, (low, high)).tolist()
                whole[first + 1 : behind] = False
                # An opening mark that goes ahead may be of what was put there, too.
                if first < behind < len(offsets) and self._mark(i, behind) < high:
                    whole[behind] = False
            self._breaks[i] = np.flatnonzero(whole)
        return self._breaks[i]

    def span(self, i: int, start: int, end: int) -> Span:
        """The page span of letters ``start`` to ``end`` of fragment ``i``, with the marks beside them."""
        whole = self._fragments[i].span
        return Span(
            whole.start if start == 0 else self._border(i, start),
            whole.end if end == len(self._keys[i]) else self._border(i, end),
        )

    def fragment(self, i: int, start: int, end: int) -> Fragment:
        """Those letters as a fragment of their own; a cut in the middle of a sentence is an open end."""
        fragment = self._fragments[i]
        if start == 0 and end == len(self._keys[i]):
            return fragment
        span = self.span(i, start, end)
        text = self._text(span)
        before = self._text(Span(fragment.span.start, span.start))
        head = fragment.open_head if start == 0 else float(not before.rstrip().endswith(_SENTENCE_END))
        cut_off = end < len(self._keys[i])
        tail = float(not text.rstrip().endswith(_SENTENCE_END)) if cut_off else fragment.open_tail
        return replace(fragment, span=span, text=text, open_head=head, open_tail=tail)

    def _text(self, span: Span) -> str:
        return render(self._edited.original, self._edited.edits, span)

    def _border(self, i: int, letter: int) -> int:
        """The page offset between two letters: closing marks stay behind, opening marks go ahead."""
        return self._fragments[i].span.start + _before_edits(self._within(i), self._mark(i, letter))

    def _mark(self, i: int, letter: int) -> int:
        """The offset in fragment ``i`` at which what goes with a letter begins."""
        text, offsets = self._fragments[i].text, self._keys[i].offsets
        border, end = int(offsets[letter - 1]) + 1, int(offsets[letter])
        while border < end and text[border] not in _OPENING:
            border += 1
        return border

    def _within(self, i: int) -> EditedText:
        """The fragment's own stretch of the page with the edits inside it, offsets from its start."""
        start, end = self._fragments[i].span
        edits = self._edited.edits
        inside = []
        for k in range(bisect_left(edits, start, key=lambda e: e.span.start), len(edits)):
            edit = edits[k]
            if edit.span.end > end or edit.span.start > end:
                break
            # An insertion at the start belongs to the fragment before (see `render`).
            if edit.span.end > start:
                inside.append(replace(edit, span=Span(edit.span.start - start, edit.span.end - start)))
        local = EditedText(self._edited.original[start:end], inside)
        if local.text != self._fragments[i].text:
            raise ValueError(f"the text of the fragment at {self._fragments[i].span} is not that of its span")
        return local


def _before_edits(local: EditedText, border: int) -> int:
    """The offset in the original of a border; one inside what an edit put there moves before the edit."""
    for low, high in _replaced(local):
        if low < border < high:
            return local.to_page(low)
    return local.to_page(border)


def _replaced(local: EditedText) -> Iterator[tuple[int, int]]:
    """The ranges of the text that edits put there."""
    shift = 0
    for edit in local.edits:
        low = edit.span.start + shift
        yield low, low + len(edit.after)
        shift += len(edit.after) - len(edit.span)
