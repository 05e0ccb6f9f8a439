"""What rules of inspection read, and what they answer with."""

from __future__ import annotations

from dataclasses import dataclass

from cleanpress.model import Span


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as a reader sees it, and the ``spans`` of the page that it was printed in.

    ``open_head`` and ``open_tail`` say that text is missing before or after it. ``seams`` are the offsets of
    ``text`` at which a printed line goes on from the one above it, ``tears`` those of them at which torn
    pieces meet, ``short`` those at which the line above lacks one cell; ``is_prose`` is false for titles and
    bylines.
    """

    text: str
    spans: tuple[Span, ...] = ()
    open_head: bool = False
    open_tail: bool = False
    seams: tuple[int, ...] = ()
    is_prose: bool = True
    tears: tuple[int, ...] = ()
    short: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Characters ``[start, end)`` of paragraph ``paragraph`` (an index) that look wrong.

    ``alternatives`` are what may have been printed there, the likeliest first; ``confidence`` is the
    probability in 0..1 that what stands there is misread.
    """

    paragraph: int
    start: int
    end: int
    alternatives: tuple[str, ...]
    confidence: float
    reason: str
