"""What is known about each fragment, and about each ordered pair of fragments, as numbers.

Rows of the node features are fragments; rows of the pair features are ordered pairs (i, j), asking
whether j comes right after i. The learnt weights in ``score`` are tied to the order of the names here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from cleanpress.language.encoder import FragmentEncoder, Texts
from cleanpress.language.ngram import LanguageModel
from cleanpress.layout.places import Place
from cleanpress.model import TITLE_ROLES, Fragment, Role
from cleanpress.stages.reassemble import clues
from cleanpress.stages.segment.patterns import is_bare_name, is_signature

Floats = npt.NDArray[np.float64]

TAIL = 40
"""Characters at each torn edge that the language models see; their context is shorter than this."""


@dataclass(frozen=True, slots=True)
class Heap:
    """The fragments of a page in printed order, repeats set aside, and where they were printed.

    ``places[i]`` are ranks in print: first fragment i's own, then those of its copies. A copy that was set
    aside still tells what was printed next to it. ``links`` are pairs (i, j) of fragments that some print
    of the page shows in one piece, j going on from i. ``where`` are the fragments' places on the image, of a
    page that has coordinates; its printed order is then the reading order of the layout.
    """

    fragments: tuple[Fragment, ...]
    places: tuple[tuple[int, ...], ...]
    links: tuple[tuple[int, int], ...] = ()
    where: tuple[Place, ...] = ()

    def only(self, kept: Sequence[int]) -> Heap:
        """The heap of some of its fragments; ranks in print close over the others."""
        ranks = {place: rank for rank, place in enumerate(sorted(p for i in kept for p in self.places[i]))}
        index = {i: k for k, i in enumerate(kept)}
        return Heap(
            tuple(self.fragments[i] for i in kept),
            tuple(tuple(ranks[p] for p in self.places[i]) for i in kept),
            tuple((index[i], index[j]) for i, j in self.links if i in index and j in index),
            tuple(self.where[i] for i in kept) if self.where else (),
        )

    def without_furniture(self) -> Heap:
        """The heap of the fragments that can stand in an article."""
        return self.only([i for i, f in enumerate(self.fragments) if f.role is not Role.FURNITURE])

    def neighbours(self) -> Floats:
        """Array (n, n): 1 where j was printed right after i anywhere."""
        at = {place: i for i, own in enumerate(self.places) for place in own}
        after = np.zeros((len(self.places), len(self.places)))
        for place, i in at.items():
            j = at.get(place + 1)
            if j is not None and j != i:
                after[i, j] = 1.0
        return after


NODE = (
    "open_head", "open_tail", "lm_start", "lm_end", "lead", "ending", "starts_as_lead", "dateline",
    "connective", "anaphora", "ordinal", "title_like", "byline", "kicker", "subtitle", "subhead",
    "signature", "bare_name", "caption", "jump", "log_length", "clauses", "commas", "digits",
    "bracketed", "asks", "closed", "unclosed", "unopened", "signs_off", "next_is_byline",
    "previous_closed", "previous_is_title", "next_is_title", "first", "last", "next_open", "stands_alone",
)  # fmt: skip


def node_features(heap: Heap, model: LanguageModel, encoder: FragmentEncoder, seen: Texts) -> Floats:
    """Array of shape (fragments, len(NODE)); ``seen`` are the fragments' texts as the encoder read them."""
    fragments = heap.fragments
    texts = [f.text for f in fragments]
    start, end = model.boundary(texts)
    lead, ending = encoder.lead(seen), encoder.ending(seen)
    by_place = {place: i for i, own in enumerate(heap.places) for place in own}
    rows = []
    for i, f in enumerate(fragments):
        own = heap.places[i][0]
        before, behind = by_place.get(own - 1), by_place.get(own + 1)
        above = fragments[before] if before is not None else None
        below = fragments[behind] if behind is not None else None
        n = max(len(f.text), 1)
        rows.append(
            (
                f.open_head, f.open_tail, start[i], end[i], lead[i], ending[i],
                clues.starts_as_lead(f.text), clues.has_dateline(f.text),
                clues.starts_with_connective(f.text), clues.starts_with_anaphora(f.text),
                clues.ordinal_at_head(f.text) > 0, f.role is Role.HEADLINE, f.role is Role.BYLINE,
                f.role is Role.KICKER, f.role is Role.SUBTITLE, f.role is Role.SUBHEAD,
                is_signature(f.text), is_bare_name(f.text), f.role is Role.CAPTION, f.role is Role.JUMP,
                np.log(n), " " in f.text[1:-1] and n < 60, sum(c in "，,、；;" for c in f.text) / n,
                sum(c.isdigit() for c in f.text) / n, f.text[:1] in "【〖",
                f.text[-1:] in "？?！!", f.open_tail < 0.5 and f.role is Role.PARAGRAPH,
                len(clues.unclosed(f.text)), len(clues.unopened(f.text)), clues.signs_off(f.text),
                below is not None and below.role is Role.BYLINE,
                above is None or above.role is not Role.PARAGRAPH or above.open_tail < 0.5,
                above is not None and above.role in TITLE_ROLES,
                below is not None and below.role in TITLE_ROLES,
                above is None, below is None, below.open_head if below else 0.0,
                (above is None or above.block != f.block) and (below is None or below.block != f.block),
            )
        )  # fmt: skip
    return np.asarray(rows, dtype=np.float64).reshape(len(fragments), len(NODE))


