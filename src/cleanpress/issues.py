"""Articles that go on on another page of their issue: jump lines, and which belong together.

下转第二版 says that an article goes on on page 2; 上接第一版 there says that it came from page 1. Text is
never moved from page to page: the two ends are linked, and each stays where it was printed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath

ONWARD, BACK = "continues_on", "continues_from"

_NUMERALS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_CUE = re.compile(
    r"[（(【\[▶►→]?\s*(?P<way>下转|下轉|转|轉|上接|紧接|緊接)\s*(?:第\s*)?"
    r"(?P<page>[A-Za-z]?[0-9]{1,3}|[〇零一二两三四五六七八九十]{1,3})\s*版(?P<more>[^）)】\]]{0,14})[）)】\]]?"
)
_PAGE_OF_NAME = re.compile(
    r"^(?P<issue>.*?)(?:第\s*)?(?P<letter>(?:(?<![A-Za-z])[A-Za-z])?)(?<![0-9])(?P<number>[0-9]{1,3})\s*版?$",
    re.DOTALL,
)

CERTAIN, AMBIGUOUS = 0.95, 0.9
"""Confidence of the only pair of cues that name each other's pages; and the most that a choice among several
gets. Set by hand: no gold of jump lines is at hand to calibrate them on."""

TITLE_BONUS = 6.0
"""What a headline that comes again adds to the likelihood of a pair, in nats: a sure sign in print."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A jump line: where it stands, where it points to, and the text that it tears.

    ``page`` is the page's name, ``place`` its span, line and column; ``target`` the page that it names
    (``("", 2)``, or ``("A", 2)`` for A2); ``torn`` is the text before an onward cue, or after one that
    points back; ``title`` the headline of the article ``id``.
    """

    page: str
    issue: str
    number: tuple[str, int]
    id: str
    way: str
    text: str
    target: tuple[str, int]
    span: tuple[int, int]
    line: int
    column: int
    torn: str
    title: str


def page_number(tree: Sequence[str]) -> tuple[str, tuple[str, int]] | None:
    """The issue and the page's number by its place in the tree: ``2026-06-12/01`` is page 1 of 2026-06-12.

    ``None`` for a page whose name does not end in a number of at most three digits.
    """
    *parents, name = tree
    match = _PAGE_OF_NAME.match(name)
    if match is None:
        return None
    issue = str(PurePosixPath(*parents, match["issue"])) if parents or match["issue"] else ""
    return issue, (match["letter"].upper(), int(match["number"]))


def cue_in(text: str, *, whole: bool) -> re.Match[str] | None:
    """The jump line in a block; in a paragraph only one in brackets, which no sentence is."""
    for match in _CUE.finditer(text):
        bracketed = match[0][0] in "（([【▶►→" and match[0][-1] in "）)】]"
        if bracketed or (whole and match[0].strip() == text.strip()):
            return match
    return None


def way_of(match: re.Match[str]) -> str:
    """Whether a jump line points onward or back."""
    return BACK if match["way"] in {"上接", "紧接", "緊接"} else ONWARD


def target_of(match: re.Match[str]) -> tuple[str, int]:
    """The page that a jump line names."""
    named = match["page"]
    if named[-1].isdigit() and named.isascii():
        return (named[0].upper(), int(named[1:])) if named[0].isalpha() else ("", int(named))
    return "", _value(named)


def _value(numerals: str) -> int:
    """A number below a hundred in Chinese numerals."""
    if "十" not in numerals:
        return int("".join(str(_NUMERALS[numeral]) for numeral in numerals))
    tens, _, ones = numerals.partition("十")
    return 10 * (_NUMERALS[tens[0]] if tens else 1) + (_NUMERALS[ones[0]] if ones[:1] in _NUMERALS else 0)


@dataclass(frozen=True, slots=True)
class Link:
    """A cue and the one it belongs to; ``other`` and ``confidence`` are ``None`` where there is none."""

    cue: Cue
    other: Cue | None
    confidence: float | None
    reason: str


def link(cues: Iterable[Cue], pages: Iterable[tuple[str, tuple[str, int]]]) -> list[Link]:
    """Each cue with its counterpart, in the order of pages and places. ``pages`` are all pages of the run."""
    known = set(pages)
    meetings: dict[tuple[str, tuple[str, int], tuple[str, int]], tuple[list[Cue], list[Cue]]] = defaultdict(
        lambda: ([], [])
    )
    for cue in cues:
        if cue.way == ONWARD:
            meetings[cue.issue, cue.number, cue.target][0].append(cue)
        else:
            meetings[cue.issue, cue.target, cue.number][1].append(cue)
    found: list[Link] = []
    for (issue, source, target), (onward, back) in meetings.items():
        paired = {id(a): (b, sure) for one, other, sure in _pairs(onward, back) for a, b in _both(one, other)}
        for cue in (*onward, *back):
            if id(cue) in paired:
                other, confidence = paired[id(cue)]
                found.append(Link(cue, other, confidence, "each names the other's page"))
                continue
            far = target if cue.way == ONWARD else source
            if (issue, far) not in known:
                reason = f"page {far[0]}{far[1]} of this issue is not among the inputs"
            else:
                reason = f"no jump line of page {far[0]}{far[1]} answers it"
            found.append(Link(cue, None, None, reason))
    return sorted(found, key=lambda each: (each.cue.page, each.cue.span))


def _both(one: Cue, other: Cue) -> Iterator[tuple[Cue, Cue]]:
    yield one, other
    yield other, one


def _pairs(onward: list[Cue], back: list[Cue]) -> Iterator[tuple[Cue, Cue, float]]:
    """The best assignment of onward cues to those that point back, with confidences."""
    if not onward or not back:
        return
    if len(onward) == len(back) == 1:
        yield onward[0], back[0], CERTAIN
        return
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    from cleanpress.language.ngram import LanguageModel

    scores = np.asarray(
        LanguageModel.load().continuation([cue.torn for cue in onward], [cue.torn for cue in back]),
        dtype=np.float64,
    )
    scores += TITLE_BONUS * np.array([[_titles_alike(one, other) for other in back] for one in onward])
    likely = np.exp(scores - scores.max())
    for i, j in zip(*linear_sum_assignment(scores, maximize=True), strict=True):
        share = likely[i, j] / (likely[i].sum() + likely[:, j].sum() - likely[i, j])
        yield onward[int(i)], back[int(j)], min(AMBIGUOUS, round(float(share), 4))


def _titles_alike(one: Cue, other: Cue) -> bool:
    if len(one.title) < 4 or len(other.title) < 4:
        return False
    return SequenceMatcher(None, one.title, other.title, autojunk=False).ratio() > 0.6
