"""Judging candidates: every copy is laid against the text that may stand for it, thousands at a time.

rapidfuzz aligns; what follows from its operations is computed for all pairs at once. Only what needs a
closer look (numerals that differ, places where a form may be filled in) is looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from cleanpress.corpus.operations import DELETE, INSERT, REPLACE, Flags, Ints, Operations, aligned
from cleanpress.model import Relation
from cleanpress.stages.repeats.verify import HOLE, Opcode, is_filled_in, is_other_text

SHORT = 16
"""Letters below which only equal keys are copies: so short a text differs from others by a word or two."""

LEAST, MORE_IF_SHORT = 0.6, 0.12
"""Indel similarity of the matching parts: two prints with 15 % of noise each agree in some 0.72, two texts
that have nothing to do with each other in 0.2. In texts of 40 letters or fewer 0.72 is asked for."""

# As ``is_other_text`` has them: a notice shorter than this says one thing, and so unlikely a pattern of
# differences is no noise.
_NOTICE, _UNLIKELY = 60, 0.01

# As ``is_filled_in`` has it: of the differences between two instances of a form this share is in slots.
_MOSTLY = 0.6

_GOLDEN = np.uint64(0x3C6EF372FE94F82A)
"""Twice the golden ratio times 2^63: weights that tell letters in another order apart."""

_PROBE = 8
"""Letters of a run that is looked up to find where a copy lies inside a longer text."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Texts laid against ones that may be kept; all arrays have an entry a pair.

    ``is_like``: all of the copy stands in the kept text, but for scattered letters; only of such pairs the
    rest means something. ``relation`` and ``similarity`` say how, ``start`` where in the kept text its
    alignment begins. By ``is_other`` the two alone show that they are different texts (which tells of the
    slots of the kept one all the same). ``is_form`` answers whether a pair looks like two instances of a
    form, which is believed where too few texts are like them to tell its slots.
    """

    is_like: Flags
    relation: list[Relation]
    similarity: NDArray[np.float64]
    start: Ints
    is_other: Flags
    is_form: Callable[[int], bool]
    is_in_figures: Flags
    """Whether half of the differences, two at the least, put digits in the place of digits."""
    operations: Operations
    is_inner: Flags
    """For each run of edits whether letters that agree stand on both sides of it."""


def lay(copies: Sequence[str], kept: Sequence[str]) -> Laid:
    """Lay each copy against the text of the same number."""
    count = len(copies)
    start = np.zeros(count, np.int64)
    fits = np.zeros(count, np.bool_)
    # Of pairs that cannot be copies nothing is aligned.
    lefts, rights = [""] * count, [""] * count
    for k, (copy, text) in enumerate(zip(copies, kept, strict=True)):
        if copy == text:
            fits[k] = len(copy) > 1
        elif len(copy) >= SHORT and len(copy) <= len(text) * 1.25 + HOLE:
            fits[k], window = True, text
            if 4 * len(copy) < 3 * len(text):
                start[k], end = window_of(copy, text)
                window = text[start[k] : end]
                fits[k] = bool(window)
            if fits[k]:
                lefts[k], rights[k] = copy, window
    left_size, right_size = _lengths(lefts), _lengths(rights)
    ops = aligned(lefts, rights)
    used_left, used_right = ops.b - ops.a, ops.d - ops.c
    agree_before, agree = _agreeing(ops, used_left, left_size)
    leads = agree_before == 0
    ends = ~leads & (agree_before == agree[ops.pair])
    left_low, right_low = (_sums(ops.pair[leads], used[leads], count) for used in (used_left, used_right))
    left_high = left_size - _sums(ops.pair[ends], used_left[ends], count)
    right_high = right_size - _sums(ops.pair[ends], used_right[ends], count)
    before, behind = start + right_low, _lengths(kept) - start - right_high
    is_inner = ~leads & ~ends
    is_equal = np.array([copy == text for copy, text in zip(copies, kept, strict=True)], np.bool_)
    before[is_equal] = behind[is_equal] = 0

    hole = is_inner & (used_left - used_right >= HOLE)
    is_like = fits & ~_any(ops.pair[hole], count) & ((agree > 0) | is_equal)
    is_like &= np.maximum(left_low, left_size - left_high) < HOLE
    similarity = np.ones(count)
    asked = np.flatnonzero(is_like & ~is_equal).tolist()
    similarity[asked] = cpdist(
        [lefts[k] for k in asked],
        [kept[k][int(before[k]) : len(kept[k]) - int(behind[k])] for k in asked],
        scorer=Indel.normalized_similarity,
        dtype=np.float64,
    )
    is_like &= similarity >= np.where(
        is_equal, 0, LEAST + MORE_IF_SHORT * np.minimum(1, 40 / np.maximum(1, left_size))
    )

    borders = np.searchsorted(ops.pair[is_inner], np.arange(count + 1))
    inner = np.flatnonzero(is_inner)

    def part(pair: int) -> list[Opcode]:
        """The operations between the letters that agree first and last."""
        runs = inner[borders[pair] : borders[pair + 1]]
        low, high = (int(runs[0]), int(runs[-1]) + 1) if len(runs) else (0, 0)
        first, last = int(left_low[pair]), int(left_high[pair])
        return [("equal", first, first, 0, 0), *ops.of_pair(low, high), ("equal", last, last, 0, 0)]

    is_other, ask = _other(ops, is_inner, np.maximum(left_high - left_low, 1), count)
    for pair in np.flatnonzero(is_like & ask).tolist():
        is_other[pair] = is_other_text(lefts[pair], rights[pair], part(pair))
    may_be_form = _may_be_form(ops, is_inner, count)
    lost = _any(ops.pair[is_inner & (used_right - used_left >= HOLE)], count)
    return Laid(
        is_like,
        _relations(lost, before, behind, is_equal),
        similarity,
        start,
        is_other & is_like,
        lambda pair: bool(may_be_form[pair]) and is_filled_in(lefts[pair], rights[pair], part(pair)),
        _in_figures(ops, is_inner, count),
        ops,
        is_inner,
    )


def _lengths(texts: Sequence[str]) -> Ints:
    return np.array([len(text) for text in texts], np.int64)


def _sums(pair: Ints, values: Ints, count: int) -> Ints:
    return np.bincount(pair, values, count).astype(np.int64)


def _any(pair: Ints, count: int) -> Flags:
    found = np.zeros(count, np.bool_)
    found[pair] = True
    return found


def _agreeing(ops: Operations, used_left: Ints, left_size: Ints) -> tuple[Ints, Ints]:
    """How many letters agree before each run of edits, and in each pair."""
    spent = np.cumsum(used_left) - used_left
    of_pair = np.searchsorted(ops.pair, np.arange(len(left_size)))
    ahead = np.append(spent, used_left.sum())[of_pair]
    return ops.a - (spent - ahead[ops.pair]), left_size - _sums(ops.pair, used_left, len(left_size))


def _other(ops: Operations, is_inner: Flags, letters: Ints, count: int) -> tuple[Flags, Flags]:
    """``is_other_text`` of all pairs, and of which it must be asked because numerals differ."""
    pair = ops.pair[is_inner]
    size = np.maximum(ops.b - ops.a, ops.d - ops.c)[is_inner]
    is_word = size >= np.where(ops.kind[is_inner] == REPLACE, 2, 3)
    words, differences = np.bincount(pair[is_word], minlength=count), np.bincount(pair, minlength=count)
    is_other = (letters < _NOTICE) & (words > 0) & (differences <= 2)
    many = np.flatnonzero((words >= 2) & ~is_other)
    chance = np.minimum(1, differences[many] / letters[many])
    is_other[many] = tails(differences[many], words[many], chance) < _UNLIKELY
    return is_other, _any(pair[ops.is_numeral[is_inner]], count)


def tails(trials: Ints, hits: Ints, chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of at least so many ``hits`` in so many independent ``trials``."""
    most = int(trials.max(initial=0))
    log_factorial = np.concatenate([np.zeros(1), np.cumsum(np.log(np.arange(1, most + 1)))])
    chance = np.minimum(chance, 1 - 1e-12)
    below = np.zeros(len(trials))
    for k in range(int(hits.max(initial=0))):
        rest = np.maximum(trials - k, 0)
        ways = log_factorial[trials] - log_factorial[min(k, most)] - log_factorial[rest]
        below += np.where(k < hits, np.exp(ways + k * np.log(chance) + rest * np.log1p(-chance)), 0)
    return np.maximum(0, 1 - below)


