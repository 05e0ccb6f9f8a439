"""Bounds that a run must keep, and whether it did: ``--fail-on "suspects>50,gaps>0,confidence<0.8"``."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cleanpress.errors import UsageError

METRICS = (
    "pages",
    "failed",
    "characters",
    "articles",
    "joins",
    "gaps",
    "repeats",
    "edits",
    "leftovers",
    "questions",
    "decisions",
    "suspects",
    "warnings",
    "confidence",
    "lowest_confidence",
)
"""What can be bounded: sums over all pages; ``confidence`` is the mean over all articles."""

_OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
_GATE = re.compile(r"^\s*([a-z_]+)\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)?)\s*$")


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound: the run fails where ``metric`` compared with ``bound`` holds."""

    metric: str
    comparison: str
    bound: float

    def __str__(self) -> str:
        return f"{self.metric}{self.comparison}{self.bound:g}"

    def fails(self, value: float | None) -> bool:
        """Whether a value breaks the bound; what does not exist (the confidence of no article) does not."""
        return value is not None and bool(_OPERATORS[self.comparison](value, self.bound))


def gates_of(texts: Iterable[str]) -> list[Gate]:
    """The gates of texts like ``gaps>0,confidence<0.8``. Raises ``UsageError`` for one that is none."""
    found: list[Gate] = []
    for text in ",".join(texts).split(","):
        if not text.strip():
            continue
        match = _GATE.match(text)
        if match is None:
            raise UsageError(f"{text.strip()!r} is no gate; write it like gaps>0 or confidence<0.8")
        metric, comparison, bound = match.groups()
        if metric not in METRICS:
            raise UsageError(f"there is nothing called {metric!r} to fail on; choose of {', '.join(METRICS)}")
        found.append(Gate(metric, comparison, float(bound)))
    return found


def broken(judgements: Iterable[Mapping[str, Any]]) -> list[str]:
    """The gates that did not hold, of ``judged``, each as a line for the user."""
    return [f"{gate['gate']}: it is {gate['value']:,}" for gate in judgements if gate["failed"]]


def judged(gates: Iterable[Gate], figures: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """Each gate with the value that it is about and whether that fails it, for ``summary.json``."""
    return [
        {"gate": str(gate), "value": figures[gate.metric], "failed": gate.fails(figures[gate.metric])}
        for gate in gates
    ]
