"""What the record gives as a reason, in the languages of the report.

Reasons are English sentences, some with a text or a number of the page in them. ``words.toml`` has those that
are always the same under [reason], and under [said] those with something in them, as ``{0}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

Words = Mapping[str, Mapping[str, list[str]]]

LONGEST = 2_000
"""Characters of the longest reason that is looked up: with three places for any text in it, what is looked
through grows with the cube."""


def reason_in_both(reason: str, words: Words) -> list[str]:
    """A reason in English and Chinese; what no table knows, or is very long, stays English in both.

    Reasons that were joined by a semicolon are looked up one by one, if all are known, and else as a whole.
    """
    return [reason, (len(reason) <= LONGEST and _chinese(reason, words)) or reason]


def _chinese(reason: str, words: Words) -> str | None:
    """A reason in Chinese; ``None`` where no table knows it."""
    parts = [(part, _one(part, words)) for part in _parts(reason)]
    whole = _one(reason, words) if any(chinese is None for _, chinese in parts) else None
    if whole is None and any(chinese is not None for _, chinese in parts):
        whole = "；".join(part if chinese is None else chinese for part, chinese in parts)
    return whole


def _parts(reason: str) -> list[str]:
    """The parts between semicolons, those in brackets aside; where brackets do not match, all."""
    parts, depth = [""], 0
    for part in reason.split("; "):
        parts[-1] += part if not parts[-1] else f"; {part}"
        depth += part.count("(") - part.count(")")
        if not depth:
            parts.append("")
    return parts[:-1] if not depth else reason.split("; ")


def _one(reason: str, words: Words) -> str | None:
    if reason in words["reason"]:
        return words["reason"][reason][1]
    for pattern, (_, chinese) in words["said"].items():
        match = _pattern(pattern).fullmatch(reason)
        if match:
            # What stands in it may be a reason itself, or several.
            inside = [_chinese(text, words) or text for text in match.groups()]
            # Piece by piece: what stands in the reason is the page's, braces included.
            pieces = re.split(r"\{(\d)\}", chinese)
            return "".join(inside[int(p)] if k % 2 else p for k, p in enumerate(pieces))
    return None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """``{0}`` stands for any text."""
    return re.compile("(.+)".join(map(re.escape, re.split(r"\{\d\}", pattern))), re.DOTALL)
