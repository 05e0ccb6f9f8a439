"""Characters and words that stand twice: lawful (年年, 研究研究), or read twice (落地落地)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.doubt import Doubt, Paragraph
from cleanpress.stages.normalise.letters import HAN
from cleanpress.stages.segment.patterns import surnames

LONGEST = 8
"""Characters of the longest word that is looked for; longer passages are the repeats stage's."""
AROUND = 8
"""Characters on each side that the model reads; it sees five at a time."""

_DOUBLED = re.compile(f"([{HAN}]{{1,{LONGEST}}})\\1")
_HAN = re.compile(f"[{HAN}]")
_THRICE = re.compile(f"(.{{1,{LONGEST}}}?)\\1\\1")

# Nats by which the text must be unlikelier with the word twice than with it once; and the probability
# that it was read twice. In 800,000 clean characters of the fold ``fit`` such doubts are raised once in
# 25,000 characters for single characters and once in 115,000 for words, and of characters and words
# doubled there at random 75 % and 98 % are found (benchmarks/noise_doubled.py).
_SINGLE, _WORD = -8.0, -5.0
_CONFIDENCE = {True: 0.6, False: 0.7}


@dataclass(frozen=True, slots=True)
class _Twice:
    paragraph: int
    start: int
    word: str


def doubled_word(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """Words that stand twice where the language model is much surer of them standing once."""
    found = [twice for k, paragraph in enumerate(paragraphs) for twice in _doubled(k, paragraph.text)]
    if not found:
        return
    once, twofold = [], []
    for twice in found:
        text, middle = paragraphs[twice.paragraph].text, twice.start + len(twice.word)
        right = text[middle + len(twice.word) :][:AROUND]
        left = text[max(0, twice.start - AROUND) : middle]
        once.append(left + right)
        twofold.append(left + twice.word + right)
    for twice, one, two in zip(found, model.surprise(once), model.surprise(twofold), strict=True):
        single = len(twice.word) == 1
        if two.sum() - one.sum() < (_SINGLE if single else _WORD):
            end = twice.start + 2 * len(twice.word)
            reason = f"{twice.word} stands twice and is seldom doubled"
            yield Doubt(twice.paragraph, twice.start, end, (twice.word,), _CONFIDENCE[single], reason)


def _doubled(k: int, text: str) -> Iterator[_Twice]:
    for match in _DOUBLED.finditer(text):
        word = match[1]
        if len(word) > 1 and _THRICE.match(text, match.start()):
            continue  # sounds and cries: 哈哈哈哈
        if word in _reduplicated() or (len(word) == 2 and word[0] == "一"):
            continue  # 研究研究, 一项一项
        if len(word) == 1 and _is_usual(text, match.start()):
            continue
        yield _Twice(k, match.start(), word)


@cache
def _reduplicated() -> frozenset[str]:
    """Words that speech doubles whole, from ``reduplicated.txt``."""
    table = files("cleanpress").joinpath("data/inspect/reduplicated.txt").read_text(encoding="utf-8")
    return frozenset(word for line in table.splitlines() if line[0] != "#" for word in line.split())


def _is_usual(text: str, start: int) -> bool:
    """Whether a doubled character is half of a word like 高高兴兴, counts (一串串), or is a given name."""
    if text[start - 1 : start] == "一":
        return True
    named = text[start - 1 : start] in surnames()[0] if start else False
    if named and not _HAN.match(text[start - 2 : start - 1]):
        return True
    before, behind = text[max(0, start - 2) : start], text[start + 2 : start + 4]
    return any(len(pair) == 2 and pair[0] == pair[1] for pair in (before, behind))
