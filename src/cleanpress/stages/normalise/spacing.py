"""Spaces that an OCR engine put inside Chinese text.

A space between two groups of Chinese characters is usually meant: it parts the clauses of a headline,
the names of a byline, 本报讯 from its text. So a space is taken for noise only where single characters
are set apart one by one, or where it touches a full-width mark, which has its own white.
"""

from __future__ import annotations

import re

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import HAN, SPACE

# Single characters apart by equal gaps, with or without marks of their own: 中 央 人 民, 目 前 ， 全 国.
_TOKEN = f"[“‘《（【]?[{HAN}][”’》）】，、。；：！？]?"
_APART = re.compile(f"(?<![^{SPACE}\n])({_TOKEN})([{SPACE}]{{1,3}})(?:{_TOKEN}\\2)+{_TOKEN}(?![^{SPACE}\n])")
_INNER = re.compile(f"[{SPACE}]+")
_BYLINE = re.compile("记者|記者|通讯员|通訊員|编辑|編輯|责编|校对|校對|作者|[■□◆●▲►]")
_AT_MARK = re.compile(
    f"[{SPACE}](?:(?=[，、。；：）】》])(?<=[^{SPACE}\n].)|(?<=[，、；：（【《].)(?=[^{SPACE}\n]))"
)


def letter_spacing(text: str) -> list[Change]:
    """Close up Chinese characters that stand apart one by one; names in a byline stay as set."""
    found = []
    for match in _APART.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        alone = not text[start : match.start()].strip() and not text[match.end() : end].strip()
        long = len(_INNER.findall(match[0])) >= 4
        if (alone or long) and _BYLINE.search(text, start, end) is None:
            for inner in _INNER.finditer(text, *match.span()):
                found.append(Change(inner.start(), inner.end(), "", "letter-spacing"))
    return found


def space_at_mark(text: str) -> list[Change]:
    """Drop a single space before or behind a full-width mark that brings its own white."""
    return [Change(m.start(), m.end(), "", "space-at-mark") for m in _AT_MARK.finditer(text)]
