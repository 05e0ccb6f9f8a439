"""Groups of candidates, and the copies that are verified among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus import bands
from cleanpress.corpus.memory import portion
from cleanpress.corpus.stars import settle, stars
from cleanpress.model import Relation

PAIRS_A_TASK = 1 << 13
"""Candidate pairs that are verified at once, but for a group that has more."""

RELATIONS = tuple(Relation)
COPY = np.dtype([("copy", "<i8"), ("kept", "<i8"), ("relation", "u1"), ("similarity", "<f8")])
"""Text ``copy`` is set aside as a copy of ``kept``; ``relation`` numbers RELATIONS."""

Copies = NDArray[np.void]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of candidates: ``members`` group by group in the order in which they are kept, from
    ``borders[g]`` on; ``pairs`` are places in ``members``, sorted, both ways round."""

    number: int
    members: Ints
    borders: Ints
    pairs: Ints


def rank(texts: Ints, group: Ints, lengths: NDArray[np.integer], suspicious: NDArray[np.integer]) -> Ints:
    """The order in which texts are kept, group by group: of two copies the earlier one is.

    Longer texts come first (by steps of 5 %, so that a few letters too many do not count), then those with
    fewer suspicious characters, then those that stand earlier.
    """
    steps = np.round(np.log(np.maximum(lengths, 1)) / np.log(1.05)).astype(np.int32)
    return np.lexsort((texts, suspicious, -steps, group))


def groups_of(pairs: bands.Packed, chosen: Ints, ranked: Callable[[Ints, Ints], Ints]) -> Iterator[Groups]:
    """The connected components of candidate pairs, some at a time.

    ``pairs`` number the ``chosen`` texts; ``ranked`` gives the order of texts group by group.
    """
    root = bands.components(pairs, len(chosen))
    # Pairs group by group.
    of_pair = root[(pairs >> np.uint64(32)).astype(np.intp)]
    pairs = pairs[np.argsort(of_pair, kind="stable")]
    of_pair.sort()
    borders = np.append(np.flatnonzero(np.diff(of_pair, prepend=of_pair[:1] + np.uint32(1))), len(pairs))
    del of_pair
    first = number = 0
    size = portion(len(pairs), PAIRS_A_TASK)
    while first < len(borders) - 1:
        fits = int(np.searchsorted(borders, borders[first] + size, "right")) - 1
        last = max(first + 1, fits)
        ends = bands.unpacked(pairs[borders[first] : borders[last]])
        members = np.unique(ends)
        group = root[members].astype(np.int64)
        order = ranked(chosen[members], group)
        place = np.empty(len(members), np.int64)
        place[order] = np.arange(len(members))
        ends = place[np.searchsorted(members, ends)]
        both = bands.merged([bands.packed(ends), bands.packed(ends[:, ::-1])])
        group = group[order]
        starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1], [True]]))
        yield Groups(number, chosen[members[order]], starts, bands.unpacked(both))
        first, number = last, number + 1


def verified(groups: Groups, keys: Sequence[str]) -> Copies:
    """The copies among groups; ``keys`` are the letters of their members."""
    at = np.searchsorted(groups.pairs[:, 0], np.arange(len(keys) + 1)).tolist()
    near = groups.pairs[:, 1].tolist()
    asking = (
        stars(range(low, high), lambda text: near[at[text] : at[text + 1]])
        for low, high in pairwise(groups.borders.tolist())
    )
    rows = [
        (copy.copy, copy.kept, RELATIONS.index(copy.relation), copy.similarity)
        for copies in settle(asking, keys.__getitem__)
        for copy in copies
    ]
    found = np.array(rows, COPY)
    found["copy"], found["kept"] = groups.members[found["copy"]], groups.members[found["kept"]]
    return found


def onto_kept(exact: Copies, near: Copies) -> Copies:
    """Exact copies of a text that is itself set aside, as copies of the one that stays, on its word."""
    near = near[np.argsort(near["copy"])]
    found = exact.copy()
    at = np.searchsorted(near["copy"], exact["kept"])
    via = np.flatnonzero(np.append(near["copy"], -1)[at] == exact["kept"])
    for name in ("kept", "relation", "similarity"):
        found[name][via] = near[name][at[via]]
    return found
