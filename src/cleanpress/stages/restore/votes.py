"""Votes: where a page prints a paragraph twice or more, its prints settle each other's readings.

The copies that were set aside are aligned with the text that is kept. Where prints differ in one character,
the reading of most prints wins; where as many speak for one as for another, the language model breaks the
tie. Numbers are never decided by the model, nor are names: there the difference is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Repeat, Span
from cleanpress.stages.restore.lookalikes import why_not
from cleanpress.stages.restore.printed import NOWHERE, Printed, Prints

FLANK = 12
"""Characters on each side of a difference that the model reads."""
ALIKE_BESIDE = 2
"""So many characters beside a difference must be alike in both prints: else the alignment is a guess."""
TIE_AT = 2.5
"""Nats by which the model must prefer one of two readings. Of what two prints settle so, 993 in 1,000 are
right (benchmarks/restore_quality.py, ``votes``)."""
MOST = 4_000
"""Characters of the longest print that is aligned: the work grows with the product of both lengths."""
_MAJORITY, _TIE = 0.99, 0.97


@dataclass(frozen=True, slots=True)
class Settled:
    """A place of the page that reads ``before`` and should read ``after``, as ``witnesses`` do."""

    place: int
    before: str
    after: str
    confidence: float
    witnesses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A place of the page where the prints differ and nothing decides; ``others`` are the other readings."""

    place: int
    before: str
    others: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the prints read at one place of the kept text."""

    offset: int
    by_reading: dict[str, list[int]]


def find_votes(
    repeats: Sequence[Repeat], prints: Prints, model: LanguageModel
) -> tuple[tuple[Settled, ...], tuple[Open, ...]]:
    """What the copies settle in the texts that are kept, and what they leave open, by place on the page."""
    of_kept: dict[Span, list[Span]] = defaultdict(list)
    for repeat in repeats:
        of_kept[repeat.kept].append(repeat.span)
    settled: dict[int, Settled] = {}
    left: dict[int, Open] = {}
    for kept, copies in sorted(of_kept.items()):
        text = _printed(prints, kept)
        if text is None:
            continue
        witnesses = [found for found in (_printed(prints, copy) for copy in sorted(copies)) if found]
        for reading in _readings(text, witnesses):
            place = int(text.origins[reading.offset])
            decided = _decide(text.text, reading, model)
            if decided is None:
                continue
            if isinstance(decided, Settled):
                settled.setdefault(place, decided)
            else:
                left.setdefault(place, decided)
    open_ones = (left[place] for place in sorted(left) if place not in settled)
    return tuple(settled[place] for place in sorted(settled)), tuple(open_ones)


def _printed(prints: Prints, span: Span) -> Printed | None:
    found = prints.of((span,))
    return found if 0 < len(found.text) <= MOST else None


def _readings(kept: Printed, copies: Iterable[Printed]) -> list[_Reading]:
    """Places of the kept text where a copy has another character, with what every print reads there."""
    differ: set[int] = set()
    aligned = []
    for copy in copies:
        steps = Levenshtein.opcodes(kept.text, copy.text)
        same = {
            step.src_start + k: step.dest_start + k
            for step in steps
            if step.tag in ("equal", "replace")
            for k in range(step.src_end - step.src_start)
        }
        aligned.append((copy, same))
        for step in steps:
            if step.tag == "replace":
                for k in range(step.src_end - step.src_start):
                    offset = step.src_start + k
                    if _is_sure(kept.text, copy.text, offset, step.dest_start + k):
                        differ.add(offset)
    found = []
    for offset in sorted(differ):
        own = int(kept.origins[offset])
        if own == NOWHERE:
            continue
        by_reading: dict[str, list[int]] = {kept.text[offset]: [own]}
        for copy, same in aligned:
            there = same.get(offset)
            if there is not None and _is_sure(kept.text, copy.text, offset, there):
                place = int(copy.origins[there])
                if place != NOWHERE:
                    by_reading.setdefault(copy.text[there], []).append(place)
        if len(by_reading) > 1:
            found.append(_Reading(offset, by_reading))
    return found


def _is_sure(kept: str, copy: str, a: int, b: int) -> bool:
    """Whether the prints go on alike on both sides of a pair of characters that can be told apart."""
    left, right = kept[max(0, a - ALIKE_BESIDE) : a], kept[a + 1 : a + 1 + ALIKE_BESIDE]
    return (
        _is_letter(kept[a])
        and _is_letter(copy[b])
        and bool(left and right)
        and copy[max(0, b - len(left)) : b] == left
        and copy[b + 1 : b + 1 + len(right)] == right
    )


def _is_letter(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _decide(text: str, reading: _Reading, model: LanguageModel) -> Settled | Open | None:
    """What the prints say about a place; ``None`` where it reads as it should."""
    before = text[reading.offset]
    place = reading.by_reading[before][0]
    ranked = sorted(reading.by_reading.items(), key=lambda item: (-len(item[1]), item[1]))
    most = len(ranked[0][1])
    leading = [character for character, places in ranked if len(places) == most]
    others = tuple(character for character, _ in ranked if character != before)
    if len(leading) == 1:
        if leading[0] == before:
            return None
        return Settled(place, before, leading[0], _MAJORITY, tuple(reading.by_reading[leading[0]]))
    start, end = max(0, reading.offset - FLANK), reading.offset + 1 + FLANK
    left, right = text[start : reading.offset], text[reading.offset + 1 : end]
    scores = [float(np.sum(one)) for one in model.surprise([left + c + right for c in leading])]
    order = sorted(range(len(leading)), key=lambda k: -scores[k])
    best, second = order[0], order[1]
    winner = leading[best]
    if scores[best] - scores[second] < TIE_AT:
        return Open(place, before, others, "the prints differ, and neither reading is likelier")
    if winner == before:
        return None
    reason = why_not(text, reading.offset, winner)
    if reason:
        return Open(place, before, others, f"the prints differ, and {reason} by the language model alone")
    return Settled(place, before, winner, _TIE, tuple(reading.by_reading[winner]))