PAIR = (
    "continuation", "continuation_row_margin", "continuation_column_margin", "continuation_mutual",
    "continues", "continues_row_margin", "continues_column_margin", "continues_mutual",
    "follows", "follows_row_margin", "follows_column_margin", "follows_mutual",
    "similarity", "similarity_row_margin", "title_match", "title_match_margin", "page_similarity",
    "exclusive", "printed_next", "printed_previous", "printed_near", "distance", "backwards",
    "titles_between", "ordinal_step", "ordinal_break", "quotes_meet", "quotes_left", "same_opening",
    "title_to_byline", "kicker_to_title", "title_to_subtitle", "title_to_text", "byline_to_text",
    "text_to_title", "text_to_byline", "joined_length", "one_piece", "depth",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairFeatures:
    """``values`` has shape (n, n, len(PAIR)); ``similarity`` (n, n) is the same-article log-odds."""

    values: Floats
    similarity: Floats


def pair_features(heap: Heap, model: LanguageModel, encoder: FragmentEncoder, seen: Texts) -> PairFeatures:
    """Features of all ordered pairs; the diagonal is meaningless."""
    fragments = heap.fragments
    n = len(fragments)
    texts = [f.text for f in fragments]
    tails = [text[-TAIL:] for text in texts]
    heads = [text[:TAIL] for text in texts]
    continuation = np.asarray(model.continuation(tails, heads, page=texts), dtype=np.float64)
    continues = np.asarray(encoder.continues(seen, seen), dtype=np.float64)
    follows = np.asarray(encoder.follows(seen, seen), dtype=np.float64)
    similarity = np.asarray(encoder.similarity(seen), dtype=np.float64)
    depth = np.asarray(encoder.depth(seen), dtype=np.float64)
    titles = np.array([f.role in TITLE_ROLES for f in fragments])
    title_match = _title_match(fragments, encoder, seen)
    page, exclusive = page_similarity(texts)
    place = np.array([own[0] for own in heap.places], dtype=np.float64)
    gap = _nearest_gap(heap)
    after = heap.neighbours()
    one_piece = np.zeros((n, n))
    for i, j in heap.links:
        one_piece[i, j] = 1.0
    between = _titles_between(place, titles)
    byline = np.array([f.role is Role.BYLINE for f in fragments])
    kicker = np.array([f.role is Role.KICKER for f in fragments])
    subtitle = np.array([f.role is Role.SUBTITLE for f in fragments])
    text = ~(titles | byline)
    head_ordinal = np.array([clues.ordinal_at_head(t) for t in texts])
    last_ordinal = np.array([clues.last_ordinal(t) for t in texts])
    step = (head_ordinal[None, :] >= 2) & (last_ordinal[:, None] == head_ordinal[None, :] - 1)
    misstep = (head_ordinal[None, :] >= 2) & (last_ordinal[:, None] >= head_ordinal[None, :])
    open_left = [clues.unclosed(t) for t in texts]
    open_right = [clues.unopened(t) for t in texts]
    meet = np.array([[bool(a) and a[::-1][: len(b)] == b and bool(b) for b in open_right] for a in open_left])
    left_open = np.array([bool(a) for a in open_left])
    right_open = np.array([bool(b) for b in open_right])
    clash = (left_open[:, None] | right_open[None, :]) & ~meet
    lengths = np.array([len(t) for t in texts], dtype=np.float64)
    columns = [
        *_rivalry(continuation), *_rivalry(continues), *_rivalry(follows),
        similarity, _margins(similarity)[0], title_match, _margins(title_match)[1], page, exclusive,
        after, after.T, np.exp(-np.abs(gap) / 3.0), np.sign(gap) * np.log1p(np.abs(gap)),
        (gap < 0).astype(float), between, step, misstep, meet, clash, _same_opening(texts),
        titles[:, None] & byline[None, :], kicker[:, None] & (titles & ~kicker)[None, :],
        titles[:, None] & subtitle[None, :], titles[:, None] & text[None, :], byline[:, None] & text[None, :],
        text[:, None] & titles[None, :], text[:, None] & byline[None, :],
        np.log1p(lengths[:, None] + lengths[None, :]), one_piece, depth[None, :] - depth[:, None],
    ]  # fmt: skip
    return PairFeatures(np.stack([np.asarray(c, dtype=np.float64) for c in columns], axis=-1), similarity)


def _title_match(fragments: Sequence[Fragment], encoder: FragmentEncoder, seen: Texts) -> Floats:
    """Array (n, n): log-odds that line i heads text j; 0 where i is no heading or j is one of its rank.

    The encoder weighs a heading against its rivals, so it is asked of headlines and of subheads apart: a
    section has one of each.
    """
    roles = [f.role for f in fragments]
    result = np.zeros((len(fragments), len(fragments)))
    for rank in (TITLE_ROLES, {Role.SUBHEAD}):
        headings = [i for i, role in enumerate(roles) if role in rank]
        bodies = [j for j, role in enumerate(roles) if role not in rank and role not in TITLE_ROLES]
        if headings and bodies:
            match = encoder.title_match(seen.only(headings), seen.only(bodies))
            result[np.ix_(headings, bodies)] = match
    return result


def _rivalry(score: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """A score, its lead in its row and in its column, and what is left of it when all pairs compete."""
    return (score, *_margins(score), _mutual(score))


def _mutual(score: Floats, rounds: int = 3) -> Floats:
    """Log of a soft matching: every fragment has one successor and one predecessor.

    Rows and columns are normalised in turn (Sinkhorn and Knopp 1967, in logarithms); at least -12.
    """
    result = np.clip(score, -30, 30)
    np.fill_diagonal(result, -np.inf)
    if len(result) < 2:
        return np.zeros_like(score)
    for _ in range(rounds):
        for axis in (1, 0):
            top = result.max(axis=axis, keepdims=True)
            result = result - top - np.log(np.exp(result - top).sum(axis=axis, keepdims=True))
    np.fill_diagonal(result, -12.0)
    floored: Floats = np.maximum(result, -12.0)
    return floored


def _margins(score: Floats) -> tuple[Floats, Floats]:
    """How far each value leads the best other value of its row, and of its column."""
    n = len(score)
    masked = score.copy()
    np.fill_diagonal(masked, -np.inf)
    if n < 3:
        return np.zeros_like(score), np.zeros_like(score)

    def lead(m: Floats) -> Floats:
        order = np.sort(m, axis=1)
        best, second = order[:, -1:], order[:, -2:-1]
        result: Floats = m - np.where(m == best, second, best)
        return result

    rows, columns = lead(masked), lead(masked.T).T
    np.fill_diagonal(rows, 0.0)
    np.fill_diagonal(columns, 0.0)
    return np.clip(rows, -20, 20), np.clip(columns, -20, 20)


def _nearest_gap(heap: Heap) -> Floats:
    """Signed distance in print from i to j, the nearest of all their copies."""
    owner = np.array([i for i, own in enumerate(heap.places) for _ in own], dtype=np.intp)
    place = np.array([place for own in heap.places for place in own], dtype=np.float64)
    n = len(heap.places)
    gap = np.full((n, n), np.inf)
    every = place[None, :] - place[:, None]
    # The smallest distance first, forwards before backwards; the last one written stays.
    order = np.argsort(-np.abs(every) + 0.5 * (every > 0), axis=None, kind="stable")
    rows, columns = np.unravel_index(order, every.shape)
    gap[owner[rows], owner[columns]] = every[rows, columns]
    return gap


def _titles_between(place: Floats, titles: npt.NDArray[np.bool_]) -> Floats:
    """How many title lines were printed between i and j (j itself not counted), at most 3."""
    ranks = np.sort(place[titles])
    before = np.searchsorted(ranks, place, side="left").astype(np.float64)
    through = np.searchsorted(ranks, place, side="right").astype(np.float64)
    forward = before[None, :] - through[:, None]
    backward = before[:, None] - through[None, :]
    return np.clip(np.where(place[None, :] > place[:, None], forward, backward), 0, 3)


def _same_opening(texts: Sequence[str]) -> Floats:
    """Length of the common opening of two fragments, up to 8: speeches and lists repeat it (他指出 …)."""
    n = len(texts)
    result = np.zeros((n, n))
    order = sorted(range(n), key=lambda i: texts[i])
    for a, i in enumerate(order):
        for j in order[a + 1 :]:
            k = 0
            while k < 8 and k < len(texts[i]) and k < len(texts[j]) and texts[i][k] == texts[j][k]:
                k += 1
            if k < 2:
                break
            result[i, j] = result[j, i] = k
    return result


def page_similarity(texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Likeness by what recurs on this page: names, places, terms that few of its fragments share.

    Returns two arrays (n, n): the cosine of character 2- to 4-grams weighted by their rarity among the
    page's fragments, and the logarithm of one plus the number of 3- and 4-grams that only these two and at
    most one more fragment have.
    """
    n = len(texts)
    if n < 2:
        return np.zeros((n, n)), np.zeros((n, n))
    codes = [
        np.frombuffer("".join(c for c in t if c.isalnum()).encode("utf-32-le"), dtype="<u4") for t in texts
    ]
    rows, grams, sizes = [], [], []
    for size in (2, 3, 4):
        for i, code in enumerate(codes):
            if len(code) < size:
                continue
            key = np.zeros(len(code) - size + 1, dtype=np.uint64)
            for k in range(size):
                key = key * np.uint64(0x9E3779B97F4A7C15) + code[k : len(code) - size + 1 + k].astype(
                    np.uint64
                )
            key = np.unique(key)
            rows.append(np.full(len(key), i))
            grams.append(key)
            sizes.append(np.full(len(key), size))
    if not rows:
        return np.zeros((n, n)), np.zeros((n, n))
    row, gram, length = np.concatenate(rows), np.concatenate(grams), np.concatenate(sizes)
    _, column, count = np.unique(gram, return_inverse=True, return_counts=True)
    shared = count[column] >= 2
    weight = np.log((n + 1) / count[column]) * shared
    matrix = sparse.csr_matrix((weight, (row, column)), shape=(n, len(count)))
    products = (matrix @ matrix.T).toarray()
    # Weighted by everything a fragment has, shared or not: a long fragment is not like all others.
    norm = np.sqrt(np.bincount(row, weights=np.log((n + 1) / count[column]) ** 2, minlength=n)) + 1e-9
    cosine = products / norm[:, None] / norm[None, :]
    few = (count[column] >= 2) & (count[column] <= 3) & (length >= 3)
    rare = sparse.csr_matrix((few.astype(np.float64), (row, column)), shape=(n, len(count)))
    together = (rare @ rare.T).toarray()
    np.fill_diagonal(cosine, 0.0)
    np.fill_diagonal(together, 0.0)
    return cosine, np.log1p(together)
