"""Look-alikes: characters and marks that the engine took for others of similar shape.

For every odd place candidates are measured in their context (``scan``) and judged (``trees``). A candidate
that is almost certainly what was printed is put there; where a place is merely likely to be misread it is
doubted. Names, numbers, titles and short quotations are never changed, only doubted, and what recurs on the
page protects itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.levels import Floats
from cleanpress.stages.restore.reader import Memory
from cleanpress.stages.restore.scan import DOUBT_FEATURES, FEATURES, Scan, Tables
from cleanpress.stages.restore.trees import Judges, logistic, shares
from cleanpress.stages.segment.patterns import surnames

ODD_AT, ODD_CLEAN_AT = 0.02, 0.08
"""Probability from which a place is looked at on a page that seems worn, and on one that does not."""
SEEMS_WORN = 0.025
"""Share of a page that seems misread, from which it seems worn: all of 11 pages of lines that an engine read
from worn sheets, 66 of 788 clean articles (benchmarks/restore_quality.py worn)."""
CHANGE_AT, CHANGE_DOT_AT = 0.87, 0.6
"""Probability from which a character, or a mark for a dot (·), is put in another's place. A dot that another
mark is likelier for is nearly always wrong, so the likeliest mark takes its place even where a third one is
possible. Other marks are only doubted: ， and 、, or ： and ；, are both lawful in most places. Only on a
worn page: on one that was read well nothing is changed, because what seems sure there is a rare name."""
DOT = "·"
"""The mark that worn ，。、 are read as; lawful between the parts of a foreign name."""
STRONG_AT = 0.8
"""Places with a candidate of this probability are counted to tell a worn page."""
WORN_FROM, WORN_EVERY = 4, 700
"""A page is worn that has so many strong places at least, and one in so many characters: 9 of 11 pages of
lines that an engine read from worn sheets, and none of 788 clean articles (docs/restore.md)."""
DOUBT_AT, DOUBT_CLEAN_AT = 0.47, 0.16
"""Probability of being misread from which a place is doubted: as such, and on a page known to be read well.
The first gives a false alarm every 150 characters in lines that engines read, the second one every
350 in clean text (docs/restore.md)."""
TELLING = 2_000
"""From so many characters a page that is not worn is known to be read well."""
ALTERNATIVES = 3
"""So many alternatives are offered, if they are at least as likely as ``LEAST_LIKELY``."""
LEAST_LIKELY = 0.02
PASSES, TRIES = 5, 4
"""A correction can make its neighbour clear, so texts are looked at until they are at rest. What is not
after so many passes is withheld, and the texts are tried again; after so many tries they stay as read."""

_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两廿卅壹贰叁肆伍陆柒捌玖拾佰仟")
_TITLES = (
    "记者|通讯员|编辑|作者|摄影|主席|总统|总理|书记|部长|省长|市长|县长|区长|镇长|乡长|村长|局长|厅长|处长|院长|校长|所长|"
    "站长|社长|团长|队长|会长|主任|教授|先生|女士|小姐|同志|院士|医生|老师|师傅|经理|董事长|总裁|委员|代表|大使|将军|"
    "上将|中将|少将|名叫|村民|居民|市民|农民|工人|学生|导演|演员|选手|教练|球员|九段|八段|七段|嫌疑人|被告人|原告|被告"
)
_SHORT_QUOTE = re.compile("《[^》\n]{1,40}》|[“「『][^”」』\n]{1,8}[”」』]")


@dataclass(frozen=True, slots=True)
class Correction:
    """Another character at ``offset`` of a text."""

    text: int
    offset: int
    before: str
    after: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """A character at ``offset`` of a text that may be misread, and what may have been printed."""

    text: int
    offset: int
    character: str
    alternatives: tuple[str, ...]
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """What was found: ``texts`` as they read now, what was corrected, and what is doubted in them."""

    texts: tuple[str, ...]
    corrections: tuple[Correction, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be done to the texts.

    ``frozen[k]`` marks the characters of text ``k`` that must stay (bylines, what other edits wrote);
    ``None`` for none. ``page``: the texts are of one page and what recurs in them is evidence.
    ``characters`` and ``marks`` say which kind may be corrected; doubts are raised for both.
    """

    frozen: Sequence[NDArray[np.bool_]] | None = None
    page: bool = True
    characters: bool = True
    marks: bool = True


class _Look(NamedTuple):
    """What one pass found, and whether the page is worn."""

    corrections: list[Correction]
    doubts: list[Doubt]
    worn: bool


def find_lookalikes(texts: Sequence[str], scope: Scope | None = None) -> Lookalikes:
    """Correct and doubt the texts of one page. A second call with what came out corrects nothing."""
    return _find(texts, scope or Scope(), Memory())


