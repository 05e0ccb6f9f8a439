"""Simplified characters in a traditional article that may stand for several traditional ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.doubt import Doubt, Paragraph
from cleanpress.stages.script import TRADITIONAL, script_of, several_readings


def doubtful_script(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """发 for 發 or 髮, where nothing on the page chose between them."""
    found = [
        (k, *place) for k, paragraph in enumerate(paragraphs) for place in several_readings(paragraph.text)
    ]
    if found and script_of("".join(paragraph.text for paragraph in paragraphs)) == TRADITIONAL:
        for k, at, readings in found:
            reason = "a simplified character that stands for several traditional ones"
            yield Doubt(k, at, at + 1, readings, 0.95, reason)
