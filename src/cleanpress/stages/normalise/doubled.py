"""What an engine printed twice and cannot have been meant twice: ，， and 2025年年3月.

Doubled characters and words that may be meant (年年, 研究研究) are told by ``stages/inspect``, which reports
what it doubts and changes nothing.
"""

from __future__ import annotations

import re

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import CHINESE, gaps

_MARKS = re.compile("([，、；：。])(?<![，、；：。].)\\1(?![，、；：。])")
_DIGIT = "0-9〇○零一二三四五六七八九十"
_UNIT = re.compile(
    # A pattern that begins with a character is looked for faster than one that looks behind first.
    f"[年月日](?<=[{_DIGIT}].)"
    f"(?:(?<=年)(?=年[{_DIGIT}]{{1,3}}月)|(?<=月)(?=月[{_DIGIT}]{{1,3}}日)|(?<=日)(?=日(?:[，。、；）\\n]|星期|$)))"
)


def doubled_mark(text: str) -> list[Change]:
    """Of two equal commas, stops, colons or semicolons in Chinese text one goes; dots are no ellipsis yet."""
    found = []
    for gap in gaps(text, _MARKS):
        found += [
            Change(m.start(), m.start() + 1, "", "doubled-mark")
            for m in _MARKS.finditer(text, gap.start, gap.end)
            if CHINESE in {gap.left, gap.right}
        ]
    return found


def doubled_unit(text: str) -> list[Change]:
    """年年, 月月 and 日日 inside a date: 2025年年3月 is 2025年3月; 3年年底 and 年年 stay."""
    return [Change(m.start(), m.end(), "", "doubled-unit") for m in _UNIT.finditer(text)]
