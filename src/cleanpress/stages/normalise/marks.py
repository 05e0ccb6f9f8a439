"""Half-width marks in Chinese text: , ; : ? ! ( ) become full-width, where the context is Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import (
    CHINESE,
    DIGIT,
    NOTHING,
    OTHER,
    Gap,
    Prose,
    gaps,
    has_chinese,
)

_FULL = dict(zip(",;:?!()", "，；：？！（）", strict=True))
_MARK = re.compile("[,;:?!]")
_BRACKET = re.compile("[()（）]")
_BRACKET_OR_LINE_END = re.compile("[()（）\n]")


def half_width_mark(text: str) -> list[Change]:
    """, ; : ? ! become full-width in Chinese; numbers, times, ratios and Latin text stay."""
    found = []
    prose = Prose(text)
    for gap in gaps(text, _MARK):
        if text.find("://", gap.start, gap.end) >= 0:
            continue
        for match in _MARK.finditer(text, gap.start, gap.end):
            if _is_chinese_mark(text, gap, match.start(), prose):
                found.append(Change(match.start(), match.end(), _FULL[match[0]], "half-width-mark"))
    return found


def _is_chinese_mark(text: str, gap: Gap, at: int, prose: Prose) -> bool:
    left, right = gap.left, gap.right
    if text[at] == "!" and text.startswith("<", at - 1):
        return False  # the head of a markup comment
    if (left == CHINESE and right in {CHINESE, NOTHING}) or (left == NOTHING and right == CHINESE):
        return True
    if left == NOTHING or (left == DIGIT and right == DIGIT and _stands_alone(text, gap)):
        return False
    if OTHER in {left, right} and CHINESE not in {left, right} and right != NOTHING:
        return False
    return prose.is_chinese(at)


def _stands_alone(text: str, gap: Gap) -> bool:
    """Whether a mark has only spaces beside it up to the letters, as in 1,000 and 10: 30."""
    return len(text[gap.start : gap.end].strip()) == 1


@dataclass(slots=True)
class _Bracket:
    """A bracket met on the way, with the gap it stands in; ``inner_chinese`` once it is closed."""

    at: int
    gap: Gap
    inner_chinese: bool = False


def bracket(text: str) -> list[Change]:
    """( and ) become full-width, both of a pair or none, around Chinese and inside Chinese text."""
    pairs: list[tuple[_Bracket, _Bracket]] = []
    single: list[_Bracket] = []
    stack: list[_Bracket] = []
    if "(" not in text and ")" not in text:
        return []
    position = 0
    for gap in gaps(text, _BRACKET_OR_LINE_END):
        if stack and not stack[-1].inner_chinese:
            stack[-1].inner_chinese = has_chinese(text, max(position, stack[-1].at), gap.start)
        position = gap.end
        for match in _BRACKET.finditer(text, gap.start, gap.end):
            here = _Bracket(match.start(), gap)
            if match[0] in "(（":
                stack.append(here)
            elif stack:
                opened = stack.pop()
                pairs.append((opened, here))
                if stack:
                    stack[-1].inner_chinese |= opened.inner_chinese
            else:
                single.append(here)
        if gap.right == NOTHING:
            # A paragraph ends: what is still open was torn off or misread.
            single += stack
            stack.clear()
    single += stack
    return _widened(text, pairs, single)


def _widened(text: str, pairs: list[tuple[_Bracket, _Bracket]], single: list[_Bracket]) -> list[Change]:
    prose = Prose(text)
    wanted: list[int] = []
    for opened, closed in sorted(pairs, key=lambda pair: pair[0].at):
        already = {text[opened.at], text[closed.at]} - {"(", ")"}
        outer = {opened.gap.left, closed.gap.right}
        if opened.inner_chinese:
            chinese = bool(outer & {CHINESE, NOTHING}) or prose.is_chinese(opened.at)
        else:
            chinese = _holds_in_chinese(opened.gap.left, closed.gap.right) and prose.is_chinese(opened.at)
        if already or chinese:
            wanted += [opened.at, closed.at]
    for lone in single:
        if text[lone.at] == "(":
            chinese = lone.gap.left == CHINESE or (lone.gap.right == CHINESE and lone.gap.left == NOTHING)
        else:
            chinese = lone.gap.left == CHINESE
        if chinese:
            wanted.append(lone.at)
    return [Change(at, at + 1, _FULL[text[at]], "bracket") for at in sorted(wanted) if text[at] in "()"]


def _holds_in_chinese(left: str, right: str) -> bool:
    """Whether a bracket without Chinese in it belongs to Chinese text: 总值(GDP)增长, (1)加强; not f(x)."""
    return left == CHINESE or (left == NOTHING and right == CHINESE)
