"""All figures of a set of pages, with the baselines beside them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleanpress.evaluation.adjacency import adjacency
from cleanpress.evaluation.alignment import align
from cleanpress.evaluation.baselines import BASELINES
from cleanpress.evaluation.bcubed import bcubed
from cleanpress.evaluation.cer import cer
from cleanpress.evaluation.conservation import conservation
from cleanpress.evaluation.exact import exact
from cleanpress.evaluation.gold import GoldPage
from cleanpress.evaluation.intervals import Figure, estimate
from cleanpress.evaluation.tau import tau

FIGURES: dict[str, str] = {
    "exact": "articles right from first to last piece, of those printed in several pieces",
    "adjacency_precision": "joins of the output that are right",
    "adjacency_recall": "joins of the gold that were made",
    "adjacency_f1": "harmonic mean of the two",
    "bcubed_precision": "of the article a character stands in, the share that belongs with it",
    "bcubed_recall": "of the article a character belongs to, the share that stands with it",
    "bcubed_f1": "harmonic mean of the two",
    "tau": "order of the pieces within articles, -1 to 1",
    "cer": "edit distance per article / its length (lower is better)",
    "kept": "letters of the gold that stand in the output",
    "excess": "letters of the output beyond the gold's (0 is best)",
}
"""Every figure by name, in the order of the table, with what it says."""

OUTPUT = "output"


@dataclass(frozen=True)
class Evaluation:
    """``systems[name][figure]`` for the output and the baselines; ``by_page[page][figure]`` for the output.

    ``missing`` names gold pages of which the output has no article; they count as empty. ``left_out`` names
    gold pages that were not run at all, which no figure is about.
    ``without_text`` names pages whose printed text was not given: the baselines leave them out.
    """

    systems: dict[str, dict[str, Figure]]
    by_page: dict[str, dict[str, float]]
    missing: tuple[str, ...]
    without_text: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The evaluation as plain JSON values; NaN becomes null."""
        return {
            "pages": len(self.by_page),
            "figures": FIGURES,
            "systems": {
                system: {
                    name: {
                        "mean": _plain(figure.mean),
                        "low": _plain(figure.low),
                        "high": _plain(figure.high),
                        "pages": figure.pages,
                    }
                    for name, figure in figures.items()
                }
                for system, figures in self.systems.items()
            },
            "by_page": {
                page: {name: _plain(value) for name, value in figures.items()}
                for page, figures in self.by_page.items()
            },
            "missing": list(self.missing),
            "left_out": list(self.left_out),
            "without_text": list(self.without_text),
        }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def measure_page(page: GoldPage, articles: Sequence[str]) -> dict[str, float]:
    """Every figure of one page; ``articles`` are the output's texts, title block first. NaN: undefined."""
    alignment = align(page, articles)
    return {
        **exact(alignment),
        **adjacency(alignment),
        **bcubed(alignment),
        **tau(alignment),
        **cer(alignment, page, articles),
        **conservation(alignment),
    }


def evaluate(
    golds: Sequence[GoldPage],
    outputs: Mapping[str, Sequence[str]],
    texts: Mapping[str, str] | None = None,
    seed: int = 0,
    ran: Collection[str] | None = None,
) -> Evaluation:
    """Measure ``outputs`` (article texts by page name) against gold; the mean is over pages.

    ``texts`` holds the pages as they were printed, by name: the baselines are computed from them. The
    bootstrap intervals draw pages with ``seed``. ``ran`` names the pages that were run: gold pages that are
    not among them are left out. Without it every gold page counts, as empty where there is no article of it.
    """
    texts = texts or {}
    left_out = tuple(page.name for page in golds if ran is not None and page.name not in ran)
    golds = [page for page in golds if page.name not in left_out]
    by_page = {page.name: measure_page(page, outputs.get(page.name, ())) for page in golds}
    rows = {OUTPUT: list(by_page.values())}
    with_text = [page for page in golds if page.name in texts]
    if with_text:
        for name, baseline in BASELINES.items():
            rows[name] = [measure_page(page, baseline(texts[page.name])) for page in with_text]
    return Evaluation(
        systems={
            system: {figure: estimate([row[figure] for row in measured], seed) for figure in FIGURES}
            for system, measured in rows.items()
        },
        by_page=by_page,
        missing=tuple(page.name for page in golds if not outputs.get(page.name)),
        without_text=tuple(page.name for page in golds if page.name not in texts),
        left_out=left_out,
    )
