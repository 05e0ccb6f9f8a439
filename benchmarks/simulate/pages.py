"""Choosing the articles of a page, and pages without end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from zlib import crc32

import numpy as np
from scipy import sparse

from corpora import CleanArticle, articles
from simulate.page import SimulatedPage, simulate_page
from simulate.settings import Settings

WEB_SMALL_PRINT = re.compile(
    r"^(原标题|来源|责任编辑|责编|编辑|编 辑|作者|记者|图片|文/|end$|（完）)"
    r"|^[\s\d—\-_*]+$|http|点击|扫码|二维码|公众号"
)
DIGEST = re.compile(r"快讯|联播|简讯|内容提要")
BINS = 1 << 18


def pages(
    fold: str, n: int, seed: int, settings: Settings | None = None, sources: Sequence[str] = ("news", "web")
) -> Iterator[SimulatedPage]:
    """``n`` pages of articles of one fold; page ``k`` depends on ``seed`` and ``k`` alone."""
    settings = settings or Settings()
    library = load(fold, tuple(sources))
    for k in range(n):
        rng = Random(f"{seed}/{k}")
        chosen = library.choose(rng)
        yield simulate_page(chosen, rng, settings, name=f"simulated-{seed}-{k:04d}")


@cache
def load(fold: str, sources: tuple[str, ...]) -> Library:
    """The library of a fold, read and indexed once."""
    return Library([a for a in map(tidied, articles(*sources, folds=(fold,))) if usable(a)])


def tidied(article: CleanArticle) -> CleanArticle:
    """Cut to what a newspaper would print of it; half of the articles keep a web page's own small print.

    Sources, editors and sign-offs are part of an article wherever pages were made from the web; which half
    keeps them is decided by the article's id, so that a page depends on its seed alone.
    """
    keeps = crc32(article.id.encode()) % 2 == 0
    paragraphs = [p.strip() for p in article.paragraphs]
    paragraphs = [p for p in paragraphs if p and len(p) <= 600 and (keeps or not WEB_SMALL_PRINT.search(p))]
    title = re.sub(r"\s+", " ", article.title).strip()
    title = re.split(r"[_|]|-言", title)[0].strip() if article.source == "web" else title
    return replace(article, title=title, paragraphs=tuple(dict.fromkeys(paragraphs))[:24])


def usable(article: CleanArticle) -> bool:
    """Whether the article can stand on a page: a title, and a body of some length."""
    letters = sum(map(len, article.paragraphs))
    return 4 <= len(article.title) <= 45 and "..." not in article.title and 100 <= letters <= 4000


class Library:
    """Articles with an index of their topics (character bigrams, tf-idf), to put like beside like."""

    def __init__(self, stock: Sequence[CleanArticle]) -> None:
        if len(stock) < 20:
            raise ValueError(f"{len(stock)} usable articles are too few to choose pages from")
        self.stock = list(stock)
        lengths = np.array([sum(map(len, a.paragraphs)) for a in stock])
        weights = np.sqrt(lengths) * np.array([0.03 if DIGEST.search(a.title) else 1.0 for a in stock])
        self.cumulative = list(np.cumsum(weights))
        self.topics = topics([a.title + "\n" + "".join(a.paragraphs)[:800] for a in stock])

    def choose(self, rng: Random) -> list[CleanArticle]:
        """Three to ten articles: of any topics, or (two pages in five) all or some of them of one theme."""
        count = rng.choice([3, 4, 5, 5, 6, 6, 7, 8, 10])
        first = self._any(rng)
        chosen = [first]
        theme = rng.random()
        if theme < 0.4:
            near = self._near(first)
            wanted = count - 1 if theme < 0.2 else count // 2
            chosen += rng.sample(near, min(wanted, len(near)))
        while len(chosen) < count:
            other = self._any(rng)
            if other not in chosen:
                chosen.append(other)
        rng.shuffle(chosen)
        return self._without_common_paragraphs(chosen)

    def _any(self, rng: Random) -> int:
        return rng.choices(range(len(self.stock)), cum_weights=self.cumulative)[0]

    def _near(self, index: int) -> list[int]:
        """The forty articles nearest in topic, without those that say the same in nearly the same words."""
        similar = np.asarray((self.topics @ self.topics[index].T).todense()).ravel()
        similar[index] = 0.0
        similar[similar > 0.6] = 0.0
        return [int(k) for k in np.argsort(-similar, kind="stable")[:40] if similar[k] > 0.05]

    def _without_common_paragraphs(self, chosen: Sequence[int]) -> list[CleanArticle]:
        # A paragraph that two articles share has no one true place.
        seen: set[str] = set()
        out = []
        for article in (self.stock[k] for k in chosen):
            paragraphs = tuple(p for p in article.paragraphs if p not in seen)
            if paragraphs:
                seen.update(paragraphs)
                out.append(replace(article, paragraphs=paragraphs))
        return out


def topics(texts: Sequence[str]) -> sparse.csr_array:
    """Rows of unit length: tf-idf of hashed character bigrams."""
    rows = []
    for text in texts:
        codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        rows.append(np.unique((codes[:-1] * 65599 + codes[1:]) % BINS, return_counts=True))
    indptr = np.concatenate([[0], np.cumsum([len(bins) for bins, _ in rows])])
    indices = np.concatenate([bins for bins, _ in rows])
    counts = np.concatenate([1.0 + np.log(n) for _, n in rows])
    frequency = np.bincount(indices, minlength=BINS)
    counts *= np.log((1 + len(texts)) / (1 + frequency[indices]))
    matrix = sparse.csr_array((counts, indices, indptr), shape=(len(texts), BINS))
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1.0 / np.maximum(norms, 1e-9)) @ matrix)
