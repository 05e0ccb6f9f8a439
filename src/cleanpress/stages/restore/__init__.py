"""Restore: what the engine misread, put right where that is almost certain, reported where it is likely.

Two sources speak: other prints of the same paragraph (``votes``), and the shapes of characters with the
language models (``lookalikes``). Every correction is one edit of one character of the page; what is unsure
becomes a suspect and stays as it was. What the rules are for, with examples, is ``data/restore/rules.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cleanpress.edited import EditedText
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Article, Edit, Repeat, Role, Span, Suspect
from cleanpress.stages.restore.lookalikes import Scope, find_lookalikes
from cleanpress.stages.restore.names import LOOKALIKE, MARK, RULES, VOTES
from cleanpress.stages.restore.printed import NOWHERE, Printed, Prints
from cleanpress.stages.restore.votes import find_votes
from cleanpress.stages.script import TRADITIONAL, script_of

__all__ = ["Restoration", "restore"]

MOST = 200_000
"""Characters of the largest text that is restored, four times the fullest page in print: what is larger is a
volume and would take a minute and gigabytes."""
_OPEN = 0.5
"""Confidence that a reading is wrong which another print does not share."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """The articles as they read now, the page with all its edits, and what is suspected."""

    articles: tuple[Article, ...]
    edited: EditedText
    suspects: tuple[Suspect, ...]


def restore(
    articles: Sequence[Article],
    repeats: Sequence[Repeat],
    edited: EditedText,
    rules_off: frozenset[str] = frozenset(),
    read: Sequence[Span] = (),
) -> Restoration:
    """Restore the articles of a page. ``repeats`` are the copies that were set aside, ``read`` the spans of
    the page that a person has read: these stay.

    Works on simplified text: a page in traditional characters comes back as it is, and so does one of more
    than ``MOST`` characters. Only characters that are
    printed as they read are corrected, one by one, so that every offset in an article stays as it was.
    """
    on = [rule for rule in RULES if rule not in rules_off]
    if not on or not articles or len(edited.text) > MOST or script_of(edited.text) == TRADITIONAL:
        return Restoration(tuple(articles), edited, ())
    edits: dict[int, Edit] = {}
    suspects: dict[int, Suspect] = {}
    prints = Prints(edited)
    blocks = [(article, k) for article in range(len(articles)) for k in range(len(articles[article].blocks))]
    texts = [prints.of(articles[article].blocks[k].spans) for article, k in blocks]
    settled_by_people = frozenset(place for span in read for place in range(*span))
    inside = frozenset(int(place) for text in texts for place in text.origins) - settled_by_people
    if VOTES in on and repeats:
        settled, left = find_votes(repeats, prints, LanguageModel.load())
        for one in settled:
            if one.place in inside:
                reason = _named(one.witnesses)
                edits[one.place] = Edit(_at(one.place), one.before, one.after, VOTES, one.confidence, reason)
        for case in left:
            if case.place in inside:
                suspects[case.place] = Suspect(
                    _at(case.place), case.before, case.others, VOTES, _OPEN, case.reason
                )
        texts = [_with(text, edits) for text in texts]
    characters, marks = LOOKALIKE in on, MARK in on
    if characters or marks:
        settled_before = settled_by_people.union(edits)
        frozen = [
            _frozen(articles[article].blocks[k].role, text, settled_before)
            for (article, k), text in zip(blocks, texts, strict=True)
        ]
        scope = Scope(frozen, characters=characters, marks=marks)
        found = find_lookalikes([text.text for text in texts], scope)
        for change in found.corrections:
            place = int(texts[change.text].origins[change.offset])
            rule = LOOKALIKE if change.before.isalnum() else MARK
            confidence = round(change.confidence, 4)
            edits[place] = Edit(_at(place), change.before, change.after, rule, confidence)
            suspects.pop(place, None)
        for doubt in found.doubts:
            place = int(texts[doubt.text].origins[doubt.offset])
            rule = LOOKALIKE if doubt.character.isalnum() else MARK
            if rule in on and place not in edits:
                seen, others = doubt.character, doubt.alternatives
                confidence = round(doubt.confidence, 4)
                suspects.setdefault(place, Suspect(_at(place), seen, others, rule, confidence, doubt.reason))
    if not edits:
        return Restoration(tuple(articles), edited, _sorted(suspects.values()))
    every = sorted([*edited.edits, *edits.values()], key=lambda edit: edit.span)
    again = [_with(prints.of(articles[article].blocks[k].spans), edits) for article, k in blocks]
    rewritten = {at: text.text for at, text in zip(blocks, again, strict=True)}
    return Restoration(
        tuple(
            replace(
                article,
                blocks=tuple(
                    replace(block, text=rewritten[number, k]) for k, block in enumerate(article.blocks)
                ),
            )
            for number, article in enumerate(articles)
        ),
        EditedText(edited.original, every),
        _sorted(suspect for place, suspect in suspects.items() if place not in edits),
    )


def _with(text: Printed, edits: dict[int, Edit]) -> Printed:
    """A text with the edits made that lie in it."""
    changed = [k for k, place in enumerate(text.origins.tolist()) if place in edits]
    if not changed:
        return text
    characters = list(text.text)
    for k in changed:
        characters[k] = edits[int(text.origins[k])].after
    return Printed("".join(characters), text.origins)


def _frozen(role: Role, text: Printed, settled: frozenset[int]) -> NDArray[np.bool_]:
    """Characters that must stay: names in bylines, what another edit put there, what was settled before."""
    stay = text.origins == NOWHERE
    if role is Role.BYLINE:
        stay = np.ones_like(stay)
    if settled:
        stay = stay | np.isin(text.origins, list(settled))
    return np.asarray(stay, dtype=np.bool_)


def _at(place: int) -> Span:
    return Span(place, place + 1)


def _named(witnesses: Iterable[int]) -> str:
    """The places of the witnesses, as offsets on the page."""
    places = ", ".join(str(place) for place in witnesses)
    return f"so it is printed at {places}"


def _sorted(suspects: Iterable[Suspect]) -> tuple[Suspect, ...]:
    return tuple(sorted(suspects, key=lambda suspect: suspect.span))
