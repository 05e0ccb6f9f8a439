"""What two fragments say about each other: learnt evidence, cheap enough for every pair of a page.

Six questions, each with its own answer: are two texts of one article (``similarity``), does a headline
speak of a body (``title_match``), which whole paragraph comes next (``follows``), does a text go on
with a torn sentence (``continues``), is it an article's first or last paragraph (``lead``, ``ending``)
and which of two stands later (``depth``).

The weights are trained by ``benchmarks/train_encoder.py`` and measured by
``benchmarks/encoder_quality.py``; ``data/encoder/MODEL_CARD.md`` has the figures. Inference needs only
numpy and scipy, tables are memory-mapped, and the same texts always give the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cleanpress.errors import UsageError
from cleanpress.language.hashed_grams import DATA, Codes, buckets, edges, folded, grams, letters
from cleanpress.language.pair_features import (
    Features,
    Logistic,
    Matrix,
    company_features,
    log_odds,
    match_features,
    same_article_features,
    successor_features,
)

IDF_STEP = 1 / 16
"""One step of the quantised inverse document frequencies, in natural logarithms."""


@dataclass(frozen=True)
class Embedding:
    """A table of 2**bits rows, quantised to a byte with one scale a row: ``rows`` (n, d), ``scale`` (n,)."""

    rows: NDArray[np.int8]
    scale: NDArray[np.float16]

    @property
    def bits(self) -> int:
        """Bits of a hash that pick a row."""
        return len(self.rows).bit_length() - 1

    def totals(self, index: NDArray[np.int64], owner: NDArray[np.int64], count: int) -> Matrix:
        """For each of ``count`` texts the sum of the rows at its places of ``index``: (count, d)."""
        rows, scale = np.asarray(self.rows), np.asarray(self.scale)
        places = (scale[index].astype(np.float32), (owner, np.arange(len(index))))
        chosen = csr_matrix(places, shape=(count, len(index)))
        return np.asarray(chosen @ rows[index].astype(np.float32))

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Memory-map ``name``.npy and ``name``_scale.npy."""
        return cls(
            np.load(folder / f"{name}.npy", mmap_mode="r"),
            np.load(folder / f"{name}_scale.npy", mmap_mode="r"),
        )


@dataclass(frozen=True)
class Texts:
    """Fragments made ready for comparison; see ``FragmentEncoder.read``.

    ``topic`` (n, d) unit vectors, ``tail`` and ``head`` (n, e) edge vectors, ``words`` (n, 2**b) idf of the
    bigrams each text has, ``sizes`` (n,) in characters.
    """

    texts: tuple[str, ...]
    topic: Matrix
    tail: Matrix
    head: Matrix
    words: csr_matrix
    sizes: Matrix

    def only(self, kept: Sequence[int]) -> Self:
        """Some of them, by their numbers: as if only these had been read."""
        rows = np.asarray(kept, dtype=np.intp)
        return replace(
            self,
            texts=tuple(self.texts[i] for i in kept),
            topic=self.topic[rows],
            tail=self.tail[rows],
            head=self.head[rows],
            words=self.words[rows],
            sizes=self.sizes[rows],
        )


