"""Dots and dashes: ... and 。。。 to ……, -- and 一一 to ——, and a Latin full stop that was read for 。."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import CHINESE, HAN, NOTHING, SPACE, Prose, gaps

# Seven dots and more are leaders, as in a table of contents; five hyphens a rule between articles.
_DOTS = re.compile(r"(?<![.。…])(?:\.{3,6}|。{3,6}|…[.。]{1,3})(?![.。…])")
_HYPHEN = re.compile("[-－─―–⸺]")
_HYPHENS = re.compile("(?<![-－─—―–])(?:-{2}|－{2}|─{2}|―{2}|–{2}|—[-－]|[-－]—|⸺)(?![-－─—―–>])")
# 一一 opens a subtitle or a motto where one of these words follows; elsewhere it may be the adverb.
_ONES = re.compile(
    f"(?<![^\n])(?P<white>[{SPACE}]*)一一"
    "(?=写在|写给|记|访|评|读|致|献给|来自|寻访|探访|走进|对话|专访|解读|聚焦|兼论|论|关于"
    "|寫在|寫給|記|訪|評|讀|獻給|來自|專訪|關於)"
)
_STOP = re.compile(
    f"[.．](?<=[{HAN}”’》）%％].)"
    f"(?:(?=[”’」』）)]{{0,3}}[{SPACE}]{{0,4}}(?:\n|$))|(?=[”’」』])(?<=[{HAN}%％].))"
)
# A sentence may begin with a quote, a title or a figure; 三.5 is a number.
_BETWEEN = re.compile(
    f"[.．](?:(?<=[{HAN}%％].)(?=[{HAN}“‘「『《（])|(?<=[{HAN}].)(?<![一二三四五六七八九十].)(?=[0-9]))"
)
_NUMBERED = re.compile(f"[{SPACE}（(]*[一二三四五六七八九十百甲乙丙丁]+")
LONGEST_NUMERAL = 12
"""Characters, the white before it included."""
FEW_STOPS = 4
"""So many Latin stops, and more of them than 。, and the engine reads 。 as a dot on this page."""


def ellipsis(text: str) -> list[Change]:
    """Three to six dots become …… in Chinese text."""
    return _between_chinese(text, _DOTS, "……", "ellipsis")


def dash(text: str) -> list[Change]:
    """Two hyphens or bars become —— between Chinese, or before it at a line's start, as 一一 may."""
    # Both patterns look behind at every character; few texts have anything for them.
    found = _between_chinese(text, _HYPHENS, "——", "dash") if _HYPHEN.search(text) else []
    if "一一" not in text:
        return found
    ones = [Change(m.end("white"), m.end(), "——", "dash", 0.98) for m in _ONES.finditer(text)]
    return sorted(found + ones, key=lambda change: change.start) if ones else found


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
    """A Latin full stop behind Chinese is 。 at a line's end and before a closing quote; not in 一. or 3.

    Between two Chinese characters it may be the dot of a foreign name. There, as before a figure or an
    opening mark, it becomes 。 only on a page whose stops are read as dots throughout, and not between
    characters that foreign names are written with.
    """
    at_end = [match for match in _STOP.finditer(text) if not _is_numbering(text, match.start())]
    between = list(_BETWEEN.finditer(text))
    stops = len(at_end) + len(between)
    if between and not (stops >= FEW_STOPS and stops > text.count("。")):
        between = []
    found = [Change(match.start(), match.end(), "。", "full-stop") for match in at_end]
    for match in between:
        at = match.start()
        in_name = {text[at - 1], text[at + 1]} <= name_characters()
        if not in_name and not _is_numbering(text, at):
            found.append(Change(at, at + 1, "。", "full-stop", 0.9))
    return sorted(found, key=lambda change: change.start)


def _is_numbering(text: str, at: int) -> bool:
    """Whether all that stands before a dot in its line is a numeral: 一. 十二."""
    # A numeral is short: a longer line need not be looked through.
    line = text.rfind("\n", max(0, at - LONGEST_NUMERAL), at) + 1
    if line == 0 and at > LONGEST_NUMERAL:
        return False
    numbered = _NUMBERED.match(text, line, at)
    return numbered is not None and numbered.end() == at


@cache
def name_characters() -> frozenset[str]:
    """The characters that foreign names are commonly written with, from ``transliteration.txt``."""
    table = files("cleanpress").joinpath("data/normalise/transliteration.txt").read_text(encoding="utf-8")
    return frozenset("".join(line for line in table.splitlines() if not line.startswith("#")))
