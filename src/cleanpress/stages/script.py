"""Simplified and traditional: which script a page prints, and what does not belong to it.

A page is of one script when nearly all characters that only one of the scripts uses are of that one.
Then a stray character of the other script is a misreading or a slip, and is read as the page's own
where there is only one way to. A page that mixes the scripts is left alone. Whole pages are converted
(by OpenCC, phrase by phrase) only on request, as conversion is a loss to who studies the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cleanpress.edited import Change

if TYPE_CHECKING:
    from opencc import OpenCC

AUTO, KEEP, SIMPLIFIED, TRADITIONAL = "auto", "keep", "simplified", "traditional"
CLEARLY = 0.98
"""Share of the telling characters that must be of one script for the rest to be strays.

Guessed: a misreading of one telling character in fifty would be a bad scan already.
"""
# OpenCC takes UTF-8 of C strings, neither NUL nor lone surrogates: these stay, what is between is converted.
_CONVERTIBLE = re.compile("[^\0\ud800-\udfff]+")


class _Tables(NamedTuple):
    simplified: re.Pattern[str]  # characters that only simplified text uses
    traditional: re.Pattern[str]
    to_simplified: dict[str, str]
    to_traditional: dict[str, str]
    several: dict[str, tuple[str, ...]]  # simplified characters that traditional text has not, and may be two


@cache
def _tables() -> _Tables:
    folder = files("cleanpress").joinpath("data/normalise")
    kept = folder.joinpath("script_kept.txt").read_text(encoding="utf-8")
    keep = {c for line in kept.splitlines() if not line.startswith("#") for c in line}
    to_simplified: dict[str, str] = {}
    to_traditional: dict[str, str] = {}
    simplified, traditional = set(), set()
    several: dict[str, tuple[str, ...]] = {}
    for line in folder.joinpath("script_pairs.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        simple, full, directions = line.split("\t")
        if full not in keep:
            to_simplified[full] = simple
            traditional.add(full)
        if "t" in directions:
            to_traditional[simple] = full
            simplified.add(simple)
        elif not _in_big5(simple):
            several[simple] = (*several.get(simple, ()), full)
    return _Tables(
        re.compile(f"[{''.join(sorted(simplified))}]"),
        re.compile(f"[{''.join(sorted(traditional))}]"),
        to_simplified,
        to_traditional,
        {simple: fulls for simple, fulls in several.items() if len(fulls) > 1},
    )


def _in_big5(character: str) -> bool:
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def evidence(text: str) -> tuple[int, int]:
    """How many characters only simplified text uses, and how many only traditional text."""
    tables = _tables()
    return len(tables.simplified.findall(text)), len(tables.traditional.findall(text))


def script_of(text: str) -> str | None:
    """``"simplified"`` or ``"traditional"`` when the text is clearly of that script, else ``None``."""
    simplified, traditional = evidence(text)
    total = simplified + traditional
    if total and simplified >= CLEARLY * total:
        return SIMPLIFIED
    if total and traditional >= CLEARLY * total:
        return TRADITIONAL
    return None


def stray_script(text: str) -> list[Change]:
    """Characters of the other script in a page clearly of one, where one reading only exists or fits.

    Where a simplified character stands for several traditional ones (发 for 發 and 髮), the page's own words
    choose: the reading that stands beside the same neighbour elsewhere, if there is only one.
    """
    script = script_of(text)
    if script is None:
        return []
    tables = _tables()
    pattern, table = (
        (tables.traditional, tables.to_simplified)
        if script == SIMPLIFIED
        else (tables.simplified, tables.to_traditional)
    )
    found = [Change(m.start(), m.end(), table[m[0]], "stray-script", CLEARLY) for m in pattern.finditer(text)]
    if script == TRADITIONAL:
        settled = _settled_by_the_page(text)
        found = sorted([*found, *settled], key=lambda change: change.start) if settled else found
    return found


def _settled_by_the_page(text: str) -> list[Change]:
    pairs: Counter[str] | None = None
    found = []
    for at, readings in several_readings(text):
        if pairs is None:
            pairs = Counter(map("".join, pairwise(text)))
        left, right = text[at - 1 : at], text[at + 1 : at + 2]
        fitting = [full for full in readings if pairs[left + full] or pairs[full + right]]
        if len(fitting) == 1:
            found.append(Change(at, at + 1, fitting[0], "stray-script", 0.9))
    return found


def several_readings(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Where simplified characters stand that may be several traditional ones, and which."""
    several = _tables().several
    for match in re.finditer(f"[{''.join(several)}]", text):
        yield match.start(), several[match[0]]


def whole_script(text: str, script: str) -> list[Change]:
    """The page in that script, line by line with OpenCC's phrases, as the smallest changes.

    A line that already is in the script stays, so that a second pass changes nothing.
    """
    wrong = 1 if script == SIMPLIFIED else 0
    page = evidence(text)
    foreign = page[wrong] > page[1 - wrong]
    found: list[Change] = []
    for start, end in _lines(text):
        line = text[start:end]
        here = evidence(line)
        if here[wrong] > here[1 - wrong] or (foreign and here[wrong] == here[1 - wrong]):
            for stretch in _CONVERTIBLE.finditer(line):
                converted = _convert(stretch[0], script)
                found += _differences(stretch[0], converted, start + stretch.start())
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer("\n|$", text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()


@lru_cache(maxsize=2)
def _converter(name: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(name)


def _convert(line: str, script: str) -> str:
    converted: str = _converter("t2s" if script == SIMPLIFIED else "s2t").convert(line)
    return converted


def _differences(line: str, converted: str, offset: int) -> Iterator[Change]:
    """Where the two differ; OpenCC's tables keep the number of characters but for a few phrases."""
    rule = "script"
    if len(line) != len(converted):
        head = 0
        while head < min(len(line), len(converted)) and line[head] == converted[head]:
            head += 1
        tail = 0
        while tail < min(len(line), len(converted)) - head and line[-1 - tail] == converted[-1 - tail]:
            tail += 1
        end = len(line) - tail
        yield Change(offset + head, offset + end, converted[head : len(converted) - tail], rule)
        return
    start = None
    for i, (before, after) in enumerate(zip(line, converted, strict=True)):
        differs = before != after
        if differs and start is None:
            start = i
        elif not differs and start is not None:
            yield Change(offset + start, offset + i, converted[start:i], rule)
            start = None
    if start is not None:
        yield Change(offset + start, offset + len(line), converted[start:], rule)
