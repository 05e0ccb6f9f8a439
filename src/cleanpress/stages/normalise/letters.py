"""What surrounds a mark: the nearest letters, past spaces, line breaks, quotes and other marks.

A *gap* is a run of characters that are no letters. All marks of a gap share its context, and no rule
for marks changes a letter; so the context of a mark never depends on what was done to its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, for a regular expression's class; with 々, 〆 and 〇."""
SPACE = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""White space inside a line, for a regular expression's class."""

CHINESE, DIGIT, OTHER, NOTHING = "chinese", "digit", "other", ""

_LETTER = re.compile(r"[^\W_]")
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n")
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W\d_\u0800-\U0010ffff]+")


class Gap(NamedTuple):
    """A run of marks and spaces; ``left`` and ``right``: the kind of letter there in its paragraph.

    The kinds are ``CHINESE``, ``DIGIT``, ``OTHER`` (letters of any other script) and ``NOTHING``, when
    a blank line or the end of the page comes first.
    """

    start: int
    end: int
    left: str
    right: str


def gaps(text: str, wanted: re.Pattern[str]) -> Iterator[Gap]:
    """The gaps of a text that hold a wanted character, in order; one with blank lines is cut there."""
    end = 0
    while match := wanted.search(text, end):
        start = match.start()
        while start > end and not text[start - 1].isalnum():
            start -= 1
        letter = _LETTER.search(text, match.end())
        end = letter.start() if letter else len(text)
        left = kind(text[start - 1]) if start else NOTHING
        right = kind(text[end]) if letter else NOTHING
        if end - start > 1:
            for pause in _PARAGRAPH_BREAK.finditer(text, start, end):
                yield Gap(start, pause.start(), left, NOTHING)
                # The last line feed stays outside: it may be the first of the next blank line.
                start, left = pause.end() - 1, NOTHING
        yield Gap(start, end, left, right)


@cache
def kind(letter: str) -> str:
    """The kind of a letter. Kana and bopomofo count as Chinese: their marks are full-width too."""
    if _HAN.match(letter) or "\u3041" <= letter <= "\u312f":
        return CHINESE
    return DIGIT if letter.isdecimal() else OTHER


def has_chinese(text: str, start: int, end: int) -> bool:
    """Whether a Chinese character stands in that range."""
    return _HAN.search(text, start, end) is not None


class Prose:
    """Tells, line by line, whether a text is Chinese prose; asked at rising offsets it is linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._start = self._end = 0
        self._answer = False

    def is_chinese(self, offset: int) -> bool:
        """Whether the line holds clearly more Chinese characters than words of another script."""
        if not self._start <= offset < self._end:
            self._start = self._text.rfind("\n", 0, offset) + 1
            end = self._text.find("\n", offset)
            self._end = len(self._text) if end < 0 else end + 1
            line = self._text[self._start : self._end]
            # A Chinese word has about two characters.
            self._answer = len(_HAN.findall(line)) > 2 * len(_WORD.findall(line))
        return self._answer
