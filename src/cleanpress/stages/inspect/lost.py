"""What was lost before the text came here: characters, and marks at the ends of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleanpress.language.marks import AROUND, gains_of_marks
from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.doubt import Doubt, Paragraph
from cleanpress.stages.normalise.letters import HAN

_HAN = re.compile(f"[{HAN}]")
# The replacement character; the same, written as UTF-8 and read as GBK; memory that was never filled, as
# GBK shows it; the geta mark, and a square inside a word, which engines print for what they cannot read.
_LOST = re.compile(f"\ufffd+|(?:锟斤拷)+|锟斤|(?:烫{{3,}}|屯{{3,}})|〓+|(?<=[{HAN}])□+(?=[{HAN}])")

_SURE = 3.0
"""Nats by which the text must be likelier with a mark at the seam than without. In the fold ``fit`` of the
news corpora that doubts 2.4 of 1,000 places without a mark and finds 47 % of the marks left out; in 89 % of
these the first alternative is the right one (benchmarks/noise_lost_marks.py)."""
SURE_OF_SHORT = 0.0
"""The same where the line is one cell short, and ``line-end-mark`` was not sure. In columns of the fold
``fit`` there are 53 such seams, and at 36 a mark was lost (the same script)."""
_SHORTEST = 30
"""Characters of the shortest paragraph that must end with a mark."""


def lost_mark(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """Marks that the engine dropped at the end of a line, or of a paragraph of prose."""
    asked = [
        (k, at)
        for k, paragraph in enumerate(paragraphs)
        for at in paragraph.seams
        if 0 < at < len(paragraph.text) and paragraph.text[at - 1].isalnum() and paragraph.text[at].isalnum()
    ]
    if asked:
        yield from _at_seams(paragraphs, asked, model)
    for k, paragraph in enumerate(paragraphs):
        text, end = paragraph.text, len(paragraph.text)
        whole = end >= _SHORTEST and paragraph.is_prose and not paragraph.open_tail
        if whole and _HAN.match(text[-1]) and "。" in text:
            # Where no sentence can end either, more than a mark is missing.
            ends = model.boundary([text])[1][0] > 0
            alternatives = (f"{text[-1]}。",) if ends else ()
            yield Doubt(k, end - 1, end, alternatives, 0.8, "the paragraph ends without a mark")


def _at_seams(
    paragraphs: Sequence[Paragraph], asked: Sequence[tuple[int, int]], model: LanguageModel
) -> Iterator[Doubt]:
    sides = []
    for k, at in asked:
        text = paragraphs[k].text
        sides.append((text[max(0, at - AROUND) : at], text[at : at + AROUND]))
    for (k, at), gains in zip(asked, gains_of_marks(sides, model), strict=True):
        is_short = at in paragraphs[k].short
        if max(gains.values()) > (SURE_OF_SHORT if is_short else _SURE):
            last = paragraphs[k].text[at - 1]
            likely = sorted((mark for mark in gains if gains[mark] > 0), key=lambda mark: -gains[mark])
            alternatives = tuple(f"{last}{mark}" for mark in likely)
            yield Doubt(k, at - 1, at, alternatives, 0.7, "a mark may have been lost at the end of the line")


def lost_character(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """Replacement characters and what they turn into."""
    for k, paragraph in enumerate(paragraphs):
        for match in _LOST.finditer(paragraph.text):
            yield Doubt(k, *match.span(), (), 1.0, "characters were lost before the text came here")
