"""Fit the reassembly's network on simulated pages.

    python benchmarks/fit_reassembly.py features --pages 600 --seed 1 --fold fit -o FOLDER
    python benchmarks/fit_reassembly.py fit FOLDER --seed 7 -o A.npz
    python benchmarks/fit_reassembly.py fit FOLDER --seed 8 -o B.npz
    python benchmarks/fit_reassembly.py merge A.npz B.npz -o src/cleanpress/data/reassemble/weights.npz

The first command simulates pages of one fold and stores their features and labels; the second fits a network
(needs torch, which the package itself does not); the last puts several into the file the package loads.
``calibrate_reassembly.py`` then adds the curves of confidence. Fixed seeds throughout.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from cleanpress.config import Config
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Page
from cleanpress.pipeline import heap_of
from labels import chains, label_fragments
from simulate.pages import pages
from simulate.settings import Settings

CHANNELS, HIDDEN, LAYERS = 32, 64, 3
"""Numbers a pair carries, width of its own step, rounds in which pairs inform each other."""


def compute(page_text: str, gold: dict[str, Any]) -> dict[str, np.ndarray] | None:
    """Features and labels of one page; ``None`` where it has fewer than three labelled fragments."""
    from cleanpress.stages.reassemble import prepare

    page = Page(page_text, "page", "utf-8", "")
    prepared = prepare(heap_of(page, Config()).without_furniture(), LanguageModel.load())
    labels = label_fragments([f.text for f in prepared.fragments], gold)
    truth = chains(labels)
    n = len(prepared.fragments)
    if n < 3 or sum(map(len, truth)) < 3:
        return None
    successor = np.full(n, -2)  # -2: unknown; -1: nothing follows
    predecessor = np.full(n, -2)
    heal = np.zeros(n, dtype=np.int8)
    article = np.full(n, -1)
    for a, chain in enumerate(truth):
        article[chain] = a
        predecessor[chain[0]] = -1
        successor[chain[-1]] = -1
        for i, j in itertools.pairwise(chain):
            successor[i], predecessor[j] = j, i
            left, right = labels[i], labels[j]
            heal[i] = left is not None and right is not None and left.last == right.first
    return {
        "nodes": prepared.nodes.astype(np.float32),
        "pairs": prepared.pairs.values.astype(np.float16),
        "successor": successor,
        "predecessor": predecessor,
        "heal": heal,
        "article": article,
    }


def make_features(args: argparse.Namespace) -> None:
    """Simulate pages and store one ``.npz`` each."""
    args.output.mkdir(parents=True, exist_ok=True)
    args.source = args.source or ["news", "web"]
    started = time.time()
    for k, page in enumerate(pages(args.fold, args.pages, args.seed, Settings(), tuple(args.source))):
        found = compute(page.text, page.gold)
        if found is not None and len(found["nodes"]) <= 150:
            np.savez(args.output / f"{args.seed}-{k:05d}.npz", **found)
        if k % 50 == 49:
            print(f"{k + 1} pages, {time.time() - started:.0f} s", file=sys.stderr, flush=True)


def fit(args: argparse.Namespace) -> None:
    """Fit the network and write its weights."""
    import torch

    from reassembly_network import Network

    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    data = []
    for path in sorted(p for folder in args.folders for p in folder.glob("*.npz")):
        with np.load(path) as stored:
            data.append({name: stored[name] for name in stored.files})
    held = data[:: args.hold] if args.hold else []
    train = [d for k, d in enumerate(data) if not args.hold or k % args.hold]
    network = Network(train, CHANNELS, HIDDEN, LAYERS, args.seed)
    if args.start:
        with np.load(args.start) as stored:
            network.resume({name: stored[name] for name in stored.files})
    steps = args.epochs * len(train) // args.batch + args.epochs + 1
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=steps)
    order = np.random.default_rng(args.seed)
    for epoch in range(args.epochs):
        figures = []
        started = time.time()
        for k, index in enumerate(order.permutation(len(train))):
            loss, seen = network.loss(train[index], drop=True)
            (loss / args.batch).backward()
            figures.append(seen)
            if k % args.batch == args.batch - 1 or k == len(train) - 1:
                torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
                optimiser.step()
                schedule.step()
                optimiser.zero_grad()
        line = f"epoch {epoch} ({time.time() - started:.0f} s): " + _mean(figures)
        if held:
            with torch.no_grad():
                line += " | held " + _mean([network.loss(d, drop=False)[1] for d in held])
        print(line, file=sys.stderr, flush=True)
        args.output.parent.mkdir(parents=True, exist_ok=True)
        np.savez(args.output, **network.weights())
    print(json.dumps({"pages": len(train), "bytes": args.output.stat().st_size}))


def merge(args: argparse.Namespace) -> None:
    """Put networks that were fitted from different seeds into one file."""
    weights = {}
    for k, path in enumerate(args.networks):
        with np.load(path) as stored:
            weights |= {f"{k}.{name}": stored[name] for name in stored.files}
    np.savez(args.output, **weights)


def _mean(figures: list[dict[str, float]]) -> str:
    return " ".join(f"{name} {np.mean([f[name] for f in figures]):.4f}" for name in figures[0])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    features = commands.add_parser("features")
    features.add_argument("--pages", type=int, default=600)
    features.add_argument("--seed", type=int, default=1)
    features.add_argument("--fold", default="fit")
    features.add_argument("--source", action="append", default=None, help="a corpus; news and web without")
    features.add_argument("-o", "--output", type=Path, required=True)
    features.set_defaults(run=make_features)
    fitting = commands.add_parser("fit")
    fitting.add_argument("folders", nargs="+", type=Path)
    fitting.add_argument("--epochs", type=int, default=12)
    fitting.add_argument("--hold", type=int, default=10, help="hold every n-th page out; 0 holds none")
    fitting.add_argument("--batch", type=int, default=4, help="pages a step")
    fitting.add_argument("--rate", type=float, default=4e-3)
    fitting.add_argument("--seed", type=int, default=7)
    fitting.add_argument("--start", type=Path, help="weights to go on from, on more pages")
    fitting.add_argument("--threads", type=int, default=1)
    fitting.add_argument("-o", "--output", type=Path, required=True)
    fitting.set_defaults(run=fit)
    merging = commands.add_parser("merge")
    merging.add_argument("networks", nargs="+", type=Path)
    merging.add_argument("-o", "--output", type=Path, required=True)
    merging.set_defaults(run=merge)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
