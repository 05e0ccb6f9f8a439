"""How well fragments tell what belongs together, on pages of the ``test`` fold: ``encoder_quality.py``.

Every question is asked of tf-idf of character bigrams (the baseline), of the encoder's topic vectors
and of the API's answer, which weighs both in the light of the whole page. Figures are means over
pages unless said otherwise, with 95 % intervals from 1,000 bootstrap samples of pages.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from cleanpress.language.encoder import FragmentEncoder
from cleanpress.language.pair_features import Matrix
from corpora import articles
from encoder_pages import SmallPage, pooled, small_pages, usable
from encoder_weights import columns, continuations, followers

Score = Callable[..., Matrix]
Truth = NDArray[np.bool_]


def auc(truth: Truth, score: Matrix) -> float:
    """Area under the ROC curve; nan where only one kind is present."""
    positive = int(truth.sum())
    negative = truth.size - positive
    if not positive or not negative:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * negative))


def hits(truth: Truth, score: Matrix, among: Truth) -> Matrix:
    """For each row with a true column: is it the best of the columns ``among`` which it is looked for?"""
    rows = (truth & among).any(axis=1)
    best = np.where(among, score, -np.inf).argmax(axis=1)
    return truth[np.arange(len(truth)), best][rows].astype(np.float32)


class Table:
    """Figures by question and method, a list of values a page."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, question: str, method: str, value: float | Matrix) -> None:
        """Add one page's figure: a number, or the mean of some."""
        values = np.atleast_1d(np.asarray(value, dtype=np.float64))
        if values.size and not np.isnan(values).any():
            self.pages[question, method].append(float(values.mean()))

    def rows(self) -> list[dict[str, str | float]]:
        """Question, method, mean, interval and number of pages."""
        rng = np.random.default_rng(0)
        found: list[dict[str, str | float]] = []
        for (question, method), values in self.pages.items():
            sample = np.array(values)[rng.integers(0, len(values), (1000, len(values)))].mean(axis=1)
            low, high = np.quantile(sample, [0.025, 0.975])
            row = {"question": question, "method": method, "mean": round(float(np.mean(values)), 4)}
            found.append(row | {"low": round(low, 4), "high": round(high, 4), "pages": len(values)})
        return found


def measure(model: FragmentEncoder, pages: Sequence[SmallPage], torn: Sequence[SmallPage]) -> Table:
    """Every question on whole paragraphs (``pages``), and the torn halves on ``torn``."""
    table = Table()
    for page in pages:
        texts, titles = model.read([piece.text for piece in page.pieces]), model.read(page.titles)
        bodies = model.read(pooled(page))
        article, place, _ = columns(page)
        same = article[:, None] == article[None, :]
        pairs = np.triu(np.ones_like(same), 1)
        others = ~np.eye(len(article), dtype=bool)
        next_truth, _ = followers(page)
        lexical, topic = model.lexical(texts), texts.topic @ texts.topic.T
        kind = "similar topics" if page.similar else "random topics"
        for method, score in (("tf-idf", lexical), ("topic", topic), ("API", model.similarity(texts))):
            table.add(f"same article, AUC, {kind}", method, auc(same[pairs], score[pairs]))
            table.add(f"nearest is of the same article, {kind}", method, hits(same & others, score, others))
        for method, score in (("tf-idf", lexical), ("topic", topic), ("API", model.follows(texts, texts))):
            table.add("next paragraph, rank 1 on the page", method, hits(next_truth, score, others))
            long = np.array(page.lengths)[article] > 2
            inside = same & others & long[:, None]
            table.add("next paragraph, rank 1 in its article (3+)", method, hits(next_truth, score, inside))
        own = np.arange(len(page.titles))
        for method, by_piece, by_body in (
            ("tf-idf", model.lexical(titles, texts), model.lexical(titles, bodies)),
            ("topic", titles.topic @ texts.topic.T, titles.topic @ bodies.topic.T),
            ("API", model.title_match(titles, texts), model.title_match(titles, bodies)),
        ):
            table.add(f"own headline of a paragraph, {kind}", method, by_piece.argmax(axis=0) == article)
            table.add(f"own headline of a whole body, {kind}", method, by_body.argmax(axis=0) == own)
        final = place == np.array(page.lengths)[article] - 1
        table.add("lead, AUC", "API", auc(place == 0, model.lead(texts)))
        table.add("ending, AUC", "API", auc(final, model.ending(texts)))
        later = place[:, None] > place[None, :]
        adjacent = next_truth.T
        for method, order in (("API", model.depth(texts)), ("length", texts.sizes)):
            sooner = order[:, None] > order[None, :]
            table.add("which of two stands later", method, sooner[same & later])
            table.add("which of two neighbours stands later", method, sooner[adjacent])
        follows = model.follows(texts, texts)
        table.add("which of two neighbours stands later", "follows", (follows > follows.T)[next_truth])
        table.add("lead, AUC", "length", auc(place == 0, texts.sizes))
        table.add("ending, AUC", "length", auc(final, texts.sizes))
    for page in torn:
        texts = model.read([piece.text for piece in page.pieces])
        _, _, half = columns(page)
        truth, asked = continuations(page)
        tails = np.broadcast_to(half == 2, asked.shape)
        for method, score in (
            ("tf-idf", model.lexical(texts)),
            ("topic", texts.topic @ texts.topic.T),
            ("API", model.continues(texts, texts)),
        ):
            table.add("torn half, rank 1 among all pieces", method, hits(truth, score, asked))
            table.add("torn half, rank 1 among torn tails", method, hits(truth, score, asked & tails))
    return table


def calibration(model: FragmentEncoder, pages: Sequence[SmallPage]) -> list[tuple[float, float, int]]:
    """Same-article pairs by tenth of probability: mean predicted, share true, count."""
    said, true = [], []
    for page in pages:
        article, _, _ = columns(page)
        pairs = np.triu(np.ones((len(article),) * 2, dtype=bool), 1)
        said.append(1 / (1 + np.exp(-model.similarity([piece.text for piece in page.pieces])[pairs])))
        true.append((article[:, None] == article[None, :])[pairs])
    p, y = np.concatenate(said), np.concatenate(true)
    tenth = np.minimum((p * 10).astype(int), 9)
    kept = [tenth == number for number in range(10) if (tenth == number).any()]
    return [(round(float(p[k].mean()), 3), round(float(y[k].mean()), 3), int(k.sum())) for k in kept]


def main() -> None:
    """Print the table; with ``--json``, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="folder of another encoder")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    model = FragmentEncoder.load(options.model)
    found = usable(list(articles("news", "web", "encyclopedia", folds=("test",))))
    whole = small_pages(found, options.pages, 11)
    torn = small_pages(found, options.pages, 12, torn=0.5)
    printed = small_pages(found, options.pages, 13, torn=0.3, headed=1.0)
    rows, bins = measure(model, whole, torn).rows(), calibration(model, printed)
    if options.json:
        print(json.dumps({"figures": rows, "calibration": bins}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        interval = f"[{row['low']:.3f}, {row['high']:.3f}]"
        print(f"{row['question']:48} {row['method']:7} {row['mean']:.3f} {interval}")
    for predicted, share, count in bins:
        print(f"same article: said {predicted:.2f}, true {share:.2f} ({count} pairs)")


if __name__ == "__main__":
    main()
