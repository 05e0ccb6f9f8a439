"""Reprints: the same text on another page or day, and what a paper prints over and over."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cleanpress.corpus.groups import RELATIONS, Copies
from cleanpress.corpus.index import Index, Place
from cleanpress.corpus.inmemory import Held, copies_among, copies_of_earlier
from cleanpress.model import Relation

OVER_AND_OVER = 3
"""Pages of one paper from which a text on them is its boilerplate: a masthead, a slogan, a notice."""

_FIGURES = re.compile(r"\d+")


class Kind(StrEnum):
    """Why a text is there again."""

    REPRINT = "reprint"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class Print:
    """A text as a page prints it; ``paper`` is the page's (see ``paper_of``)."""

    page: str
    paper: str
    text: str


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print ``copy`` is a copy of print ``kept``, which stands on another page."""

    copy: int
    kept: int
    relation: Relation
    similarity: float
    kind: Kind


def paper_of(tree: Sequence[str]) -> str:
    """Which paper a page is of, by its place in the tree: names that differ only in figures are of one.

    ``("港湾日报", "2026-06-12", "03")`` is of ``港湾日报/#-#-#/#``.
    """
    return _FIGURES.sub("#", "/".join(tree))


@dataclass(frozen=True, slots=True)
class Older:
    """Print ``copy`` is a copy of text ``number`` of an index, which stands at ``place``."""

    copy: int
    number: int
    place: Place
    relation: Relation
    similarity: float
    kind: Kind


def reprints(prints: Sequence[Print], held: Held | None = None) -> Iterator[Reprint]:
    """The prints that repeat one of another page, in their order.

    What one page prints twice is not told here. ``held`` are their texts, where they are held already.
    """
    copies = copies_among(held or [one.text for one in prints])
    often = _often(prints, copies)
    for text, kept, relation, similarity in copies.tolist():
        if prints[text].page != prints[kept].page:
            kind = Kind.BOILERPLATE if text in often else Kind.REPRINT
            yield Reprint(text, kept, RELATIONS[relation], similarity, kind)


def _often(prints: Sequence[Print], copies: Copies) -> set[int]:
    """The prints of what their paper prints over and over."""
    pages: dict[tuple[int, str], set[str]] = defaultdict(set)
    ends = list(zip(copies["copy"].tolist(), copies["kept"].tolist(), strict=True))
    for text, kept in ends:
        for one in (text, kept):
            pages[kept, prints[one].paper].add(prints[one].page)
    return {
        one
        for text, kept in ends
        for one in (text, kept)
        if len(pages[kept, prints[one].paper]) >= OVER_AND_OVER
    }


def older(
    prints: Sequence[Print], names: Sequence[str | None], held: Held, index: Index, before: int
) -> Iterator[Older]:
    """The prints that repeat a text of an index, as it was when it held ``before``, in their order.

    ``names`` are the ids of the articles that hold them: what the index has of the very same article is that
    print itself.
    """

    def is_known(text: int, place: Place) -> bool:
        return names[text] is not None and place.get("id") == names[text]

    earlier = copies_of_earlier(held, index, before, is_known)
    often = _often(prints, copies_among(held))
    for text, kept, relation, similarity in earlier.copies.tolist():
        place = earlier.texts[kept][0]
        if not is_known(text, place):
            kind = Kind.BOILERPLATE if text in often else Kind.REPRINT
            yield Older(text, -1 - kept, place, RELATIONS[relation], similarity, kind)
