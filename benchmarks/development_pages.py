"""Clean the development pages and score them with the scorer that lies beside them.

    python benchmarks/development_pages.py [--show] [SET ...]

SETs are folders of ``../shared/pages`` (seed, tidy-dev, scan-dev, torn-dev; all without arguments). Prints a
row a set and, with ``--show``, every page and every missed junction. Nothing is fitted on these pages.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np

from cleanpress import clean

SHARED = Path(__file__).resolve().parents[2] / "shared"
SETS = ("seed", "tidy-dev", "scan-dev", "torn-dev")
FIGURES = ("order", "tears", "lines", "breaks", "articles", "whole", "kept", "excess", "cer")


def load_scorer() -> ModuleType:
    """The scorer as a module. Exits with one line where it is not."""
    path = SHARED / "score.py"
    if not path.exists():
        sys.exit(f"{path.name} is not beside the checkout (../shared): only the maintainers have these pages")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score_set(scorer: ModuleType, name: str, show: bool) -> dict[str, float]:
    """Mean figures of a set of pages."""
    rows = []
    for path in sorted((SHARED / "pages" / name).glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        text = path.with_name(path.name.removesuffix(".gold.json") + ".txt").read_bytes().decode("utf-8-sig")
        figures, misses = scorer.score_page(gold, [{"text": a.text} for a in clean(text).articles])
        rows.append(figures)
        if show:
            print(gold["page"], " ".join(f"{k} {v:.3f}" for k, v in figures.items()))
            for miss in misses:
                print("   missed", *miss)
    return {figure: float(np.nanmean([row[figure] for row in rows])) for figure in FIGURES}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", metavar="SET", default=SETS)
    parser.add_argument("--show", action="store_true", help="print every page and every missed junction")
    args = parser.parse_args()
    scorer = load_scorer()
    results = {name: score_set(scorer, name, args.show) for name in args.sets}
    print("| set | " + " | ".join(FIGURES) + " |")
    print("|---" * (len(FIGURES) + 1) + "|")
    for name, figures in results.items():
        print(f"| {name} | " + " | ".join(f"{figures[f]:.4f}" for f in FIGURES) + " |")


if __name__ == "__main__":
    main()
