"""From features to log-probabilities: a small network, fitted on simulated pages.

For every ordered pair it answers how likely j comes right after i, among all that could come after i and
all that could stand before j (an article's border included), so that its scores are log-probabilities that
add up over a page. The network and its fitting are described in docs/reassembly.md; the weights are made by
``benchmarks/fit_reassembly.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleanpress.errors import UsageError
from cleanpress.stages.reassemble.features import NODE, PAIR

_NO_RIVAL = -16.0
"""Log-probability from which a rival is none."""

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of a page of n fragments.

    ``link`` (n, n): log P(j follows i | i) + log P(i precedes j | j); ``start`` (n,): log P(nothing precedes
    j); ``end`` (n,): log P(nothing follows i); ``member`` (n, n): log-odds that i and j stand in one article;
    ``heal`` (n, n): log-odds that j, where it follows i, goes on in the same paragraph.
    """

    link: Floats
    start: Floats
    end: Floats
    member: Floats
    heal: Floats


class Scorer:
    """Networks that were fitted from different beginnings, asked together, and the curves of confidence.

    ``weights`` maps names to float32 arrays: those of network k start with ``k.``, the curves are called
    ``link_confidence`` and ``article_confidence``. Unprefixed names are one network alone.
    """

    def __init__(self, weights: Mapping[str, Singles]) -> None:
        self.weights = {name: np.asarray(value, dtype=np.float32) for name, value in weights.items()}
        count = sum(name.endswith(".pair") for name in self.weights)
        prefixes = [f"{k}." for k in range(count)] or [""]
        self.networks = [
            _Network({n.removeprefix(prefix): v for n, v in self.weights.items() if n.startswith(prefix)})
            for prefix in prefixes
        ]

    @classmethod
    def load(cls, path: Path | None = None) -> Scorer:
        """The packaged weights, or those of an ``.npz`` file. Raises ``UsageError`` where it does not fit."""
        return _packaged() if path is None else cls(_read(path))

    def __call__(self, nodes: Floats, pairs: Floats) -> Scores:
        """Score a page from its node features (n, len(NODE)) and pair features (n, n, len(PAIR)).

        The networks' logits are averaged before they are normalised.
        """
        n = len(nodes)
        answers = [network(nodes, pairs) for network in self.networks]
        link, end, start, member, heal = (_average(answers, k) for k in range(5))
        diagonal = np.arange(n)
        link[diagonal, diagonal] = -np.inf
        to = _log_softmax(np.concatenate([link, end[:, None]], axis=1), axis=1)
        back = _log_softmax(np.concatenate([link, start[None, :]], axis=0), axis=0)
        both = np.maximum(to[:, :n] + back[:n, :], -60.0)
        both[diagonal, diagonal] = -1e3
        member[diagonal, diagonal] = 0.0
        return Scores(both, back[n, :], to[:, n], member, heal)

    def confidence(self, kind: str, evidence: Floats) -> Floats:
        """Calibrated probability that links (``kind="link"``) or articles are right, from their evidence.

        ``evidence`` has shape (rows, features), see ``link_evidence`` and ``article_evidence``; the curves
        are fitted by ``benchmarks/calibrate_reassembly.py``.
        """
        w = self.weights.get(f"{kind}_confidence")
        if w is None:
            # Weights that were not calibrated yet: the network's own probability.
            uncalibrated: Floats = np.exp(-(evidence[:, 0] ** 2) if kind == "link" else evidence[:, 0])
            return uncalibrated
        stated: Floats = 1.0 / (1.0 + np.exp(-np.clip(evidence @ w[:-1] + w[-1], -30, 30)))
        return stated