def _may_be_form(ops: Operations, is_inner: Flags, count: int) -> Flags:
    """Whether so many differences of a pair stand where forms are filled in that it must be asked."""
    at = np.flatnonzero(is_inner)
    pair, a, b, c, d = ops.pair[at], ops.a[at], ops.b[at], ops.c[at], ops.d[at]
    # Differences a letter apart are one: names differ as names, however their letters happen to align.
    apart = np.concatenate([[True], (pair[1:] != pair[:-1]) | (a[1:] - b[:-1] > 1)])[: len(at)]
    first = np.flatnonzero(apart)
    if not len(first):
        return np.zeros(count, np.bool_)
    last = np.append(first[1:], len(at)) - 1
    is_slot = np.maximum(b[last] - a[first], d[last] - c[first]) >= 2
    is_slot |= np.logical_or.reduceat(ops.is_figure[at], first)
    groups, slots = (np.bincount(pair[first], weights, count) for weights in (None, is_slot))
    return (slots >= 2) & (slots >= _MOSTLY * groups)


def _in_figures(ops: Operations, is_inner: Flags, count: int) -> Flags:
    figures, every = (
        np.bincount(ops.pair[some], minlength=count) for some in (is_inner & ops.is_figure, is_inner)
    )
    return (figures >= 2) & (2 * figures >= every)


