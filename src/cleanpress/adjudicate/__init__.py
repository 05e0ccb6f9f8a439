"""The adjudicator: open questions of a page, put to somebody who can only choose.

Off by default. ``forms`` turns a question into multiple choice among fragments of the page, and an answer
into decisions; ``endpoint`` asks a chat model; ``memory`` keeps answers by content. The loop that puts them
together is here: it knows no network and no file, only an ``Adviser``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cleanpress.adjudicate.forms import Answer, Form, NoAnswer, decisions_of, form_of
from cleanpress.model import Decision, Span
from cleanpress.stages.reassemble import Reassembly

__all__ = ["Adviser", "adjudicate"]

Adviser = Callable[[Form], Answer]
"""Answers a form, or raises ``NoAnswer`` with the reason."""

ROUNDS = 4
"""How often a page is read again: an answer can raise the next question, but not for ever."""


def adjudicate(
    reassemble: Callable[[Sequence[Decision]], Reassembly], texts: Mapping[Span, str], adviser: Adviser
) -> Reassembly:
    """Put the open questions of a page to an adviser and reassemble it under the answers.

    ``reassemble`` reads the page under decisions, ``texts`` holds the text of its fragments. No question is
    asked twice. A warning says how many were asked, answered and left open, and why.
    """
    tally = _Tally()
    decisions: list[Decision] = []
    asked: set[Form] = set()
    whole = reassemble(())
    for _ in range(ROUNDS):
        forms = [form_of(question, texts) for question in whole.questions]
        new = [form for form in dict.fromkeys(forms) if form is not None and form not in asked]
        if not new:
            break
        asked.update(new)
        found = [decision for form in new for decision in _ask(form, adviser, tally)]
        if not found:
            break
        decisions += found
        whole = reassemble(decisions)
    if not asked:
        return whole
    ignored = len(set(decisions) - set(whole.decisions))
    return replace(whole, warnings=(*whole.warnings, tally.sentence(ignored)))


def _ask(form: Form, adviser: Adviser, tally: _Tally) -> list[Decision]:
    tally.asked += 1
    try:
        answer = adviser(form)
    except NoAnswer as reason:
        tally.open[str(reason)] += 1
        return []
    found = decisions_of(form, answer)
    if found:
        tally.answered += 1
    else:
        tally.open["the model could not tell"] += 1
    return found


@dataclass
class _Tally:
    asked: int = 0
    answered: int = 0

    def __post_init__(self) -> None:
        self.open: Counter[str] = Counter()

    def sentence(self, ignored: int) -> str:
        """One line for the page's warnings: the same for the same answers, remembered or new."""
        many = "question was" if self.asked == 1 else "questions were"
        said = f"{self.asked} open {many} put to a model: {self.answered} answered"
        if self.open:
            reasons = "; ".join(f"{count} {reason}" for reason, count in sorted(self.open.items()))
            said += f", {self.open.total()} left open ({reasons})"
        if ignored:
            many = (
                "decision contradicts others and was"
                if ignored == 1
                else "decisions contradict others and were"
            )
            said += f"; {ignored} {many} not followed"
        return said
