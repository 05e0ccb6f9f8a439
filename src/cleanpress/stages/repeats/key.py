"""Comparison keys: what two prints of the same text have in common whatever the scan did to its marks.

A key holds the letters and digits of a text and nothing else; width is folded, and on request so is the
script. The text itself is never changed: a key carries the way back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_LETTER_RUN = re.compile(r"[^\W_]+")

# Blocks whose characters are other widths or forms of one ordinary character: compatibility ideographs,
# half- and full-width forms. Circled and stacked figures are left as they are: "①" is no "1".
_FOLDED_BLOCKS = ((0xF900, 0xFB00), (0xFF00, 0xFFF0))

_IDEOGRAPHS = (0x3400, 0xA000)


@dataclass(frozen=True, slots=True)
class Key:
    """The letters of a text and where each stood in it: ``letters[k]`` is at ``offsets[k]``."""

    letters: str
    offsets: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.letters)


def comparison_key(text: str, *, fold_script: bool = False) -> Key:
    """The comparison key of a text: letters and digits, width and case folded, one for one.

    With ``fold_script`` traditional characters compare equal to their simplified forms, character by
    character (OpenCC ``t2s``): for comparing papers of different places. Inside one page it is not
    needed, and it is off because 乾 and 干 are different characters there.
    """
    runs = [(match.start(), match.end()) for match in _LETTER_RUN.finditer(text)]
    letters = "".join([text[start:end] for start, end in runs])
    if not letters.isascii():
        letters = letters.translate(_width_table())
        if fold_script:
            letters = letters.translate(_script_table())
    letters = _lower(letters)
    if not runs:
        return Key("", np.zeros(0, np.int32))
    lengths = np.array([end - start for start, end in runs])
    shifts = np.array([start for start, _ in runs]) - (np.cumsum(lengths) - lengths)
    offsets = np.arange(len(letters)) + np.repeat(shifts, lengths)
    return Key(letters, offsets.astype(np.int32))


def _lower(letters: str) -> str:
    """Lower case, one for one: the few letters that lower to two (as İ does) stay as they are."""
    lowered = letters.lower()
    if len(lowered) == len(letters):
        return lowered
    return "".join([small if len(small := letter.lower()) == 1 else letter for letter in letters])


@cache
def _width_table() -> dict[int, str]:
    table = {}
    for start, end in _FOLDED_BLOCKS:
        for point in range(start, end):
            folded = unicodedata.normalize("NFKC", chr(point))
            if folded != chr(point) and len(folded) == 1 and folded.isalnum():
                table[point] = folded
    return table


@cache
def _script_table() -> dict[int, str]:
    """Traditional to simplified, character by character; building it takes about 40 ms, once."""
    from opencc import OpenCC

    points = range(*_IDEOGRAPHS)
    simplified = OpenCC("t2s").convert("\n".join(map(chr, points))).split("\n")
    return {p: s for p, s in zip(points, simplified, strict=True) if len(s) == 1 and s != chr(p)}
