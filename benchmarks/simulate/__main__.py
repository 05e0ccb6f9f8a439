"""``python benchmarks/simulate --seed 1 --pages 20 -o DIR``: pages, gold, and the truth."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from simulate import pages


@click.command()
@click.option("--seed", default=0, show_default=True)
@click.option("--pages", "count", default=10, show_default=True, help="How many pages.")
@click.option("--fold", default="test", show_default=True, type=click.Choice(["train", "fit", "test"]))
@click.option("--source", "sources", multiple=True, default=["news", "web"], show_default=True)
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(seed: int, count: int, fold: str, sources: tuple[str, ...], output: Path) -> None:
    """Write NAME.txt, NAME.gold.json and NAME.pieces.json for every page."""
    output.mkdir(parents=True, exist_ok=True)
    for page in pages(fold, count, seed, sources=sources):
        name = page.gold["page"]
        (output / f"{name}.txt").write_text(page.text, encoding="utf-8")
        gold = json.dumps(page.gold, ensure_ascii=False, indent=1)
        (output / f"{name}.gold.json").write_text(gold + "\n", encoding="utf-8")
        pieces = json.dumps([p.record() for p in page.pieces], ensure_ascii=False)
        (output / f"{name}.pieces.json").write_text(pieces + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
