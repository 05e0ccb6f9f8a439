"""Small pages for training and measuring what fragments say about each other.

A page here is three to seven clean articles with a little character noise, some paragraphs torn in
two; its order is of no interest. (The page simulator that pours articles into columns is another
script: this one asks only whether texts belong together.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cleanpress.language.hashed_grams import buckets, folded, grams, letters
from corpora import CleanArticle

SENTENCE_ENDS = '。！？!?；;：:”"』」）)'
MAX_PARAGRAPHS = 16
MIN_PARAGRAPH = 6
WHOLE, HEADLINE = 0, 3
HTML = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Piece:
    """A fragment of a page: which article, which paragraph, and which half of it (``WHOLE``, 1 or 2).

    A headline among the fragments has paragraph −1 and ``HEADLINE`` for its half.
    """

    text: str
    article: int
    paragraph: int
    half: int


@dataclass(frozen=True)
class SmallPage:
    """``similar`` pages hold articles on neighbouring topics; ``lengths``: paragraphs of each article."""

    titles: tuple[str, ...]
    pieces: tuple[Piece, ...]
    lengths: tuple[int, ...]
    similar: bool


def usable(articles: Sequence[CleanArticle]) -> list[CleanArticle]:
    """Articles of two or more paragraphs, without leftovers of mark-up, cut to ``MAX_PARAGRAPHS``."""
    found = []
    for article in articles:
        cleaned = [HTML.sub("", paragraph).strip() for paragraph in article.paragraphs]
        paragraphs = tuple(p for p in cleaned if len(p) >= MIN_PARAGRAPH)
        if len(paragraphs) >= 2:
            found.append(CleanArticle(article.id, article.title, paragraphs[:MAX_PARAGRAPHS], article.source))
    return found


def worn(text: str, rate: float, rng: np.random.Generator, alphabet: str) -> str:
    """``text`` with about ``rate`` of its characters misread (three of four) or lost (one of four)."""
    hit = rng.random(len(text)) < rate
    if not hit.any():
        return text
    lost = rng.random(len(text)) < 0.25
    wrong = rng.integers(0, len(alphabet), len(text))
    return "".join(
        ("" if lost[i] else alphabet[wrong[i]]) if hit[i] else character for i, character in enumerate(text)
    )


def torn_at(text: str, rng: np.random.Generator) -> int | None:
    """A place inside a sentence of ``text``, four or more characters from both ends; ``None`` if none."""
    places = [i for i in range(4, len(text) - 3) if text[i - 1] not in SENTENCE_ENDS]
    return int(rng.choice(places)) if len(text) >= 16 and places else None


def neighbours(articles: Sequence[CleanArticle], count: int = 30) -> NDArray[np.int64]:
    """The ``count`` nearest other articles of each by tf-idf of character bigrams: (n, count)."""
    hashes, owner = grams([letters(folded(a.title + "".join(a.paragraphs))) for a in articles], 2)
    found = np.unique((owner << 16) | buckets(hashes, 16))
    row, column = found >> 16, found & 0xFFFF
    seen = np.bincount(column, minlength=1 << 16)
    weight = np.log((len(articles) + 1) / (seen[column] + 0.5))
    table = csr_matrix((weight.astype(np.float32), (row, column)), (len(articles), 1 << 16))
    norms = np.sqrt(np.asarray(table.multiply(table).sum(1)).ravel())
    table = csr_matrix(table.multiply(1 / norms[:, None]))
    nearest = np.empty((len(articles), count), dtype=np.int64)
    for start in range(0, len(articles), 500):
        similarity = (table[start : start + 500] @ table.T).toarray()
        similarity[np.arange(similarity.shape[0]), start + np.arange(similarity.shape[0])] = -1
        nearest[start : start + 500] = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    return nearest


def small_pages(
    articles: Sequence[CleanArticle],
    count: int,
    seed: int,
    *,
    most: int = 7,
    noise: float = 0.02,
    torn: float = 0.0,
    headed: float = 0.0,
) -> list[SmallPage]:
    """``count`` pages of 3 to ``most`` articles, every other one on similar topics.

    ``torn`` is the share of paragraphs torn in two, ``headed`` the share of pages with their headlines
    among the fragments, as they stand on a printed page.
    """
    rng = np.random.default_rng(seed)
    near = neighbours(articles)
    alphabet = "".join(sorted(set("".join(p for a in articles[:500] for p in a.paragraphs))))
    pages = []
    for number in range(count):
        similar = number % 2 == 0
        size = int(rng.integers(3, most + 1))
        anchor = int(rng.integers(len(articles)))
        others = near[anchor] if similar else np.delete(np.arange(len(articles)), anchor)
        chosen = [articles[anchor], *(articles[int(i)] for i in rng.choice(others, size - 1, replace=False))]
        pieces: list[Piece] = []
        for index, article in enumerate(chosen):
            for position, paragraph in enumerate(article.paragraphs):
                place = torn_at(paragraph, rng) if rng.random() < torn else None
                parts = (
                    [(paragraph, WHOLE)]
                    if place is None
                    else [(paragraph[:place], 1), (paragraph[place:], 2)]
                )
                pieces += [Piece(worn(t, noise, rng, alphabet), index, position, half) for t, half in parts]
        titles = tuple(worn(article.title, noise, rng, alphabet) for article in chosen)
        if rng.random() < headed:
            pieces += [Piece(title, index, -1, HEADLINE) for index, title in enumerate(titles)]
        lengths = tuple(len(article.paragraphs) for article in chosen)
        pages.append(SmallPage(titles, tuple(pieces), lengths, similar))
    return pages


def pooled(page: SmallPage) -> list[str]:
    """The whole body of each article of the page."""
    bodies = [""] * len(page.titles)
    for piece in page.pieces:
        if piece.half != HEADLINE:
            bodies[piece.article] += piece.text
    return bodies