def _relations(lost: Flags, before: Ints, behind: Ints, is_equal: Flags) -> list[Relation]:
    """By where the kept text has more than the copy: nowhere, at one end, or elsewhere."""
    found = np.zeros(len(lost), np.int64)
    found[np.maximum(before, behind) >= HOLE] = 1
    found[lost | (np.minimum(before, behind) >= HOLE)] = 2
    found[is_equal] = 3
    names = (Relation.NEAR, Relation.TRUNCATED, Relation.CONTAINED, Relation.EXACT)
    return [names[k] for k in found.tolist()]


def window_of(copy: str, kept: str) -> tuple[int, int]:
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


# --- forms ----------------------------------------------------------------------------------------------

MOST_LIKE_IT = 3
"""Texts like a text from which its slots can be told, and in which a slot must be filled in otherwise."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Where texts differ from those that are kept, as entries in the order of the pairs.

    ``place`` numbers the letters of all kept texts in a row.
    """

    pair: Ints
    place: Ints
    letters: NDArray[np.uint64]


def differences(laid: Laid, star: Ints, base: Ints) -> Filled:
    """What the copies have instead of, or behind, a letter of the text that star ``star[pair]`` keeps.

    ``base`` is the place of the first letter of each star's kept text.
    """
    ops = laid.operations
    run = ops.edit_run
    is_first = np.concatenate([[True], run[1:] != run[:-1]])[: len(run)]
    counts = (laid.is_inner & laid.is_like[ops.pair])[run] & (is_first | (ops.kind[run] != DELETE))
    letters = ops.edit_letter.astype(np.uint64)
    # Letters that the kept text has not are one difference, told apart by all of them.
    first = np.flatnonzero(is_first)
    if len(first):
        weights = np.minimum(np.arange(len(run)) - first[run], 63).astype(np.uint64) * _GOLDEN
        sums = np.add.reduceat(letters * (weights + np.uint64(1)), first)
        letters[first] = np.where(ops.kind == DELETE, sums, letters[first])
    letters[ops.kind[run] == INSERT] = 0
    pair = ops.pair[run][counts]
    place = base[star[pair]] + laid.start[pair] + ops.edit_right[counts]
    return Filled(pair, place, letters[counts])


def slots(filled: Filled, star: Ints, like_it: Ints, places: int) -> Flags:
    """Places that are filled in: where most of what is like a text has something else, each its own.

    Shape (places,), over the letters of all kept texts; ``like_it`` says how many texts are like each. Where
    a text itself was misread the others differ from it as well, but agree with each other.
    """
    found = np.zeros(places, np.bool_)
    enough = np.maximum(MOST_LIKE_IT, like_it / 2)
    total = np.bincount(filled.place, minlength=places)
    of_star = star[filled.pair]
    at = np.flatnonzero((like_it[of_star] >= MOST_LIKE_IT) & (total[filled.place] >= enough[of_star]))
    if not len(at):
        return found
    order = at[np.lexsort((filled.letters[at], filled.place[at]))]
    place, letters = filled.place[order], filled.letters[order]
    first = np.flatnonzero(
        np.concatenate([[True], (place[1:] != place[:-1]) | (letters[1:] != letters[:-1])])
    )
    sizes = np.diff(np.append(first, len(order)))
    most = np.zeros(places, np.int64)
    np.maximum.at(most, place[first], sizes)
    candidates = np.unique(place)
    found[candidates] = most[candidates] <= 0.6 * total[candidates]
    return found
