"""Choose: of each repeated run, which print is kept, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from cleanpress.model import Fragment
from cleanpress.stages.repeats.board import SCRAP, Board, Mask
from cleanpress.stages.repeats.context import Contexts
from cleanpress.stages.repeats.runs import Run, is_torn
from cleanpress.stages.repeats.twins import COMPARED, LEFT, RIGHT, SHORT, Side, Twin, Twins
from cleanpress.stages.repeats.verify import whole_text_match

# Contexts closer than this are as good as each other (measured on the development pages: see
# benchmarks/repeats_pages.py, "right place").
_SAME_CONTEXT = 0.005

# A crowd is thinned out around so many of its prints: two noisy ones need not be alike enough to be verified.
_PASSES = 4

FULLER = "the other print is more complete"
IN_PLACE = "the other print stands in its context"
CLEANER = "the other print has fewer doubtful letters"
FIRST = "the other print stands first"
DECIDED = "a person decided to keep the other print"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is set aside: for each fragment which of its letters are kept, and why the others are not.

    ``kept[i]`` is a mask over the letters of fragment ``i``; ``twins`` are the two sides of each twin, and
    ``reasons`` maps a twin (by its place there) and the side set aside to the reason.
    """

    kept: tuple[Mask, ...]
    twins: tuple[tuple[Side, Side], ...]
    reasons: dict[tuple[int, int], str]


def choose(
    runs: Sequence[Run],
    found: Twins,
    fragments: Sequence[Fragment],
    keys: Sequence[str],
    protected: Set[int] = frozenset(),
) -> Choice:
    """Decide for every run which print is set aside. Longer runs decide first; of the ``protected``
    fragments nothing is set aside."""
    board = _Decided(keys, Contexts(fragments, keys, runs), protected)
    repeated = [twin for run in runs for twin in run.twins]
    # Other twins of the same fragments may support their letters too.
    concerned = {i for twin in repeated for i in (twin.left, twin.right)}
    others = [twin for twin in found.twins if twin.left in concerned or twin.right in concerned]
    numbers = {twin: board.add(twin) for twin in dict.fromkeys([*repeated, *others])}
    for run in sorted(runs, key=lambda r: (-r.letters, r.twins[0].left, r.twins[0].right)):
        board.decide(run, numbers)
    for crowd in _crowds(runs, keys):
        board.thin_out(crowd)
    return Choice(tuple(board.kept), tuple(board.sides), board.reasons)


def _crowds(runs: Iterable[Run], keys: Sequence[str]) -> Iterator[list[int]]:
    """Copies of each other, directly or by way of others, that are too many to have been compared each."""
    copies: dict[int, list[int]] = defaultdict(list)
    for twin in (twin for run in runs for twin in run.twins):
        if twin.match.is_whole(keys[twin.left], keys[twin.right]):
            copies[twin.left].append(twin.right)
            copies[twin.right].append(twin.left)
    waiting = dict.fromkeys(sorted(copies))
    for first in sorted(copies):
        crowd = [first] if first in waiting else []
        for i in crowd:
            waiting.pop(i, None)
            new = [j for j in copies[i] if j in waiting]
            for j in new:
                waiting.pop(j, None)
            crowd.extend(new)
        if len(crowd) > (COMPARED if len(keys[first]) >= SHORT else 2):
            yield sorted(dict.fromkeys(crowd))


