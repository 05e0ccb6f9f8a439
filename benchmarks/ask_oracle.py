"""How much an adviser that knows the gold would lift pages: the ceiling of ``run --ask``.

    python benchmarks/ask_oracle.py [SET ...]

SETs are ``samples`` (ships with the project) and folders of ``../shared/pages``. The oracle answers the very
forms that a model gets, from the gold page; for each set the scorer's figures stand before and after, with
the questions asked and decisions taken per page. Where the gold does not place a fragment it answers ``U``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from cleanpress.adjudicate.forms import NONE, UNSURE, Answer, Form, key_of
from cleanpress.config import Config
from cleanpress.model import Page, Span
from cleanpress.pipeline import clean_page, heap_of
from development_pages import SHARED, load_scorer
from labels import Label, chains, label_fragments

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FIGURES = ("order", "tears", "articles", "whole")


class Oracle:
    """Answers forms from the gold."""

    def __init__(self, page: Page, gold: dict[str, Any]) -> None:
        fragments = heap_of(page, Config()).fragments
        labels = label_fragments([f.text for f in fragments], gold)
        self.places: dict[Span, Label | None] = {
            f.span: label for f, label in zip(fragments, labels, strict=True)
        }
        self.after: dict[Span, Span] = {}
        for chain in chains(labels):
            spans = [fragments[i].span for i in chain]
            self.after.update(pairwise(spans))
        self.asked = 0

    def __call__(self, form: Form) -> Answer:
        self.asked += 1
        return Answer(self._choice(form), "oracle", key_of(form, "oracle"))

    def _choice(self, form: Form) -> str:
        here = self.places[form.span]
        if here is None:
            return UNSURE
        if form.kind == "paragraph":
            other = self.places[form.candidates[0]]
            if other is None:
                return UNSURE
            one = (here.article, here.last) == (other.article, other.first)
            return form.choices[0] if one else NONE
        for letter, candidate in zip(form.choices, form.candidates, strict=False):
            pair = (candidate, form.span) if form.kind == "untitled" else (form.span, candidate)
            if self.after.get(pair[0]) == pair[1]:
                return letter
        return NONE


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", metavar="SET", default=("samples", "seed", "scan-dev", "torn-dev"))
    scorer = load_scorer()
    print("| pages | asked a page | " + " | ".join(FIGURES) + " |")
    print("|---" * (len(FIGURES) + 2) + "|")
    for name in parser.parse_args().sets:
        folder = SAMPLES if name == "samples" else SHARED / "pages" / name
        before, after, asked = [], [], []
        for path in sorted(folder.glob("*.gold.json")):
            gold = json.loads(path.read_text(encoding="utf-8"))
            data = path.with_name(path.name.removesuffix(".gold.json") + ".txt").read_bytes()
            page = Page(data.decode("utf-8-sig"), path.name, "utf-8", hashlib.sha256(data).hexdigest())
            oracle = Oracle(page, gold)
            for rows, result in (
                (before, clean_page(page, Config())),
                (after, clean_page(page, Config(), oracle)),
            ):
                rows.append(scorer.score_page(gold, [{"text": a.text} for a in result.articles])[0])
            asked.append(oracle.asked)
        cells = [
            f"{np.nanmean([r[f] for r in before]):.3f} → {np.nanmean([r[f] for r in after]):.3f}"
            for f in FIGURES
        ]
        print(f"| {name} | {np.mean(asked):.1f} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
