"""Fit what the end of a column says of a paragraph, for ``cleanpress.stages.reassemble.columns``.

    python benchmarks/fit_column_ends.py [--pages 600]

On simulated pages of the ``fit`` fold. First, of the articles with a torn sentence, the share that equal
parts explain, on pages whose columns are equal to the character and on pages whose columns are not. Then, of
the borders at which a fragment closes a sentence, what tells those inside a paragraph from the others: a
logistic curve over the network's log-odds and the logarithms of both lengths. Most columns of these pages end
with a sentence, to see enough of them; the curve's offset is that of a place where the end of a column met
the end of a sentence by chance.
"""

from __future__ import annotations

import argparse
import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from calibrate_reassembly import logistic
from cleanpress.config import Config
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Fragment, Page, Role
from cleanpress.pipeline import heap_of
from cleanpress.stages import reassemble
from cleanpress.stages.reassemble import columns
from cleanpress.stages.reassemble.optimum import best_chains
from cleanpress.stages.reassemble.score import Scorer, Scores
from labels import Label, chains, label_fragments
from simulate.page import SimulatedPage
from simulate.pages import pages
from simulate.settings import Settings

SENTENCE_END = re.compile(r"[。！？][”’）》]*")


@dataclass(frozen=True)
class Scored:
    """A simulated page, its fragments with their scores, and where they belong."""

    page: SimulatedPage
    fragments: tuple[Fragment, ...]
    scores: Scores
    labels: list[Label | None]


def scored(count: int, seed: int, settings: Settings) -> Iterator[Scored]:
    """Pages of the ``fit`` fold as the reassembly sees them."""
    for page in pages("fit", count, seed, settings):
        heap = heap_of(Page(page.text, "page", "utf-8", ""), Config()).without_furniture()
        prepared = reassemble.prepare(heap, LanguageModel.load())
        scores = Scorer.load()(prepared.nodes, prepared.pairs.values)
        labels = label_fragments([f.text for f in heap.fragments], page.gold)
        yield Scored(page, heap.fragments, scores, labels)


def explained(count: int, seed: int) -> None:
    """Print how many articles the equal parts explain, by how the page is set."""
    seen = {True: [0, 0], False: [0, 0]}
    for one in scored(count, seed, Settings(wrapped=0.0)):
        terms = reassemble.terms_of(one.fragments, one.scores, reassemble.Settings())
        for chain in best_chains(terms):
            borders = list(itertools.pairwise(columns.body(one.fragments, chain)))
            torn = [k for k, (i, j) in enumerate(borders) if one.scores.heal[i, j] > 0]
            if torn:
                of_kind = seen[one.page.style.balanced and one.page.style.by_characters]
                of_kind[0] += columns.equal_parts(one.fragments, borders, torn) is not None
                of_kind[1] += 1
    for equal, (found, articles) in seen.items():
        kind = "equal to the character" if equal else "not equal"
        print(f"columns {kind}: {articles} torn articles, {found / max(articles, 1):.3f} explained")


def curve(count: int, seed: int) -> None:
    """Print the logistic curve of closed borders, and how well it tells."""
    rows, torn = [], []
    ends = inside = 0
    for one in scored(count, seed, Settings(wrapped=0.0, sentence_ends=0.6)):
        for i, j in (pair for chain in chains(one.labels) for pair in itertools.pairwise(chain)):
            left, right = one.labels[i], one.labels[j]
            texts = one.fragments[i], one.fragments[j]
            if left is None or right is None or any(f.role is not Role.PARAGRAPH for f in texts):
                continue
            if texts[0].open_tail < 0.5:
                rows.append([one.scores.heal[i, j], *(math.log(len(f.text)) for f in texts)])
                torn.append(left.last == right.first)
        for block in (block for article in one.page.gold["articles"] for block in article["blocks"]):
            places = [match.end() for match in SENTENCE_END.finditer(block)]
            ends += len(places)
            inside += sum(place < len(block) for place in places)
    x, y = np.array(rows), np.array(torn, dtype=float)
    mean, scale = x.mean(axis=0), x.std(axis=0)
    weights = logistic((x - mean) / scale, y)
    slopes = weights[:-1] / scale
    chance, met = inside / ends, y.mean()
    offset = weights[-1] - slopes @ mean + math.log(chance / (1 - chance)) - math.log(met / (1 - met))
    rank = np.argsort(np.argsort(x @ slopes))
    area = (rank[y > 0].mean() - (y.sum() - 1) / 2) / (len(y) - y.sum())
    print(f"ends of sentences: {ends:,}, {chance:.3f} of them inside a paragraph")
    print(f"closed borders: {len(y):,}, {met:.3f} inside a paragraph, area under the curve {area:.3f}")
    print(f"HEAL, LEFT, RIGHT, OFFSET = {', '.join(f'{w:.2f}' for w in (*slopes, offset))}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--seed", type=int, default=701)
    args = parser.parse_args()
    explained(args.pages, args.seed)
    curve(args.pages, args.seed + 1)


if __name__ == "__main__":
    main()
