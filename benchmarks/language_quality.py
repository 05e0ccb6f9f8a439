"""How good the character language model is: perplexity, torn sentences, paragraph borders, speed, size.

    python benchmarks/language_quality.py [--model PATH] [--fold test] [--json]

A page here is six articles that stand side by side in a corpus; of their longer paragraphs three in five
are cut in two, never beside a mark. The question is which of the other halves goes on from a left half,
and which goes before a right one. Noise replaces characters by what a video-text OCR took them for.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleanpress.language import LanguageModel
from cleanpress.language.alphabet import MARKS, fold
from corpora import CORPORA, SHARED, CleanArticle, articles

CONFUSIONS = SHARED / "characters" / "faspell_ocr_confusions.tsv"
NAMES = ("news", "web", "encyclopedia")
NOISE = (0.0, 0.02, 0.05)
SEEDS = {"news": (1,), "web": (1, 2, 3, 4), "encyclopedia": (1, 2)}
"""The small corpora are cut several times over, each time elsewhere."""
LONG = 30
"""Only paragraphs of so many characters are cut."""
MARGIN = 6
"""A cut leaves so many characters on either side."""


@dataclass(frozen=True)
class TornPage:
    """Halves of cut paragraphs, the article each is from, and what else stands on the page."""

    lefts: list[str]
    rights: list[str]
    articles: NDArray[np.int64]
    others: list[str]


def confusions() -> dict[str, tuple[list[str], list[int]]]:
    """For a character what OCR read instead, with counts."""
    found: dict[str, tuple[list[str], list[int]]] = {}
    for line in CONFUSIONS.read_text(encoding="utf-8").splitlines():
        right, wrong, count = [*line.split("\t"), "", ""][:3]
        if len(right) == len(wrong) == 1 and count.isdigit():
            read, counts = found.setdefault(right, ([], []))
            read.append(wrong)
            counts.append(int(count))
    return found


def misread(text: str, rate: float, table: dict[str, tuple[list[str], list[int]]], rng: random.Random) -> str:
    """The text with look-alikes at ``rate``."""
    return "".join(rng.choices(*table[c])[0] if c in table and rng.random() < rate else c for c in text)


def cut(paragraph: str, rng: random.Random) -> tuple[str, str] | None:
    """Two halves, cut where no mark and no space stands; ``None`` if ten tries found no place."""
    for _ in range(10):
        at = rng.randrange(MARGIN, len(paragraph) - MARGIN)
        if all(fold(c) and fold(c) not in MARKS for c in paragraph[at - 1 : at + 1]):
            return paragraph[:at], paragraph[at:]
    return None


def torn_pages(
    source: Sequence[CleanArticle], noise: float, *, seed: int = 1, per_page: int = 6
) -> list[TornPage]:
    """Pages of neighbouring articles with at least ten torn paragraphs."""
    # Two generators, so that the cuts are the same whatever the noise.
    table, rng, reader = confusions(), random.Random(seed), random.Random(seed)
    # Encyclopedia articles are one long paragraph: a half of it is a paragraph here.
    pages = []
    for start in range(0, len(source) - per_page + 1, per_page):
        lefts, rights, owners, others = [], [], [], []
        for number, article in enumerate(source[start : start + per_page]):
            others.append(article.title)
            for paragraph in _paragraphs(article):
                halves = cut(paragraph, rng) if len(paragraph) >= LONG and rng.random() < 0.6 else None
                if halves is None:
                    others.append(paragraph)
                else:
                    lefts.append(misread(halves[0], noise, table, reader))
                    rights.append(misread(halves[1], noise, table, reader))
                    owners.append(number)
        if len(lefts) >= 10:
            others = [misread(text, noise, table, reader) for text in others]
            pages.append(TornPage(lefts, rights, np.array(owners), others))
    return pages


def _paragraphs(article: CleanArticle) -> list[str]:
    if len(article.paragraphs) > 2:
        return list(article.paragraphs)
    return [p[i : i + 120] for p in article.paragraphs for i in range(0, len(p), 120)]


def tears(model: LanguageModel, pages: Sequence[TornPage], *, with_page: bool) -> dict[str, float]:
    """Shares of tears for which the true other half comes first; ties are lost.

    ``ten``: among ten halves of the page; ``article``: among those of the same article (four or more);
    ``page``: among all of the page; each averaged over both directions. ``mutual``: found as each
    other's best; ``precision``: share of such pairs that are true.
    """
    rng = np.random.default_rng(3)
    sums: dict[str, list[float]] = {key: [] for key in ("ten", "article", "page", "mutual", "precision")}
    for page in pages:
        texts = [*page.lefts, *page.rights, *page.others] if with_page else None
        scores = model.continuation(page.lefts, page.rights, page=texts)
        every = np.arange(len(scores))
        for matrix in (scores, scores.T):
            for i in every:
                other = np.delete(every, i)
                own = matrix[i, i]
                sums["ten"].append(own > matrix[i, rng.choice(other, 9, replace=False)].max())
                sums["page"].append(own > matrix[i, other].max())
                same = other[page.articles[other] == page.articles[i]]
                if len(same) >= 3:
                    sums["article"].append(own > matrix[i, same].max())
        best, back = scores.argmax(axis=1), scores.argmax(axis=0)
        mutual = back[best] == every
        sums["mutual"].extend(mutual & (best == every))
        sums["precision"].extend(best[mutual] == every[mutual])
    return {key: round(float(np.mean(values)), 4) for key, values in sums.items() if values}


def perplexity(model: LanguageModel, texts: Sequence[str]) -> float:
    """Per character the model sees, each text taken as a paragraph's middle (no start or end scored)."""
    symbols, origins, ends = model.alphabet.encode(texts)
    logs = np.concatenate(model.surprise(texts))[origins]
    return float(np.exp(-logs.mean())) if len(symbols) and len(ends) else float("nan")


