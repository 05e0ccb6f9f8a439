"""Copies among texts that are at hand: the steps of ``dedup`` without a disk."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cleanpress.corpus import bands
from cleanpress.corpus.align import SHORT
from cleanpress.corpus.groups import COPY, RELATIONS, Copies, groups_of, onto_kept, rank, verified
from cleanpress.corpus.keys import keys_of
from cleanpress.corpus.sign import sign
from cleanpress.model import Relation


def copies_among(texts: Sequence[str]) -> Copies:
    """The copies among texts (dtype COPY), in the order of the texts; the same that ``dedup`` finds."""
    keys = keys_of(texts)
    content = keys.letters.tobytes()
    letters = [
        content[4 * low : 4 * high].decode("utf-32-le", "surrogatepass")
        for low, high in pairwise(keys.starts.tolist())
    ]
    lengths = np.diff(keys.starts)
    first: dict[str, int] = {}
    exact = []
    for text in np.argsort(keys.suspicious, kind="stable").tolist():
        kept = first.setdefault(letters[text], text)
        # A text without a pair of letters is equal to none.
        if kept != text and len(letters[text]) > 1:
            exact.append((text, kept, RELATIONS.index(Relation.EXACT), 1.0))
    equal = np.array(exact, COPY)
    is_chosen = lengths >= SHORT
    is_chosen[equal["copy"]] = False
    chosen = np.flatnonzero(is_chosen)
    signed = sign(lambda low, high: keys.letters[low:high], keys.starts[chosen], keys.starts[chosen + 1])
    pairs = bands.join(lambda column: signed[column], range(bands.BANDS)).pairs
    pairs = pairs[bands.agreement(lambda column: signed[column], pairs) >= bands.LEAST_AGREEMENT]
    found = [
        verified(groups, [letters[text] for text in groups.members.tolist()])
        for groups in groups_of(
            pairs, chosen, lambda some, group: rank(some, group, lengths[some], keys.suspicious[some])
        )
    ]
    near = np.concatenate([np.zeros(0, COPY), *found])
    copies = np.concatenate([onto_kept(equal, near), near])
    return copies[np.argsort(copies["copy"])]
