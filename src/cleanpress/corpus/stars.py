"""Verified clusters: stars, whose middle is kept and whose rays were each compared with it.

Chains of likeness are not followed: a text is only set aside as a copy of one that stays, and on the word of
an alignment with that very text.

What has to be compared next depends on what came out before. So each group is a generator that asks, and
the questions of all groups are answered together.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.align import MOST_LIKE_IT, Filled, differences, lay, slots
from cleanpress.model import Relation

_ENOUGH = 8
"""Texts from which the slots of one are told with some certainty."""

Slots = NDArray[np.int64] | None
"""The places of a text that are filled in, ascending; ``None`` where too few are like it to tell."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Text ``copy`` is set aside as a copy of ``kept``; ``similarity`` is that of the parts that match."""

    copy: int
    kept: int
    relation: Relation
    similarity: float


@dataclass(frozen=True, slots=True)
class Question:
    """Which of ``copies`` are copies of ``kept``? They tell its slots, unless those are known, together with
    ``witnesses``: texts like it that are kept already."""

    kept: int
    copies: Sequence[int]
    witnesses: Sequence[int] = ()
    is_known: bool = False
    slots: Slots = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Those that are copies, in their order, and the slots of the kept text."""

    copies: Sequence[Copy]
    slots: Slots


Asking = Generator[Question, Answer, list[Copy]]
"""A group under way: asks, is told, and ends with its copies."""


def stars(members: Iterable[int], near: Callable[[int], Sequence[int]]) -> Asking:
    """The copies among the members of a group, in the order of the kept ones.

    Members are numbered by rank: of two copies the one with the lower number is kept. ``near`` gives those
    with which a member makes a candidate pair; only such are compared, and a text of which a neighbour was
    set aside with what that neighbour is a copy of.
    """
    kept_of: dict[int, int] = {}
    slots_of: dict[int, Slots] = {}
    found: list[Copy] = []
    for text in members:
        if text in kept_of:
            continue
        neighbours = near(text)
        # A copy that the bands missed is found by the company it keeps.
        copies: Sequence[Copy] = ()
        for kept in sorted({kept_of[other] for other in neighbours if other in kept_of}):
            copies = (yield Question(kept, [text], (), True, slots_of[kept])).copies
            if copies:
                break
        if not copies:
            others = [other for other in neighbours if other > text and other not in kept_of]
            if not others:
                continue
            witnesses: Sequence[int] = ()
            if len(others) < _ENOUGH:
                witnesses = [other for other in neighbours if other < text][: _ENOUGH - len(others)]
            answer = yield Question(text, others, witnesses)
            copies, slots_of[text] = answer.copies, answer.slots
        found += copies
        kept_of.update((copy.copy, copy.kept) for copy in copies)
    return found


def settle(groups: Iterable[Asking], key: Callable[[int], str]) -> list[list[Copy]]:
    """The copies of each group; ``key`` gives the letters of a text."""
    found: list[list[Copy]] = []
    asking: list[tuple[int, Asking, Question]] = []

    def go_on(number: int, group: Asking, answer: Answer | None) -> None:
        try:
            question = next(group) if answer is None else group.send(answer)
        except StopIteration as end:
            found[number] = end.value
        else:
            asking.append((number, group, question))

    for number, group in enumerate(groups):
        found.append([])
        go_on(number, group, None)
    while asking:
        asked, asking = asking, []
        answers = judge([question for _, _, question in asked], key)
        for (number, group, _), answer in zip(asked, answers, strict=True):
            go_on(number, group, answer)
    return found


def judge(questions: Sequence[Question], key: Callable[[int], str]) -> list[Answer]:
    """Answer questions, all their pairs at once."""
    kept = [key(question.kept) for question in questions]
    copies = [key(copy) for question in questions for copy in (*question.copies, *question.witnesses)]
    sizes = [len(question.copies) + len(question.witnesses) for question in questions]
    star = np.repeat(np.arange(len(questions)), sizes)
    laid = lay(copies, [kept[k] for k in star.tolist()])
    base = np.cumsum([0, *(len(text) + 1 for text in kept)])
    filled = differences(laid, star, base)
    like_it = np.bincount(star[laid.is_like], minlength=len(questions))
    is_slot = slots(filled, star, like_it, int(base[-1]))
    for number, question in enumerate(questions):
        if question.is_known:
            is_slot[base[number] : base[number + 1]] = False
            if question.slots is not None:
                is_slot[base[number] + question.slots] = True
    is_filled_in = _filled_in(filled, is_slot, len(star)) | laid.is_in_figures
    answers = []
    first = np.cumsum([0, *sizes]).tolist()
    for number, question in enumerate(questions):
        known = question.slots
        if not question.is_known and like_it[number] >= MOST_LIKE_IT:
            known = np.flatnonzero(is_slot[base[number] : base[number + 1]])
        taken = []
        for pair, copy in enumerate(question.copies, start=first[number]):
            if laid.is_like[pair] and not laid.is_other[pair]:
                is_form = laid.is_form(pair) if known is None else is_filled_in[pair]
                if not is_form:
                    alike = float(laid.similarity[pair])
                    taken.append(Copy(copy, question.kept, laid.relation[pair], alike))
        answers.append(Answer(taken, known))
    return answers


def _filled_in(filled: Filled, is_slot: NDArray[np.bool_], pairs: int) -> NDArray[np.bool_]:
    """Whether half of the differences of a pair or more stand in slots."""
    inside = np.bincount(filled.pair[is_slot[filled.place]], minlength=pairs)
    return (inside > 0) & (2 * inside >= np.bincount(filled.pair, minlength=pairs))
