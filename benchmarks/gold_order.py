"""What an engine read on a page, put into the order of the gold: the ceiling of every figure of the scorer.

What was read of each printed line is looked for among all that the engine read, wherever it stands in the
file. Text that was not read, or read as something else, is missing here as it is in a result: no layout and
no reassembly can do better than this, but for where two readings of one line compete.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz

LEAST = 45.0
"""Similarity in per cent from which a reading is one of a printed line, and not of another."""


def in_gold_order(gold: dict[str, Any], printed: Sequence[str], page: str) -> list[dict[str, str]]:
    """A record for each article of the gold: its printed lines as they were read, a block a line.

    ``printed`` are the lines of the page as they were set, without white space, in any order; ``page`` is the
    text of the page as it was read.
    """
    read = ["".join(line.split()) for line in page.split("\n")]
    # A line that was read in pieces that follow each other.
    read.append("".join(read))
    lines = set(printed)
    longest = max(map(len, lines), default=0)
    records = []
    for article in gold["articles"]:
        blocks = ["".join(block.split()) for block in article["blocks"]]
        parts = [[_reading(line, read) for line in _lines(block, lines, longest)] for block in blocks]
        records.append({"text": "\n".join(map("".join, parts))})
    return records


def _lines(block: str, lines: set[str], longest: int) -> list[str]:
    """A block in the lines in which it was printed; what is none of them stays whole."""
    found = []
    at = 0
    while at < len(block):
        length = next((n for n in range(longest, 0, -1) if block[at : at + n] in lines), len(block) - at)
        found.append(block[at : at + length])
        at += length
    return found


def _reading(line: str, read: Sequence[str]) -> str:
    """What was read of a line; the line's own length of the most similar place."""
    best, score = "", LEAST
    for text in read:
        if len(text) >= len(line):
            place = fuzz.partial_ratio_alignment(line, text, score_cutoff=score)
            if place is not None and place.score > score:
                best, score = text[place.dest_start : place.dest_end], place.score
        else:
            ratio = fuzz.ratio(line, text, score_cutoff=score)
            if ratio > score:
                best, score = text, ratio
    return best
