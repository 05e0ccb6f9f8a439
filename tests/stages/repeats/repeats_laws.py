"""What every decision of the repeats stage must obey, and what its tests make pages of."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from rapidfuzz.distance import Indel
from written_blocks import cut_page

from cleanpress.edited import EditedText, render
from cleanpress.model import Fragment, Role
from cleanpress.stages.repeats import RepeatDecision, find_repeats
from cleanpress.stages.repeats.key import comparison_key


def check_laws(fragments: list[Fragment], edited: EditedText, decision: RepeatDecision) -> None:
    """What must hold for any page: nothing lost, nothing invented, everything where it says it is."""
    outcome = sorted([*(f.span for f in decision.fragments), *(r.span for r in decision.repeats)])
    for left, right in pairwise(outcome):
        assert left.end <= right.start
    covered = {i for span in outcome for i in range(*span)}
    assert covered == {i for fragment in fragments for i in range(*fragment.span)}
    assert list(decision.fragments) == sorted(decision.fragments, key=lambda f: f.span)
    for k, fragment in enumerate(decision.fragments):
        assert fragment.text == render(edited.original, edited.edits, fragment.span)
        outer = fragments[decision.origin[k]].span
        assert outer.start <= fragment.span.start <= fragment.span.end <= outer.end
    for repeat in decision.repeats:
        copy = comparison_key(render(edited.original, edited.edits, repeat.span)).letters
        kept = comparison_key(render(edited.original, edited.edits, repeat.kept)).letters
        holders = [f for f in decision.fragments if f.span.start <= repeat.kept.start < f.span.end]
        assert len(holders) == 1
        assert repeat.kept.end <= holders[0].span.end
        assert holders[0].role is not Role.FURNITURE
        assert Indel.normalized_similarity(copy, kept) == pytest.approx(repeat.similarity, abs=1e-4)
        assert repeat.similarity >= 0.68
        assert repeat.reason
    for k, echoes in decision.echoes.items():
        assert echoes
        assert 0 <= k < len(decision.fragments)
        assert all(0 <= i < len(fragments) for i in echoes)


def decide(text: str) -> RepeatDecision:
    fragments, edited = cut_page(text)
    decision = find_repeats(fragments, edited)
    check_laws(fragments, edited, decision)
    return decision


def noisy(text: str, rate: float, seed: int) -> str:
    """Letters misread, dropped and doubled at a rate, marks left as they are."""
    chance = random.Random(seed)
    out = []
    for letter in text:
        if letter.isalnum() and chance.random() < rate:
            out.append(chance.choice([chr(0x4E00 + chance.randrange(4000)), "", letter * 2]))
        else:
            out.append(letter)
    return "".join(out)


def page(*blocks: str) -> str:
    return "\n\n".join(blocks) + "\n"
