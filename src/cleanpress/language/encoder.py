"""What two fragments say about each other: learnt evidence, cheap enough for every pair of a page.

Six questions, each with its own answer: are two texts of one article (``similarity``), does a headline
speak of a body (``title_match``), which whole paragraph comes next (``follows``), does a text go on
with a torn sentence (``continues``), is it an article's first or last paragraph (``lead``, ``ending``).

The weights are trained by ``benchmarks/train_encoder.py`` and measured by
``benchmarks/encoder_quality.py``; ``data/encoder/MODEL_CARD.md`` has the figures. Inference needs only
numpy and scipy, tables are memory-mapped, and the same texts always give the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cleanpress.language.hashed_grams import DATA, Codes, buckets, edge_features, folded, grams, letters
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

    def total(self, index: NDArray[np.int64]) -> Matrix:
        """The sum of the rows at ``index``: (d,)."""
        return self.scale[index].astype(np.float32) @ self.rows[index].astype(np.float32)

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
        """The encoder in the folder ``path``, or the package's own; ``FileNotFoundError`` if a table lacks."""
        folder = DATA if path is None else path
        names = ("unigrams", "bigrams", "tails", "heads")
        with np.load(folder / "dense.npz") as archive:
            dense = {name: archive[name].astype(np.float32) for name in archive.files}
        weights = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
        tables = [Embedding.load(folder, name) for name in names]
        return cls(*tables, dense=dense, idf=np.load(folder / "idf.npy", mmap_mode="r"), weights=weights)

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
        return _cosine(left.words, left.words if others is None else self.read(others).words)

    def similarity(self, texts: Sequence[str] | Texts) -> Matrix:
        """Log-odds that two texts of one page are of the same article: (n, n), symmetric, diagonal 0.

        Give it all fragments of the page at once: the others tell what is common to the whole page.
        """
        page = self.read(texts)
        if len(page.texts) < 2:
            return np.zeros((len(page.texts), len(page.texts)), dtype=np.float32)
        direct = log_odds(self.weights["direct"], self.same_article(page))
        found = log_odds(self.weights["similarity"], company_features(direct))
        np.fill_diagonal(found, 0)
        return found

    def title_match(self, titles: Sequence[str] | Texts, bodies: Sequence[str] | Texts) -> Matrix:
        """Log-odds that a headline of the page belongs to a body (a paragraph, or several joined): (t, b)."""
        return log_odds(self.weights["title"], self.matches(self.read(titles), self.read(bodies)))

    def follows(self, lefts: Sequence[str] | Texts, rights: Sequence[str] | Texts) -> Matrix:
        """Log-odds that the whole paragraph ``right`` comes next after ``left`` in its article: (n, m)."""
        return log_odds(
            self.weights["follows"], self.successors("follows", self.read(lefts), self.read(rights))
        )

    def continues(self, lefts: Sequence[str] | Texts, rights: Sequence[str] | Texts) -> Matrix:
        """Log-odds that ``right`` goes on where the torn sentence ``left`` breaks off: (n, m)."""
        return log_odds(
            self.weights["continues"], self.successors("continues", self.read(lefts), self.read(rights))
        )

    def lead(self, texts: Sequence[str] | Texts) -> Matrix:
        """Log-odds that each text is the first paragraph of its article: (n,)."""
        return log_odds(self.weights["lead"], self.places("lead", self.read(texts)))

    def ending(self, texts: Sequence[str] | Texts) -> Matrix:
        """Log-odds that each text is the last paragraph of its article: (n,)."""
        return log_odds(self.weights["ending"], self.places("ending", self.read(texts)))

    def same_article(self, page: Texts) -> Features:
        """The features that ``similarity`` weighs first (the training script fits their weights)."""
        present = csr_matrix(page.words > 0, dtype=np.float32)
        squared = page.words.multiply(page.words).tocsr()
        shared = np.asarray((squared @ present.T).toarray(), dtype=np.float32)
        return same_article_features(page.topic, _cosine(page.words, page.words), shared, page.sizes)

    def matches(self, titles: Texts, bodies: Texts) -> Features:
        """The features that ``title_match`` weighs."""
        present = csr_matrix(bodies.words > 0, dtype=np.float32)
        common = np.asarray((titles.words @ present.T).toarray(), dtype=np.float32)
        whole = np.asarray(titles.words.sum(axis=1), dtype=np.float32).reshape(-1, 1)
        topic = titles.topic @ bodies.topic.T
        cover = common / np.maximum(whole, 1e-6)
        return match_features(topic, _cosine(titles.words, bodies.words), cover, titles.sizes, bodies.sizes)

    def successors(self, question: str, lefts: Texts, rights: Texts) -> Features:
        """The features that ``follows`` and ``continues`` weigh."""
        topic = lefts.topic @ rights.topic.T
        raw = (lefts.tail * self.dense[f"{question}_match"]) @ rights.head.T
        raw = raw + self.dense[f"{question}_topic"] * topic + rights.head @ self.dense[f"{question}_head"]
        number = {text: index for index, text in enumerate(dict.fromkeys(lefts.texts + rights.texts))}
        left = np.array([number[text] for text in lefts.texts])
        right = np.array([number[text] for text in rights.texts])
        return successor_features(
            raw, topic, _cosine(lefts.words, rights.words), left[:, None] == right[None, :]
        )

    def places(self, place: str, texts: Texts) -> Features:
        """The features that ``lead`` and ``ending`` weigh, (n,) each."""
        everything = np.concatenate([texts.tail, texts.head, texts.topic], axis=1)
        return iter((("raw", everything @ self.dense[place]), ("size", np.log(np.maximum(texts.sizes, 1)))))

    def _topic(self, codes: Sequence[Codes]) -> Matrix:
        found = np.zeros((len(codes), self.bigrams.rows.shape[1]), dtype=np.float32)
        for row, code in enumerate(codes):
            plain = letters(code)
            found[row] = self.unigrams.total(buckets(grams(plain, 1), self.unigrams.bits))
            found[row] += self.bigrams.total(buckets(grams(plain, 2), self.bigrams.bits))
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)

    def _edge(self, table: Embedding, outwards: Sequence[Codes], topic: Matrix) -> Matrix:
        near = [table.total(edge_features(codes, table.bits)) for codes in outwards]
        return np.tanh(np.stack(near) + topic) if near else np.zeros_like(topic)

    def _words(self, codes: Sequence[Codes]) -> csr_matrix:
        bits = len(self.idf).bit_length() - 1
        rows = [np.unique(buckets(grams(letters(code), 2), bits)) for code in codes]
        starts = np.cumsum([0, *(len(row) for row in rows)])
        columns = np.concatenate([*rows, np.empty(0, dtype=np.int64)])
        values = self.idf[columns].astype(np.float32) * np.float32(IDF_STEP)
        return csr_matrix((values, columns, starts), shape=(len(codes), len(self.idf)))


def _cosine(left: csr_matrix, right: csr_matrix) -> Matrix:
    product = np.asarray((left @ right.T).toarray(), dtype=np.float32)
    return product / np.maximum(np.outer(_norms(left), _norms(right)), 1e-6)


def _norms(rows: csr_matrix) -> Matrix:
    return np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel())
