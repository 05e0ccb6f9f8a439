"""Fit the network that tells whether a line of a column goes on from the one above it.

    python benchmarks/fit_going_on.py -o src/cleanpress/data/segment/going_on.npz [--pages N] [--hidden N]

Columns are set from articles of the fold ``fit``, by simulate/typeset.py (every difficulty) and by the page
simulator with all pages hard-wrapped. Four pages in five are fitted on; on the others the figures that are
printed at the end were watched. One hidden layer, cross-entropy and weight decay, L-BFGS; seed 1.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from cleanpress.edited import EditedText
from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.normalise import normalise
from cleanpress.stages.segment.going_on import features, probabilities
from cleanpress.stages.segment.lines import measure_columns, split_lines
from cleanpress.stages.segment.unwrap import may_go_on
from simulate import SimulatedPage
from simulate import pages as torn_pages
from simulate.settings import Settings
from simulate.typeset import FEATURES, SetLine, pages

Floats = npt.NDArray[np.float64]


def typeset_rows(feature: str, n: int, seed: int, model: LanguageModel) -> Iterator[tuple[Floats, Floats]]:
    """Features and truth of the pairs of lines of typeset pages, page by page."""
    for _, set_lines in pages("fit", feature, n, seed):
        text = "".join(("\n" if line.blank_above else "") + line.text + "\n" for line in set_lines)
        edited = normalise(text)
        lines = split_lines(edited.text)
        if len(lines) == len(set_lines):
            yield rows_of(edited, lines_truth(set_lines), model)


def lines_truth(set_lines: list[SetLine]) -> list[bool]:
    """Of each line but the first, whether it is of one block with the one above."""
    return [upper.block == lower.block for upper, lower in pairwise(set_lines)]


def torn_rows(n: int, seed: int, model: LanguageModel) -> Iterator[tuple[Floats, Floats]]:
    """The same of hard-wrapped pages of the page simulator."""
    for page in torn_pages("fit", n, seed, Settings(wrapped=1.0)):
        edited = normalise(page.text)
        truth = page_truth(page, edited)
        if len(truth) == len(split_lines(edited.text)) - 1:
            yield rows_of(edited, truth, model)


def page_truth(page: SimulatedPage, edited: EditedText) -> list[bool]:
    """Of each line of a simulated page but the first, whether it goes on from the one above in the gold."""
    owners = sorted((line.start, k) for k, piece in enumerate(page.pieces) for line in piece.lines)
    truth = []
    for (_, upper), (_, lower) in pairwise(owners):
        one, other = page.pieces[upper], page.pieces[lower]
        meets = one.block >= 0 and (one.article, one.block, one.end) == (
            other.article,
            other.block,
            other.start,
        )
        truth.append(upper == lower or (meets and one.copy == other.copy))
    return truth


def rows_of(edited: EditedText, truth: list[bool], model: LanguageModel) -> tuple[Floats, Floats]:
    """Features and truth of the pairs that the network decides."""
    lines = split_lines(edited.text)
    columns = measure_columns(lines)
    asked = np.array([may_go_on(lines, columns, i) for i in range(len(lines) - 1)], dtype=bool)
    return features(lines, columns, model)[asked], np.array(truth, dtype=float)[asked]


def fit(rows: Floats, truth: Floats, hidden: int, decay: float, rounds: int) -> dict[str, Floats]:
    """The weights, as ``going_on.probabilities`` reads them."""
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 0.05)
    x = (rows - mean) / scale
    rng = np.random.default_rng(1)
    inputs = x.shape[1]
    sizes = [inputs * hidden, hidden, hidden, 1]
    cuts = np.cumsum(sizes)[:-1]
    start = np.concatenate(
        [rng.normal(0, 1 / np.sqrt(inputs), sizes[0]), np.zeros(hidden), rng.normal(0, 0.3, hidden), [0.0]]
    )

    def loss(w: Floats) -> tuple[float, Floats]:
        first, bias, out, last = np.split(w, cuts)
        matrix = first.reshape(inputs, hidden)
        middle = np.tanh(x @ matrix + bias)
        logit = middle @ out + last
        value = np.mean(np.logaddexp(0, logit) - truth * logit) + decay * (first @ first + out @ out)
        error = (1 / (1 + np.exp(-logit)) - truth) / len(truth)
        back = np.outer(error, out) * (1 - middle**2)
        gradient = [(x.T @ back).ravel() + 2 * decay * first, back.sum(axis=0)]
        gradient += [middle.T @ error + 2 * decay * out, [error.sum()]]
        return float(value), np.concatenate(gradient)

    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    first, bias, out, last = np.split(best, cuts)
    weights = {"mean": mean, "scale": scale, "hidden": first.reshape(inputs, hidden), "bias": bias}
    return {**weights, "out": out, "last": last[0]}


def score(name: str, rows: Floats, truth: Floats, weights: dict[str, Floats]) -> None:
    """Print how often the network errs."""
    together = probabilities(rows, weights) > 0.5
    breaks, inside = truth == 0, truth == 1
    print(
        f"{name}: run together {1000 * together[breaks].mean():.1f} of 1,000 breaks ({breaks.sum():,}), "
        f"torn apart {1000 * (~together[inside]).mean():.1f} of 1,000 lines ({inside.sum():,})"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=260, help="pages of each kind")
    parser.add_argument("--hidden", type=int, default=20)
    parser.add_argument("--decay", type=float, default=6e-5)
    parser.add_argument("--rounds", type=int, default=350)
    args = parser.parse_args()
    model = LanguageModel.load()
    kinds = {name: typeset_rows(name, args.pages, 11, model) for name in FEATURES}
    kinds["torn"] = torn_rows(args.pages, 11, model)
    held: dict[str, tuple[Floats, Floats]] = {}
    fitted: list[tuple[Floats, Floats]] = []
    for name, of_pages in kinds.items():
        drawn = list(of_pages)
        fitted += drawn[len(drawn) // 5 :]
        held[name] = tuple(np.concatenate(part) for part in zip(*drawn[: len(drawn) // 5], strict=True))  # type: ignore[assignment]
    rows, truth = (np.concatenate(part) for part in zip(*fitted, strict=True))
    print(f"{len(truth):,} pairs of lines")
    weights = fit(rows, truth, args.hidden, args.decay, args.rounds)
    stored = {name: np.asarray(value, dtype=np.float32) for name, value in weights.items()}
    np.savez(args.output, **stored)
    score("fitted on", rows, truth, weights)
    for name, (some, answers) in held.items():
        score(name, some, answers, weights)


if __name__ == "__main__":
    main()
