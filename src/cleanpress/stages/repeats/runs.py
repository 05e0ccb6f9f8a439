"""Runs: twins that follow each other in both prints, and which of them are repeats.

A page prints a stretch of text again, not a paragraph: the tail of an article, half of one, a headline
with its byline. Seen as runs, torn prints fall into place (two pieces here are one whole paragraph
there), and short lines that mean nothing alone (a subhead, a byline) are repeats because their
neighbours are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Indel

from cleanpress.model import TITLE_ROLES, Fragment, Role
from cleanpress.stages.repeats.key import Key
from cleanpress.stages.repeats.twins import Twin, Twins
from cleanpress.stages.repeats.verify import Match, align, whole_match

# Letters that may be missing on either side where one twin of a run ends and the next begins.
_SEAM = 6

# Letters that may be missing inside one of two twins: some lost lines.
_LOST_LINES = 80

# What a single match must have, in letters, by where it lies. Whole fragments: protocol formulas and
# refrains are shorter, torn pieces do not end where a formula ends. Parts: the first words of a report are
# shared by other reports of the day, a sentence in the middle of a paragraph is a quotation.
_WHOLE = 16
_WHOLE_TORN = 8
_WHOLE_HEADLINE = 8
_WHOLE_SUBHEAD = 14
_AT_AN_EDGE = 24
_OVERLAP = 20
_IN_THE_MIDDLE = 60
_NEITHER_WHOLE = 80
_NEITHER_WHOLE_SIMILARITY = 0.95

# Titles are shorter than this; what is longer and has the role of one is a torn paragraph.
_LONG_LINE = 40

# Neighbours of a run shorter than this are compared with each other whatever the index says.
_NEIGHBOUR = 40
_NEIGHBOUR_SIMILARITY = 0.8
_NEIGHBOUR_PIECE = 4

_OPENING = "“‘「『（(《〈【〔[　 "
_CLOSING = "。！？!?…；;：:”’」』）)》"
_CLAUSE_MARKS = "，,。；;"
_LINE_ROLES = TITLE_ROLES | {Role.BYLINE, Role.SUBHEAD, Role.JUMP}

# A summary repeats its article by intention, and so does the line that names the original title.
_SUMMARY = ("摘要", "核心提示", "内容提要", "导读", "导语", "原标题", "原題", "编者按")
_LEAD = ("本报讯", "本報訊", "本刊讯", "本报电", "新华社", "新華社", "中新社", "中新网", "据新华社")
_SUMMARY_MARKS = "[【（(［〔 　"


@dataclass(frozen=True, slots=True)
class Run:
    """Twins that follow each other in both prints; ``left`` is the print that stands first."""

    twins: tuple[Twin, ...]

    @property
    def letters(self) -> int:
        return sum(len(twin.match) for twin in self.twins)


def find_runs(found: Twins, fragments: Sequence[Fragment], full_keys: Sequence[Key]) -> tuple[Run, ...]:
    """The repeated runs of a page: chains of twins, with short neighbours added, that are no accident."""
    keys = [key.letters for key in full_keys]
    summaries = [is_summary(fragment.text) for fragment in fragments]
    fitting = [
        twin
        for twin in found.twins
        if summaries[twin.left] == summaries[twin.right] and _may_be_twins(twin, fragments, full_keys)
    ]
    page = _Page(fragments, keys, found)
    runs = []
    grown: set[Twin] = set()
    for chain in _chain(fitting, page):
        # What another chain has grown over is part of its run.
        if grown.issuperset(chain):
            continue
        whole = _grow(chain, page)
        grown.update(whole)
        if _is_repeat(whole, fragments, full_keys):
            runs.append(Run(tuple(whole)))
    return tuple(runs)


def _may_be_twins(twin: Twin, fragments: Sequence[Fragment], keys: Sequence[Key]) -> bool:
    """Whether the roles allow it: a title line is no copy of a part of a paragraph, furniture of nothing."""
    left, right = fragments[twin.left], fragments[twin.right]
    if Role.FURNITURE in (left.role, right.role):
        return False
    match = twin.match
    whole = (
        match.left_start == 0 and match.left_end == len(keys[twin.left]),
        match.right_start == 0 and match.right_end == len(keys[twin.right]),
    )
    lines = (left.role in _LINE_ROLES, right.role in _LINE_ROLES)
    if all(whole):
        # A short lead may be its headline over again but for the words that begin every lead.
        leads = keys[twin.left].letters.startswith(_LEAD), keys[twin.right].letters.startswith(_LEAD)
        return len(match) > _LONG_LINE or leads[0] == leads[1]
    if not any(lines):
        return True
    # A short torn paragraph looks like a title. But a title says what the paragraph below it says, in short;
    # a torn copy has a clause mark in it, or stands behind its original, and breaks off in mid-phrase.
    if lines[0] and not lines[1]:
        clauses = any(mark in left.text for mark in _CLAUSE_MARKS)
        return whole[0] and clauses and _goes_on(right, keys[twin.right], match.right_start, match.right_end)
    if lines[1] and not lines[0]:
        return whole[1] and _goes_on(left, keys[twin.left], match.left_start, match.left_end)
    return False


def _goes_on(fragment: Fragment, key: Key, start: int, end: int) -> bool:
    """Whether letters ``start`` to ``end``, from one end of a fragment, break off in mid-phrase."""
    if end - start < _WHOLE:
        return False
    if start == 0 and end < len(key):
        return int(key.offsets[end]) == int(key.offsets[end - 1]) + 1
    return end == len(key) and start > 0 and int(key.offsets[start]) == int(key.offsets[start - 1]) + 1


def is_summary(text: str) -> bool:
    """Whether a paragraph announces itself as a repetition of other text."""
    return text.lstrip(_SUMMARY_MARKS).startswith(_SUMMARY)


class _Page:
    """The fragments in printed order: ``next[i]`` and ``previous[i]`` are the nearest ones with letters, or
    one past the ends. ``equal`` are the twins of whole equal texts; of those ``without_hub`` there are no
    more than these."""

    def __init__(self, fragments: Sequence[Fragment], keys: Sequence[str], found: Twins) -> None:
        self.fragments = fragments
        self.keys = keys
        self.equal = {(t.left, t.right): t for t in found.twins if keys[t.left] == keys[t.right]}
        self.without_hub = found.without_hub
        # The same two texts meet again and again on a page that is printed over and over.
        self.near_match = cache(_near_match)
        self.next = [len(keys)] * len(keys)
        self.previous = [-1] * len(keys)
        for i in range(1, len(keys)):
            self.previous[i] = i - 1 if keys[i - 1] else self.previous[i - 1]
            self.next[-i - 1] = len(keys) - i if keys[-i] else self.next[-i]


def _chain(twins: Sequence[Twin], page: _Page) -> list[list[Twin]]:
    """Link each twin to the one that goes on where it ends, in both prints; the longest one wins."""
    before = [0]
    for key in page.keys:
        before.append(before[-1] + len(key))
    starting: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k, twin in enumerate(twins):
        starting[twin.left, twin.right].append(k)
    following: dict[int, int] = {}
    preceded: set[int] = set()
    for k in sorted(range(len(twins)), key=lambda k: -len(twins[k].match)):
        twin = twins[k]
        best: tuple[int, int] | None = None
        for i in (twin.left, page.next[twin.left]):
            for j in (twin.right, page.next[twin.right]):
                for m in starting.get((i, j), ()):
                    other = twins[m]
                    left_gap = before[i] + other.match.left_start - before[twin.left] - twin.match.left_end
                    right_gap = (
                        before[j] + other.match.right_start - before[twin.right] - twin.match.right_end
                    )
                    reach = _LOST_LINES if (i, j) == (twin.left, twin.right) else _SEAM
                    if m != k and m not in preceded and _continues(left_gap, right_gap, reach):
                        best = max(best or (0, -1), (len(other.match), m))
        if best:
            following[k] = best[1]
            preceded.add(best[1])
    chains = []
    for k in range(len(twins)):
        if k not in preceded:
            chain = [k]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            chains.append([twins[m] for m in chain])
    return chains


def _continues(left_gap: int, right_gap: int, reach: int) -> bool:
    small, large = sorted((left_gap, right_gap))
    return -_SEAM <= small <= _SEAM and large <= reach


def _grow(chain: list[Twin], page: _Page) -> list[Twin]:
    """Add the neighbours before and behind that are equal too but too short to have been found alone."""
    keys = page.keys
    last = chain[-1]
    ahead: list[Twin] = []
    while last.match.left_end == len(keys[last.left]) and last.match.right_end == len(keys[last.right]):
        i, j = page.next[last.left], page.next[last.right]
        if i >= chain[0].right or j >= len(keys):
            break
        twin = _neighbours(i, j, page, ahead=True)
        if not twin:
            break
        ahead.append(twin)
        last = twin
    first = chain[0]
    back: list[Twin] = []
    while first.match.left_start == 0 == first.match.right_start:
        i, j = page.previous[first.left], page.previous[first.right]
        if i < 0 or j <= last.left:
            break
        twin = _neighbours(i, j, page, ahead=False)
        if not twin:
            break
        back.append(twin)
        first = twin
    return [*reversed(back), *chain, *ahead]


def _neighbours(i: int, j: int, page: _Page, *, ahead: bool) -> Twin | None:
    """The next fragments of two prints, if one is the other, or (torn) the near part of the other."""
    fragments, a, b = page.fragments, page.keys[i], page.keys[j]
    if Role.FURNITURE in (fragments[i].role, fragments[j].role) or i >= j:
        return None
    if a == b:
        found = page.equal.get((i, j))
        return found if found or i in page.without_hub else Twin(i, j, whole_match(len(a)))
    size = min(len(a), len(b))
    if not _NEIGHBOUR_PIECE <= size <= _NEIGHBOUR:
        return None
    lines = fragments[i].role in _LINE_ROLES or fragments[j].role in _LINE_ROLES
    match = page.near_match(a, b, lines=lines, ahead=ahead)
    return Twin(i, j, match) if match else None


def _near_match(a: str, b: str, *, lines: bool, ahead: bool) -> Match | None:
    """The match of two keys of which one is the other, or (unless they are lines) the near part of it."""
    size = min(len(a), len(b))
    if Indel.normalized_similarity(a, b) >= _NEIGHBOUR_SIMILARITY:
        match = align(a, b, 0)
    elif lines:
        return None
    elif ahead:
        match = align(a[: size + 2], b[: size + 2], 0)
    else:
        match = align(a, b, len(a) - len(b))
    if not match:
        return None
    near_edge = (
        match.left_start == match.right_start == 0
        if ahead
        else (match.left_end == len(a) and match.right_end == len(b))
    )
    covered = match.left_end - match.left_start == len(a) or match.right_end - match.right_start == len(b)
    return match if near_edge and covered else None


def _starts_inside(twin: Twin, side: int, fragments: Sequence[Fragment], keys: Sequence[Key]) -> bool:
    """Whether the match of a twin starts inside a sentence of the fragment on that side."""
    own = twin.side(side)
    if own.start == 0:
        return False
    before = fragments[own.fragment].text[: int(keys[own.fragment].offsets[own.start])]
    return not before.rstrip(_OPENING).endswith(tuple(_CLOSING))


def _is_repeat(chain: list[Twin], fragments: Sequence[Fragment], keys: Sequence[Key]) -> bool:
    """Whether a run is long enough for what it is: see the lengths at the top."""
    first, last = chain[0], chain[-1]
    letters = sum(len(twin.match) for twin in chain)
    starts = (first.match.left_start == 0, first.match.right_start == 0)
    ends = (last.match.left_end == len(keys[last.left]), last.match.right_end == len(keys[last.right]))
    whole = (starts[0] and ends[0], starts[1] and ends[1])
    ragged = [
        is_torn(fragments[first.left], head=True),
        is_torn(fragments[first.right], head=True),
        is_torn(fragments[last.left], head=False),
        is_torn(fragments[last.right], head=False),
    ]
    if all(whole):
        if first.left == last.left and first.right == last.right:
            return _whole_line_repeats(first, fragments, letters, torn=any(ragged))
        return letters >= _WHOLE_TORN
    if any(whole):
        if len({twin.left for twin in chain}) > 1 and len({twin.right for twin in chain}) > 1:
            return letters >= _WHOLE
        larger = 1 if whole[0] else 0
        own = last.side(larger)
        # A short torn piece looks like a title; but no title breaks off where its text goes on, with no mark.
        goes_on = _goes_on(fragments[own.fragment], keys[own.fragment], own.start, own.end)
        # A torn piece breaks off where the larger one goes on; whole sentences may be a quotation.
        cut_off = starts[larger] and (ragged[3 - larger] or goes_on)
        begun = ends[larger] and _starts_inside(first, larger, fragments, keys)
        return letters >= (_AT_AN_EDGE if cut_off or begun else _IN_THE_MIDDLE)
    if (ends[0] and starts[1]) or (ends[1] and starts[0]):
        # One print is torn where the other goes on: what both have ends the one and begins the other.
        a, b = (2, 1) if ends[0] and starts[1] else (3, 0)
        return letters >= (_OVERLAP if ragged[a] or ragged[b] else _IN_THE_MIDDLE)
    similarity = min(twin.match.similarity for twin in chain)
    return letters >= _NEITHER_WHOLE and similarity >= _NEITHER_WHOLE_SIMILARITY


def _whole_line_repeats(twin: Twin, fragments: Sequence[Fragment], letters: int, *, torn: bool) -> bool:
    """Whether two fragments that are the same text, with no neighbour that is, are print and reprint."""
    roles = {fragments[twin.left].role, fragments[twin.right].role}
    if twin.right == twin.left + 1:
        return True
    if Role.BYLINE in roles or Role.JUMP in roles:
        return False
    if Role.HEADLINE in roles:
        return letters >= _WHOLE_HEADLINE
    if roles & _LINE_ROLES:
        return letters >= _WHOLE_SUBHEAD
    return letters >= (_WHOLE_TORN if torn else _WHOLE)


def is_torn(fragment: Fragment, *, head: bool) -> bool:
    """Whether a fragment starts, or ends, in the middle of a sentence, by its own word or its last mark."""
    if head:
        return fragment.open_head > 0.5
    closed = fragment.text.rstrip().endswith(tuple(_CLOSING))
    return fragment.open_tail > 0.5 or (fragment.role is Role.PARAGRAPH and not closed)


def looped_fragments(runs: Sequence[Run]) -> frozenset[int]:
    """The fragments of stretches that are printed three times and more without anything between.

    A stretch of ``p`` fragments printed again right behind itself makes a run between fragments ``p``
    apart; a third print, even a torn one, makes that run longer than ``p``.
    """
    looped: set[int] = set()
    for run in runs:
        period = run.twins[0].right - run.twins[0].left
        pairs = {(twin.left, twin.right) for twin in run.twins if twin.right - twin.left == period}
        if len(pairs) > period:
            looped.update(i for pair in pairs for i in pair)
    return frozenset(looped)
