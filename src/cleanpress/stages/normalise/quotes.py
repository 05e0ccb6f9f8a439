"""Straight quotes in Chinese text become “ and ”, by pairing within a paragraph."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import CHINESE, NOTHING, Gap, Prose, gaps, has_chinese

_QUOTE = re.compile('["＂“”]')
_QUOTE_OR_LINE_END = re.compile('["＂“”\n]')
_STRAIGHT = '"＂'
_ONLY_OPENS_BEHIND = "，、；：（《〈【『「("
_ONLY_CLOSES_BEFORE = "，、；：。！？）》〉】』」)"


class _Quote(NamedTuple):
    at: int
    gap: Gap


def straight_quote(text: str) -> list[Change]:
    """Straight double quotes become “ ” where every one of a paragraph finds its partner.

    A page that prints 「」 is left alone, and so is a paragraph whose quotes do not pair: one of them
    may have been misread or torn off, and a quote turned the wrong way is worse than a straight one.
    """
    if not any(c in text for c in _STRAIGHT) or text.count("「") > text.count("“"):
        return []
    found: list[Change] = []
    prose = Prose(text)
    paragraph: list[_Quote] = []
    for gap in gaps(text, _QUOTE_OR_LINE_END):
        paragraph += [_Quote(m.start(), gap) for m in _QUOTE.finditer(text, gap.start, gap.end)]
        if gap.right == NOTHING and paragraph:
            found += _paired(text, paragraph, prose)
            paragraph = []
    return found + _paired(text, paragraph, prose)


def _paired(text: str, quotes: list[_Quote], prose: Prose) -> list[Change]:
    straight = [quote for quote in quotes if text[quote.at] in _STRAIGHT]
    if not straight or not _pair_off(text, quotes):
        return []
    found = []
    for opened, closed in zip(quotes[::2], quotes[1::2], strict=True):
        inch = text[opened.at - 1 : opened.at].isdecimal() and text[closed.at - 1].isdecimal()
        outer = CHINESE in {opened.gap.left, closed.gap.right}
        chinese = has_chinese(text, opened.at, closed.at) or (outer and prose.is_chinese(opened.at))
        if chinese and not inch:
            for quote, after in ((opened, "“"), (closed, "”")):
                if text[quote.at] in _STRAIGHT:
                    found.append(Change(quote.at, quote.at + 1, after, "straight-quote"))
    return found


def _pair_off(text: str, quotes: list[_Quote]) -> bool:
    """Whether the quotes of a paragraph can be read as “”“”…, with nothing in the text against it."""
    if len(quotes) % 2:
        return False
    for k, quote in enumerate(quotes):
        before = text[quote.at - 1] if quote.at else "\n"
        behind = text[quote.at + 1] if quote.at + 1 < len(text) else "\n"
        opens = k % 2 == 0
        if text[quote.at] == ("”" if opens else "“"):
            return False
        if opens and (behind in _ONLY_CLOSES_BEFORE or quote.gap.right == NOTHING):
            return False
        if not opens and (before in _ONLY_OPENS_BEHIND or quote.gap.left == NOTHING):
            return False
        if not opens and quotes[k - 1].gap is quote.gap:
            return False  # nothing is quoted
    return True
