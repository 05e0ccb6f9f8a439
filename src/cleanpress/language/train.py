"""Estimate a character model: interpolated modified Kneser–Ney, pruned, quantised, packed.

Everything is counted with numpy on arrays as long as the corpus: the n-grams of one order are numbered
by sorting 64-bit hashes of them, and an n-gram knows its context (the n-gram without its last symbol)
and its tail (without its first) by their numbers in the order below. The same text gives the same bytes.

Chen and Goodman (1999), "An empirical study of smoothing techniques for language modeling", is the
source of the estimator; pruning by weighted difference is Seymore and Rosenfeld's (1996).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.alphabet import BOUNDARY, Alphabet
from cleanpress.language.ngram import LanguageModel, Level, hash_symbols
from cleanpress.language.table import build

Progress = Callable[[str], None]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made. The defaults are those of the packaged model; see its card."""

    order: int = 5
    least: int = 4
    """Characters rarer than this share one symbol."""
    cutoffs: tuple[int, ...] = (1, 1, 1, 1)
    """For orders 2, 3, …: n-grams that occur less often are not kept."""
    threshold: float = 0.0
    """N-grams are dropped whose loss costs the training text less than so many nats."""
    fingerprint_bits: tuple[int, ...] = (12, 12, 12, 10)
    probability_bits: tuple[int, ...] = (6, 6, 6, 6)
    backoff_bits: tuple[int, ...] = (6, 6, 6, 0)
    kneser: bool = True


@dataclass(slots=True)
class _Grams:
    """The distinct n-grams of one order, sorted by hash."""

    first: Ints
    """A place in the corpus where each stands."""
    counts: Ints
    context: Ints
    """Number of the n-gram without its last symbol, in the order below."""
    tail: Ints
    """Number of the n-gram without its first symbol, in the order below."""
    at_start: NDArray[np.bool_]
    """Whether it starts with the boundary, so that nothing can stand before it."""


def train(
    paragraphs: Sequence[str],
    simplified: Mapping[str, str] | None = None,
    recipe: Recipe | None = None,
    progress: Progress = lambda _: None,
) -> LanguageModel:
    """A model of these paragraphs, each taken on its own.

    ``simplified`` maps traditional characters to simplified ones; it is stored in the model, which so
    serves both scripts. Raises ``ValueError`` if the paragraphs hold fewer than two known characters.
    """
    recipe = recipe or Recipe()
    raw: Counter[str] = Counter()
    for paragraph in paragraphs:
        raw.update(paragraph)
    alphabet = Alphabet.build(raw, simplified or {}, recipe.least)
    progress(f"{len(paragraphs):,} paragraphs, {sum(raw.values()):,} characters, {alphabet.size:,} symbols")
    corpus = with_boundaries(alphabet, paragraphs)
    if len(corpus) < 4:
        raise ValueError("too little text to train on")
    grams = _count(corpus, recipe.order, alphabet.size, progress)
    return _estimate(corpus, grams, alphabet, recipe, progress)


def with_boundaries(alphabet: Alphabet, paragraphs: Sequence[str]) -> NDArray[np.uint16]:
    """The paragraphs' symbols with one boundary before, between and after them; empty ones left out."""
    symbols, _, ends = alphabet.encode(paragraphs)
    starts = np.unique(ends[:-1])
    starts = starts[starts < len(symbols)]
    return np.append(np.insert(symbols, starts, BOUNDARY), np.uint16(BOUNDARY))


