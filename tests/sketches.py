"""datasketch's sketches of texts, made as cleanpress says that its signatures are made."""

from __future__ import annotations

from datasketch import MinHash

from cleanpress.stages.repeats.index import PERMUTATIONS, SCHEME, SEED, SHINGLE, shingle_hashes


def shingle_hash(shingle: str) -> int:
    """The hash of one shingle: the ``hashfunc`` with which datasketch gives the same signatures."""
    hashes, _ = shingle_hashes([shingle], len(shingle))
    return int(hashes[0])


def sketch_of(text: str) -> MinHash:
    """The sketch of a text, shingle by shingle."""
    sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME, hashfunc=shingle_hash)
    for k in range(len(text) - SHINGLE + 1):
        sketch.update(text[k : k + SHINGLE])
    return sketch
