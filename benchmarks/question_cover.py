"""How many of the articles that came out wrong are asked about, and how many of those that came out right.

    python benchmarks/question_cover.py [--pages N] [--seed S] [--at P ...] [SET ...]

SETs are ``simulated`` (pages of the ``test`` fold that nothing was fitted on), ``samples``, and folders of
``../shared/pages``. An article is *in order* where its pieces are those of an article of the gold, in that
order; it is *whole* where the scorer calls it so: paired with an article of the gold and at least 0.98 like
it, misread and lost letters included, which no question is about. It is asked about where a question, or its
first candidate, lies in it. ``--at`` gives values of ``Settings.doubt_at`` to be compared; 0 asks about links
alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from rapidfuzz.distance import Indel
from scipy.optimize import linear_sum_assignment

from cleanpress.config import Config
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Article, Page
from cleanpress.pipeline import heap_of
from cleanpress.stages.reassemble import Heap, Reassembly, Settings, reassemble
from development_pages import SHARED, load_scorer
from labels import chains, label_fragments
from simulate.pages import pages
from simulate.settings import Settings as PageSettings

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
WHOLE = 0.98


def pages_of(name: str, count: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Texts of pages with their gold."""
    if name == "simulated":
        for page in pages("test", count, seed, PageSettings(), ("news", "web")):
            yield page.text, page.gold
        return
    folder = SAMPLES if name == "samples" else SHARED / "pages" / name
    for path in sorted(folder.glob("*.gold.json")):
        text = path.with_name(path.name.removesuffix(".gold.json") + ".txt").read_bytes().decode("utf-8-sig")
        yield text, json.loads(path.read_text(encoding="utf-8"))


def whole(scorer: ModuleType, articles: Sequence[Article], gold: dict[str, Any]) -> list[bool]:
    """Whether each article is one of the gold, letter by letter."""
    golds = [scorer.gold_strings(article)[0] for article in gold["articles"]]
    texts = [scorer.letters(article.text) for article in articles]
    alike = np.array([[Indel.normalized_similarity(g, t) for t in texts] for g in golds])
    found = dict(zip(*reversed(linear_sum_assignment(-alike)), strict=True))
    return [k in found and alike[found[k], k] >= WHOLE for k in range(len(articles))]


def in_order(heap: Heap, articles: Sequence[Article], gold: dict[str, Any]) -> list[bool]:
    """Whether each article is made of the pieces of one article of the gold, in its order; pieces that the
    gold does not know are passed over."""
    labels = label_fragments([fragment.text for fragment in heap.fragments], gold)
    truth = {tuple(chain) for chain in chains(labels)}
    number = {fragment.span: i for i, fragment in enumerate(heap.fragments)}
    found = []
    for article in articles:
        pieces = [number[span] for block in article.blocks for span in block.spans]
        known = tuple(i for i in pieces if labels[i] is not None)
        found.append(not known or known in truth)
    return found


def asked(page: Reassembly) -> list[bool]:
    """Whether each article is asked about."""
    named = {span for q in page.questions for span in (q.span, *q.candidates[:1])}
    return [any(span in named for block in a.blocks for span in block.spans) for a in page.articles]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", metavar="SET", default=("simulated", "samples"))
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--seed", type=int, default=905)
    parser.add_argument("--at", type=float, nargs="+", default=(0.0, Settings().doubt_at))
    args = parser.parse_args()
    scorer, model = load_scorer(), LanguageModel.load()
    shares = ("not in order", "in order", "not whole", "whole")
    heads = ("pages", "doubt_at", "questions a page", "articles", *(f"{s}, asked about" for s in shares))
    print(f"| {' | '.join(heads)} |\n" + "|---" * len(heads) + "|")
    for name in args.sets:
        rows: dict[float, list[tuple[bool, bool, bool]]] = {at: [] for at in args.at}
        questions: dict[float, list[int]] = {at: [] for at in args.at}
        for text, gold in pages_of(name, args.pages, args.seed):
            heap = heap_of(Page(text, "page", "utf-8", ""), Config())
            for at in args.at:
                page = reassemble(heap, model, Settings(doubt_at=at))
                found = in_order(heap, page.articles, gold), whole(scorer, page.articles, gold), asked(page)
                rows[at] += zip(*found, strict=True)
                questions[at].append(len(page.questions))
        for at in args.at:
            ordered, entire, about = np.array(rows[at], dtype=bool).T
            cells = [
                f"{about[these].sum()} of {these.sum()}" for these in (~ordered, ordered, ~entire, entire)
            ]
            mean = f"{np.mean(questions[at]):.1f}"
            print(f"| {name} | {at:.2f} | {mean} | {len(about)} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
