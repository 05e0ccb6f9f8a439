"""The metrics of the field, for users' own gold and for the project's own gate.

``evaluate`` compares articles with gold and puts the trivial baselines beside them; ``measure_page`` gives
the figures of one page. Definitions and what each figure cannot see: ``docs/evaluation.md``.
"""

from cleanpress.evaluation.gold import GoldArticle, GoldPage, parse_gold, read_gold
from cleanpress.evaluation.intervals import Figure
from cleanpress.evaluation.report import FIGURES, Evaluation, evaluate, measure_page

__all__ = [
    "FIGURES",
    "Evaluation",
    "Figure",
    "GoldArticle",
    "GoldPage",
    "evaluate",
    "measure_page",
    "parse_gold",
    "read_gold",
]
