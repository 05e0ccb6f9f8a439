"""A breach of the law, and how texts and places are shown in it."""

from __future__ import annotations

from dataclasses import dataclass

from cleanpress.model import Span

SHOWN = 20
"""How many characters of a text are quoted in a message."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One breach of the law.

    ``record`` is the list it was found in (``articles``, ``repeats``, ``leftovers``, ``edits``,
    ``questions``, ``decisions``, ``suspects``) or ``page``; ``index`` the place in that list, from 0;
    ``span`` the place on the page.
    """

    record: str
    message: str
    index: int | None = None
    span: Span | None = None


def quote(text: str) -> str:
    """A short, printable picture of a text for a message."""
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return repr(shown)


def shown(span: Span) -> str:
    """A span for a message; unlike ``list(span)``, one that runs backwards as well."""
    return f"[{span.start}, {span.end}]"