def _find(texts: Sequence[str], scope: Scope, memory: Memory) -> Lookalikes:
    withheld: set[tuple[int, int]] = set()
    for _ in range(TRIES):
        found = _settle(texts, scope, withheld, memory)
        if isinstance(found, Lookalikes):
            # What was withheld must be withheld from what came out as well, else a second call would differ.
            if not withheld or not found.corrections or not _find(found.texts, scope, memory).corrections:
                return found
            break
        withheld |= found
    return Lookalikes(tuple(texts), (), tuple(_look(texts, scope, frozenset(), memory).doubts))


def _settle(
    texts: Sequence[str], scope: Scope, withheld: Set[tuple[int, int]], memory: Memory
) -> Lookalikes | set[tuple[int, int]]:
    """Correct until nothing is left to correct; or the places that are not at rest, and must stay as read."""
    now = list(texts)
    confidence: dict[tuple[int, int], float] = {}
    worn: bool | None = None
    for _ in range(PASSES):
        # What was put right is no sign of wear any more, but the page is as worn as it was.
        found, doubts, worn = _look(now, scope, withheld, memory, worn)
        # A reading that is wanted back once it is gone was never sure, and neighbours that change together
        # vouch for nothing but each other.
        places = {(one.text, one.offset) for one in found}
        beside = {(text, offset + step) for text, offset in places | confidence.keys() for step in (-1, 1)}
        unsure = places & confidence.keys() | (places | confidence.keys()) & beside
        if unsure:
            return unsure
        if not found:
            corrections = tuple(
                Correction(text, offset, texts[text][offset], now[text][offset], sure)
                for (text, offset), sure in sorted(confidence.items())
            )
            return Lookalikes(tuple(now), corrections, tuple(doubts))
        for one in found:
            text = now[one.text]
            now[one.text] = text[: one.offset] + one.after + text[one.offset + 1 :]
            confidence[one.text, one.offset] = one.confidence
    return {(one.text, one.offset) for one in found}


def _look(
    texts: Sequence[str],
    scope: Scope,
    withheld: Set[tuple[int, int]],
    memory: Memory,
    worn: bool | None = None,
) -> _Look:
    """One pass: what should be corrected, but for places ``withheld``, and the doubts that remain then.

    ``worn`` says whether the page is, where that was seen before anything was corrected.
    """
    tables, judges = Tables.load(), Judges.load()
    scan = Scan(tables, texts, page=scope.page, memory=memory)
    figures = scan.doubt
    which = worth_a_look(logistic(judges.odd.remembered(figures, memory.odd)))
    if not len(which):
        return _Look([], [], bool(worn))
    measured = scan.measure(which)
    scores = judges.right.remembered(measured.rows, memory.right)
    right = shares(scores, measured.place, len(figures))
    order = np.lexsort((measured.symbol, -right, measured.place))
    place, symbol, right = measured.place[order], measured.symbol[order], right[order]
    doubtful = doubts_of(figures, measured.answers, place, measured.rows[order], right)[which]
    misread = logistic(judges.misread.remembered(doubtful, memory.misread))
    # Rows of one place stand together, the likeliest first.
    first, last = np.searchsorted(place, which), np.searchsorted(place, which, side="right")
    top = np.where(last > first, np.append(right, 0.0)[first], 0.0)
    borders = np.cumsum([0, *map(len, texts)])
    worn = is_worn(top, int(borders[-1])) if worn is None else worn
    doubt_at = DOUBT_CLEAN_AT if not worn and borders[-1] >= TELLING else DOUBT_AT
    protected: dict[int, list[tuple[int, int, str]]] = {}
    corrections, doubts = [], []
    for k in np.flatnonzero((top >= CHANGE_DOT_AT) | (misread >= doubt_at)).tolist():
        at = int(scan.places[which[k]])
        origin = int(scan.origins[at])
        text = int(np.searchsorted(borders, origin, side="right")) - 1
        offset = origin - int(borders[text])
        if scope.frozen is not None and scope.frozen[text][offset]:
            continue
        character = texts[text][offset]
        options = tuple(
            chr(tables.shapes.characters[symbol[row]])
            for row in range(first[k], min(last[k], first[k] + ALTERNATIVES))
            if right[row] >= LEAST_LIKELY
        )
        reason = "unlikely where it stands"
        sure = worn and _is_sure(float(top[k]), character, scope)
        if sure and (text, offset) not in withheld:
            if text not in protected:
                protected[text] = _protected(texts[text])
            why = why_not(texts[text], offset, options[0], protected[text])
            if not why:
                corrections.append(Correction(text, offset, character, options[0], float(top[k])))
                continue
            reason = why
        if misread[k] >= doubt_at:
            doubts.append(Doubt(text, offset, character, options, float(misread[k]), reason))
    return _Look(corrections, doubts, worn)


