"""Whether a mark belongs between two texts: what the language model gains by it."""

from __future__ import annotations

from collections.abc import Sequence

from cleanpress.language.ngram import LanguageModel

AROUND = 8
"""Characters on each side that the model reads."""
MARKS = "，。、"
"""The marks that are asked about: nine in ten of those at which a line can end."""


def gains_of_marks(sides: Sequence[tuple[str, str]], model: LanguageModel) -> list[dict[str, float]]:
    """For each pair of left and right text: by how many nats each mark between them makes them likelier."""
    without = [log.sum() for log in model.surprise([left + right for left, right in sides])]
    gains: list[dict[str, float]] = [{} for _ in sides]
    for mark in MARKS:
        for k, log in enumerate(model.surprise([f"{left}{mark}{right}" for left, right in sides])):
            gains[k][mark] = float(log.sum() - without[k])
    return gains
