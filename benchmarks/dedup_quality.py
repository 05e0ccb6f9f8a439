"""What ``cleanpress dedup`` finds and what it takes for a copy wrongly.

    python benchmarks/dedup_quality.py

Three corpora: 20,000 synthetic paragraphs of ``dedup_corpus.py``, those of ``../shared/repeats`` where they
are, and the hard set. A pair counts as found where both texts stand in one cluster of the result.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np

from cleanpress.corpus.dedup import Corpus, Outcome, find_copies
from cleanpress.corpus.read import Shape
from dedup_corpus import TEMPLATES, hard, paragraphs

SHARED = Path(__file__).resolve().parents[2] / "shared" / "repeats" / "paragraphs-20k.jsonl.gz"
LEVELS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15)


def representatives(outcome: Outcome) -> np.ndarray:
    """For each text the one that stands for it, which may be itself."""
    kept = np.arange(outcome.texts.count)
    kept[outcome.copies["copy"]] = outcome.copies["kept"]
    return kept


def clusters_of(texts: list[str]) -> tuple[np.ndarray, int]:
    """For each text the one that stands for it, and how many candidates the cap left out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.txt"
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        outcome = find_copies(Corpus((str(path),), Shape()), Path(folder) / "state", 1, lambda *_: None)
    return representatives(outcome), outcome.skipped


def pairs_of(groups: np.ndarray) -> set[tuple[int, int]]:
    """All pairs of texts of one group; negative groups are none."""
    members: dict[int, list[int]] = {}
    for text, group in enumerate(groups.tolist()):
        if group >= 0:
            members.setdefault(group, []).append(text)
    return {pair for group in members.values() for pair in combinations(group, 2)}


def report(name: str, texts: list[str], cluster: np.ndarray, noise: np.ndarray) -> None:
    """A line of recall by the noisier copy of a pair, and precision."""
    kept, skipped = clusters_of(texts)
    found, planted = pairs_of(kept), pairs_of(cluster)
    worst = {pair: max(noise[pair[0]], noise[pair[1]]) for pair in planted}
    by_level = []
    for level in LEVELS:
        wanted = {pair for pair in planted if abs(worst[pair] - level) < 0.004}
        by_level.append(f"{len(wanted & found) / len(wanted):.3f}" if wanted else "-")
    low = {pair for pair in planted if worst[pair] < 0.084}
    print(
        f"| {name} | {len(planted)} | {len(found & planted) / len(planted):.4f} "
        f"| {len(found & low) / len(low):.4f} | {' / '.join(by_level)} "
        f"| {len(found & planted) / max(1, len(found)):.5f} | {skipped} |"
    )


def main() -> int:
    levels = "/".join(f"{level:.0%}"[:-1] for level in LEVELS)
    print(f"| corpus | pairs | recall | to 8 % | at {levels} % | precision | left out by the cap |")
    print("|---|---|---|---|---|---|---|")
    report("synthetic 20k", *paragraphs(20_000))
    if SHARED.is_file():
        with gzip.open(SHARED, "rt", encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines]
        truth = np.load(SHARED.with_name("paragraphs-20k.truth.npz"))
        report("paragraphs-20k", texts, truth["cluster"], truth["noise"])
    texts, exact = hard()
    kept, skipped = clusters_of(texts)
    first = {text: k for k, text in reversed(list(enumerate(texts)))}
    truth_pairs = pairs_of(np.array([first[text] for text in texts]))
    found = pairs_of(kept)
    wrong = len(found - truth_pairs)
    gone = sum(texts[text] != texts[other] for text, other in enumerate(kept.tolist()))
    print(f"\nhard set: {len(texts) - exact} texts of {len(TEMPLATES)} templates, all different")
    print(f"taken for copies: {wrong} pairs; texts wrongly set aside: {gone}")
    print(f"exact copies found: {len(found & truth_pairs)} of {len(truth_pairs)} pairs")
    print(f"candidates left out by the cap: {skipped}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
