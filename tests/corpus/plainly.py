"""The plain way to lay a text against another: what ``corpus.align`` does for thousands must be the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rapidfuzz.distance import Indel

from cleanpress.corpus.align import LEAST, MORE_IF_SHORT, MOST_LIKE_IT, SHORT, window_of
from cleanpress.model import Relation
from cleanpress.stages.repeats.verify import HOLE, Opcode, is_filled_in, is_other_text, operations


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


def slots(aligned: Sequence[Aligned]) -> frozenset[int] | None:
    """Places of a text that are filled in: where most of what is like it has something else, each its own.

    ``None`` where too few are like it to tell.

    Where the text itself was misread the others differ from it as well, but agree with each other.
    """
    if len(aligned) < MOST_LIKE_IT:
        return None
    instead: dict[int, Counter[str]] = defaultdict(Counter)
    for one in aligned:
        for place, letters in one.changes:
            instead[place][letters] += 1
    enough = max(MOST_LIKE_IT, len(aligned) / 2)
    return frozenset(
        place
        for place, counts in instead.items()
        if counts.total() >= enough and counts.most_common(1)[0][1] <= 0.6 * counts.total()
    )


def align(copy: str, kept: str) -> Aligned | None:
    """How a key is a copy of another one; ``None`` where it is a text of its own.

    The whole of ``copy`` must be found in ``kept``, but for scattered letters.
    """
    if copy == kept:
        return Aligned(Relation.EXACT, 1.0, ()) if len(copy) > 1 else None
    if len(copy) < SHORT or len(copy) > len(kept) * 1.25 + HOLE:
        return None
    if 4 * len(copy) < 3 * len(kept):
        start, end = window_of(copy, kept)
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