def is_worn(top: Floats, characters: int) -> bool:
    """Whether so many places call for another character that the page was read badly."""
    strong = int(np.count_nonzero(top >= STRONG_AT))
    return strong >= WORN_FROM and strong * WORN_EVERY >= characters


def _is_sure(top: float, character: str, scope: Scope) -> bool:
    """Whether a candidate of that probability is put in the place of the character that stands there."""
    if character.isalnum():
        return scope.characters and top >= CHANGE_AT
    return scope.marks and character == DOT and top >= CHANGE_DOT_AT


def worth_a_look(oddness: Floats) -> NDArray[np.intp]:
    """The places whose candidates are measured: what is odd, by how worn the page seems as a whole."""
    return np.flatnonzero(oddness >= (ODD_AT if seems_worn(oddness) else ODD_CLEAN_AT))


def seems_worn(oddness: Floats) -> bool:
    """Whether so much of a page is odd, before any candidate is known, that it may have been read badly."""
    return bool(oddness.sum() >= SEEMS_WORN * len(oddness))


def doubts_of(
    doubt: NDArray[np.float32],
    answers: NDArray[np.float32],
    place: NDArray[np.intp],
    rows: NDArray[np.float32],
    right: Floats,
) -> NDArray[np.float32]:
    """What tells whether a place is misread: its own figures, the network's answers, those of its candidates,
    and how its neighbours fare, because wear comes in patches.

    ``doubt`` and ``answers`` have a row a place, ``rows`` and ``right`` one a candidate of ``place``.
    """
    count = len(doubt)
    best, second = np.zeros(count), np.zeros(count)
    np.maximum.at(best, place, right)
    top = right >= best[place]
    np.maximum.at(second, place[~top], right[~top])
    figures = np.zeros((count, 4))
    columns = [FEATURES.index(name) for name in ("gain", "word gain", "alike", "seen")]
    figures[:, 2:] = (-1.0, -12.0)
    figures[place[top]] = rows[top][:, columns]
    gains = np.zeros(count)
    np.maximum.at(gains, place, rows[:, columns[0]].astype(np.float64))
    many = np.bincount(place, minlength=count)
    together = np.asarray(np.bincount(place, weights=right, minlength=count), dtype=np.float64)
    unlikely = 1 - np.exp(np.minimum(answers[:, 0].astype(np.float64), 0.0))
    extra = np.column_stack(
        [best, second, together, figures, gains, many, *beside(together), *beside(unlikely)]
    )
    return np.concatenate([doubt[:, :DOUBT_FEATURES], extra.astype(np.float32), answers], axis=1)


def beside(figure: Floats) -> Iterator[Floats]:
    """A figure of the two places before each place and of the two behind it; 0 beyond the ends."""
    padded = np.pad(figure, 2)
    for start in (0, 1, 3, 4):
        yield padded[start : start + len(figure)]


def why_not(
    text: str, offset: int, after: str, protected: Sequence[tuple[int, int, str]] | None = None
) -> str:
    """Why a character must not be changed although another one is almost certain; empty where it may.

    ``protected`` are the ranges of the text that must stay, if they are known already.
    """
    protected = _protected(text) if protected is None else protected
    if text[offset] in _NUMERALS or after in _NUMERALS:
        return "a number is not changed"
    for start, end, reason in protected:
        if start <= offset < end:
            return reason
    return ""


def _protected(text: str) -> list[tuple[int, int, str]]:
    """Ranges of a text that are never changed, with the reason."""
    return [*_names(text), *_quotations(text)]


def _names(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _person().finditer(text):
        start, end = match.span(match.lastgroup or 0)
        yield start, end, "a name is not changed"


def _quotations(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _SHORT_QUOTE.finditer(text):
        yield match.start(), match.end(), "a title or quoted term is not changed"


@cache
def _person() -> re.Pattern[str]:
    """A surname and one or two characters: behind a title, before 说, or in a list."""
    single, compound = surnames()
    surname = "|".join([*sorted(compound), *sorted(single)])
    given = "[\u4e00-\u9fff]{1,2}"
    titled = f"(?:{_TITLES})[ 　]?(?P<name>(?:{surname}){given})"
    speaking = f"(?<=[，。；：、])(?P<said>(?:{surname}){given})(?=说|表示|告诉|介绍)"
    listed = f"(?<=、)(?P<listed>(?:{surname}){given})(?=[、，。；（）]|等|和)"
    return re.compile(f"{titled}|{speaking}|{listed}")
