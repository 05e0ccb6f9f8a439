"""Straight quotes in Chinese text become “ ” and ‘ ’, by pairing within a paragraph."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import CHINESE, NOTHING, Gap, Prose, gaps, has_chinese

_ONLY_OPENS_BEHIND = "，、；：（《〈【『「("
_ONLY_CLOSES_BEFORE = "，、；：。！？）》〉】』」)"


class _Marks(NamedTuple):
    """A kind of quotation mark: its straight forms, its turned ones, and what finds them in a text."""

    rule: str
    straight: str
    opening: str
    closing: str
    corner: str
    pattern: re.Pattern[str]
    pattern_or_line_end: re.Pattern[str]


# An apostrophe stands between two letters or digits of another script (Xi'an, 5'30) and is no quote.
_NO_APOSTROPHE = "['＇‘’](?:(?<![A-Za-z0-9].)|(?![A-Za-z0-9]))"
_DOUBLE = _Marks(
    "straight-quote", '"＂″〃', "“", "”", "「", re.compile('["＂″〃“”]'), re.compile('["＂″〃“”\n]')
)
_SINGLE = _Marks(
    "straight-single-quote",
    "'＇",
    "‘",
    "’",
    "『",
    re.compile(_NO_APOSTROPHE),
    re.compile(_NO_APOSTROPHE + "|\n"),
)


class _Quote(NamedTuple):
    at: int
    gap: Gap


def straight_quote(text: str) -> list[Change]:
    """Straight double quotes become “ ” where every one of a paragraph finds its partner.

    A page that prints 「」 is left alone, and so is a paragraph whose quotes do not pair: one of them
    may have been misread or torn off, and a quote turned the wrong way is worse than a straight one.
    """
    return _turned(text, _DOUBLE)


def straight_single_quote(text: str) -> list[Change]:
    """Straight single quotes become ‘ ’ under the same conditions; apostrophes are none."""
    return _turned(text, _SINGLE)


def _turned(text: str, marks: _Marks) -> list[Change]:
    if not any(c in text for c in marks.straight) or text.count(marks.corner) > text.count(marks.opening):
        return []
    found: list[Change] = []
    prose = Prose(text)
    paragraph: list[_Quote] = []
    for gap in gaps(text, marks.pattern_or_line_end):
        paragraph += [_Quote(m.start(), gap) for m in marks.pattern.finditer(text, gap.start, gap.end)]
        if gap.right == NOTHING and paragraph:
            found += _paired(text, paragraph, prose, marks)
            paragraph = []
    return found + _paired(text, paragraph, prose, marks)


def _paired(text: str, quotes: list[_Quote], prose: Prose, marks: _Marks) -> list[Change]:
    straight = [quote for quote in quotes if text[quote.at] in marks.straight]
    if not straight or not _pair_off(text, quotes, marks):
        return []
    found = []
    for opened, closed in zip(quotes[::2], quotes[1::2], strict=True):
        inch = text[opened.at - 1 : opened.at].isdecimal() and text[closed.at - 1].isdecimal()
        outer = CHINESE in {opened.gap.left, closed.gap.right}
        chinese = has_chinese(text, opened.at, closed.at) or (outer and prose.is_chinese(opened.at))
        if chinese and not inch:
            for quote, after in ((opened, marks.opening), (closed, marks.closing)):
                if text[quote.at] in marks.straight:
                    found.append(Change(quote.at, quote.at + 1, after, marks.rule))
    return found


def _pair_off(text: str, quotes: list[_Quote], marks: _Marks) -> bool:
    """Whether the quotes of a paragraph can be read as “”“”… or ‘’‘’…, with nothing against it."""
    if len(quotes) % 2:
        return False
    for k, quote in enumerate(quotes):
        before = text[quote.at - 1] if quote.at else "\n"
        behind = text[quote.at + 1] if quote.at + 1 < len(text) else "\n"
        opens = k % 2 == 0
        if text[quote.at] == (marks.closing if opens else marks.opening):
            return False
        if opens and (behind in _ONLY_CLOSES_BEFORE or quote.gap.right == NOTHING):
            return False
        if not opens and (before in _ONLY_OPENS_BEHIND or quote.gap.left == NOTHING):
            return False
        if not opens and quotes[k - 1].gap is quote.gap:
            return False  # nothing is quoted
    return True
