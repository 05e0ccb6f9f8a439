"""Clean pages that have coordinates, and score them: the development scans, and pages of the press.

    python benchmarks/scan_pages.py [--show] [--ocr] [--ceiling] [FOLDER ...]

FOLDERs hold ``NAME.gold.json`` with ``NAME.xml`` (ALTO), ``NAME.hocr``, ``NAME.json`` (lines of an engine
without errors) or, with ``--ocr``, ``NAME.png`` beside it: those of ``../shared/pages/scan-dev`` without
arguments, others as ``benchmarks/press`` prints them. A row a folder and kind of input, with the processor
time of a page (that of reading an image by OCR counted apart). With ``--ceiling`` another row says what the
figures would be if everything that was read stood in its place (``gold_order.py``; pages of the press alone,
as it takes the lines that were printed). Nothing is fitted on the development scans.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cleanpress.config import Config
from cleanpress.formats.readers import page_from, read_input
from cleanpress.pipeline import clean_page
from development_pages import FIGURES, SHARED, load_scorer
from gold_order import in_gold_order

KINDS = ("xml", "hocr", "json")


def pages(folder: Path, kind: str) -> Iterator[tuple[dict[str, Any], Path]]:
    """The gold and the input of each page of a folder that has one of that kind."""
    for path in sorted(folder.glob("*.gold.json")):
        source = path.with_name(f"{path.name.removesuffix('.gold.json')}.{kind}")
        if source.exists():
            yield json.loads(path.read_text(encoding="utf-8")), source


def printed_on(source: Path) -> list[str]:
    """The lines that were set on a page of the press, as an engine without errors reads them."""
    return [row["txt"] for row in json.loads(source.with_suffix(".json").read_text(encoding="utf-8"))]


def score(
    scorer: ModuleType, folder: Path, kind: str, *, show: bool, ceiling: bool
) -> dict[str, dict[str, float]]:
    """Mean figures of the pages of a folder by kind of input, with median seconds to read and to clean one.

    Empty if there are none.
    """
    rows, best = [], []
    for gold, source in pages(folder, kind):
        begun = time.process_time()
        page = page_from(read_input(source), source.name)
        read = time.process_time()
        result = clean_page(page, Config())
        figures, misses = scorer.score_page(gold, [{"text": a.text} for a in result.articles])
        rows.append({**figures, "reading": read - begun, "cleaning": time.process_time() - read})
        if ceiling:
            records = in_gold_order(gold, printed_on(source), page.text)
            best.append({**scorer.score_page(gold, records)[0], "reading": 0.0, "cleaning": 0.0})
        if show:
            print(gold["page"], kind, " ".join(f"{k} {v:.3f}" for k, v in rows[-1].items()))
            for miss in misses:
                print("   missed", *miss)
    named = {kind: rows, f"{kind}, ceiling": best}
    return {name: _summed_up(found) for name, found in named.items() if found}


def _summed_up(rows: list[dict[str, float]]) -> dict[str, float]:
    means = {figure: float(np.nanmean([row[figure] for row in rows])) for figure in FIGURES}
    seconds = {name: float(np.median([row[name] for row in rows])) for name in ("reading", "cleaning")}
    return {"pages": len(rows), **means, **seconds}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", metavar="FOLDER", type=Path)
    parser.add_argument("--ocr", action="store_true", help="read the images, too (needs cleanpress[ocr])")
    parser.add_argument("--ceiling", action="store_true", help="what was read, in the order of the gold")
    parser.add_argument("--show", action="store_true", help="print every page and every missed junction")
    args = parser.parse_args()
    scorer = load_scorer()
    names = (*FIGURES, "reading", "cleaning")
    print("| pages | input | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 2) + "|")
    for folder in args.folders or [SHARED / "pages" / "scan-dev"]:
        for kind in (*KINDS, *(("png",) if args.ocr else ())):
            found = score(scorer, folder, kind, show=args.show, ceiling=args.ceiling)
            for name, row in found.items():
                shown = " | ".join(f"{row[figure]:.4f}" for figure in FIGURES)
                seconds = f"{row['reading']:.2f} s | {row['cleaning']:.2f} s"
                print(f"| {folder.name} ({row['pages']}) | {name} | {shown} | {seconds} |")


if __name__ == "__main__":
    main()