def _count(corpus: NDArray[np.uint16], order: int, size: int, progress: Progress) -> list[_Grams]:
    """Distinct n-grams of orders 1 to ``order``; none runs across a boundary."""
    border = corpus == BOUNDARY
    counts = np.bincount(corpus, minlength=size).astype(np.int64)
    nothing = np.zeros(size, dtype=np.int64)
    grams = [_Grams(nothing, counts, nothing, nothing, np.arange(size) == BOUNDARY)]
    numbers = corpus.astype(np.int64)
    valid = np.ones(len(corpus), dtype=bool)
    hashes = hash_symbols(corpus[:, None])
    for n in range(2, order + 1):
        end = len(corpus) - n + 1
        if n > 2:
            # An n-gram is whole unless a boundary stands inside it.
            valid = valid[:end] & ~border[n - 2 : n - 2 + end]
        places = np.flatnonzero(valid[:end])
        hashes = hash_symbols(np.lib.stride_tricks.sliding_window_view(corpus, n))
        _, first, inverse, count = np.unique(
            hashes[places], return_index=True, return_inverse=True, return_counts=True
        )
        first = places[first]
        below = numbers
        numbers = np.full(len(corpus), -1, dtype=np.int64)
        numbers[places] = inverse
        grams.append(_Grams(first, count, below[first], below[first + 1], border[first]))
        progress(f"order {n}: {len(first):,} n-grams")
    return grams


def _estimate(
    corpus: NDArray[np.uint16], grams: list[_Grams], alphabet: Alphabet, recipe: Recipe, progress: Progress
) -> LanguageModel:
    order = len(grams)
    adjusted = _adjusted(grams) if recipe.kneser else [g.counts for g in grams]
    unigrams, frequencies = _unigrams(grams[0], adjusted[0])
    full, _ = _smooth(grams, adjusted, unigrams, [np.ones(len(g.counts), bool) for g in grams])
    keep = _prune(grams, adjusted, full, unigrams, recipe)
    probabilities, backoffs = _smooth(grams, adjusted, unigrams, keep)
    levels = []
    for n in range(2, order + 1):
        kept = np.flatnonzero(keep[n - 1])
        window = grams[n - 1].first[kept][:, None] + np.arange(n)
        keys = hash_symbols(corpus[window])
        last = n == order
        levels.append(
            _pack(
                keys,
                np.log(probabilities[n - 1][kept]),
                np.zeros(len(kept)) if last else np.log(backoffs[n - 1][kept]),
                fingerprint_bits=recipe.fingerprint_bits[n - 2],
                probability_bits=recipe.probability_bits[n - 2],
                backoff_bits=0 if last else recipe.backoff_bits[n - 2],
            )
        )
        progress(f"order {n}: {len(kept):,} kept, {levels[-1].nbytes / 1e6:.2f} MB")
    return LanguageModel(
        alphabet,
        np.log(unigrams).astype(np.float32),
        np.log(backoffs[0]).astype(np.float32),
        np.log(frequencies).astype(np.float32),
        tuple(levels),
    )


def _adjusted(grams: list[_Grams]) -> list[Ints]:
    """Kneser–Ney counts: below the top, how many different symbols stand before an n-gram."""
    found = [grams[-1].counts]
    for lower, upper in zip(grams[-2::-1], grams[:0:-1], strict=True):
        before = np.bincount(upper.tail, minlength=len(lower.counts))
        found.append(np.where(lower.at_start, lower.counts, before))
    return found[::-1]