class _Network:
    """One fitted network.

    Each ordered pair has a vector of ``channels`` numbers, made of its own features and those of its two
    fragments. A few layers let pairs inform each other: what i and k, k and j say together speaks for i and
    j (the triangle update of Jumper et al. 2021, doi:10.1038/s41586-021-03819-2), so that an article is
    weighed as a whole and not join by join.
    """

    def __init__(self, weights: Mapping[str, Singles]) -> None:
        self.w = dict(weights)
        if self.w["pair_mean"].shape != (len(PAIR),) or self.w["node_mean"].shape != (len(NODE),):
            raise UsageError("the reassembly weights were fitted on other features; fit them again")
        self.layers = sum(name.startswith("gate_out") for name in self.w)

    def __call__(self, nodes: Floats, pairs: Floats) -> tuple[Singles, Singles, Singles, Singles, Singles]:
        """Logits: link (n, n), end (n,), start (n,), member (n, n), heal (n, n)."""
        w = self.w
        x = np.clip((nodes.astype(np.float32) - w["node_mean"]) / w["node_scale"], -6, 6)
        p = np.clip((pairs.astype(np.float32) - w["pair_mean"]) / w["pair_scale"], -6, 6)
        diagonal = np.arange(len(x))
        p[diagonal, diagonal] = 0.0
        z = p @ w["pair"] + (x @ w["left"])[:, None] + (x @ w["right"])[None, :] + w["bias"]
        for k in range(self.layers):
            z = self._layer(z, k)
        z = _normed(z)
        row, column = z.max(axis=1), z.max(axis=0)
        head = _relu(z @ w["head"] + w["head_bias"])
        end = _relu(np.concatenate([x, row, column], axis=1) @ w["end1"] + w["end1_bias"])
        start = _relu(np.concatenate([x, column, row], axis=1) @ w["start1"] + w["start1_bias"])
        one_way = head @ w["member"]
        return (
            head @ w["link"] + w["link_bias"],
            end @ w["end2"] + w["end2_bias"],
            start @ w["start2"] + w["start2_bias"],
            one_way + one_way.T + w["member_bias"],
            head @ w["heal"] + w["heal_bias"],
        )

    def _layer(self, z: Singles, k: int) -> Singles:
        """One round of triangles, of what a fragment's pairs say together, and of each pair by itself."""
        w = self.w
        y = _normed(z)
        a = (_sigmoid(y @ w[f"gate_a{k}"]) * (y @ w[f"a{k}"])).transpose(2, 0, 1)
        b = (_sigmoid(y @ w[f"gate_b{k}"]) * (y @ w[f"b{k}"])).transpose(2, 0, 1)
        third = a.shape[0] // 3
        # Over all k: i-k with j-k, k-i with k-j, and the path i-k-j.
        triangles = np.concatenate(
            [
                a[:third] @ b[:third].transpose(0, 2, 1),
                a[third : 2 * third].transpose(0, 2, 1) @ b[third : 2 * third],
                a[2 * third :] @ b[2 * third :],
            ]
        ).transpose(1, 2, 0)
        z = z + _sigmoid(y @ w[f"gate_out{k}"]) * (_normed(triangles) @ w[f"out{k}"])
        y = _normed(z)
        row = np.concatenate([y.max(axis=1), y.mean(axis=1)], axis=1) @ w[f"row{k}"]
        column = np.concatenate([y.max(axis=0), y.mean(axis=0)], axis=1) @ w[f"column{k}"]
        hidden = _relu(y @ w[f"in{k}"] + row[:, None] + column[None, :] + w[f"in_bias{k}"])
        result: Singles = z + hidden @ w[f"onward{k}"]
        return result


def link_evidence(scores: Scores, i: int, j: int) -> Floats:
    """What speaks for j after i, and what both could do instead.

    The square root of their mean surprise (the log-probabilities of both directions, halved and negated),
    their same-article log-odds, and the log-probabilities of the rivals: that i ends and j begins an
    article, that i goes on with another one, that j goes on from another one. A link of low probability
    without a rival is right more often than one that barely won.
    """
    others = np.arange(len(scores.link))
    others = others[(others != i) & (others != j)]
    rivals = (
        scores.end[i] + scores.start[j],
        scores.link[i, others].max(initial=_NO_RIVAL),
        scores.link[others, j].max(initial=_NO_RIVAL),
    )
    surprise = np.sqrt(max(0.0, -scores.link[i, j] / 2))
    return np.array([surprise, np.clip(scores.member[i, j], -8, 8), *np.clip(rivals, _NO_RIVAL, 0) / 2])


def article_evidence(scores: Scores, chain: Sequence[int]) -> Floats:
    """What speaks for a chain as a whole article: its border and links, all together and at their weakest."""
    links = [scores.link[i, j] for i, j in pairwise(chain)]
    border = scores.start[chain[0]] + scores.end[chain[-1]]
    weakest = min(links, default=0.0)
    return np.array([(sum(links) + border) / 2, weakest / 2, border / 2, float(np.log(len(chain)))])


def _normed(z: Singles) -> Singles:
    """Each vector with mean 0 and variance 1 over its channels."""
    centred = z - z.mean(axis=-1, keepdims=True)
    result: Singles = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return result


def _sigmoid(x: Singles) -> Singles:
    result: Singles = np.float32(1.0) / (np.float32(1.0) + np.exp(-np.clip(x, -30, 30)))
    return result


def _relu(x: Singles) -> Singles:
    result: Singles = np.maximum(x, 0)
    return result


def _average(answers: Sequence[tuple[Singles, ...]], k: int) -> Floats:
    result: Floats = np.stack([answer[k] for answer in answers]).astype(np.float64).mean(axis=0)
    return result


def _log_softmax(x: Floats, axis: int) -> Floats:
    top = x.max(axis=axis, keepdims=True)
    result: Floats = x - top - np.log(np.exp(x - top).sum(axis=axis, keepdims=True))
    return result


def _read(path: Path) -> dict[str, Singles]:
    try:
        with np.load(path) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{path}: not a file of reassembly weights ({error})") from error


@cache
def _packaged() -> Scorer:
    with as_file(files("cleanpress").joinpath("data/reassemble/weights.npz")) as path:
        return Scorer(_read(path))
