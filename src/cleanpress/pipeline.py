"""One page through the stages, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cleanpress.config import Config
from cleanpress.edited import EditedText
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Decision, Page, Result
from cleanpress.stages.inspect import inspect
from cleanpress.stages.normalise import normalise
from cleanpress.stages.reassemble import Heap, Reassembly, reassemble
from cleanpress.stages.repeats import RepeatDecision, find_repeats
from cleanpress.stages.segment import segment

if TYPE_CHECKING:
    from cleanpress.adjudicate import Adviser

MOST_PLACES = 8
"""Places in print that are remembered of a fragment: its own and those of its first copies."""


def clean_page(page: Page, config: Config, adviser: Adviser | None = None) -> Result:
    """Everything cleanpress has to say about a page. Pure: no files, no printing, no clock.

    An ``adviser`` is asked the open questions of the page; its answers bind the reassembly.
    """
    edited, decision = _set_repeats_aside(page, config)
    model = LanguageModel.load(Path(config.model) if config.model else None)
    heap = heap_from(decision)

    def under(decisions: Sequence[Decision]) -> Reassembly:
        return reassemble(heap, model, decisions=decisions)

    if adviser is None:
        whole = under(())
    else:
        from cleanpress.adjudicate import adjudicate

        whole = adjudicate(under, {f.span: f.text for f in heap.fragments}, adviser)
    suspects = inspect(whole.articles, whole.leftovers, edited, model, frozenset(config.rules_off))
    return Result(
        page,
        articles=whole.articles,
        repeats=decision.repeats,
        leftovers=whole.leftovers,
        edits=edited.edits,
        questions=whole.questions,
        decisions=whole.decisions,
        suspects=suspects,
        warnings=_warnings(page) + whole.warnings,
    )


def _warnings(page: Page) -> tuple[str, ...]:
    """What a user should know about the page as a whole before trusting what was made of it."""
    if any("\u3400" <= c <= "\u9fff" or c >= "\U00020000" for c in page.text):
        return ()
    return ("the page holds no Chinese character; is it the right file, in the right encoding?",)


def heap_of(page: Page, config: Config) -> Heap:
    """What the reassembly sees of a page; the scripts that fit it start here too."""
    return heap_from(_set_repeats_aside(page, config)[1])


def _set_repeats_aside(page: Page, config: Config) -> tuple[EditedText, RepeatDecision]:
    normalised = normalise(page.text, script=config.script, rules_off=frozenset(config.rules_off))
    segmentation = segment(normalised, page.layout)
    return segmentation.edited, find_repeats(segmentation.fragments, segmentation.edited)


def heap_from(decision: RepeatDecision) -> Heap:
    """Fragments with all the places they were printed at: a copy set aside still has neighbours."""
    own = [(origin, k) for k, origin in enumerate(decision.origin)]
    printed = {*own, *((place, k) for k, echoes in decision.echoes.items() for place in echoes)}
    ranks = {where: rank for rank, where in enumerate(sorted(printed))}
    places: list[list[int]] = [[ranks[where]] for where in own]
    for place, k in sorted(printed.difference(own)):
        # A few copies tell as much as all: what is asked of pairs of places grows with their square.
        if len(places[k]) < MOST_PLACES:
            places[k].append(ranks[place, k])
    return Heap(decision.fragments, tuple(map(tuple, places)), decision.links)