class _Decided(Board):
    """A board with the reasons for what is set aside."""

    def __init__(self, keys: Sequence[str], contexts: Contexts, protected: Set[int]) -> None:
        super().__init__(keys, protected)
        self.contexts = contexts
        self.reasons: dict[tuple[int, int], str] = {}
        self._keys = keys

    def decide(self, run: Run, numbers: Mapping[Twin, int]) -> None:
        """Set aside the print of a run that should go, as far as others do not need it."""
        for part, side, reason in _verdicts(run, self._keys, self.contexts):
            for twin in part if side == RIGHT else part[::-1]:
                number = numbers[twin]
                # The print that should go may be needed by others already; then the other one may go.
                first, second = (side, reason), (1 - side, FIRST if side == LEFT else reason)
                if any(self.sides[number][s].fragment in self.protected for s in (LEFT, RIGHT)):
                    first, second = (side, DECIDED), (1 - side, DECIDED)
                for wanted, why in (first, second):
                    if self.set_aside(number, wanted):
                        self.reasons[number, wanted] = why
                        break

    def thin_out(self, crowd: Sequence[int]) -> None:
        """Set aside what a crowd still keeps beside its best print, then beside the best of the rest."""
        kept = crowd
        for _ in range(_PASSES):
            kept = [i for i in kept if self.kept[i].all()]
            if len(kept) < 2:
                return
            best, reasons = self._best(kept)
            numbers = {
                i: self._link(best, i)
                for i in crowd
                if i != best and (i in reasons or not self.kept[i].all())
            }
            # What was set aside may have relied on a print that is kept; now it can rely on the best.
            kept.remove(best)
            self.release(kept)
            for i in kept:
                number = numbers[i]
                if number >= 0 and self.set_aside(number, LEFT if i < best else RIGHT):
                    self.reasons[number, LEFT if i < best else RIGHT] = reasons[i]

    def _link(self, i: int, j: int) -> int:
        """Add the twin of two fragments with the same text; -1 if they have not."""
        left, right = min(i, j), max(i, j)
        match = whole_text_match(self._keys[left], self._keys[right])
        return self.add(Twin(left, right, match)) if match else -1

    def _best(self, kept: Sequence[int]) -> tuple[int, dict[int, str]]:
        """The print in its context, of such the cleanest, of such the first; and why each other is not it."""
        if decided := [i for i in kept if i in self.protected]:
            return decided[0], dict.fromkeys(kept, DECIDED)
        fits = {i: self.contexts.fit([i]) for i in kept}
        highest = max(fits.values())
        doubts = {i: self.contexts.doubts([i]) for i in kept if highest - fits[i] <= _SAME_CONTEXT}
        best = min(doubts, key=lambda i: (doubts[i], i))
        reasons = dict.fromkeys(kept, IN_PLACE)
        reasons.update((i, FIRST if doubts[i] == doubts[best] else CLEANER) for i in doubts)
        return best, reasons


Verdict = tuple[tuple[Twin, ...], int, str]
"""Twins, the side of them that should go, and why."""


def _verdicts(run: Run, keys: Sequence[str], contexts: Contexts) -> list[Verdict]:
    """Which side of a run goes, and why; a run torn on both sides is decided twin by twin."""
    twins = run.twins
    sides = [[twin.side(side) for twin in twins] for side in (LEFT, RIGHT)]
    cuts = [_cuts(own, keys) for own in sides]
    if cuts[LEFT] and cuts[RIGHT] and len(twins) > 1:
        return [v for twin in twins for v in _verdicts(Run((twin,)), keys, contexts)]
    if cuts[LEFT] != cuts[RIGHT]:
        return [(twins, RIGHT if cuts[RIGHT] < cuts[LEFT] else LEFT, FULLER)]
    members = [[part.fragment for part in own] for own in sides]
    tears = [_inner_tears(members[side], members[1 - side], contexts.fragments) for side in (LEFT, RIGHT)]
    if tears[LEFT] != tears[RIGHT]:
        return [(twins, LEFT if tears[LEFT] > tears[RIGHT] else RIGHT, FULLER)]
    if members[RIGHT][0] <= members[LEFT][-1]:
        # A stretch printed three times and more: the first print is in order by itself.
        return [(twins, RIGHT, FIRST)]
    if contexts.apart(members[LEFT][-1], members[RIGHT][0]):
        fits = [contexts.fit(own) for own in members]
        if abs(fits[LEFT] - fits[RIGHT]) > _SAME_CONTEXT:
            return [(twins, LEFT if fits[LEFT] < fits[RIGHT] else RIGHT, IN_PLACE)]
    doubts = [contexts.doubts(own) for own in members]
    if doubts[LEFT] != doubts[RIGHT]:
        return [(twins, LEFT if doubts[LEFT] > doubts[RIGHT] else RIGHT, CLEANER)]
    return [(twins, RIGHT, FIRST)]


def _cuts(parts: Sequence[Side], keys: Sequence[str]) -> int:
    """How many pieces of fragments would be left over if one side of a run were set aside."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for part in parts:
        spans[part.fragment].append((part.start, part.end))
    pieces = 0
    for fragment, taken in spans.items():
        position = 0
        for start, end in [*sorted(taken), (len(keys[fragment]),) * 2]:
            pieces += start - position > SCRAP
            position = max(position, end)
    return pieces


def _inner_tears(members: Sequence[int], others: Sequence[int], fragments: Sequence[Fragment]) -> int:
    """Torn borders inside the run count one; borders the other print has and this one lacks, too.

    So a whole paragraph is kept before its torn pieces, and separate blocks before ones run together.
    """
    tears = 0
    for k in range(len(members) - 1):
        if members[k] != members[k + 1]:
            tears += others[k] == others[k + 1] and is_torn(fragments[members[k]], head=False)
        elif others[k] != others[k + 1]:
            tears += not is_torn(fragments[others[k]], head=False)
    return tears
