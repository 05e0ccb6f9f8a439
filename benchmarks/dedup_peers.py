"""Deduplication beside other tools, one after the other in processes of their own, on one corpus.

    python benchmarks/dedup_peers.py 100000 [--peers PYTHON] [--jobs 2]

Prints processor seconds, wall seconds, peak memory and recall of the planted pairs, each tool with its own
usual settings, and ours with verification, from the text file to the clusters. PYTHON is an interpreter
that has the peers (``pip install datasketch rensa gaoya text-dedup``; datatrove and Data-Juicer want one of
their own each, see docs/repeats.md); without it, this one. Trust the ratios: they come from one run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve()
NGRAM, THRESHOLD, VALUES = 5, 0.7, 128
"""What the peers are asked for: characters a shingle, Jaccard threshold, hash values."""


def of_cleanpress(path: Path, folder: Path, jobs: int) -> list[int]:
    from cleanpress.corpus.dedup import Corpus, find_copies
    from cleanpress.corpus.read import Shape
    from dedup_quality import representatives

    outcome = find_copies(Corpus((str(path),), Shape()), folder / "state", jobs, lambda *_: None)
    return list(representatives(outcome).tolist())


def of_rensa(path: Path, *_: object) -> list[int]:
    """Its deduplicator without verification: one text after the other against those kept so far."""
    from rensa import RMinHash, RMinHashDeduplicator

    found = RMinHashDeduplicator(threshold=THRESHOLD, num_perm=VALUES, use_lsh=True, seed=42)
    kept = []
    for k, text in enumerate(path.read_text(encoding="utf-8").splitlines()):
        sketch = RMinHash(num_perm=VALUES, seed=42)
        sketch.update([text[i : i + NGRAM] for i in range(max(1, len(text) - NGRAM + 1))])
        twins = found.get_duplicates(sketch)
        if twins:
            kept.append(int(min(twins, key=int)))
        else:
            found.add(str(k), sketch)
            kept.append(k)
    return kept


def of_datasketch(path: Path, *_: object) -> list[int]:
    """As its documentation shows: sketches by ``bulk``, an LSH index, a query before each insertion."""
    from datasketch import MinHash, MinHashLSH

    texts = path.read_text(encoding="utf-8").splitlines()
    index = MinHashLSH(threshold=THRESHOLD, num_perm=VALUES)
    kept = []
    sketches = MinHash.bulk(
        [[text[i : i + NGRAM].encode() for i in range(max(1, len(text) - NGRAM + 1))] for text in texts],
        num_perm=VALUES,
    )
    for k, sketch in enumerate(sketches):
        twins = index.query(sketch)
        if twins:
            kept.append(min(twins))
        else:
            index.insert(k, sketch)
            kept.append(k)
    return kept


def of_gaoya(path: Path, *_: object) -> list[int]:
    """Its index of strings, by characters: a query before each insertion."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=THRESHOLD,
        num_bands=None,
        band_size=None,
        num_hashes=VALUES,
        analyzer="char",
        ngram_range=(NGRAM, NGRAM),
    )
    kept = []
    for k, text in enumerate(path.read_text(encoding="utf-8").splitlines()):
        twins = index.query(text)
        if twins:
            kept.append(min(twins))
        else:
            index.insert_document(k, text)
            kept.append(k)
    return kept


def of_text_dedup(path: Path, folder: Path, *_: object) -> list[int]:
    """Its ``minhash`` command. It knows words only: each character is written as one."""
    from text_dedup import minhash

    texts = path.read_text(encoding="utf-8").splitlines()
    spaced = folder / "spaced.txt"
    spaced.write_text("".join(" ".join(text) + "\n" for text in texts), encoding="utf-8")
    options = {
        "path": "text", "data_files": spaced, "split": "train", "cache_dir": folder / "cache",
        "output": folder / "out", "column": "text", "batch_size": 10_000, "ngram": NGRAM, "min_length": NGRAM,
        "num_perm": VALUES, "threshold": THRESHOLD, "num_proc": 1,
    }  # fmt: skip
    arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    minhash.main(arguments, standalone_mode=False)
    return [int(minhash.uf.find(k)) for k in range(len(texts))]


