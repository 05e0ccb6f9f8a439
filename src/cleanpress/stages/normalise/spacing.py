"""Spaces that an OCR engine put inside Chinese text.

A space between two groups of Chinese characters is usually meant: it parts the clauses of a headline,
the names of a byline, 本报讯 from its text. So spaces are taken for noise only in a line whose characters
are set apart one by one or word by word, or where they touch a full-width mark, which has its own white.
"""

from __future__ import annotations

import re
from itertools import pairwise

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import HAN, SPACE

_SPACED_LINE = re.compile(f"[^{SPACE}\n][{SPACE}]+[^{SPACE}\n]")
_TOKEN = re.compile(f"[^{SPACE}\n]+")
_HAN = re.compile(f"[{HAN}]")
_TOGETHER = re.compile(f"[{HAN}]{{2}}")
_MARKS = "，、。；：？！“”‘’（）《》〈〉【】「」『』…—·"
_HALF_WIDTH_MARKS = ",;:?!"
_BYLINE = re.compile("记者|記者|通讯员|通訊員|编辑|編輯|责编|校对|校對|作者|[■□◆●▲►]")
_FUNCTION_WORDS = frozenset("的了在是和与與将將也都着把被对對从從为為及并並")
"""Words that no name list and no headline sets apart with spaces on both sides more than once."""
_AT_MARK = re.compile(
    f"[{SPACE}](?:(?=[，、。；：）】》])(?<=[^{SPACE}\n].)|(?<=[，、；：（【《].)(?=[^{SPACE}\n]))"
)


def letter_spacing(text: str) -> list[Change]:
    """Close up Chinese that stands apart one by one or word by word; names in a byline stay as set."""
    found: list[Change] = []
    end = 0
    while match := _SPACED_LINE.search(text, end):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        if _BYLINE.search(text, start, end) is None:
            found += _closed_up(text, [token.span() for token in _TOKEN.finditer(text, start, end)])
    return found


def _closed_up(text: str, tokens: list[tuple[int, int]]) -> list[Change]:
    """The spaces of a line that go: the narrowest ones between Chinese, when the line is set apart.

    A line is closed up once, as its wider spaces part words. No trace is left of the spaces that went, so
    what tells a line that was closed up is that its spaces are wide and some characters stand together:
    spaces wider than one are taken for letter-spacing only where no two Chinese characters touch.
    """
    if len(tokens) < 3:
        return []
    widths = [right[0] - left[1] for left, right in pairwise(tokens)]
    chinese = single = words = 0
    for start, end in tokens:
        letters = len(_HAN.findall(text, start, end))
        chinese += letters > 0
        single += letters == 1 and all(c in _MARKS or _HAN.match(c) for c in text[start:end])
        words += end - start == 1 and text[start] in _FUNCTION_WORDS
    alone = single == len(tokens) and min(widths) == max(widths)
    by_character = single >= 5 and single >= 0.6 * chinese
    by_word = words >= 2 and chinese >= 6 and tokens[-1][1] - tokens[0][0] <= 5 * len(tokens)
    if not (alone or by_character or by_word):
        return []
    narrow = min(widths)
    if narrow > 1 and any(_TOGETHER.search(text, start, end) for start, end in tokens):
        return []
    closed = [
        (left[1], right[0])
        for left, right in pairwise(tokens)
        if right[0] - left[1] == narrow and _touch(text[left[1] - 1], text[right[0]])
    ]
    if not any(_HAN.match(text[start - 1]) and _HAN.match(text[end]) for start, end in closed):
        return []
    return [Change(start, end, "", "letter-spacing") for start, end in closed]


def _touch(left: str, right: str) -> bool:
    """Whether no space belongs between two characters: both Chinese, or one a mark that will be made so."""
    if left in _HALF_WIDTH_MARKS:
        return _HAN.match(right) is not None
    return _is_chinese(left) and (_is_chinese(right) or right in _HALF_WIDTH_MARKS)


def _is_chinese(character: str) -> bool:
    return character in _MARKS or _HAN.match(character) is not None


def space_at_mark(text: str) -> list[Change]:
    """Drop a single space before or behind a full-width mark that brings its own white."""
    return [Change(m.start(), m.end(), "", "space-at-mark") for m in _AT_MARK.finditer(text)]


_STRAY = re.compile(
    # A word that cannot end a clause before the space, or one that cannot begin a clause behind it.
    f" (?:(?<=[{HAN}][的和与及在是将把被从为对向以于並與從為對將] )"
    f"|(?<=[{HAN}]{{2}} )(?=[的了着们們等著][{HAN}，。]))(?=[{HAN}])"
)
_CLAUSE_MARK = re.compile("[，。；]")
_PIECE = re.compile(f"[{HAN}]{{1,5}}")
_PIECE_BEFORE = re.compile(f"[{HAN}]{{1,5}}$")
_SIDE = re.compile("[《〈“‘「『（(【]|[》〉”’」』）)】]")
_CLOSES = "》〉”’」』）)】"
_NEAR = 24
"""Characters before a space within which an open title or quotation keeps it as printed."""
_FAR = 400
"""Characters on both sides within which a line of prose has a mark; a title has none."""


def stray_space(text: str) -> list[Change]:
    """Drop a single space inside a clause of prose: behind 的 or 在, before 的 or 了.

    Titles and slogans set their clauses apart with a space, inside 《》 and “ ” as well; there it stays.
    """
    found = []
    for match in _STRAY.finditer(text):
        at = match.start()
        start = text.rfind("\n", max(0, at - _FAR), at) + 1 or max(0, at - _FAR)
        end = text.find("\n", at, at + _FAR)
        in_prose = _CLAUSE_MARK.search(text, start, end if end >= 0 else at + _FAR) is not None
        sides = _SIDE.findall(text, max(start, at - _NEAR), at)
        is_set_apart = bool(sides and sides[-1] not in _CLOSES)
        if in_prose and not is_set_apart and _BYLINE.search(text, max(start, at - 8), at) is None:
            # Names stand apart, too, and some end in 和 or 为: short pieces on both sides are a list.
            left, right = _PIECE_BEFORE.search(text, max(start, at - _NEAR), at), _PIECE.match(text, at + 1)
            if max(len(piece[0]) if piece else 0 for piece in (left, right)) > 4:
                found.append(Change(at, at + 1, "", "stray-space", 0.95))
    return found
