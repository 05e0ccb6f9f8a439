"""Estimate a character model: interpolated modified Kneser–Ney, pruned, quantised, packed.

Everything is counted with numpy on arrays as long as the corpus: the n-grams of one order are numbered
by sorting 64-bit hashes of them, and an n-gram knows its context (the n-gram without its last symbol)
and its tail (without its first) by their numbers in the order below. The same text gives the same bytes.

Chen and Goodman (1999), "An empirical study of smoothing techniques for language modeling", is the
source of the estimator; pruning by weighted difference is Seymore and Rosenfeld's (1996).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.alphabet import BOUNDARY, Alphabet
from cleanpress.language.levels import Level, hash_symbols
from cleanpress.language.ngram import LanguageModel
from cleanpress.language.table import build

Progress = Callable[[str], None]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made. The defaults made the packaged model; its card has the figures behind them."""

    order: int = 5
    least: int = 2
    """Characters rarer than this share one symbol."""
    cutoffs: tuple[int, ...] = (1, 1, 2, 2)
    """For orders 2, 3, …: n-grams that occur less often are not kept."""
    megabytes: float = 9.0
    """The tables' size; of the n-grams, those go first whose loss costs the training text least."""
    top_bits: tuple[int, int] = (10, 6)
    """Bits of the highest order's fingerprint and probability."""
    bits: tuple[int, int, int] = (12, 6, 6)
    """Bits of the other orders' fingerprint, probability and back-off weight."""

    def cell_bits(self, n: int) -> tuple[int, int, int]:
        """Bits of fingerprint, probability and back-off weight of order ``n``."""
        return (*self.top_bits, 0) if n == self.order else self.bits

    def slot_bytes(self, n: int) -> float:
        """What one n-gram of order ``n`` takes: whole bytes, an eighth more for the table's free cells."""
        return 1.13 * max(2, -(-sum(self.cell_bits(n)) // 8))


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
    adjusted = _adjusted(grams)
    unigrams, frequencies = _unigrams(grams[0], adjusted[0])
    everything = [np.ones(len(g.counts), dtype=bool) for g in grams]
    keep = _prune(grams, _losses(grams, *_smooth(grams, adjusted, unigrams, everything)), recipe)
    probabilities, backoffs = _smooth(grams, adjusted, unigrams, keep)
    levels = []
    for n in range(2, recipe.order + 1):
        kept = np.flatnonzero(keep[n - 1])
        window = grams[n - 1].first[kept][:, None] + np.arange(n)
        weights = backoffs[n - 1][kept] if n < recipe.order else np.ones(len(kept))
        levels.append(
            _pack(hash_symbols(corpus[window]), probabilities[n - 1][kept], weights, recipe.cell_bits(n))
        )
        progress(f"order {n}: {len(kept):,} n-grams kept, {levels[-1].nbytes / 1e6:.2f} MB")
    about = {"recipe": asdict(recipe), "symbols": len(corpus), "kept": [int(k.sum()) for k in keep]}
    return LanguageModel(
        alphabet,
        np.log(unigrams).astype(np.float32),
        np.log(backoffs[0]).astype(np.float32),
        np.log(frequencies).astype(np.float32),
        tuple(levels),
        about,
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


def _losses(grams: list[_Grams], probabilities: list[Floats], backoffs: list[Floats]) -> list[Floats]:
    """What the training text loses, in nats, where an n-gram gives way to its back-off; by order."""
    losses: list[Floats] = [np.zeros(0)]
    for n in range(1, len(grams)):
        shorter = backoffs[n - 1][grams[n].context] * probabilities[n - 1][grams[n].tail]
        losses.append(grams[n].counts.astype(np.float64) * np.log(probabilities[n] / shorter))
    return losses


def _prune(grams: list[_Grams], losses: list[Floats], recipe: Recipe) -> list[NDArray[np.bool_]]:
    """Which n-grams stay: all above one threshold of loss, the lowest that meets the size."""

    def keep(threshold: float) -> list[NDArray[np.bool_]]:
        # From the top order down, so that the context and the tail of one that is kept are kept.
        found = [np.ones(len(g.counts), dtype=bool) for g in grams]
        for n in range(len(grams) - 1, 0, -1):
            found[n] = (grams[n].counts >= recipe.cutoffs[n - 1]) & (losses[n] >= threshold)
            if n + 1 < len(grams):
                above = grams[n + 1]
                for needed in (above.context, above.tail):
                    found[n][needed[found[n + 1]]] = True
        return found

    def megabytes(found: list[NDArray[np.bool_]]) -> float:
        return sum(recipe.slot_bytes(n) * int(found[n - 1].sum()) for n in range(2, recipe.order + 1)) / 1e6

    best = keep(0.0)
    if megabytes(best) <= recipe.megabytes:
        return best
    low, high = 0.0, 1.0
    while megabytes(best := keep(high)) > recipe.megabytes:
        low, high = high, 2 * high
    for _ in range(8):
        middle = (low + high) / 2
        if megabytes(found := keep(middle)) > recipe.megabytes:
            low = middle
        else:
            high, best = middle, found
    return best


def _pack(
    keys: NDArray[np.uint64], probabilities: Floats, weights: Floats, bits: tuple[int, int, int]
) -> Level:
    """One order's n-grams as a table of quantised log-probabilities and back-off weights."""
    fingerprint_bits, probability_bits, weight_bits = bits
    order = np.argsort(keys)
    p, p_book = _quantise(np.log(probabilities), probability_bits)
    w, w_book = _quantise(np.log(weights), weight_bits)
    values = (p | (w << np.uint32(probability_bits))).astype(np.uint32)
    table = build(keys[order], values[order], fingerprint_bits, probability_bits + weight_bits)
    return Level(table, p_book, w_book, probability_bits)


def _quantise(values: Floats, bits: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Codes and code book: exact where the values are few, else equally full bins and their means."""
    size = 1 << bits
    book, codes = np.unique(values, return_inverse=True)
    if len(book) > size:
        borders = np.unique(np.quantile(values, np.linspace(0, 1, size + 1)[1:-1], method="lower"))
        codes = np.searchsorted(borders, values, side="right")
        sums = np.bincount(codes, weights=values, minlength=size)
        book = sums / np.maximum(np.bincount(codes, minlength=size), 1)
    padded = np.zeros(size, dtype=np.float32)
    padded[: len(book)] = book
    return codes.astype(np.uint32), padded


def simplified_characters() -> dict[str, str]:
    """Traditional to simplified characters one to one, by OpenCC's ``t2s`` (Apache-2.0)."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    found = {}
    for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00)):
        simple = convert(chr(code))
        if simple != chr(code) and len(simple) == 1:
            found[chr(code)] = simple
    return found