def of_datatrove(path: Path, folder: Path, *_: object) -> list[int]:
    """Its three steps with its own settings (14 bands of 8 rows). It knows words only: each character is
    written as one, and a language is named whose words it cuts at spaces."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader

    texts = path.read_text(encoding="utf-8").splitlines()
    (folder / "in").mkdir()
    (folder / "in" / "corpus.jsonl").write_text(
        "".join(json.dumps({"text": " ".join(text), "id": k}) + "\n" for k, text in enumerate(texts)),
        encoding="utf-8",
    )
    config = MinhashConfig(n_grams=NGRAM)
    one, two, three = (str(folder / name) for name in ("signatures", "buckets", "clusters"))
    signing = [JsonlReader(str(folder / "in")), MinhashDedupSignature(one, config, "ace_Arab")]
    steps = [
        (signing, 1),
        ([MinhashDedupBuckets(one, two, config=config)], config.num_buckets),
        ([MinhashDedupCluster(two, three, config, save_cluster_id=True)], 1),
    ]
    for number, (pipeline, tasks) in enumerate(steps):
        logs = str(folder / f"logs-{number}")
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=logs).run()
    found = np.fromfile(folder / "clusters" / "000000.clusters", np.uint32).reshape(-1, 2)
    kept = np.arange(len(texts))
    kept[found[:, 0]] = len(texts) + found[:, 1].astype(np.int64)
    return [int(number) for number in kept]


def of_data_juicer(path: Path, *_: object) -> list[int]:
    """Its ``document_minhash_deduplicator`` by characters."""
    from data_juicer.core.data import NestedDataset
    from data_juicer.ops.deduplicator import document_minhash_deduplicator as module

    # What it takes for copies of each other it does not say: it is looked up where it keeps that.
    unions: list[Any] = []

    class Union(module.UnionFind):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            unions.append(self)

    module.UnionFind = Union
    texts = path.read_text(encoding="utf-8").splitlines()
    tool = module.DocumentMinhashDeduplicator(
        tokenization="character", window_size=NGRAM, num_permutations=VALUES, jaccard_threshold=THRESHOLD
    )
    tool.process(NestedDataset.from_list([{"text": text} for text in texts]).map(tool.compute_hash))
    return [int(unions[0].find(k)) for k in range(len(texts))]


TOOLS = {
    "cleanpress": of_cleanpress,
    "rensa": of_rensa,
    "datasketch": of_datasketch,
    "gaoya": of_gaoya,
    "text-dedup": of_text_dedup,
    "datatrove": of_datatrove,
    "data-juicer": of_data_juicer,
}


def measure(tool: str, path: Path, jobs: int) -> None:
    """Run one tool here and print what it took, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        kept = TOOLS[tool](path, Path(folder), jobs)
        wall = time.perf_counter() - started
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # What a tool prints stands before it.
    print(
        "\n"
        + json.dumps(
            {
                "cpu": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
                "wall": wall,
                "mb": max(own.ru_maxrss, children.ru_maxrss) / 1024,
                "kept": kept,
            }
        )
    )


def recall(kept: list[int], cluster: np.ndarray) -> float:
    """Share of the planted pairs whose two texts are kept as one."""
    found = planted = 0
    order = np.argsort(cluster, kind="stable")
    order = order[cluster[order] >= 0]
    borders = np.flatnonzero(np.diff(cluster[order])) + 1
    for group in np.split(np.array(kept)[order], borders):
        planted += len(group) * (len(group) - 1) // 2
        sizes = np.unique(group, return_counts=True)[1]
        found += int((sizes * (sizes - 1) // 2).sum())
    return found / planted


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=100_000)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--jobs", type=int, nargs="+", default=[1], help="workers of ours, one row each")
    parser.add_argument("--measure", nargs=2, metavar=("TOOL", "FILE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args.measure[0], Path(args.measure[1]), args.jobs[0])
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.txt"
        generator = [sys.executable, HERE.with_name("dedup_corpus.py"), "paragraphs", str(args.count)]
        subprocess.run([*generator, "-o", path], check=True)
        cluster = np.load(path.with_suffix(".npz"))["cluster"]
        print("| tool | workers | cpu s | wall s | peak MB | recall |\n|---|---|---|---|---|---|")
        for tool in args.tools:
            for jobs in args.jobs if tool == "cleanpress" else [1]:
                python = sys.executable if tool == "cleanpress" else args.peers
                command = [python, HERE, "--measure", tool, path, "--jobs", str(jobs)]
                found = json.loads(
                    subprocess.run(command, check=True, capture_output=True).stdout.splitlines()[-1]
                )
                share = recall(found["kept"], cluster)
                print(
                    f"| {tool} | {jobs} | {found['cpu']:.2f} | {found['wall']:.2f} | {found['mb']:.0f} "
                    f"| {share:.3f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
