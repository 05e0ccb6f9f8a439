"""The reassembly's network in torch, to be fitted; ``cleanpress.stages.reassemble.score`` runs it in numpy.

Both must compute the same: ``tests/benchmarks/test_reassembly_network.py`` compares them where torch is.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

Page = dict[str, np.ndarray]


class Network:
    """Weights by name, and the loss of a page."""

    def __init__(self, pages: list[Page], channels: int, hidden: int, layers: int, seed: int = 7) -> None:
        nodes = np.concatenate([d["nodes"] for d in pages])
        sample = np.concatenate([d["pairs"].reshape(-1, d["pairs"].shape[-1])[::7] for d in pages])
        sample = sample.astype(np.float32)
        self.scale = {
            "node_mean": nodes.mean(0), "node_scale": nodes.std(0) + 1e-3,
            "pair_mean": sample.mean(0), "pair_scale": sample.std(0) + 1e-3,
        }  # fmt: skip
        self.fixed = {name: torch.tensor(value, dtype=torch.float32) for name, value in self.scale.items()}
        self.layers = layers
        rng = np.random.default_rng(seed)
        f, g, c, h = nodes.shape[1], sample.shape[1], channels, hidden

        def init(rows: int, columns: int, gain: float = 1.0) -> torch.Tensor:
            values = rng.normal(0, gain / np.sqrt(rows), (rows, columns))
            return torch.tensor(values, dtype=torch.float32, requires_grad=True)

        def zero(size: int) -> torch.Tensor:
            return torch.zeros(size, requires_grad=True)

        def vector(size: int) -> torch.Tensor:
            return init(size, 1).detach()[:, 0].requires_grad_(True)

        w = {"pair": init(g, c), "left": init(f, c, 0.5), "right": init(f, c, 0.5), "bias": zero(c)}
        for k in range(layers):
            w |= {
                f"gate_a{k}": init(c, c), f"a{k}": init(c, c), f"gate_b{k}": init(c, c), f"b{k}": init(c, c),
                f"gate_out{k}": init(c, c), f"out{k}": init(c, c, 0.3),
                f"row{k}": init(2 * c, h, 0.5), f"column{k}": init(2 * c, h, 0.5),
                f"in{k}": init(c, h), f"in_bias{k}": zero(h), f"onward{k}": init(h, c, 0.3),
            }  # fmt: skip
        w |= {
            "head": init(c, h), "head_bias": zero(h), "link": vector(h), "link_bias": zero(1),
            "member": vector(h), "member_bias": zero(1), "heal": vector(h), "heal_bias": zero(1),
            "end1": init(f + 2 * c, h), "end1_bias": zero(h), "end2": vector(h), "end2_bias": zero(1),
            "start1": init(f + 2 * c, h), "start1_bias": zero(h), "start2": vector(h), "start2_bias": zero(1),
        }  # fmt: skip
        self.w = w

    def resume(self, weights: dict[str, np.ndarray]) -> None:
        """Go on from weights that ``weights`` gave earlier; the scales stay those they were fitted with."""
        for name in self.scale:
            self.scale[name] = weights[name]
            self.fixed[name] = torch.tensor(weights[name], dtype=torch.float32)
        for name, value in self.w.items():
            value.data = torch.tensor(weights[name], dtype=torch.float32)

    def parameters(self) -> list[torch.Tensor]:
        """What the optimiser may change."""
        return [*self.w.values()]

    def weights(self) -> dict[str, np.ndarray]:
        """Everything the numpy side needs, as float32."""
        learnt = {name: value.detach().numpy() for name, value in self.w.items()}
        return {name: np.asarray(v, dtype=np.float32) for name, v in (learnt | self.scale).items()}

    def forward(self, d: Page, drop: bool) -> dict[str, torch.Tensor]:
        """Logits: ``to`` (n, n+1), ``back`` (n+1, n), ``member`` (n, n), ``heal`` (n, n)."""
        w, fixed = self.w, self.fixed
        x = torch.tensor(d["nodes"].astype(np.float32))
        p = torch.tensor(d["pairs"].astype(np.float32))
        x = ((x - fixed["node_mean"]) / fixed["node_scale"]).clamp(-6, 6)
        p = ((p - fixed["pair_mean"]) / fixed["pair_scale"]).clamp(-6, 6)
        if drop:
            # Evidence fails in other ways on other papers: no single clue may be relied on.
            x = x * (torch.rand(1, x.shape[1]) > 0.05)
            p = p * (torch.rand(1, 1, p.shape[2]) > 0.05)
        n = len(x)
        eye = torch.eye(n, dtype=torch.bool)
        p = p.masked_fill(eye[:, :, None], 0.0)
        z = p @ w["pair"] + (x @ w["left"])[:, None] + (x @ w["right"])[None] + w["bias"]
        for k in range(self.layers):
            z = self._layer(z, k)
        z = _normed(z)
        row, column = z.amax(1), z.amax(0)
        head = torch.relu(z @ w["head"] + w["head_bias"])
        link = (head @ w["link"] + w["link_bias"]).masked_fill(eye, -1e9)
        end = (
            torch.relu(torch.cat([x, row, column], 1) @ w["end1"] + w["end1_bias"]) @ w["end2"]
            + w["end2_bias"]
        )
        start = torch.relu(torch.cat([x, column, row], 1) @ w["start1"] + w["start1_bias"])
        start = start @ w["start2"] + w["start2_bias"]
        member = head @ w["member"]
        return {
            "to": torch.cat([link, end[:, None]], 1), "back": torch.cat([link, start[None]], 0),
            "member": member + member.T + w["member_bias"], "heal": head @ w["heal"] + w["heal_bias"],
        }  # fmt: skip

    def _layer(self, z: torch.Tensor, k: int) -> torch.Tensor:
        w = self.w
        y = _normed(z)
        a = (torch.sigmoid(y @ w[f"gate_a{k}"]) * (y @ w[f"a{k}"])).permute(2, 0, 1)
        b = (torch.sigmoid(y @ w[f"gate_b{k}"]) * (y @ w[f"b{k}"])).permute(2, 0, 1)
        third = a.shape[0] // 3
        triangles = torch.cat(
            [
                a[:third] @ b[:third].transpose(1, 2),
                a[third : 2 * third].transpose(1, 2) @ b[third : 2 * third],
                a[2 * third :] @ b[2 * third :],
            ]
        ).permute(1, 2, 0)
        z = z + torch.sigmoid(y @ w[f"gate_out{k}"]) * (_normed(triangles) @ w[f"out{k}"])
        y = _normed(z)
        row = torch.cat([y.amax(1), y.mean(1)], 1) @ w[f"row{k}"]
        column = torch.cat([y.amax(0), y.mean(0)], 1) @ w[f"column{k}"]
        hidden = torch.relu(y @ w[f"in{k}"] + row[:, None] + column[None] + w[f"in_bias{k}"])
        return z + hidden @ w[f"onward{k}"]

    def loss(self, d: Page, drop: bool) -> tuple[torch.Tensor, dict[str, float]]:
        """The loss of a page: successors and predecessors, articles, healed paragraphs."""
        out = self.forward(d, drop)
        n = len(d["nodes"])
        known, known_back = d["successor"] > -2, d["predecessor"] > -2
        to = torch.tensor(np.where(d["successor"] == -1, n, d["successor"])[known])
        back = torch.tensor(np.where(d["predecessor"] == -1, n, d["predecessor"])[known_back])
        rows = out["to"][torch.tensor(known)]
        columns = out["back"].T[torch.tensor(known_back)]
        link = F.cross_entropy(rows, to) + F.cross_entropy(columns, back)
        article = torch.tensor(d["article"])
        both = (article[:, None] >= 0) & (article[None] >= 0) & ~torch.eye(n, dtype=torch.bool)
        same = (article[:, None] == article[None])[both]
        member = F.binary_cross_entropy_with_logits(out["member"][both], same.float())
        left = [i for i, j in enumerate(d["successor"]) if j >= 0]
        heal = torch.zeros(())
        if left:
            logits = out["heal"][left, d["successor"][left]]
            heal = F.binary_cross_entropy_with_logits(logits, torch.tensor(d["heal"][left]).float())
        right = float((rows.argmax(1) == to).float().mean() + (columns.argmax(1) == back).float().mean()) / 2
        seen = {
            "link": link.item(), "member": member.item(), "heal": heal.item(), "right": right,
            "same": float(((out["member"][both] > 0) == same).float().mean()),
        }  # fmt: skip
        return link + member + 0.5 * heal, seen


def _normed(z: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(z, z.shape[-1:], eps=1e-5)
