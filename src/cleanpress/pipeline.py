"""One page through the stages, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cleanpress.config import Config
from cleanpress.decisions import Binder, Entry
from cleanpress.decisions.bind import SOURCE
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import TITLE_ROLES, Decision, Layout, Page, Result, Ruling, Span
from cleanpress.obedience import disobeyed
from cleanpress.stages.inspect import inspect
from cleanpress.stages.normalise import normalise
from cleanpress.stages.reassemble import Heap, Reassembly, reassemble
from cleanpress.stages.reassemble.geometry import places_of
from cleanpress.stages.repeats import RepeatDecision, find_repeats
from cleanpress.stages.repeats.bylines import bylines_once, still_open
from cleanpress.stages.restore import restore
from cleanpress.stages.segment import Segmentation, segment

if TYPE_CHECKING:
    from cleanpress.adjudicate import Adviser

MOST_PLACES = 8
"""Places in print that are remembered of a fragment: its own and those of its first copies."""


def clean_page(
    page: Page, config: Config, adviser: Adviser | None = None, entries: Sequence[Entry] = ()
) -> Result:
    """Everything cleanpress has to say about a page. Pure: no files, no printing, no clock.

    ``entries`` are what people decided about the page; they bind every stage. An ``adviser`` is asked the
    questions that are open then; its answers bind the reassembly.
    """
    binder = Binder(entries)
    model = LanguageModel.load(Path(config.model) if config.model else None)
    segmentation, decision = _set_repeats_aside(page, config, binder, model)
    heap = heap_from(decision, page.layout)

    ordered = binder.order(heap.fragments)

    def under(decisions: Sequence[Decision]) -> Reassembly:
        return reassemble(heap, model, decisions=(*ordered, *decisions))

    if adviser is None:
        whole = under(())
    else:
        from cleanpress.adjudicate import adjudicate

        whole = adjudicate(under, {f.span: f.text for f in heap.fragments}, adviser)
    asked = tuple(decision for decision in whole.decisions if decision.source != SOURCE)
    articles, signed_twice = bylines_once(whole.articles, decision.repeats, (*binder.decisions, *asked))
    repeats = decision.repeats + signed_twice
    rules_off = frozenset(config.rules_off)
    restored = restore(articles, repeats, segmentation.edited, rules_off, _read(binder.decisions))
    doubts = inspect(
        restored.articles, whole.leftovers, restored.edited, model, rules_off, short=segmentation.short
    )
    result = Result(
        page,
        articles=restored.articles,
        repeats=repeats,
        leftovers=whole.leftovers,
        edits=restored.edited.edits,
        questions=still_open(whole.questions, signed_twice),
        decisions=(*binder.decisions, *asked),
        suspects=tuple(sorted((*doubts, *restored.suspects), key=lambda suspect: suspect.span)),
        warnings=_warnings(page, restored.edited.text) + whole.warnings,
    )
    return _settled(result, binder, asked) if entries else result


def _settled(result: Result, binder: Binder, asked: tuple[Decision, ...]) -> Result:
    """The result with the decisions that it obeys, and a warning for every other."""
    ignored = (result.decisions[k] for k in disobeyed(result))
    binder.take_back([decision for decision in ignored if decision.source == SOURCE])
    decisions = (*binder.decisions, *asked)
    read = _read(decisions)
    return replace(
        result,
        decisions=decisions,
        warnings=(*result.warnings, *binder.warnings),
        # What a person has read is not doubted any more.
        suspects=tuple(
            suspect
            for suspect in result.suspects
            if not any(span.start < suspect.span.end and suspect.span.start < span.end for span in read)
        ),
    )


def _read(decisions: Sequence[Decision]) -> list[Span]:
    """The spans that a person has read."""
    return [decision.span for decision in decisions if decision.ruling is Ruling.READING]


def _warnings(page: Page, text: str) -> tuple[str, ...]:
    """What a user should know about the page as a whole before trusting what was made of it.

    ``text`` is the page's with the edits applied: what was decoded wrongly on its way here is Chinese there.
    """
    found = []
    if not any("\u3400" <= c <= "\u9fff" or c >= "\U00020000" for c in text):
        found.append("the page holds no Chinese character; is it the right file, in the right encoding?")
    units = {image.unit for image in page.layout.images} - {"pixel"} if page.layout else set()
    found += [f"its boxes are in {unit}, as the file measures, not in pixels" for unit in sorted(units)]
    return tuple(found)


def heap_of(page: Page, config: Config) -> Heap:
    """What the reassembly sees of a page; the scripts that fit it start here too."""
    model = LanguageModel.load(Path(config.model) if config.model else None)
    return heap_from(_set_repeats_aside(page, config, Binder(()), model)[1])


def _set_repeats_aside(
    page: Page, config: Config, binder: Binder, model: LanguageModel
) -> tuple[Segmentation, RepeatDecision]:
    rules_off = frozenset(config.rules_off)
    edited = binder.read(normalise(page.text, script=config.script, rules_off=rules_off))
    segmentation = segment(edited, page.layout, model, rules_off, _read(binder.decisions))
    fragments = binder.furnish(segmentation.fragments)
    # Boxes show what is set as a headline; without them any short line may look like one.
    titles = {k for k, f in enumerate(fragments) if f.role in TITLE_ROLES} if page.layout else set()
    keep = binder.keep(fragments)
    decision = find_repeats(fragments, segmentation.edited, protected=keep, headlines=titles)
    return segmentation, decision


def heap_from(decision: RepeatDecision, layout: Layout | None = None) -> Heap:
    """Fragments with all the places they were printed at: a copy set aside still has neighbours.

    With a ``layout``, also where they stand on the image.
    """
    own = [(origin, k) for k, origin in enumerate(decision.origin)]
    printed = {*own, *((place, k) for k, echoes in decision.echoes.items() for place in echoes)}
    ranks = {where: rank for rank, where in enumerate(sorted(printed))}
    places: list[list[int]] = [[ranks[where]] for where in own]
    for place, k in sorted(printed.difference(own)):
        # A few copies tell as much as all: what is asked of pairs of places grows with their square.
        if len(places[k]) < MOST_PLACES:
            places[k].append(ranks[place, k])
    where = places_of(decision.fragments, layout) if layout is not None else ()
    return Heap(decision.fragments, tuple(map(tuple, places)), decision.links, where)
