"""``summary.json``: a run in figures, the pages to look at first, and whether its gates held."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cleanpress.formats import manifest as manifests
from cleanpress.formats.outputs import Opened, Output, Piece
from cleanpress.formats.parts import Entry
from cleanpress.formats.records import DECIMALS
from cleanpress.gates import METRICS, gates_of, judged

NAME = "summary.json"
LISTED = 20
"""How many pages are listed that deserve a look, and how many that could not be cleaned."""


class Overview(Output):
    """Adds up the entries of the manifest; what is remembered does not grow with the pages."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self._gates = gates_of(configuration.get("fail_on") or ())
        self._totals: Counter[str] = Counter(dict.fromkeys(("pages", "failed"), 0))
        self._rules: Counter[str] = Counter()
        self._sum = 0.0
        self._lowest: float | None = None
        self._failures: list[Entry] = []
        self._looks: list[tuple[float, int, str, dict[str, Any]]] = []

    def page(self, opened: Opened) -> Iterator[Piece]:
        self.note(opened.entry)
        yield from ()

    def failed(self, entry: Entry) -> Iterator[Piece]:
        self.note(entry)
        yield from ()

    def finish(self) -> Iterator[Piece]:
        yield Piece(NAME, manifests.dump(self.figures()))

    def note(self, entry: Entry) -> None:
        """Add a page by its entry in the manifest."""
        if "error" in entry:
            self._totals["failed"] += 1
            if len(self._failures) < LISTED:
                self._failures.append({"path": entry["path"], "error": entry["error"]})
            return
        counts, confidence = entry["counts"], entry["confidence"]
        self._totals["pages"] += 1
        self._totals.update(counts)
        self._totals["warnings"] += len(entry["warnings"])
        self._rules.update(entry["rules"])
        if confidence is not None:
            self._sum += confidence["mean"] * counts["articles"]
            lowest = confidence["lowest"]
            self._lowest = lowest if self._lowest is None else min(lowest, self._lowest)
        places = counts["questions"] + counts["gaps"] + counts["suspects"]
        if places:
            row = {
                "path": entry["path"],
                **{key: counts[key] for key in ("questions", "gaps", "suspects")},
                "confidence": confidence["mean"] if confidence is not None else None,
            }
            # A heap of the pages whose articles are least sure (none was found: not sure at all); of those
            # that are equally sure, with most places; of equals the first stays.
            doubt = 1 - (confidence["mean"] if confidence is not None else 0.0)
            item = (doubt, places, _Last(entry["path"]), row)
            push = heapq.heappush if len(self._looks) < LISTED else heapq.heappushpop
            push(self._looks, item)

    def figures(self) -> dict[str, Any]:
        """What the file says."""
        articles = self._totals["articles"]
        confidence = round(self._sum / articles, DECIMALS) if articles else None
        figures: dict[str, Any] = {
            **self._totals,
            "confidence": confidence,
            "lowest_confidence": self._lowest,
        }
        gates = judged(self._gates, {**dict.fromkeys(ZERO, 0), **figures})
        looks = sorted(self._looks, key=lambda item: item[:3], reverse=True)
        return {
            "figures": figures,
            "rules": dict(sorted(self._rules.items())),
            "gates": gates,
            "passed": not any(gate["failed"] for gate in gates),
            "failures": self._failures,
            "look_first": [row for *_, row in looks],
        }


ZERO = tuple(metric for metric in METRICS if not metric.endswith("confidence"))
"""Figures that are 0 where no page was cleaned."""


class _Last(str):
    """A text that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str(self) > str(other)
