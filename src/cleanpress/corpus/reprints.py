"""Reprints: the same text on another page or day, and what a paper prints over and over."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cleanpress.corpus.groups import RELATIONS
from cleanpress.corpus.inmemory import copies_among
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


def reprints(prints: Sequence[Print]) -> Iterator[Reprint]:
    """The prints that repeat one of another page, in their order.

    What one page prints twice is not told here.
    """
    copies = copies_among([one.text for one in prints])
    pages: dict[tuple[int, str], set[str]] = defaultdict(set)
    for text, kept in zip(copies["copy"].tolist(), copies["kept"].tolist(), strict=True):
        for one in (text, kept):
            pages[kept, prints[one].paper].add(prints[one].page)
    for text, kept, relation, similarity in copies.tolist():
        if prints[text].page != prints[kept].page:
            often = len(pages[kept, prints[text].paper]) >= OVER_AND_OVER
            kind = Kind.BOILERPLATE if often else Kind.REPRINT
            yield Reprint(text, kept, RELATIONS[relation], similarity, kind)
