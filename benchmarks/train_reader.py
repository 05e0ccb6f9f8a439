"""Train the network that reads worn text (needs ``pip install torch``).

    python benchmarks/train_reader.py READ.jsonl ... -o src/cleanpress/data/restore/reader.npz
    python benchmarks/train_reader.py READ.jsonl ... --begin READER.npz [--new 3 6] -o ...

Articles of the fold ``train`` are misread as engines misread (observed confusions and similar shapes,
letters lost and invented), in column lines and in windows of paragraphs; the network learns what was printed
at the misread places and at some of the others. ``READ.jsonl`` are lines of the fold ``train`` as engines
really read them (benchmarks/restore_simulate.py); FASPell's training captions go with them. Nothing that
figures are measured on is read. With ``--begin``, training goes on from weights; layers that these lack
(``--new``) begin as ones that do nothing.

Two trainings with different ``--seed`` that each name the other's output as ``--peer`` learn together: now
and then each goes half of the way to what the other has stored, so that both see twice as much.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from cleanpress.language.alphabet import FIRST, UNKNOWN, Alphabet
from cleanpress.stages.restore.reader import DILATIONS, NOTHING, PAD
from cleanpress.stages.restore.scan import Tables
from corpora import SHARED, articles
from restore_material import MISREAD_MARKS, Noise, Piece, pairs
from restore_tables import is_han

Symbols = NDArray[np.int64]
NAMES = ("news", "web", "encyclopedia")
REPEATED = {"news": 1, "web": 2, "encyclopedia": 2}
DRAWS = 192
"""So many misreadings of each character are drawn beforehand."""
AT_RANDOM = 0.08
"""Share of misreadings that are like nothing: engines guess, too."""
RATES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)
LOST, INVENTED = 0.12, 0.12
"""Against misread letters."""
LINE, WINDOW, TOKENS = 24, 64, 6144
REAL = 0.12
"""Share of lines that engines read."""
GUESSED = 0.35
"""Lines of which an engine misread more are left out: it guessed them."""
AS_READ, UNSURE, LEVELLED = 0.5, 0.02, 0.7
"""Share of these that stay as read. In the others, where a second reading had so much probability, one is
drawn; the power makes the rarer ones less rare."""
KEPT = 0.12
"""Share of the places read right that the network is asked about."""
STORED_EVERY = 240
"""Seconds between two stored states."""


class Net(nn.Module):
    """Gated convolutions over symbols and shapes; see ``cleanpress.stages.restore.reader``."""

    def __init__(self, size: int, glyphs: torch.Tensor, width: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(size, width)
        nn.init.normal_(self.embed.weight, std=0.05)
        self.register_buffer("glyphs", glyphs)
        self.shape = nn.Linear(glyphs.shape[1], width)
        self.layers = nn.ModuleList(nn.Linear(3 * width, 2 * width) for _ in DILATIONS)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in DILATIONS)
        self.last = nn.LayerNorm(width)
        self.out = nn.Linear(width, width)
        self.to_shape = nn.Linear(width, glyphs.shape[1])
        self.bias = nn.Parameter(torch.zeros(size))
        self.drop = nn.Dropout(0.05)

    def forward(self, symbols: torch.Tensor) -> torch.Tensor:
        """Hidden states of ``symbols`` (rows, width)."""
        mask = (symbols != PAD).unsqueeze(-1)
        symbols = symbols.clamp(min=0)
        x = (self.embed(symbols) + self.shape(self.glyphs[symbols])) * mask
        for layer, norm, step in zip(self.layers, self.norms, DILATIONS, strict=True):
            y = functional.pad(norm(x) * mask, (0, 0, step, step))
            n = x.shape[1]
            y = torch.cat([y[:, :n], y[:, step : step + n], y[:, 2 * step : 2 * step + n]], dim=-1)
            a, b = layer(y).chunk(2, dim=-1)
            x = (x + self.drop(a * torch.sigmoid(b))) * mask
        return self.last(x)

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """One figure a symbol for each hidden state."""
        return self.out(hidden) @ self.embed.weight.T + self.to_shape(hidden) @ self.glyphs.T + self.bias


class Real(NamedTuple):
    """A line that an engine read, what was printed, and at which places it thought of what else: symbols with
    their cumulated chances."""

    read: Symbols
    printed: Symbols
    unsure: dict[int, tuple[Symbols, NDArray[np.float64]]]

    @staticmethod
    def of(piece: Piece, alphabet: Alphabet) -> Real:
        """The line in the symbols of an alphabet; ``NOTHING`` was printed where that lacks what was."""
        read, origins, _ = alphabet.encode([piece.read])
        printed = [alphabet.symbol(piece.printed[at]) if piece.printed[at] else NOTHING for at in origins]
        wanted = np.array([one if one < alphabet.size else NOTHING for one in printed], dtype=np.int64)
        unsure = {}
        for k, at in enumerate(origins.tolist() if piece.thought else ()):
            known = [(alphabet.symbol(one), p) for one, p in piece.thought[at] if len(one) == 1]
            others = [(symbol, p) for symbol, p in known if FIRST <= symbol < alphabet.size]
            if len(others) > 1 and others[1][1] >= UNSURE:
                chance = np.array([p for _, p in others]) ** LEVELLED
                unsure[k] = (np.array([symbol for symbol, _ in others]), np.cumsum(chance / chance.sum()))
        return Real(read.astype(np.int64), wanted, unsure)

    def cut(self, length: int) -> Real:
        """Its first symbols."""
        unsure = {k: drawn for k, drawn in self.unsure.items() if k < length}
        return Real(self.read[:length], self.printed[:length], unsure)


class Material:
    """Batches of symbols as read, and what was printed."""

    def __init__(self, tables: Tables, files: list[Path], seed: int, real: float) -> None:
        self.share = real
        self.random = np.random.default_rng(seed)
        alphabet = tables.model.alphabet
        self.size = alphabet.size
        texts = [
            "".join(text.split())
            for name in NAMES
            for article in articles(name, folds=("train",))
            for text in (article.title, *article.paragraphs) * REPEATED[name]
        ]
        symbols, _, self.ends = alphabet.encode(texts)
        self.symbols = symbols.astype(np.int64)
        lengths = np.diff(self.ends)
        self.chance = lengths / lengths.sum()
        noise = Noise(seed, alphabet, tables.shapes, tables.model.frequencies)
        self.draws = np.zeros((self.size, DRAWS), dtype=np.int64)
        letters = []
        self.weight = np.zeros(self.size)
        for symbol in range(FIRST, self.size):
            code = int(tables.shapes.characters[symbol])
            if code and is_han(chr(code)):
                letters.append(symbol)
                read = [alphabet.symbol(noise.misread(chr(code))) for _ in range(DRAWS)]
                self.draws[symbol] = [one if one < self.size else UNKNOWN for one in read]
                self.weight[symbol] = 1.0
        for mark, (weight, others) in MISREAD_MARKS.items():
            symbol = alphabet.symbol(mark)
            self.draws[symbol] = [alphabet.symbol(others[k % len(others)]) for k in range(DRAWS)]
            self.weight[symbol] = weight
        self.letters = np.array(letters)
        usual = np.exp(tables.model.frequencies[self.letters] * 0.5)
        self.usual = np.cumsum(usual / usual.sum())
        self.real: list[Real] = []
        for file in [*files, SHARED / "spelling" / "faspell_ocr_train.jsonl"]:
            for piece in pairs(file):
                line = Real.of(piece, alphabet)
                if len(line.read) >= 4 and (line.read != line.printed).mean() <= GUESSED:
                    self.real.append(line.cut(LINE))
        print(f"{len(self.symbols):,} symbols, {len(self.real):,} lines that engines read")

    def batch(self, width: int) -> tuple[Symbols, Symbols]:
        """Rows as read, and what was printed; ``PAD`` behind the end."""
        rows = TOKENS // width
        read = np.full((rows, width), PAD, dtype=np.int64)
        printed = np.full((rows, width), PAD, dtype=np.int64)
        which = self.random.choice(len(self.chance), size=rows, p=self.chance)
        for k in range(rows):
            if width == LINE and self.random.random() < self.share:
                a, b = self.read_again(self.real[self.random.integers(len(self.real))])
            else:
                low, high = self.ends[which[k]], self.ends[which[k] + 1]
                wanted = width if width > LINE else int(self.random.integers(9, LINE + 1))
                start = low + int(self.random.integers(max(1, high - low - wanted // 2)))
                a, b = self.misread(self.symbols[start : min(high, start + wanted)])
            n = min(len(a), width)
            read[k, :n], printed[k, :n] = a[:n], b[:n]
        return read, printed

    def read_again(self, line: Real) -> tuple[Symbols, Symbols]:
        """A line as the engine read it, or, every other time, might have: it knew other readings."""
        if not line.unsure or self.random.random() < AS_READ:
            return line.read, line.printed
        read = line.read.copy()
        for k, (symbols, chances) in line.unsure.items():
            read[k] = symbols[min(len(symbols) - 1, int(np.searchsorted(chances, self.random.random())))]
        return read, line.printed

    def misread(self, text: Symbols) -> tuple[Symbols, Symbols]:
        """A text as an engine might read it, with what was printed."""
        n = len(text)
        rate = RATES[self.random.integers(len(RATES))]
        chances = self.random.random(n)
        weight = self.weight[text] * rate
        hit = chances < weight
        if not hit.any():
            return text, text
        read = text.copy()
        read[hit] = self.draws[text[hit], self.random.integers(DRAWS, size=int(hit.sum()))]
        wild = hit & (self.random.random(n) < AT_RANDOM) & (self.weight[text] == 1.0)
        read[wild] = self.any(int(wild.sum()))
        stays = self.random.random(n) >= LOST * weight
        printed = text[stays]
        read = read[stays]
        extra = np.flatnonzero(self.random.random(len(read)) < INVENTED * rate)
        if len(extra):
            read = np.insert(read, extra, self.any(len(extra)))
            printed = np.insert(printed, extra, NOTHING)
        return read, printed

    def any(self, count: int) -> Symbols:
        """Letters at random, the frequent ones more often."""
        found: Symbols = self.letters[np.searchsorted(self.usual, self.random.random(count) * self.usual[-1])]
        return found


def rate_at(done: float, highest: float) -> float:
    """The learning rate: up in the first thirtieth, then down as a cosine."""
    return (
        highest * min(1.0, done * 30 + 0.02) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
    )


def arguments() -> argparse.Namespace:
    """What the user asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("read", nargs="*", type=Path)
    parser.add_argument("--minutes", type=float, default=50)
    parser.add_argument("--width", type=int, default=224)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--real", type=float, default=REAL, help="share of lines that engines read")
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--new", nargs="*", type=int, default=[], help="layers that they lack")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", type=Path, help="what another training stores, to learn from")
    parser.add_argument("-o", "--output", type=Path, required=True)
    return parser.parse_args()