def auc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Probability that a positive scores above a negative; ties count half."""
    both = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = len(positive)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(negative)))


def borders(model: LanguageModel, source: Sequence[CleanArticle]) -> dict[str, float]:
    """AUC of ``boundary``: true starts and ends of paragraphs against places inside a sentence."""
    rng = random.Random(5)
    whole = [p for a in source for p in a.paragraphs if len(p) >= LONG]
    halves = [found for p in whole if (found := cut(p, rng))]
    start, end = model.boundary(whole)
    start_torn, _ = model.boundary([right for _, right in halves])
    _, end_torn = model.boundary([left for left, _ in halves])
    return {"start": round(auc(start, start_torn), 4), "end": round(auc(end, end_torn), 4)}


def speed(model: LanguageModel, pages: Sequence[TornPage]) -> dict[str, float]:
    """Milliseconds for all pairs of 60 and 60 halves, best of seven; pairs a second on 1,000 by 1,000."""
    lefts = [text for page in pages for text in page.lefts]
    rights = [text for page in pages for text in page.rights]

    def best(n: int, tries: int, *, page: bool) -> float:
        left, right = (lefts * n)[:n], (rights * n)[:n]
        took = []
        for _ in range(tries):
            begun = time.perf_counter()
            model.continuation(left, right, page=left + right if page else None)
            took.append(time.perf_counter() - begun)
        return min(took)

    return {
        "ms_60x60": round(1e3 * best(60, 7, page=False), 2),
        "ms_60x60_page": round(1e3 * best(60, 7, page=True), 2),
        "pairs_per_s": round(1e6 / best(1000, 2, page=False)),
        "pairs_per_s_page": round(1e6 / best(1000, 2, page=True)),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="a model file; without it the packaged one")
    parser.add_argument("--fold", default="test", help="fold of the corpora to measure on")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if not CORPORA.is_dir():
        raise SystemExit(f"skipped: the corpora are not at {CORPORA}")
    model = LanguageModel.load(options.model)
    report: dict[str, object] = {"bytes": model.nbytes}
    for name in NAMES:
        source = list(articles(name, folds=(options.fold,)))
        texts = [paragraph for article in source for paragraph in article.paragraphs]
        entry: dict[str, object] = {"perplexity": round(perplexity(model, texts), 2)}
        entry["borders"] = borders(model, source)
        for noise in NOISE:
            pages = [page for seed in SEEDS[name] for page in torn_pages(source, noise, seed=seed)]
            for with_page in (False, True):
                key = f"tears, {noise:.0%} misread" + (", with page" if with_page else "")
                entry[key] = tears(model, pages, with_page=with_page)
        entry["pages"], entry["cuts"] = len(pages), sum(len(p.lefts) for p in pages)
        report[name] = entry
        if name == "web":
            report["speed"] = speed(model, pages)
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for name, found in report.items():
        print(name if isinstance(found, dict) else f"{name}: {found:,}")
        for key, value in found.items() if isinstance(found, dict) else ():
            print(f"  {key:32} {value}")


if __name__ == "__main__":
    main()