def _discounts(adjusted: Ints) -> Floats:
    """Discounts of counts 0, 1, 2 and 3 or more, by Chen and Goodman's closed form."""
    n1, n2, n3, n4 = (max(int(np.count_nonzero(adjusted == k)), 1) for k in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    raw = np.array([0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    # On toy corpora the counts of counts are nonsense; a discount must leave a count positive.
    discounts: Floats = np.clip(raw, [0.0, 0.1, 0.1, 0.1], [0.0, 0.95, 1.9, 2.9])
    return discounts


def _unigrams(grams: _Grams, adjusted: Ints) -> tuple[Floats, Floats]:
    """Kneser–Ney probabilities of single symbols, and their plain frequencies (add one half)."""
    discount = _discounts(adjusted)
    total = max(int(adjusted.sum()), 1)
    left = np.maximum(adjusted - discount[np.minimum(adjusted, 3)], 0.0) / total
    uniform = (1.0 - left.sum()) / len(adjusted)
    smoothed = grams.counts + 0.5
    return left + uniform, smoothed / smoothed.sum()


def _smooth(
    grams: list[_Grams], adjusted: list[Ints], unigrams: Floats, keep: list[NDArray[np.bool_]]
) -> tuple[list[Floats], list[Floats]]:
    """Probabilities of the kept n-grams, and the back-off weights of all as contexts.

    What a context loses to discounts and to pruning, its shorter context gets: the kept and the others
    sum to one.
    """
    probabilities, backoffs = [unigrams], []
    for n in range(1, len(grams)):
        gram, count, kept = grams[n], adjusted[n], keep[n]
        contexts = len(grams[n - 1].counts)
        total = np.bincount(gram.context, weights=count, minlength=contexts)
        discount = _discounts(count)
        own = np.maximum(count - discount[np.minimum(count, 3)], 0.0) / total[gram.context]
        own[~kept] = 0.0
        weight = 1.0 - np.bincount(gram.context, weights=own, minlength=contexts)
        weight[total == 0] = 1.0
        weight = np.clip(weight, 1e-6, 1.0)
        backoffs.append(weight)
        probabilities.append(own + weight[gram.context] * probabilities[n - 1][gram.tail])
    return probabilities, backoffs


def _prune(
    grams: list[_Grams], adjusted: list[Ints], full: list[Floats], unigrams: Floats, recipe: Recipe
) -> list[NDArray[np.bool_]]:
    """Which n-grams stay: from the top order down, so that a kept one's context and tail are kept."""
    keep = [np.ones(len(g.counts), dtype=bool) for g in grams]
    for n in range(len(grams) - 1, 0, -1):
        gram = grams[n]
        contexts = len(grams[n - 1].counts)
        total = np.bincount(gram.context, weights=adjusted[n], minlength=contexts)
        discount = _discounts(adjusted[n])
        own = np.maximum(adjusted[n] - discount[np.minimum(adjusted[n], 3)], 0.0) / total[gram.context]
        weight = 1.0 - np.bincount(gram.context, weights=own, minlength=contexts)
        shorter = np.clip(weight, 1e-6, 1.0)[gram.context] * full[n - 1][gram.tail]
        loss = gram.counts * np.log(full[n] / shorter)
        stay = (gram.counts >= recipe.cutoffs[n - 1]) & (loss >= recipe.threshold)
        if n + 1 < len(grams):
            above = grams[n + 1]
            for needed in (above.context, above.tail):
                stay[needed[keep[n + 1]]] = True
        keep[n] = stay
    return keep


def _pack(
    keys: NDArray[np.uint64],
    probabilities: Floats,
    backoffs: Floats,
    *,
    fingerprint_bits: int,
    probability_bits: int,
    backoff_bits: int,
) -> Level:
    """One order's n-grams as a table of quantised log-probabilities and back-offs."""
    order = np.argsort(keys)
    code_p, book_p = _quantise(probabilities, probability_bits)
    code_b, book_b = _quantise(backoffs, backoff_bits)
    values = (code_p | (code_b << np.uint32(probability_bits))).astype(np.uint32)
    table = build(keys[order], values[order], fingerprint_bits, probability_bits + backoff_bits)
    return Level(table, book_p, book_b, probability_bits)


def _quantise(values: Floats, bits: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Codes and code book: equally full bins, each standing for its mean."""
    if not bits or not len(values):
        return np.zeros(len(values), dtype=np.uint32), np.zeros(1, dtype=np.float32)
    borders = np.unique(np.quantile(values, np.linspace(0, 1, (1 << bits) + 1)[1:-1], method="lower"))
    codes = np.searchsorted(borders, values, side="right")
    sums = np.bincount(codes, weights=values, minlength=1 << bits)
    filled = np.bincount(codes, minlength=1 << bits)
    return codes.astype(np.uint32), (sums / np.maximum(filled, 1)).astype(np.float32)


def paragraphs_with_titles(articles: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Titles and paragraphs of articles, each a paragraph of its own."""
    return [text for title, paragraphs in articles for text in (title, *paragraphs)]
