"""Marks that cannot be right as they stand: unpaired, clashing, or one read for another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.doubt import Doubt, Paragraph
from cleanpress.stages.normalise.dots import name_characters
from cleanpress.stages.normalise.letters import HAN

_PAIRS = dict(zip("“‘（《〈「『【〔", "”’）》〉」』】〕", strict=True))
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
_MARK = re.compile("[“”‘’（）《》〈〉「」『』【】〔〕]")
_MAY_RUN_ON = "“「『‘"
"""Quotes that open every paragraph of a long quotation and close only the last one."""
# A closing bracket behind a number that begins a line or a clause is a list's: 1）甲；2）乙.
_LISTED = re.compile("(?:^|[，。；：、！？\\s])[0-9a-zA-Z一二三四五六七八九十①-⑳]{1,3}$")
_CLASH = re.compile(
    "(?<![，、；：。！？…])(?:[，、；：](?=([，、；：。！？]))|。(?=[，、；：！？])|[！？](?=[，、；：。]))[，、；：。！？]"
)
_EMPTY = re.compile("“”|‘’|（）|《》|〈〉|「」|『』|【】")
_DOT = re.compile(f"(?<=[{HAN}])[.．](?=[{HAN}])")
_ONES = re.compile(f"(?<=[{HAN}”》）])一一(?=[{HAN}“《])")
AROUND = 8
"""Characters on each side that the model reads."""
_DASH = 4.0
"""Nats by which the text must be likelier with —— than with 一一. In two million clean characters of the
folds ``fit`` and ``test`` that doubts 7 of 29 places; of the dashes there, read so, it finds 97 %."""


def unpaired_mark(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """Quotes and brackets without a partner in their paragraph, turned the wrong way, or around nothing."""
    for k, paragraph in enumerate(paragraphs):
        goes_on = k + 1 < len(paragraphs) and paragraphs[k + 1].text[:1] in _MAY_RUN_ON
        yield from _unpaired(k, paragraph, paragraphs[k + 1].text[:1] if goes_on else "")


def _unpaired(k: int, paragraph: Paragraph, next_opening: str) -> Iterator[Doubt]:
    text = paragraph.text
    open_at: list[int] = []
    depth: Counter[str] = Counter()
    for match in _MARK.finditer(text):
        at, mark = match.start(), match[0]
        if mark in _PAIRS:
            if open_at and text[open_at[-1]] == mark and mark in "“‘《「『":
                # The same quote twice, none closed between: one of them was turned, or a close is lost.
                yield Doubt(k, at, at + 1, (_PAIRS[mark],), 0.7, f"{mark} opens inside another {mark}")
                continue
            open_at.append(at)
            depth[mark] += 1
        elif depth[_OPENING[mark]]:
            while text[open_at[-1]] != _OPENING[mark]:
                depth[text[open_at[-1]]] -= 1
                yield _open(k, open_at.pop(), text)
            depth[text[open_at.pop()]] -= 1
        elif not paragraph.open_head and not (mark == "）" and _LISTED.search(text[max(0, at - 5) : at])):
            alternatives = (_OPENING[mark],) if _may_open(text, at) else ()
            yield Doubt(k, at, at + 1, alternatives, 0.7, f"{mark} closes nothing that is open")
    for place in open_at:
        runs_on = place == 0 and text[0] in _MAY_RUN_ON and text[0] == next_opening
        if not runs_on and not paragraph.open_tail:
            yield _open(k, place, text)


def _open(k: int, at: int, text: str) -> Doubt:
    closing = _PAIRS[text[at]]
    turned = at > 0 and (at + 1 == len(text) or text[at + 1] in "，。、；：！？")
    return Doubt(k, at, at + 1, (closing,) if turned else (), 0.7, f"{text[at]} is not closed")


def _may_open(text: str, at: int) -> bool:
    """Whether an opening mark could stand where this closing one does: behind a mark, before a letter."""
    starts = at == 0 or text[at - 1] in "，、；：（ "
    return starts and at + 1 < len(text) and text[at + 1].isalnum()


def clashing_marks(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """Two different marks where only one can stand: ，。 or 、；, and a pair of marks around nothing."""
    for k, paragraph in enumerate(paragraphs):
        for match in _CLASH.finditer(paragraph.text):
            marks = match[0]
            if marks[0] != marks[1]:
                # The weightier of the two is likelier: a comma is what a speck of dirt is read for.
                likelier = sorted(marks, key="。！？；：，、".index)
                yield Doubt(k, *match.span(), tuple(likelier), 0.8, "only one of the two marks can be right")
        for match in _EMPTY.finditer(paragraph.text):
            yield Doubt(k, *match.span(), (), 0.7, "nothing stands between the two marks")


def doubtful_dot(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """A Latin full stop between two Chinese characters: the dot of a name, or 。."""
    for k, paragraph in enumerate(paragraphs):
        text = paragraph.text
        for match in _DOT.finditer(text):
            at = match.start()
            in_name = {text[at - 1], text[at + 1]} <= name_characters()
            alternatives = ("·", "。") if in_name else ("。", "·")
            yield Doubt(
                k, at, at + 1, alternatives, 0.9, "no Latin full stop stands between Chinese characters"
            )


def doubtful_dash(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """一一 where the language model is surer of ——; the adverb stays unsuspected."""
    found = [(k, match.start()) for k, p in enumerate(paragraphs) for match in _ONES.finditer(p.text)]
    if not found:
        return
    dashed, printed = [], []
    for k, at in found:
        left = paragraphs[k].text[max(0, at - AROUND) : at]
        right = paragraphs[k].text[at + 2 : at + 2 + AROUND]
        dashed.append(f"{left}——{right}")
        printed.append(f"{left}一一{right}")
    scores = zip(found, model.surprise(dashed), model.surprise(printed), strict=True)
    for (k, at), dash, ones in scores:
        if dash.sum() - ones.sum() > _DASH:
            yield Doubt(k, at, at + 2, ("——",), 0.7, "may be the dash")