def main() -> None:
    """Train for so many minutes, save now and then."""
    options = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    tables = Tables.load()
    material = Material(tables, options.read, options.seed, options.real)
    net = Net(material.size, torch.tensor(tables.shapes.glyphs), options.width)
    if options.begin:
        begin(net, options.begin, options.new)
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.02, betas=(0.9, 0.98))
    start, saved, step = time.time(), 0.0, 0
    sums = np.zeros(5)
    while (done := (time.time() - start) / 60 / options.minutes) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate_at(done, options.rate)
        read, printed = material.batch(LINE if step % 2 else WINDOW)
        wrong = (read != printed) & (read != PAD)
        asked = wrong | (material.random.random(read.shape) < KEPT) & (read != PAD)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = net(torch.from_numpy(read))[torch.from_numpy(asked)]
            logits = net.logits(hidden)
        target = torch.from_numpy(printed[asked])
        losses = functional.cross_entropy(logits.float(), target, reduction="none")
        loss = losses.mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step += 1
        with torch.no_grad():
            hit = (logits.argmax(-1) == target).numpy()
        bad = wrong[asked]
        sums += [bad.sum(), hit[bad].sum(), (~bad).sum(), hit[~bad].sum(), losses.sum().item() / len(hit)]
        if step % 200 == 0:
            print(
                f"{step} {done:.3f} {step * TOKENS / (time.time() - start):.0f} symbols/s, "
                f"loss {sums[4] / 200:.3f}, misread found {sums[1] / sums[0]:.3f}, "
                f"others kept {sums[3] / sums[2]:.4f}",
                flush=True,
            )
            sums[:] = 0
        if time.time() - saved > STORED_EVERY:
            save(net, options.output)
            saved = time.time()
            if options.peer and options.peer.exists():
                meet(net, options.peer)
    save(net, options.output)


