"""Text that was decoded wrongly on its way here, and that no rule could bring back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.decode import frequent_characters
from cleanpress.stages.inspect.doubt import Doubt, Paragraph
from cleanpress.stages.normalise.mojibake import WESTERN, gbk_runs

_PRINTED = "‘’“”–—…•"
"""Quotes, dashes and dots, which are printed; they may stand between the signs."""
# What bytes from 80 up look like as Latin-1 or Windows-1252, but for these and the low quote.
_HIGH = "".join(sorted(set(WESTERN) - {*_PRINTED, "‚"}))
_STRETCH = re.compile(f"[{_HIGH}](?:[ -~{_PRINTED}]{{0,6}}[{_HIGH}])*")
_THREE = re.compile(f"[{_HIGH}]{{3}}")
_LETTER = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ffŠŒŽšœžŸ]")
_GAP = 6
"""Characters between two pieces of text decoded wrongly that belong to it as well."""
_LEAST, _DIFFERENT = 4, 3
"""Signs from beyond ASCII in a stretch of Latin letters, and different ones: ÖÐ¹ú is 中国. Words of
European languages have no three in a row with a sign among them that is no letter."""


def doubtful_encoding(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """What bytes of another encoding look like, a stretch at a time: ÖÐ¹ú, and 鐢熸 of rare characters."""
    for k, paragraph in enumerate(paragraphs):
        for start, end in _within(paragraph, sorted([*_latin(paragraph.text), *_gbk(paragraph.text)])):
            reason = "what stands here was decoded wrongly before the text came here"
            yield Doubt(k, start, end, (), 0.95, reason)


def _latin(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of Latin letters and signs that are the bytes of something else."""
    for match in _STRETCH.finditer(text):
        if _THREE.search(match[0]) is None:
            continue
        high = [character for character in match[0] if not character.isascii()]
        all_letters = all(_LETTER.match(character) for character in high)
        if len(high) >= _LEAST and len(set(high)) >= _DIFFERENT and not all_letters:
            yield match.span()


def _gbk(text: str) -> Iterator[tuple[int, int]]:
    """Pieces of rare characters whose bytes in GBK are those of a character of UTF-8.

    In 10,350,576 characters of news, web and encyclopedia there are two, both the river names 浐灞; of 400
    paragraphs of news, written as UTF-8 and read as GBK, 327 keep wrong characters, and 256 of these have
    such a piece.
    """
    for start, end in gbk_runs(text):
        chinese = [character for character in text[start:end] if "\u3400" <= character <= "\u9fff"]
        is_rare = len(chinese) >= 2 and frequent_characters().isdisjoint(chinese)
        if is_rare and not all(map(_is_printed, chinese)):
            yield start, end


def _is_printed(character: str) -> bool:
    """Whether newspapers print the character: it is in GB 2312, or of the first level of Big5 (A440-C67E)."""
    for encoding, last in (("gb2312", 0xF7), ("big5", 0xC6)):
        try:
            if character.encode(encoding)[0] <= last:
                return True
        except UnicodeEncodeError:
            continue
    return False


def _within(paragraph: Paragraph, pieces: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The pieces, close ones as one, parted where the paragraph is torn: a suspect has one place."""
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and start - joined[-1][1] <= _GAP:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    for start, end in joined:
        edges = [start, *(tear for tear in paragraph.tears if start < tear < end), end]
        yield from pairwise(edges)
