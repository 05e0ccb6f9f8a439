"""The network as it is fitted (torch) and as it runs in the package (numpy) must say the same."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cleanpress.stages.reassemble.features import NODE, PAIR
from cleanpress.stages.reassemble.score import Scorer

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))


def page(n: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    successor = np.append(np.arange(1, n), -1)
    return {
        "nodes": rng.normal(0, 1, (n, len(NODE))).astype(np.float32),
        "pairs": rng.normal(0, 1, (n, n, len(PAIR))).astype(np.float32),
        "successor": successor,
        "predecessor": np.append(-1, np.arange(n - 1)),
        "heal": np.zeros(n, dtype=np.int8),
        "article": np.zeros(n, dtype=int),
    }


def test_torch_and_numpy_agree() -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only to fit the network")
    from reassembly_network import Network

    network = Network([page(9, 1), page(5, 2)], channels=6, hidden=8, layers=2)
    scorer = Scorer(network.weights())
    for n in (1, 2, 7):
        d = page(n, 3 + n)
        with torch.no_grad():
            out = network.forward(d, drop=False)
        ours = scorer(d["nodes"].astype(float), d["pairs"].astype(float))
        to = torch.log_softmax(out["to"], dim=1).numpy()
        back = torch.log_softmax(out["back"], dim=0).numpy()
        off = ~np.eye(n, dtype=bool)
        assert np.allclose(ours.end, to[:, n], atol=1e-4)
        assert np.allclose(ours.start, back[n, :], atol=1e-4)
        assert np.allclose(ours.link[off], np.maximum(to[:, :n] + back[:n, :], -60)[off], atol=1e-3)
        assert np.allclose(ours.member[off], out["member"].numpy()[off], atol=1e-4)
        assert np.allclose(ours.heal[off], out["heal"].numpy()[off], atol=1e-4)
