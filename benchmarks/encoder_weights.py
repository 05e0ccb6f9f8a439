"""Fit the logistic weights that turn the encoder's likenesses into log-odds, on small pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.encoder import FragmentEncoder
from cleanpress.language.pair_features import Features, log_odds
from encoder_pages import HEADLINE, WHOLE, SmallPage, pooled

Truth = NDArray[np.bool_]


class Fit:
    """Gathers samples of named features and fits a ridge logistic regression by Newton's method.

    Every page weighs the same, or long pages, with their many pairs, would speak for all.
    """

    def __init__(self) -> None:
        self.rows: list[NDArray[np.float64]] = []
        self.truth: list[Truth] = []
        self.names: list[str] = []
        self.shares: list[NDArray[np.float64]] = []

    def add(self, features: Features, truth: Truth, where: Truth) -> None:
        """Take the places ``where`` of every feature and of ``truth``."""
        named = list(features)
        self.names = [name for name, _ in named]
        self.rows.append(np.stack([values[where] for _, values in named], axis=1).astype(np.float64))
        self.truth.append(truth[where])
        self.shares.append(np.full(int(where.sum()), 1 / max(int(where.sum()), 1)))

    def weights(self, ridge: float = 1e-4) -> dict[str, float]:
        """Weights by name, for the features as they are (not standardised), and ``intercept``."""
        x, y = np.concatenate(self.rows), np.concatenate(self.truth).astype(np.float64)
        share = np.concatenate(self.shares)
        share /= share.sum()
        mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
        z = np.column_stack([(x - mean) / spread, np.ones(len(x))])
        penalty = np.append(np.full(len(mean), ridge), 0)
        w = np.zeros(z.shape[1])
        for _ in range(40):
            p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
            gradient = z.T @ (share * (p - y)) + penalty * w
            curvature = (z * (share * p * (1 - p))[:, None]).T @ z + np.diag(penalty + 1e-9)
            step = np.linalg.solve(curvature, gradient)
            w -= step
            if np.abs(step).max() < 1e-8:
                break
        plain = w[:-1] / spread
        found = {name: round(float(value), 6) for name, value in zip(self.names, plain, strict=True)}
        return found | {"intercept": round(float(w[-1] - plain @ mean), 6)}


def columns(page: SmallPage) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Article, paragraph and half of each piece: (n,) each."""
    table = np.array([(piece.article, piece.paragraph, piece.half) for piece in page.pieces])
    return table[:, 0], table[:, 1], table[:, 2]


def followers(page: SmallPage) -> tuple[Truth, Truth]:
    """Which piece is the next whole paragraph after which (n, n), and between which pieces that is asked."""
    article, place, half = (
        np.array([getattr(p, name) for p in page.pieces]) for name in ("article", "paragraph", "half")
    )
    ends, starts = (half == WHOLE) | (half == 2), (half == WHOLE) | (half == 1)
    asked = ends[:, None] & starts[None, :] & ~np.eye(len(half), dtype=bool)
    truth = (article[:, None] == article[None, :]) & (place[:, None] + 1 == place[None, :])
    return truth & asked, asked


def continuations(page: SmallPage) -> tuple[Truth, Truth]:
    """Which piece is the second half of which (n, n), and between which pieces that is asked."""
    half = np.array([piece.half for piece in page.pieces])
    asked = (half == 1)[:, None] & ~np.eye(len(half), dtype=bool)
    truth = asked & np.eye(len(half), k=1, dtype=bool)
    return truth, asked


def depth_pairs(
    features: Features, article: NDArray[np.int64], place: NDArray[np.int64]
) -> tuple[Features, Truth, Truth]:
    """Differences of the features between two paragraphs of one article, and which stands later."""
    pairs = (article[:, None] == article[None, :]) & (place[:, None] != place[None, :])
    pairs &= (place >= 0)[:, None] & (place >= 0)[None, :]
    differences = ((name, values[:, None] - values[None, :]) for name, values in features)
    return differences, place[:, None] > place[None, :], pairs


def fit_weights(folder: Path, pages: Sequence[SmallPage]) -> None:
    """Fit and write ``weights.json`` in ``folder``, which holds the tables already."""
    (folder / "weights.json").write_text("{}", encoding="utf-8")
    model = FragmentEncoder.load(folder)
    names = ("direct", "title", "follows", "continues", "lead", "ending", "depth")
    fits = {name: Fit() for name in names}
    kept = []
    for number, page in enumerate(pages):
        texts, titles = model.read([piece.text for piece in page.pieces]), model.read(page.titles)
        article, place, half = (
            np.array([getattr(p, name) for p in page.pieces]) for name in ("article", "paragraph", "half")
        )
        same, pairs = (
            article[:, None] == article[None, :],
            np.triu(np.ones((len(article),) * 2, dtype=bool), 1),
        )
        fits["direct"].add(model.same_article(texts), same, pairs)
        kept.append((texts, same, pairs))
        owners = np.arange(len(page.titles))
        bodies, owner = pooled(page), owners
        if number % 2:
            bodies = [piece.text for piece in page.pieces if piece.half != HEADLINE]
            owner = article[half != HEADLINE]
        own = owners[:, None] == owner[None, :]
        fits["title"].add(model.matches(titles, model.read(bodies)), own, np.ones_like(own))
        fits["follows"].add(model.successors("follows", texts, texts), *followers(page))
        if (half == 1).any():
            fits["continues"].add(model.successors("continues", texts, texts), *continuations(page))
        final = place == np.array(page.lengths)[article] - 1
        fits["lead"].add(model.places("lead", texts), place == 0, half == WHOLE)
        fits["depth"].add(*depth_pairs(model.places("depth", texts), article, place))
        fits["ending"].add(model.places("ending", texts), final, half == WHOLE)
    weights = {name: fit.weights() for name, fit in fits.items()}
    company = Fit()
    for texts, same, pairs in kept:
        direct = log_odds(weights["direct"], model.same_article(texts))
        company.add(model.company(texts, direct), same, pairs)
    weights["similarity"] = company.weights()
    (folder / "weights.json").write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
