"""How many noisy copies each choice of shingles and bands finds, and what it asks to be compared.

    python benchmarks/repeats_bands.py

Reads ``../shared/repeats/paragraphs-20k.jsonl.gz``: 20,000 synthetic paragraphs of some 120 letters, 30 % of
them in clusters of copies with 0 to 15 % of the letters misread, dropped or added. Every row signs with the
same 128 values and uses as many of them as its bands need.

pairs    candidates: pairs of paragraphs that share a band
false    candidates that are no copies of each other
recall   share of the planted pairs among the candidates; at 15 %: of those where one copy has 15 % of noise
seconds  of the processor, for signing and for the join of the bands
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from cleanpress.stages.repeats.index import band_keys, permutations, shingle_hashes, signatures
from cleanpress.stages.repeats.key import comparison_key

PARAGRAPHS = Path(__file__).resolve().parents[2] / "shared" / "repeats" / "paragraphs-20k.jsonl.gz"
CHOICES = ((2, 32, 4), (2, 42, 3), (3, 32, 4), (5, 25, 5))
NOISIEST = 0.125


def planted_pairs(clusters: list[int]) -> set[tuple[int, int]]:
    """The pairs of paragraphs of one cluster; -1 is none."""
    members: dict[int, list[int]] = {}
    for i, cluster in enumerate(clusters):
        if cluster >= 0:
            members.setdefault(cluster, []).append(i)
    return {pair for group in members.values() for pair in combinations(group, 2)}


def candidate_pairs(texts: list[str], size: int, bands: int, rows: int) -> set[tuple[int, int]]:
    """The pairs that share a band."""
    keys = band_keys(signatures(*shingle_hashes(texts, size)), bands, rows)
    found: set[tuple[int, int]] = set()
    for band in range(bands):
        order = np.argsort(keys[:, band], kind="stable")
        ranked = keys[order, band]
        borders = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1], [True]]))
        for low, high in pairwise(borders.tolist()):
            if high - low > 1:
                found.update(combinations(order[low:high].tolist(), 2))
    return found


def main() -> int:
    if not PARAGRAPHS.is_file():
        print(f"skipped: no paragraphs at {PARAGRAPHS}")
        return 0
    with gzip.open(PARAGRAPHS, "rt", encoding="utf-8") as lines:
        texts = [comparison_key(json.loads(line)["text"]).letters for line in lines]
    truth = np.load(PARAGRAPHS.with_name("paragraphs-20k.truth.npz"))
    planted = planted_pairs(truth["cluster"].tolist())
    noise = truth["noise"].tolist()
    noisiest = {(a, b) for a, b in planted if max(noise[a], noise[b]) > NOISIEST}
    permutations()  # imports datasketch, which takes a second
    print(f"{len(texts)} paragraphs, {len(planted)} planted pairs, {len(noisiest)} of them at 15 %")
    print("letters  bands     pairs    false   recall  at 15 %  seconds")
    for size, bands, rows in CHOICES:
        start = time.process_time()
        found = candidate_pairs(texts, size, bands, rows)
        seconds = time.process_time() - start
        recall, hard = (len(found & wanted) / len(wanted) for wanted in (planted, noisiest))
        print(
            f"{size:7}  {bands:2} x {rows}  {len(found):8} {len(found - planted):8}   {recall:.4f}   "
            f"{hard:.4f}  {seconds:7.1f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
