"""Exact verification: align two keys and say which parts of them are the same text.

Candidates come from hashes; nothing is set aside on their word. Here the two texts are aligned letter
by letter (rapidfuzz), the part that is really the same is cut out of the alignment, and what differs in
it is judged: scattered misreadings are noise, other figures or other names make another text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import exp, fsum, lgamma, log, log1p

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel, Levenshtein

# Scores of an aligned letter. Two unrelated Chinese texts agree in some 15 % of the letters when they are
# aligned at their best, two prints with 15 % noise each in some 72 %: with -1.2 for a wrong letter the sum
# grows over the second (0.72 - 0.34) and falls over the first (0.15 - 1.0), and a match ends where it should.
_WRONG = 1.2
_EXTRA = 1.0

# A hole of this many letters is no misreading but a lost line: the match is cut there.
HOLE = 8

# Letters at an end of a match that may differ and still belong to it, where one of the texts ends there.
_FRAYED = 3

# A shorter match means nothing, unless it is the whole of a text.
_LEAST = 8

NUMERALS = frozenset("0123456789〇零一二三四五六七八九十百千万亿两")
DIGITS = frozenset("0123456789")
_FIGURE = re.compile(f"[{''.join(sorted(NUMERALS))}]+")

# A pattern of differences less likely than this under mere noise makes another text.
_UNLIKELY = 0.01

# Of the differences between two instances of a form this share stands in its slots, and noise would put
# so many there with less than this probability.
_MOSTLY, _SELDOM = 0.6, 0.15

# Below this many letters one differing figure or name is reason enough: a short notice says one thing.
_SHORT = 60

# Alignment takes the product of both lengths, so longer texts are aligned piece by piece. The longest
# paragraph of 16,000 news items has 2,000 letters.
PIECE = 8192

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """``left[left_start:left_end]`` and ``right[right_start:right_end]`` are the same text.

    ``left_at`` and ``right_at`` are the offsets of the letters that stand against each other.
    ``similarity`` is the Indel similarity (2 x common letters / all letters) of the two parts.
    """

    left_start: int
    left_end: int
    right_start: int
    right_end: int
    similarity: float
    left_at: NDArray[np.int32]
    right_at: NDArray[np.int32]

    def __len__(self) -> int:
        return min(self.left_end - self.left_start, self.right_end - self.right_start)

    def is_whole(self, left: str, right: str) -> bool:
        """Whether the match is the whole of both texts."""
        ends = (self.left_end, self.right_end) == (len(left), len(right))
        return ends and self.left_start == self.right_start == 0


def whole_match(letters: int) -> Match:
    """The match of two equal keys."""
    at = np.arange(letters, dtype=np.int32)
    return Match(0, letters, 0, letters, 1.0, at, at)


def whole_text_match(left: str, right: str) -> Match | None:
    """The match of two keys if they are the same text from end to end."""
    match = whole_match(len(left)) if left == right else align(left, right, 0)
    return match if match and match.is_whole(left, right) else None


def required_similarity(letters: int) -> float:
    """The similarity two prints of a text of that length must have: 0.8 if short, falling to 0.68.

    A long text that agrees in three letters of four cannot do so by chance; a short one can nearly.
    """
    return 0.68 + 0.12 * min(1.0, 40 / max(letters, 1))


def align(left: str, right: str, diagonal: int) -> Match | None:
    """The longest part that two keys share near a diagonal (``left offset - right offset``).

    ``None`` if they share no part that is similar enough, or if what they share is a template.
    """
    # Room for letters that noise has added or dropped on the way.
    slack = 4 + min(len(left), len(right)) // 16
    left_from, right_from = max(0, diagonal - slack), max(0, -diagonal - slack)
    left_to = min(len(left), len(right) + diagonal + slack)
    right_to = min(len(right), len(left) - diagonal + slack)
    if left_from >= left_to or right_from >= right_to:
        return None
    steps = [
        (tag, a + left_from, b + left_from, c + right_from, d + right_from)
        for tag, a, b, c, d in operations(left[left_from:left_to], right[right_from:right_to])
    ]
    low, high = _best_part(steps)
    if low == high:
        return None
    part = steps[low:high]
    if is_other_text(left, right, part):
        return None
    a, b, c, d = part[0][1], part[-1][2], part[0][3], part[-1][4]
    if b - a < min(_LEAST, len(left), len(right)):
        return None
    a, c = _to_the_edge(a, c)
    left_rest, right_rest = _to_the_edge(len(left) - b, len(right) - d)
    b, d = len(left) - left_rest, len(right) - right_rest
    alike = similarity(left[a:b], right[c:d])
    if alike < required_similarity(min(b - a, d - c)):
        return None
    left_at, right_at = _against_each_other(part)
    return Match(a, b, c, d, alike, left_at, right_at)


def similarity(left: str, right: str) -> float:
    """The Indel similarity of two keys, 0..1; of very long ones by their alignment in pieces."""
    if min(len(left), len(right)) <= PIECE:
        return Indel.normalized_similarity(left, right)
    common = sum(b - a for tag, a, b, _, _ in operations(left, right) if tag == "equal")
    return 2 * common / (len(left) + len(right))


def operations(left: str, right: str) -> list[Opcode]:
    """The operations that make one text of the other (Levenshtein); texts of a book's length in pieces.

    A piece ends where both texts agree for some letters, so that the next one starts in step.
    """
    found: list[Opcode] = []
    a = c = 0
    while a < len(left) and c < len(right):
        is_last = max(len(left) - a, len(right) - c) <= PIECE
        piece = [
            (op.tag, op.src_start + a, op.src_end + a, op.dest_start + c, op.dest_end + c)
            for op in Levenshtein.opcodes(left[a : a + PIECE], right[c : c + PIECE])
        ]
        if not is_last and len(piece) > 1:
            half = [k for k, op in enumerate(piece) if max(op[2] - a, op[4] - c) > PIECE // 2]
            steady = [k for k in half[:-1] if piece[k][0] == "equal" and piece[k][2] - piece[k][1] >= HOLE]
            piece = piece[: (steady[-1] if steady else half[0]) + 1]
        found += piece
        a, c = piece[-1][2], piece[-1][4]
    if a < len(left) or c < len(right):
        found.append(("delete" if a < len(left) else "insert", a, len(left), c, len(right)))
    return found


def _to_the_edge(left: int, right: int) -> tuple[int, int]:
    """Letters outside a match on one side of it, fewer if some of them are the frayed end of a text."""
    frayed = min(left, right)
    if frayed <= _FRAYED:
        left, right = left - frayed, right - frayed
    return (0, 0) if max(left, right) <= _FRAYED - frayed else (left, right)


def _best_part(operations: list[Opcode]) -> tuple[int, int]:
    """The run of operations with the highest score, from an equal one to an equal one, without a hole."""
    best, best_range = 0.0, (0, 0)
    score, start = 0.0, 0
    for k, (tag, a, b, c, d) in enumerate(operations):
        if tag == "equal":
            if score <= 0:
                score, start = 0.0, k
            score += b - a
            if score > best:
                best, best_range = score, (start, k + 1)
        elif max(b - a, d - c) >= HOLE:
            score = 0.0
        else:
            score -= _WRONG * (b - a) if tag == "replace" else _EXTRA * max(b - a, d - c)
    return best_range


def _against_each_other(part: list[Opcode]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    lefts = [np.arange(a, b, dtype=np.int32) for _, a, b, c, d in part if b - a == d - c]
    rights = [np.arange(c, d, dtype=np.int32) for _, a, b, c, d in part if b - a == d - c]
    return np.concatenate(lefts), np.concatenate(rights)


def is_other_text(left: str, right: str, part: list[Opcode]) -> bool:
    """Whether the differences are those of a serial text or a template and not those of a scan.

    A scan misreads letters here and there, figures no more often than other letters and hardly ever two
    in a row. Texts that differ in their figures (weather, prices, results), or by whole words put in the
    place of others (names in a notice), are different texts however much they share.
    """
    letters = max(part[-1][2] - part[0][1], 1)
    differences = [op for op in part if op[0] != "equal"]
    if not differences:
        return False
    figures, changed = _figures(left, right, part, differences)
    words = sum(1 for tag, a, b, c, d in differences if max(b - a, d - c) >= (2 if tag == "replace" else 3))
    letter_errors = len(differences) - changed
    if letters < _SHORT and ((changed and letter_errors <= changed) or (words and len(differences) <= 2)):
        return True
    rate = (letter_errors + 1) / letters
    # A figure of k digits is hit k times as easily as a letter; two per figure is the middle of the road.
    if changed >= 2 and _tail(figures, changed, min(1.0, 2 * rate)) < _UNLIKELY:
        return True
    return words >= 2 and _tail(len(differences), words, min(1.0, len(differences) / letters)) < _UNLIKELY


def is_filled_in(left: str, right: str, part: list[Opcode]) -> bool:
    """Whether the differences stand where a form is filled in: in figures, and in words (names, places).

    Stricter than ``is_other_text``: on one page a copy is likely before anything is compared; in a corpus
    it is not, and a text that is set aside there wrongly is lost to its readers.
    """
    # Differences a letter apart are one: names differ as names, however their letters happen to align.
    groups: list[list[Opcode]] = []
    for op in part:
        if op[0] != "equal":
            if groups and op[1] - groups[-1][-1][2] <= 1:
                groups[-1].append(op)
            else:
                groups.append([op])
    slots = sum(_is_slot(left, right, group) for group in groups)
    if slots < 2 or slots < _MOSTLY * len(groups):
        return False
    start, end = part[0][1], part[-1][2]
    letters = max(end - start, 1)
    in_figures = (sum(letter in DIGITS for letter in left[start:end]) + 1) / letters
    # Noise that hits so many letters makes a word of one by hitting one of the next two as well.
    in_words = 1 - (1 - min(1.0, len(groups) / letters)) ** 2
    return _tail(len(groups), slots, min(1.0, in_figures + (1 - in_figures) * in_words)) < _SELDOM


def _is_slot(left: str, right: str, group: list[Opcode]) -> bool:
    """Whether differences that are close make up two letters or more, or digits stand for digits."""
    if max(group[-1][2] - group[0][1], group[-1][4] - group[0][3]) >= 2:
        return True
    return any(_is_figure(left[a:b], right[c:d]) for _, a, b, c, d in group)


def _is_figure(old: str, new: str) -> bool:
    """Whether digits stand for digits, or a digit is there too many: O for 0 is a misreading."""
    if old and new:
        return not DIGITS.isdisjoint(old) and not DIGITS.isdisjoint(new)
    return DIGITS.issuperset(old + new)


def _figures(left: str, right: str, part: list[Opcode], differences: list[Opcode]) -> tuple[int, int]:
    """How many figures (runs of numerals) the left text has, and how many of them read otherwise."""
    start, end = part[0][1], part[-1][2]
    changed = set()
    for _, a, b, c, d in differences:
        old, new = left[a:b], right[c:d]
        # A numeral against a numeral, or a digit too many: O for 0 and the like are misreadings.
        both = old and new and not NUMERALS.isdisjoint(old) and not NUMERALS.isdisjoint(new)
        one = (not old or not new) and DIGITS.issuperset(old + new)
        if both or one:
            first = max(a - (0 if old else 1), start)
            while first > start and first < end and left[first] in NUMERALS and left[first - 1] in NUMERALS:
                first -= 1
            changed.add(first)
    figures = len(_FIGURE.findall(left, start, end)) if changed else 0
    return max(figures, len(changed)), len(changed)


def _tail(trials: int, hits: int, chance: float) -> float:
    """The probability of at least ``hits`` hits in ``trials`` independent trials."""
    if chance >= 1:
        return 1.0
    # By logarithms: the binomial coefficients of long texts are beyond a float.
    below = fsum(
        exp(
            lgamma(trials + 1)
            - lgamma(k + 1)
            - lgamma(trials - k + 1)
            + k * log(chance)
            + (trials - k) * log1p(-chance)
        )
        for k in range(hits)
    )
    return max(0.0, 1.0 - below)
