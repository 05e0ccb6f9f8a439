"""Features of pairs of texts, and the logistic models that turn them into log-odds.

The features look at the whole page: how alike two fragments are counts for little where everything is
alike, so likeness is also measured against the page's mean and against each fragment's best partner.
Features are made one at a time and summed, because a page of thousands has millions of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Features = Iterator[tuple[str, Matrix]]
Logistic = Mapping[str, float]
"""The weight of each feature by name, and ``intercept``."""


def log_odds(model: Logistic, features: Features) -> Matrix:
    """Weighted sum of ``features`` plus intercept; ``KeyError`` for a feature the model does not know."""
    total: Matrix | None = None
    for name, values in features:
        part = np.float32(model[name]) * values
        total = part if total is None else total + part
    if total is None:
        raise ValueError("no features")
    return (total + np.float32(model["intercept"])).astype(np.float32)


def same_article_features(topic: Matrix, lexical: Matrix, shared: Matrix, sizes: Matrix) -> Features:
    """Is the pair of one article? Every feature is (n, n).

    From unit topic vectors (n, d), tf-idf cosines (n, n), how much idf² a pair has in common (n, n) and
    ``sizes`` in characters (n,).
    """
    cosine = topic @ topic.T
    log_size = np.log(np.maximum(sizes, 1))
    shorter = np.minimum.outer(log_size, log_size)
    yield "topic", cosine
    yield "lexical", lexical
    yield "shared", np.log1p(np.sqrt(shared))
    yield "shorter", shorter
    yield "longer", np.maximum.outer(log_size, log_size)
    yield "topic_shorter", cosine * shorter
    yield "lexical_shorter", lexical * shorter
    yield "topic_squared", cosine * cosine
    yield "topic_lexical", cosine * lexical
    yield "page", np.full_like(cosine, np.log(len(cosine) + 1))
    departure = topic - topic.mean(axis=0, keepdims=True)
    departure = departure / np.maximum(np.linalg.norm(departure, axis=1, keepdims=True), 1e-6)
    yield "departure", departure @ departure.T
    yield "topic_centred", centred(cosine)
    yield "lexical_centred", centred(lexical)
    yield "topic_margin", margin(cosine)
    yield "lexical_margin", margin(lexical)


def company_features(direct: Matrix, topic: Matrix, lexical: Matrix, sizes: Matrix) -> Features:
    """Do the two keep the same company? From the ``direct`` log-odds between all texts of the page (n, n).

    The likenesses themselves are weighed once more, because company says most where they say least.
    """
    share = 1 / (1 + np.exp(-direct))
    np.fill_diagonal(share, 1)
    rows = share / np.linalg.norm(share, axis=1, keepdims=True)
    yield "direct", direct
    yield "direct_margin", margin(direct)
    yield "company", rows @ rows.T
    profile = direct.copy()
    np.fill_diagonal(profile, direct.max())
    profile -= profile.mean(axis=1, keepdims=True)
    profile /= np.maximum(np.linalg.norm(profile, axis=1, keepdims=True), 1e-6)
    yield "profile", profile @ profile.T
    np.fill_diagonal(share, 0)
    degree = np.sqrt(share.sum(axis=1) + 1e-3)
    yield "two_steps", (share @ share) / np.multiply.outer(degree, degree)
    cosine = topic @ topic.T
    yield "topic_centred", centred(cosine)
    yield "lexical_centred", centred(lexical)
    yield "topic_margin", margin(cosine)
    yield "lexical_margin", margin(lexical)
    log_size = np.log(np.maximum(sizes, 1))
    yield "shorter", np.minimum.outer(log_size, log_size)
    yield "longer", np.maximum.outer(log_size, log_size)
    yield "page", np.full_like(cosine, np.log(len(cosine) + 1))


def match_features(topic: Matrix, lexical: Matrix, cover: Matrix, left: Matrix, right: Matrix) -> Features:
    """Does the headline (row) belong to the body (column)? ``cover`` is the share of the headline's idf
    that the body contains; ``left`` (t,) and ``right`` (b,) are sizes in characters."""
    shape = np.ones_like(topic)
    yield "topic", topic
    yield "lexical", lexical
    yield "cover", cover
    yield "title_size", shape * np.log(np.maximum(left, 1))[:, None]
    yield "body_size", shape * np.log(np.maximum(right, 1))[None, :]
    yield "titles", shape * np.log(len(left) + 1)
    for name, values in (("topic", topic), ("lexical", lexical), ("cover", cover)):
        yield f"{name}_over_titles", values - values.mean(axis=0, keepdims=True)
        yield f"{name}_over_bodies", values - values.mean(axis=1, keepdims=True)
        yield f"{name}_lead", lead_over_rivals(values)


def successor_features(raw: Matrix, topic: Matrix, lexical: Matrix, banned: NDArray[np.bool_]) -> Features:
    """Does the column come next after the row? ``raw`` is the boundary model's score; ``banned`` marks
    pairs of a text with itself, which must not weigh in what the others are measured against."""
    raw = np.where(banned, -30, raw).astype(np.float32)
    topic, lexical = np.where(banned, 0, topic), np.where(banned, 0, lexical)
    yield "raw", raw
    yield "given_left", raw - _log_sum(raw, 1)
    yield "given_right", raw - _log_sum(raw, 0)
    yield "lead", lead_over_rivals(raw)
    yield "topic", topic
    yield "lexical", lexical
    yield "topic_over_rights", topic - topic.mean(axis=1, keepdims=True)
    yield "lexical_over_rights", lexical - lexical.mean(axis=1, keepdims=True)
    yield "page", np.full_like(raw, np.log(raw.shape[1] + 1))


def centred(values: Matrix) -> Matrix:
    """A symmetric (n, n) matrix less its row and column means, the diagonal left out of the means."""
    others = values - np.diag(np.diag(values))
    mean = others.sum(axis=1) / max(len(values) - 1, 1)
    return np.asarray(values - mean[:, None] - mean[None, :] + mean.mean(), dtype=np.float32)


def margin(values: Matrix) -> Matrix:
    """How far a pair is below the best partners of its two texts, summed over the two (n, n)."""
    others = values.copy()
    np.fill_diagonal(others, others.min())
    best = others.max(axis=1)
    return np.asarray(2 * values - best[:, None] - best[None, :], dtype=np.float32)


def lead_over_rivals(values: Matrix) -> Matrix:
    """Each value less the best other value of its column: positive where the row wins the column."""
    if len(values) < 2:
        return np.zeros_like(values)
    ordered = np.sort(values, axis=0)
    best, second = ordered[-1], ordered[-2]
    return np.asarray(values - np.where(values == best, second, best), dtype=np.float32)


def _log_sum(values: Matrix, axis: int) -> Matrix:
    top = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=axis, keepdims=True)) + top, dtype=np.float32)
