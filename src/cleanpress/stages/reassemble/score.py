"""From features to log-probabilities: a small network, fitted on simulated pages.

For every ordered pair it answers how likely j comes right after i, among all that could come after i and
all that could stand before j (an article's border included), so that its scores are log-probabilities that
add up over a page. The network and its fitting are described in docs/reassembly.md; the weights are made by
``benchmarks/fit_reassembly.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleanpress.errors import UsageError
from cleanpress.stages.reassemble.features import NODE, PAIR

Floats = npt.NDArray[np.float64]


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
    """The fitted network. Weights: see ``names`` for their shapes."""

    def __init__(self, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
        self.w = {name: np.asarray(value, dtype=np.float32) for name, value in weights.items()}
        if self.w["pair_mean"].shape != (len(PAIR),) or self.w["node_mean"].shape != (len(NODE),):
            raise UsageError("the reassembly weights were fitted on other features; fit them again")

    @classmethod
    def load(cls, path: Path | None = None) -> Scorer:
        """The packaged weights, or those of an ``.npz`` file. Raises ``UsageError`` where it does not fit."""
        return _packaged() if path is None else cls(_read(path))

    def __call__(self, nodes: Floats, pairs: Floats) -> Scores:
        """Score a page from its node features (n, len(NODE)) and pair features (n, n, len(PAIR))."""
        w = self.w
        x = np.clip((nodes.astype(np.float32) - w["node_mean"]) / w["node_scale"], -6, 6)
        p = np.clip((pairs.astype(np.float32) - w["pair_mean"]) / w["pair_scale"], -6, 6)
        n = len(x)
        hidden = _relu(p @ w["pair"] + (x @ w["left"])[:, None] + (x @ w["right"])[None, :] + w["bias"])
        blind = hidden.copy()
        blind[np.arange(n), np.arange(n)] = 0.0
        row, column = blind.max(axis=1), blind.max(axis=0)
        second = _relu(
            hidden @ w["second"] + (row @ w["row"])[:, None] + (column @ w["column"])[None, :] + w["bias2"]
        )
        link = second @ w["link"] + w["link_bias"]
        end = (
            _relu(np.concatenate([x, row], axis=1) @ w["end1"] + w["end1_bias"]) @ w["end2"] + w["end2_bias"]
        )
        start = _relu(np.concatenate([x, column], axis=1) @ w["start1"] + w["start1_bias"])
        start = start @ w["start2"] + w["start2_bias"]
        link = link.astype(np.float64)
        np.fill_diagonal(link, -np.inf)
        to = _log_softmax(np.concatenate([link, end[:, None].astype(np.float64)], axis=1), axis=1)
        back = _log_softmax(np.concatenate([link, start[None, :].astype(np.float64)], axis=0), axis=0)
        both = to[:, :n] + back[:n, :]
        np.fill_diagonal(both, -1e3)
        half = _relu(
            p @ w["member1"]
            + (x @ w["member_node"])[:, None]
            + (x @ w["member_node"])[None, :]
            + w["member_bias"]
        )
        member = half @ w["member2"]
        member = (member + member.T + w["member2_bias"]).astype(np.float64)
        np.fill_diagonal(member, 0.0)
        heal = (second @ w["heal"] + w["heal_bias"]).astype(np.float64)
        return Scores(np.maximum(both, -60.0), back[n, :], to[:, n], member, heal)


def _relu(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    result: npt.NDArray[np.float32] = np.maximum(x, 0)
    return result


def _log_softmax(x: Floats, axis: int) -> Floats:
    top = x.max(axis=axis, keepdims=True)
    result: Floats = x - top - np.log(np.exp(x - top).sum(axis=axis, keepdims=True))
    return result


def _read(path: Path) -> dict[str, npt.NDArray[np.float32]]:
    try:
        with np.load(path) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{path}: not a file of reassembly weights ({error})") from error


@cache
def _packaged() -> Scorer:
    with as_file(files("cleanpress").joinpath("data/reassemble/weights.npz")) as path:
        return Scorer(_read(path))