@dataclass(frozen=True)
class FragmentEncoder:
    """Learnt tables and the logistic weights that turn them into log-odds; make one with ``load``.

    Every method takes texts, or ``Texts`` from ``read`` so that a page is encoded once.
    """

    unigrams: Embedding
    bigrams: Embedding
    tails: Embedding
    heads: Embedding
    dense: Mapping[str, Matrix]
    idf: NDArray[np.uint8]
    weights: Mapping[str, Logistic]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The encoder in the folder ``path``, or the package's own; ``UsageError`` without a table."""
        folder = DATA if path is None else path
        try:
            return cls._read_tables(folder)
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"{folder}: not a fragment encoder ({error})") from error

    @classmethod
    def _read_tables(cls, folder: Path) -> Self:
        with np.load(folder / "dense.npz") as archive:
            dense = {name: archive[name].astype(np.float32) for name in archive.files}
        weights = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
        return cls(
            unigrams=Embedding.load(folder, "unigrams"),
            bigrams=Embedding.load(folder, "bigrams"),
            tails=Embedding.load(folder, "tails"),
            heads=Embedding.load(folder, "heads"),
            dense=dense,
            idf=np.load(folder / "idf.npy", mmap_mode="r"),
            weights=weights,
        )

    def read(self, texts: Sequence[str] | Texts) -> Texts:
        """Encode ``texts`` once for all questions."""
        if isinstance(texts, Texts):
            return texts
        codes = [folded(text) for text in texts]
        topic = self._topic(codes)
        return Texts(
            texts=tuple(texts),
            topic=topic,
            tail=self._edge(self.tails, [code[::-1] for code in codes], topic @ self.dense["tail_topic"]),
            head=self._edge(self.heads, codes, topic @ self.dense["head_topic"]),
            words=self._words(codes),
            sizes=np.array([len(text) for text in texts], dtype=np.float32),
        )

    def topic(self, texts: Sequence[str] | Texts) -> Matrix:
        """What each text is about, as a unit vector: (n, d); a text without letters has the zero vector."""
        return texts.topic if isinstance(texts, Texts) else self._topic([folded(text) for text in texts])

    def lexical(self, texts: Sequence[str] | Texts, others: Sequence[str] | Texts | None = None) -> Matrix:
        """Cosine of tf-idf vectors of character bigrams, with ``others`` or among themselves: (n, m)."""
        left = self.read(texts)
        return _cosine(*_dense_columns(left.words, left.words if others is None else self.read(others).words))

    def similarity(self, texts: Sequence[str] | Texts) -> Matrix:
        """Log-odds that two texts of one page are of the same article: (n, n), symmetric, diagonal 0.

        Give it all fragments of the page at once: the others tell what is common to the whole page.
        """
        page = self.read(texts)
        if len(page.texts) < 2:
            return np.zeros((len(page.texts), len(page.texts)), dtype=np.float32)
        direct = log_odds(self.weights["direct"], self.same_article(page))
        found = log_odds(self.weights["similarity"], self.company(page, direct))
        np.fill_diagonal(found, 0)
        return found

    def title_match(self, titles: Sequence[str] | Texts, bodies: Sequence[str] | Texts) -> Matrix:
        """Log-odds that a headline of the page belongs to a body (a paragraph, or several joined): (t, b)."""
        return self._answer("title", self.matches, self.read(titles), self.read(bodies))

    def follows(self, lefts: Sequence[str] | Texts, rights: Sequence[str] | Texts) -> Matrix:
        """Log-odds that the whole paragraph ``right`` comes next after ``left`` in its article: (n, m)."""
        successors = partial(self.successors, "follows")
        return self._answer("follows", successors, self.read(lefts), self.read(rights))

    def continues(self, lefts: Sequence[str] | Texts, rights: Sequence[str] | Texts) -> Matrix:
        """Log-odds that ``right`` goes on where the torn sentence ``left`` breaks off: (n, m)."""
        successors = partial(self.successors, "continues")
        return self._answer("continues", successors, self.read(lefts), self.read(rights))

    def lead(self, texts: Sequence[str] | Texts) -> Matrix:
        """Log-odds that each text is the first paragraph of its article: (n,)."""
        return log_odds(self.weights["lead"], self.places("lead", self.read(texts)))

    def ending(self, texts: Sequence[str] | Texts) -> Matrix:
        """Log-odds that each text is the last paragraph of its article: (n,)."""
        return log_odds(self.weights["ending"], self.places("ending", self.read(texts)))

    def depth(self, texts: Sequence[str] | Texts) -> Matrix:
        """How far into its article each text reads: (n,).

        The difference of two texts of one article is the log-odds that the larger one stands later.
        """
        return log_odds(self.weights["depth"], self.places("depth", self.read(texts)))

    def same_article(self, page: Texts) -> Features:
        """The features that ``similarity`` weighs first (the training script fits their weights)."""
        words, _ = _dense_columns(page.words, page.words)
        shared = _product(words.multiply(words), words > 0)
        return same_article_features(page.topic, _cosine(words, words), shared, page.sizes)

    def company(self, page: Texts, direct: Matrix) -> Features:
        """The features that ``similarity`` weighs last; ``direct`` is the answer of the first."""
        return company_features(direct, page.topic, self.lexical(page), page.sizes)

    def matches(self, titles: Texts, bodies: Texts) -> Features:
        """The features that ``title_match`` weighs."""
        left, right = _dense_columns(titles.words, bodies.words)
        whole = np.asarray(left.sum(axis=1), dtype=np.float32).reshape(-1, 1)
        cover = np.asarray(_product(left, right > 0) / np.maximum(whole, 1e-6), dtype=np.float32)
        topic = titles.topic @ bodies.topic.T
        return match_features(topic, _cosine(left, right), cover, titles.sizes, bodies.sizes)

    def successors(self, question: str, lefts: Texts, rights: Texts) -> Features:
        """The features that ``follows`` and ``continues`` weigh."""
        topic = lefts.topic @ rights.topic.T
        match = (lefts.tail * self.dense[f"{question}_match"]) @ rights.head.T
        bias = rights.head @ self.dense[f"{question}_head"]
        raw = np.asarray(match + self.dense[f"{question}_topic"] * topic + bias, dtype=np.float32)
        number = {text: index for index, text in enumerate(dict.fromkeys(lefts.texts + rights.texts))}
        left = np.array([number[text] for text in lefts.texts], dtype=np.int64)
        right = np.array([number[text] for text in rights.texts], dtype=np.int64)
        lexical = _cosine(*_dense_columns(lefts.words, rights.words))
        return successor_features(raw, topic, lexical, left[:, None] == right[None, :])

    def places(self, place: str, texts: Texts) -> Features:
        """The features that ``lead``, ``ending`` and ``depth`` weigh, (n,) each."""
        everything = np.concatenate([texts.tail, texts.head, texts.topic], axis=1)
        return iter((("raw", everything @ self.dense[place]), ("size", np.log(np.maximum(texts.sizes, 1)))))

    def _answer(
        self, question: str, features: Callable[[Texts, Texts], Features], left: Texts, right: Texts
    ) -> Matrix:
        if not left.texts or not right.texts:
            return np.zeros((len(left.texts), len(right.texts)), dtype=np.float32)
        return log_odds(self.weights[question], features(left, right))

    def _topic(self, codes: Sequence[Codes]) -> Matrix:
        plain = [letters(code) for code in codes]
        found = np.zeros((len(codes), self.bigrams.rows.shape[1]), dtype=np.float32)
        for size, table in ((1, self.unigrams), (2, self.bigrams)):
            hashes, owner = grams(plain, size)
            found += table.totals(buckets(hashes, table.bits), owner, len(codes))
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(norms, 1e-6), dtype=np.float32)

    def _edge(self, table: Embedding, outwards: Sequence[Codes], topic: Matrix) -> Matrix:
        near = table.totals(*edges(outwards, table.bits), len(outwards))
        return np.asarray(np.tanh(near + topic), dtype=np.float32)

    def _words(self, codes: Sequence[Codes]) -> csr_matrix:
        bits = len(self.idf).bit_length() - 1
        hashes, owner = grams([letters(code) for code in codes], 2)
        found = np.unique((owner << bits) | buckets(hashes, bits))
        row, column = found >> bits, found & (len(self.idf) - 1)
        values = np.asarray(self.idf)[column].astype(np.float32) * np.float32(IDF_STEP)
        return csr_matrix((values, (row, column)), shape=(len(codes), len(self.idf)))


def _dense_columns(left: csr_matrix, right: csr_matrix) -> tuple[csr_matrix, csr_matrix]:
    """Both without the columns that neither has, so that a product does not cost the table's width."""
    columns, place = np.unique(np.concatenate([left.indices, right.indices]), return_inverse=True)
    near, far = place[: left.nnz], place[left.nnz :]
    return (
        csr_matrix((left.data, near, left.indptr), shape=(left.shape[0], len(columns))),
        csr_matrix((right.data, far, right.indptr), shape=(right.shape[0], len(columns))),
    )


def _product(left: csr_matrix, right: csr_matrix) -> Matrix:
    return np.asarray((left @ right.astype(np.float32).T).toarray(), dtype=np.float32)


def _cosine(left: csr_matrix, right: csr_matrix) -> Matrix:
    norms = np.maximum(np.outer(_norms(left), _norms(right)), 1e-6)
    return np.asarray(_product(left, right) / norms, dtype=np.float32)


def _norms(rows: csr_matrix) -> Matrix:
    return np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel())
