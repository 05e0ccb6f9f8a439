"""Dots and dashes: ... and 。。。 to ……, -- to ——, and a Latin full stop at the end of a sentence."""

from __future__ import annotations

import re

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import CHINESE, HAN, NOTHING, SPACE, Prose, gaps

# Seven dots and more are leaders, as in a table of contents; five hyphens a rule between articles.
_DOTS = re.compile(r"(?<![.。…])(?:\.{3,6}|。{3,6}|…[.。]{1,3})(?![.。…])")
_HYPHENS = re.compile("(?<![-－─—])(?:-{2}|－{2}|─{2})(?![-－─—>])")
_STOP = re.compile(f"[.．](?<=[{HAN}”’》）].)(?=[”’」』）)]{{0,3}}[{SPACE}]{{0,4}}(?:\n|$))")
_NUMBERED = re.compile(f"[{SPACE}（(]*[一二三四五六七八九十百]+")


def ellipsis(text: str) -> list[Change]:
    """Three to six dots become …… in Chinese text."""
    return _between_chinese(text, _DOTS, "……", "ellipsis")


def dash(text: str) -> list[Change]:
    """Two hyphens (or box-drawing lines) become —— between Chinese, or before it at a line's start."""
    return _between_chinese(text, _HYPHENS, "——", "dash")


def _between_chinese(text: str, pattern: re.Pattern[str], after: str, rule: str) -> list[Change]:
    found = []
    prose = Prose(text)
    for gap in gaps(text, pattern):
        kinds = {gap.left, gap.right}
        if CHINESE not in kinds or "<" in text[gap.start : gap.end]:
            continue
        for match in pattern.finditer(text, gap.start, gap.end):
            if kinds <= {CHINESE, NOTHING} or prose.is_chinese(match.start()):
                found.append(Change(match.start(), match.end(), after, rule))
    return found


def full_stop(text: str) -> list[Change]:
    """A Latin full stop behind a Chinese character at the end of a line becomes 。; not in 一. and 3."""
    found = []
    for match in _STOP.finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        numbered = _NUMBERED.match(text, line, match.start())
        if numbered is None or numbered.end() < match.start():
            found.append(Change(match.start(), match.end(), "。", "full-stop"))
    return found
