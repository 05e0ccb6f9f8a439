"""Copies among texts that are at hand: the steps of ``dedup`` without a disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus import bands
from cleanpress.corpus.align import SHORT
from cleanpress.corpus.earlier import Earlier, against
from cleanpress.corpus.groups import COPY, RELATIONS, Copies, Ints, groups_of, onto_kept, rank, verified
from cleanpress.corpus.index import Index, Place
from cleanpress.corpus.keys import keys_of
from cleanpress.corpus.sign import sign
from cleanpress.model import Relation


class Held:
    """Texts that are at hand, with their keys and the signatures of those that are compared."""

    def __init__(self, texts: Sequence[str]) -> None:
        keys = keys_of(texts)
        content = keys.letters.tobytes()
        self._letters = [
            content[4 * low : 4 * high].decode("utf-32-le", "surrogatepass")
            for low, high in pairwise(keys.starts.tolist())
        ]
        self.lengths = np.diff(keys.starts).astype(np.uint32)
        self.digests = keys.digests
        self.suspicious = keys.suspicious
        self.exact = self._equal()
        is_chosen = self.lengths >= SHORT
        is_chosen[self.exact["copy"]] = False
        self.chosen = np.flatnonzero(is_chosen)
        starts = keys.starts
        self._signed = sign(
            lambda low, high: keys.letters[low:high], starts[self.chosen], starts[self.chosen + 1]
        )

    def keys(self, some: Ints) -> list[str]:
        """The letters of some texts."""
        return [self._letters[text] for text in some.tolist()]

    def columns(self, column: int) -> NDArray[np.uint16]:
        """See ``bands.Columns``; of the texts ``chosen``."""
        found: NDArray[np.uint16] = self._signed[column]
        return found

    def _equal(self) -> Copies:
        first: dict[str, int] = {}
        exact = []
        for text in np.argsort(self.suspicious, kind="stable").tolist():
            kept = first.setdefault(self._letters[text], text)
            # A text without a pair of letters is equal to none.
            if kept != text and len(self._letters[text]) > 1:
                exact.append((text, kept, RELATIONS.index(Relation.EXACT), 1.0))
        return np.array(exact, COPY)


def copies_among(texts: Sequence[str] | Held) -> Copies:
    """The copies among texts (dtype COPY), in the order of the texts; the same that ``dedup`` finds."""
    held = texts if isinstance(texts, Held) else Held(texts)
    pairs = bands.join(held.columns, range(bands.BANDS)).pairs
    pairs = pairs[bands.agreement(held.columns, pairs) >= bands.LEAST_AGREEMENT]
    found = [
        verified(groups, held.keys(groups.members))
        for groups in groups_of(
            pairs,
            held.chosen,
            lambda some, group: rank(some, group, held.lengths[some], held.suspicious[some]),
        )
    ]
    near = np.concatenate([np.zeros(0, COPY), *found])
    copies = np.concatenate([onto_kept(held.exact, near), near])
    return copies[np.argsort(copies["copy"])]


def copies_of_earlier(
    held: Held, index: Index, before: int, is_known: Callable[[int, Place], bool]
) -> Earlier:
    """What an index, as it was when it held ``before`` texts, knows of texts; see ``earlier.against``.

    ``is_known`` answers whether a text is the very one that the index holds from that place.
    """
    return against(
        index,
        held,
        before,
        is_known=is_known,
        exact=held.exact,
        chosen=held.chosen,
        columns=held.columns,
    )
