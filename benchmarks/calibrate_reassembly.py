"""Fit and show how far the reassembly's confidences can be believed.

    python benchmarks/calibrate_reassembly.py fit FOLDER --weights WEIGHTS
    python benchmarks/calibrate_reassembly.py plot FOLDER --weights WEIGHTS -o docs/reliability.svg

FOLDER holds features of simulated pages (``fit_reassembly.py features``) that the network was not fitted on.
``fit`` adds two logistic curves to the weights: that a chosen link is right, that an article is exactly
right. ``plot`` draws observed against stated confidence on other pages, and prints the table.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from cleanpress.stages.reassemble import Settings
from cleanpress.stages.reassemble.features import NODE
from cleanpress.stages.reassemble.optimum import Terms, best_chains
from cleanpress.stages.reassemble.score import Scorer, article_evidence, link_evidence

TITLED = [NODE.index(name) for name in ("title_like", "kicker", "subtitle", "subhead")]
Rows = tuple[np.ndarray, np.ndarray]
BINS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])


def outcomes(folder: Path, scorer: Scorer) -> tuple[Rows, Rows]:
    """Evidence (rows, features) and whether it was right, for chosen links and for articles."""
    links: list[tuple[np.ndarray, bool]] = []
    articles: list[tuple[np.ndarray, bool]] = []
    for page in _pages(folder):
        scores = scorer(page["nodes"].astype(float), page["pairs"].astype(float))
        bylines = page["nodes"][:, NODE.index("byline")] + page["nodes"][:, NODE.index("jump")]
        mass = 1.0 - np.minimum(bylines, 1.0)
        titled = page["nodes"][:, TITLED].max(axis=1) > 0
        start = scores.start - np.where(titled, 0.0, Settings().untitled)
        chains = best_chains(Terms(scores.link, start, scores.end, scores.member, mass, Settings().cohesion))
        successor, article = page["successor"], page["article"]
        for chain in chains:
            known = [i for i in chain if article[i] >= 0]
            for i, j in itertools.pairwise(chain):
                if article[i] >= 0 and article[j] >= 0:
                    links.append((link_evidence(scores, i, j), bool(successor[i] == j)))
            if known:
                whole = sorted(known) == sorted(np.flatnonzero(article == article[known[0]]))
                ordered = all(successor[i] == j for i, j in itertools.pairwise(known))
                articles.append((article_evidence(scores, chain), bool(whole and ordered)))
    return _stack(links), _stack(articles)


def _pages(folder: Path) -> Iterator[dict[str, np.ndarray]]:
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as stored:
            yield {name: stored[name] for name in stored.files}


def _stack(rows: list[tuple[np.ndarray, bool]]) -> Rows:
    return np.stack([x for x, _ in rows]), np.array([y for _, y in rows], dtype=float)


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a logistic curve with an intercept last, by maximum likelihood with a little ridge."""
    z = np.concatenate([x, np.ones((len(x), 1))], axis=1)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        s = z @ w
        value = np.logaddexp(0, s) - y * s
        gradient = z.T @ (1 / (1 + np.exp(-s)) - y) / len(y)
        return float(value.mean() + 1e-4 * (w[:-1] ** 2).sum()), gradient + 2e-4 * np.append(w[:-1], 0.0)

    result = minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(result.x)


def fit(args: argparse.Namespace) -> None:
    """Add ``link_confidence`` and ``article_confidence`` to the weights."""
    scorer = Scorer.load(args.weights)
    (x, y), (u, v) = outcomes(args.folder, scorer)
    weights = dict(scorer.weights)
    weights["link_confidence"] = logistic(x, y).astype(np.float32)
    weights["article_confidence"] = logistic(u, v).astype(np.float32)
    np.savez(args.weights, **weights)
    print(f"{len(y)} links ({y.mean():.3f} right), {len(v)} articles ({v.mean():.3f} exactly right)")


def plot(args: argparse.Namespace) -> None:
    """Print the reliability tables and draw them."""
    scorer = Scorer.load(args.weights)
    panels = []
    for name, (x, y) in zip(("links", "articles"), outcomes(args.folder, scorer), strict=True):
        p = scorer.confidence("link" if name == "links" else "article", x)
        rows = []
        for low, high in itertools.pairwise(BINS):
            inside = (p >= low) & ((p < high) | (high == 1.0))
            if inside.sum() >= 5:
                rows.append((float(p[inside].mean()), float(y[inside].mean()), int(inside.sum())))
        error = sum(n * abs(a - b) for a, b, n in rows) / max(len(y), 1)
        print(f"{name}: {len(y)}, {y.mean():.3f} right, expected calibration error {error:.3f}")
        for stated, observed, n in rows:
            print(f"  stated {stated:.2f}  observed {observed:.2f}  n {n}")
        panels.append((name, rows))
    args.output.write_text(_svg(panels), encoding="utf-8")


def _svg(panels: list[tuple[str, list[tuple[float, float, int]]]]) -> str:
    """Two panels, stated confidence to the right, observed share upwards; a dot's area is its count."""
    size, margin = 240, 44
    box = f"0 0 {2 * (size + 2 * margin)} {size + 2 * margin}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for k, (name, rows) in enumerate(panels):
        left, top = margin + k * (size + 2 * margin), margin
        most = max((n for _, _, n in rows), default=1)
        parts.append(f'<rect x="{left}" y="{top}" width="{size}" height="{size}" fill="none" stroke="#888"/>')
        parts.append(
            f'<line x1="{left}" y1="{top + size}" x2="{left + size}" y2="{top}" stroke="#bbb"'
            ' stroke-dasharray="4 4"/>'
        )
        for stated, observed, n in rows:
            x, y, r = left + stated * size, top + (1 - observed) * size, 2.5 + 9 * (n / most) ** 0.5
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="#1f5fa8" fill-opacity="0.7"/>')
        parts.append(f'<text x="{left}" y="{top - 12}">{name}: observed against stated confidence</text>')
        for tick in (0, 0.5, 1):
            parts.append(
                f'<text x="{left + tick * size - 6}" y="{top + size + 18}">{tick}</text>'
                f'<text x="{left - 24}" y="{top + (1 - tick) * size + 4}">{tick}</text>'
            )
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for name, run in (("fit", fit), ("plot", plot)):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path)
        command.add_argument("--weights", type=Path, required=True)
        if name == "plot":
            command.add_argument("-o", "--output", type=Path, required=True)
        command.set_defaults(run=run)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
