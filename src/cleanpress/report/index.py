"""How the pages of a report hang together: the links of each, and its row in the index."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """The place of a page among ``pages``, from 1, and where its links lead: relative, empty for none."""

    number: int = 1
    pages: int = 1
    previous: str = ""
    following: str = ""
    index: str = ""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A page of the index: ``href`` leads to it; where it could not be cleaned, ``error`` says why.

    ``counts`` are those of the manifest, ``least_sure`` is the lowest confidence of its articles.
    """

    path: str
    href: str = ""
    counts: dict[str, int] | None = None
    least_sure: float | None = None
    error: str = ""
