"""Repeats: what a page prints twice is kept once, and every copy set aside says of what it is one.

The stage goes from hashes to letters: MinHash and shared grams name candidates (``index``, ``twins``),
alignment verifies them (``verify``), neighbouring ones form runs (``runs``), of each run one print is
kept (``choice``), and the letters of the others become spans of the page (``cut``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from cleanpress.edited import EditedText
from cleanpress.model import Fragment, Repeat, Role
from cleanpress.stages.repeats.choice import choose
from cleanpress.stages.repeats.cut import Cutter, Part, divide, relation
from cleanpress.stages.repeats.key import comparison_key
from cleanpress.stages.repeats.runs import find_runs, looped_fragments
from cleanpress.stages.repeats.twins import find_twins

__all__ = ["RepeatDecision", "find_repeats"]

RULE = "repeats"

# Remaining letters at the border of two prints that may differ and the prints still meet there.
_FRAYED = 3
# Share of a fragment's letters that its copies must have, for what is printed beside them to say where the
# fragment belongs: a copy that was cut off may stand anywhere, and what stands behind it is not what follows.
# A whole one may lack a letter or two that were not read. A guess: on the development pages one break in some
# thousands depends on it.
_TELLING = 0.95


@dataclass(frozen=True, slots=True)
class RepeatDecision:
    """The fragments that remain, in printed order, and the copies set aside.

    The spans of ``fragments`` and ``repeats`` are disjoint and together cover the spans of the input.
    ``origin[k]`` is the index of the input fragment that ``fragments[k]`` is, or was cut from.
    ``echoes[k]`` are the indices of the input fragments where ``fragments[k]``, or most of it, was
    printed again, in one piece or in several: the neighbours of an echo are evidence for the place of
    ``fragments[k]`` as good as its own. ``links`` are pairs ``(a, b)`` of remaining fragments that another
    print shows in one piece: ``b`` continues ``a``. ``skipped`` counts the candidates that the cap on hot
    buckets left out.
    """

    fragments: tuple[Fragment, ...]
    repeats: tuple[Repeat, ...]
    origin: tuple[int, ...]
    echoes: Mapping[int, tuple[int, ...]]
    links: tuple[tuple[int, int], ...] = ()
    skipped: int = 0


def find_repeats(
    fragments: Sequence[Fragment],
    edited: EditedText,
    *,
    fold_script: bool = False,
    bucket_cap: int = 32,
    protected: Set[int] = frozenset(),
    headlines: Set[int] = frozenset(),
) -> RepeatDecision:
    """Set the repeats among a page's fragments aside.

    ``fragments`` in printed order, each with the text that ``edited`` gives its span; a fragment of which
    only a part is a copy is cut there. ``fold_script`` compares traditional and simplified characters as
    equal. A shingle that more than ``bucket_cap`` texts share names no candidates. Of the
    ``protected`` fragments, by their places, nothing is set aside. Where it is known which of them are set as
    ``headlines``, none of these is a copy of the text, nor the text of one: a lead often says what its
    headline says. Furniture stands in no article: none of it is a copy, and nothing is kept there.

    Raises ``ValueError`` if a fragment to be cut does not have the text of its span.
    """
    keys = [comparison_key(fragment.text, fold_script=fold_script) for fragment in fragments]
    letters = [key.letters for key in keys]
    found = find_twins(letters, bucket_cap=bucket_cap)
    furniture = {i for i, fragment in enumerate(fragments) if fragment.role is Role.FURNITURE}
    if headlines or furniture:
        alike = [
            twin
            for twin in found.twins
            if (twin.left in headlines) == (twin.right in headlines)
            and furniture.isdisjoint((twin.left, twin.right))
        ]
        found = replace(found, twins=tuple(alike))
    runs = find_runs(found, fragments, keys)
    choice = choose(runs, found, fragments, letters, protected)
    cutter = Cutter(fragments, keys, edited)
    divided = divide(choice, keys, cutter.breaks)
    looped = looped_fragments(runs)
    remaining: list[Fragment] = []
    places: list[Part] = []
    repeats: list[Repeat] = []
    for parts in divided:
        for part in parts:
            span = cutter.span(part.fragment, part.start, part.end)
            if part.is_kept and (span or len(parts) == 1):
                remaining.append(cutter.fragment(part.fragment, part.start, part.end))
                places.append(part)
            elif span:
                kept = cutter.span(part.kept, part.kept_start, part.kept_end)
                how = relation(part, keys, looped=part.fragment in looped)
                repeats.append(Repeat(span, kept, how, round(part.similarity, 4), RULE, part.reason))
    located = _Places(places)
    return RepeatDecision(
        tuple(remaining),
        tuple(repeats),
        tuple(part.fragment for part in places),
        _echoes(divided, located),
        _links(divided, located),
        found.skipped,
    )


class _Places:
    """The remaining fragments by the letters of the input fragments that they hold."""

    def __init__(self, places: Sequence[Part]) -> None:
        self.places = places
        self._of: dict[int, list[int]] = defaultdict(list)
        for k, part in enumerate(places):
            self._of[part.fragment].append(k)

    def holding(self, fragment: int, start: int, end: int) -> int | None:
        """The remaining fragment that holds most of those letters."""
        best, most = None, 0
        for k in self._of[fragment]:
            shared = min(end, self.places[k].end) - max(start, self.places[k].start)
            if shared > most:
                best, most = k, shared
        return best

    def of(self, part: Part) -> int | None:
        """The remaining fragment that a part is, or that it repeats."""
        if part.is_kept:
            return self.holding(part.fragment, part.start, part.end)
        return self.holding(part.kept, part.kept_start, part.kept_end)


def _echoes(divided: Sequence[Sequence[Part]], located: _Places) -> dict[int, tuple[int, ...]]:
    copies: dict[int, list[Part]] = defaultdict(list)
    for part in (part for parts in divided for part in parts if not part.is_kept):
        k = located.of(part)
        if k is not None:
            copies[k].append(part)
    echoes = {}
    for k in sorted(copies):
        place = located.places[k]
        if _covered(copies[k]) >= _TELLING * (place.end - place.start):
            echoes[k] = tuple(dict.fromkeys(part.fragment for part in copies[k]))
    return echoes


def _covered(copies: Sequence[Part]) -> int:
    """Letters of the text that is kept which the copies have, together."""
    total, end = 0, 0
    for part in sorted(copies, key=lambda part: part.kept_start):
        total += max(0, part.kept_end - max(end, part.kept_start))
        end = max(end, part.kept_end)
    return total


def _links(divided: Sequence[Sequence[Part]], located: _Places) -> tuple[tuple[int, int], ...]:
    """Neighbouring parts of one input fragment whose letters now end and begin two different fragments."""
    links = []
    for parts in divided:
        for left, right in pairwise(parts):
            a, b = located.of(left), located.of(right)
            if a is None or b is None or a == b:
                continue
            left_end = left.end if left.is_kept else left.kept_end
            right_start = right.start if right.is_kept else right.kept_start
            if (
                left_end >= located.places[a].end - _FRAYED
                and right_start <= located.places[b].start + _FRAYED
            ):
                links.append((a, b))
    return tuple(dict.fromkeys(links))
