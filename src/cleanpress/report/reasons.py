"""What the record gives as a reason, in the languages of the report.

Reasons are English sentences, some with a text or a number of the page in them. ``words.toml`` has those that
are always the same under [reason], and under [said] those with something in them, as ``{0}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

Words = Mapping[str, Mapping[str, list[str]]]


def reason_in_both(reason: str, words: Words) -> list[str]:
    """A reason in English and Chinese; what no table knows stays English in both.

    Reasons that were joined by a semicolon are looked up one by one.
    """
    parts = [_one(part, words) for part in reason.split("; ")]
    return ["; ".join(part[0] for part in parts), "；".join(part[1] for part in parts)]


def _one(reason: str, words: Words) -> list[str]:
    if reason in words["reason"]:
        return words["reason"][reason]
    for pattern, (_, chinese) in words["said"].items():
        match = _pattern(pattern).fullmatch(reason)
        if match:
            inside = [words["reason"].get(text, [text, text])[1] for text in match.groups()]
            # Piece by piece: what stands in the reason is the page's, braces included.
            pieces = re.split(r"\{(\d)\}", chinese)
            return [reason, "".join(inside[int(p)] if k % 2 else p for k, p in enumerate(pieces))]
    return [reason, reason]


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """``{0}`` stands for any text."""
    return re.compile("(.+)".join(map(re.escape, re.split(r"\{\d\}", pattern))), re.DOTALL)
