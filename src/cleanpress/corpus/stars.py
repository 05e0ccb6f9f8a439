"""Verified clusters: stars, whose middle is kept and whose rays were each compared with it.

Chains of likeness are not followed: a text is only set aside as a copy of one that stays, and on the word of
an alignment with that very text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from rapidfuzz.distance import Indel

from cleanpress.model import Relation
from cleanpress.stages.repeats.verify import HOLE, Opcode, is_filled_in, is_other_text, operations

SHORT = 16
"""Letters below which only equal keys are copies: so short a text differs from others by a word or two."""

LEAST, MORE_IF_SHORT = 0.6, 0.12
"""Indel similarity of the matching parts: two prints with 15 % of noise each agree in some 0.72, two texts
that have nothing to do with each other in 0.2. In texts of 40 letters or fewer 0.72 is asked for."""

_MOST_LIKE_IT = 3
"""Texts like a text from which its slots can be told, and in which a slot must be filled in otherwise."""

_PROBE = 8
"""Letters of a run that is looked up to find where a copy lies inside a longer text."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Text ``copy`` is set aside as a copy of ``kept``; ``similarity`` is that of the parts that match."""

    copy: int
    kept: int
    relation: Relation
    similarity: float


@dataclass(frozen=True, slots=True)
class Aligned:
    """A text laid against one that may be kept: how it relates, how like it is, and where they differ.

    ``changes`` are (place, letters): what the copy has instead of, or behind, a letter of the kept text. By
    ``is_other`` the two alone show that they are different texts, which tells of the text's slots all the
    same; by ``is_form`` they look like two instances of a form, which is believed where too few texts are
    like them to tell its slots.
    """

    relation: Relation
    similarity: float
    changes: tuple[tuple[int, str], ...]
    is_other: bool = False
    is_form: Callable[[], bool] = bool


def stars(
    members: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    key: Callable[[int], str],
    rank: Callable[[int], tuple[int, ...]],
) -> list[Copy]:
    """The copies among the members of a group, in the order of the kept ones.

    ``key`` gives a text's letters; of two copies the one with the lower ``rank`` is kept. Only candidate
    pairs are compared, and a text of which a neighbour was set aside with what that neighbour is a copy of.
    """
    near: dict[int, list[int]] = defaultdict(list)
    for a, b in pairs:
        near[a].append(b)
        near[b].append(a)
    kept_of: dict[int, int] = {}
    slots_of: dict[int, frozenset[int] | None] = {}
    found: list[Copy] = []

    def take(copy: int, kept: int, aligned: Aligned) -> bool:
        known = slots_of[kept]
        if aligned.is_other or (aligned.is_form() if known is None else _is_filled_in(aligned, known)):
            return False
        found.append(Copy(copy, kept, aligned.relation, aligned.similarity))
        kept_of[copy] = kept
        return True

    for text in sorted(members, key=rank):
        if text in kept_of:
            continue
        # A copy that the bands missed is found by the company it keeps.
        middles = sorted({kept_of[other] for other in near[text] if other in kept_of}, key=rank)
        if any((laid := align(key(text), key(kept))) and take(text, kept, laid) for kept in middles):
            continue
        others = [o for o in sorted(near[text], key=rank) if o not in kept_of and rank(o) > rank(text)]
        laid_out = [(other, laid) for other in others if (laid := align(key(other), key(text)))]
        slots_of[text] = slots([aligned for _, aligned in laid_out])
        for other, aligned in laid_out:
            take(other, text, aligned)
    return found


def slots(aligned: Sequence[Aligned]) -> frozenset[int] | None:
    """Places of a text that are filled in: where most of what is like it has something else, each its own.

    ``None`` where too few are like it to tell.

    Where the text itself was misread the others differ from it as well, but agree with each other.
    """
    if len(aligned) < _MOST_LIKE_IT:
        return None
    instead: dict[int, Counter[str]] = defaultdict(Counter)
    for one in aligned:
        for place, letters in one.changes:
            instead[place][letters] += 1
    enough = max(_MOST_LIKE_IT, len(aligned) / 2)
    return frozenset(
        place
        for place, counts in instead.items()
        if counts.total() >= enough and counts.most_common(1)[0][1] <= 0.6 * counts.total()
    )