def begin(net: Net, file: Path, new: list[int]) -> None:
    """Weights to go on from; ``new`` layers, which the file lacks, add nothing at first."""
    with np.load(file) as stored:
        found = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files}
    old = [k for k in range(len(DILATIONS)) if k not in new]
    state = net.state_dict()
    for name, value in found.items():
        part, _, rest = name.partition(".")
        if part in {"layers", "norms"}:
            k, kind = rest.split(".")
            state[f"{part}.{old[int(k)]}.{kind}"] = value
        else:
            state[name] = value
    width = net.out.weight.shape[0]
    for k in new:
        state[f"layers.{k}.weight"][:width] = 0
        state[f"layers.{k}.bias"][:width] = 0
    net.load_state_dict(state)


def meet(net: Net, peer: Path) -> None:
    """Go half of the way to the weights that another training has stored."""
    with np.load(peer) as stored, torch.no_grad():
        for name, value in net.named_parameters():
            value.lerp_(torch.from_numpy(stored[name].astype(np.float32)), 0.5)


def save(net: Net, output: Path) -> None:
    """The weights as named arrays, stored at one stroke: a peer may be reading."""
    weights = {name: value.detach().numpy().astype(np.float16) for name, value in net.state_dict().items()}
    del weights["glyphs"]
    unfinished = output.with_suffix(".part.npz")
    np.savez(unfinished, **weights)
    unfinished.replace(output)


if __name__ == "__main__":
    main()
