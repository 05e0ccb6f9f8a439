"""Text as a reader sees it, with the way back to the page for each character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleanpress.edited import EditedText
from cleanpress.model import Span

NOWHERE = -1
"""The origin of a character that an edit put there, so that no place of the page reads as it does."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A text of the page: ``origins[k]`` is the offset on the page of character ``k``, or ``NOWHERE``."""

    text: str
    origins: NDArray[np.int64]


class Prints:
    """Cuts the texts of spans out of a page that is seen through its edits."""

    def __init__(self, edited: EditedText) -> None:
        self._edited = edited
        self._origins = np.full(len(edited.text), NOWHERE, dtype=np.int64)
        position = low = 0
        for edit in edited.edits:
            kept = edit.span.start - position
            self._origins[low : low + kept] = np.arange(position, edit.span.start)
            low += kept + len(edit.after)
            position = edit.span.end
        self._origins[low:] = np.arange(position, len(edited.original))

    def of(self, spans: Sequence[Span]) -> Printed:
        """The texts of spans that no edit crosses, one after the other."""
        ranges = [(self._edited.to_text(span.start), self._edited.to_text(span.end)) for span in spans]
        text = "".join(self._edited.text[low:high] for low, high in ranges)
        origins = [self._origins[low:high] for low, high in ranges]
        return Printed(text, np.concatenate([*origins, self._origins[:0]]))