def _is_filled_in(aligned: Aligned, slots: frozenset[int]) -> bool:
    """Whether half of the differences or more stand in slots."""
    inside = sum(place in slots for place, _ in aligned.changes)
    return inside > 0 and 2 * inside >= len(aligned.changes)


def align(copy: str, kept: str) -> Aligned | None:
    """How a key is a copy of another one; ``None`` where it is a text of its own.

    The whole of ``copy`` must be found in ``kept``, but for scattered letters.
    """
    if copy == kept:
        return Aligned(Relation.EXACT, 1.0, ()) if len(copy) > 1 else None
    if len(copy) < SHORT or len(copy) > len(kept) * 1.25 + HOLE:
        return None
    if 4 * len(copy) < 3 * len(kept):
        start, end = _window(copy, kept)
        if start == end:
            return None
    else:
        start, end = 0, len(kept)
    part = operations(copy, kept[start:end])
    low, high = _inner(part)
    before, behind = start + part[low][3], len(kept) - start - part[high - 1][4]
    part = part[low:high]
    if any(b - a - (d - c) >= HOLE for _, a, b, c, d in part) or _outside(copy, part) >= HOLE:
        return None
    alike = Indel.normalized_similarity(copy, kept[before : len(kept) - behind])
    if alike < LEAST + MORE_IF_SHORT * min(1.0, 40 / len(copy)):
        return None
    window = kept[start:end]
    return Aligned(
        _relation(part, before, behind),
        alike,
        tuple(_changes(copy, start, part)),
        is_other_text(copy, window, part),
        partial(is_filled_in, copy, window, part),
    )


def _changes(copy: str, start: int, part: Sequence[Opcode]) -> Iterator[tuple[int, str]]:
    for tag, a, b, c, d in part:
        if tag == "replace":
            yield from ((start + c + k, copy[a + k]) for k in range(b - a))
        elif tag == "insert":
            yield from ((start + c + k, "") for k in range(d - c))
        elif tag == "delete":
            yield (start + c, copy[a:b])


def _relation(part: Sequence[Opcode], before: int, behind: int) -> Relation:
    """By where the kept text has more than the copy: nowhere, at one end, or elsewhere."""
    inside = any(d - c - (b - a) >= HOLE for _, a, b, c, d in part)
    if inside or (before >= HOLE and behind >= HOLE):
        return Relation.CONTAINED
    return Relation.TRUNCATED if max(before, behind) >= HOLE else Relation.NEAR


def _inner(part: Sequence[Opcode]) -> tuple[int, int]:
    """The range of operations from the first letters that agree to the last (all, where none do)."""
    equal = [k for k, (tag, *_) in enumerate(part) if tag == "equal"]
    return (equal[0], equal[-1] + 1) if equal else (0, len(part))


def _outside(copy: str, part: Sequence[Opcode]) -> int:
    """The most letters of the copy that stand before, or behind, what agrees."""
    return max(part[0][1], len(copy) - part[-1][2])


def _window(copy: str, kept: str) -> tuple[int, int]:
    """The part of a longer text in which the copy may lie, by the runs of its letters found there."""
    found = [
        (at - start, at - start + len(copy))
        for start in range(0, len(copy) - _PROBE + 1, _PROBE)
        if (at := kept.find(copy[start : start + _PROBE])) >= 0
    ]
    if not found:
        return 0, 0
    slack = HOLE + len(copy) // 16
    offset = int(np.median([start for start, _ in found]))
    return max(0, offset - slack), min(len(kept), offset + len(copy) + slack)
