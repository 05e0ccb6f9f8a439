"""Train the fragment encoder: ``python benchmarks/train_encoder.py`` writes ``data/encoder/``.

Needs ``torch`` (any build; not a dependency of the package) and the corpora (see ``corpora.py``). Three
steps, all on the ``train`` fold: topic embeddings and boundary embeddings on nine tenths of it, then
the logistic weights on pages made of the tenth the embeddings have not seen, since likenesses that
were trained on look better than they are. Runs on one core; seeds are fixed.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import opencc
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cleanpress.language.encoder import IDF_STEP, Embedding
from cleanpress.language.hashed_grams import DATA, buckets, edges, folded, grams, letters
from corpora import CleanArticle, articles
from encoder_pages import neighbours, small_pages, usable
from encoder_weights import fit_weights

CORPORA = ("news", "web", "encyclopedia")
UNIGRAM_BITS, BIGRAM_BITS, EDGE_BITS, IDF_BITS = 13, 16, 14, 18
TOPIC_SIZE, EDGE_SIZE = 64, 48
Index = NDArray[np.int64]


def held_back(article: CleanArticle) -> bool:
    """A tenth of the articles of the train fold, for the logistic weights."""
    return hashlib.blake2b(f"held back {article.id}".encode(), digest_size=4).digest()[0] < 26


def write_folding(folder: Path) -> None:
    """OpenCC's ``t2s`` character by character, where both ends lie in the basic plane: (2, n) uint16."""
    converter = opencc.OpenCC("t2s")
    codes = [code for code in range(0x3400, 0xF900) if not 0xD800 <= code < 0xE000]
    pairs = [(code, converter.convert(chr(code))) for code in codes]
    kept = [(a, ord(b)) for a, b in pairs if len(b) == 1 and ord(b) != a and ord(b) < 0x10000]
    np.save(folder / "simplified.npy", np.array(kept, dtype=np.uint16).T)


def write_idf(folder: Path, train: Sequence[CleanArticle]) -> None:
    """How rare each hashed bigram is among paragraphs, natural logarithm, in steps of 1/16."""
    paragraphs = [letters(folded(paragraph)) for article in train for paragraph in article.paragraphs]
    hashes, owner = grams(paragraphs, 2)
    found = np.unique((owner << IDF_BITS) | buckets(hashes, IDF_BITS))
    seen = np.bincount(found & ((1 << IDF_BITS) - 1), minlength=1 << IDF_BITS)
    idf = np.log((len(paragraphs) + 1) / (seen + 0.5)) / IDF_STEP
    np.save(folder / "idf.npy", np.clip(np.round(idf), 1, 255).astype(np.uint8))


def write_table(folder: Path, name: str, rows: Tensor) -> None:
    """Quantise to a byte with one scale a row."""
    values = rows.detach().numpy()
    scale = (np.abs(values).max(axis=1) / 127 + 1e-8).astype(np.float16)
    quantised = np.round(values / np.maximum(scale.astype(np.float32), 1e-7)[:, None])
    np.save(folder / f"{name}.npy", np.clip(quantised, -127, 127).astype(np.int8))
    np.save(folder / f"{name}_scale.npy", scale)


def read_table(folder: Path, name: str) -> Tensor:
    """A table as the package sees it."""
    table = Embedding.load(folder, name)
    return torch.from_numpy(table.rows.astype(np.float32) * table.scale.astype(np.float32)[:, None])


def bag(table: Tensor, rows: Sequence[Index]) -> Tensor:
    """Sum the table's rows at each of ``rows``."""
    starts = np.cumsum([0, *(len(row) for row in rows[:-1])])
    flat = torch.from_numpy(np.concatenate(rows))
    return functional.embedding_bag(flat, table, torch.from_numpy(starts), mode="sum")


# --- topic ------------------------------------------------------------------------------------------


def topic_tokens(codes: NDArray[np.uint32]) -> tuple[Index, Index]:
    """Rows of the unigrams and of the bigrams of a text, in order, in one table."""
    plain = [letters(codes)]
    first, second = buckets(grams(plain, 1)[0], UNIGRAM_BITS), buckets(grams(plain, 2)[0], BIGRAM_BITS)
    return first, second + (1 << UNIGRAM_BITS)


def torn_and_worn(tokens: tuple[Index, Index], rng: np.random.Generator, keep: float) -> Index:
    """Half of the time a piece of 15–300 characters; up to 10 % misread; a share ``keep`` of its n-grams."""
    first, second = tokens
    start, stop = 0, len(first)
    if stop > 20 and rng.random() < 0.5:
        size = int(rng.integers(15, min(stop, 300) + 1))
        start = int(rng.integers(0, stop - size + 1))
        stop = start + size
    first, second = first[start:stop], second[start : max(stop - 1, start)]
    misread = rng.random(len(first) + 1) < rng.random() * 0.1
    first = first[~misread[: len(first)]]
    second = second[~(misread[: len(second)] | misread[1 : len(second) + 1])]
    both = np.concatenate([first, second])
    both = both[rng.random(len(both)) < keep]
    return both if len(both) else np.zeros(1, dtype=np.int64)


def train_topic(train: Sequence[CleanArticle], epochs: int, batch: int, seed: int) -> Tensor:
    """Pull two paragraphs and the headline of an article together, away from the batch's other articles."""
    rng = np.random.default_rng(seed)
    tokens = [[topic_tokens(folded(text)) for text in (a.title, *a.paragraphs)] for a in train]
    rows = (1 << UNIGRAM_BITS) + (1 << BIGRAM_BITS)
    seen = np.zeros(rows)
    for texts in tokens:
        for text in texts:
            seen[np.unique(np.concatenate(text))] += 1
    rarity = np.log((sum(map(len, tokens)) + 1) / (seen + 0.5)) / 5
    start = torch.randn(rows, TOPIC_SIZE) * 0.5 / TOPIC_SIZE**0.5 * torch.tensor(rarity).float()[:, None]
    table, sharpness = nn.Parameter(start), nn.Parameter(torch.tensor([3.0, 3.0]))
    optimiser = torch.optim.Adam([{"params": [table]}, {"params": [sharpness]}], betas=(0.9, 0.99))
    order: list[int] = []
    steps = epochs * len(train) // batch
    for step in range(steps):
        rate = min(1.0, 1.5 * (steps - step) / steps + 0.02)
        optimiser.param_groups[0]["lr"], optimiser.param_groups[1]["lr"] = 5e-3 * rate, 1e-2 * rate
        if len(order) < batch:
            order = rng.permutation(len(train)).tolist()
        chosen, order = order[:batch], order[batch:]
        views: tuple[list[Index], list[Index], list[Index]] = ([], [], [])
        for number in chosen:
            one, two = rng.choice(len(tokens[number]) - 1, 2, replace=False) + 1
            for view, text in zip(views, (one, two, 0), strict=True):
                view.append(torn_and_worn(tokens[number][text], rng, 0.6))
        vectors = functional.normalize(bag(table, [*views[0], *views[1], *views[2]]), dim=1)
        one_, two_, title = vectors.split(len(chosen))
        same, match = one_ @ two_.T * sharpness[0].exp(), title @ two_.T * sharpness[1].exp()
        target = torch.arange(len(chosen))
        loss = sum(functional.cross_entropy(x, target) for x in (same, same.T)) / 2
        loss = loss + sum(functional.cross_entropy(x, target) for x in (match, match.T)) / 4
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(f"topic {step}/{steps} loss {loss.item():.3f}", flush=True)
    return table.detach()


# --- boundaries -------------------------------------------------------------------------------------


class Boundaries(nn.Module):
    """Edge vectors and the scores made of them; the same arithmetic as ``FragmentEncoder``."""

    def __init__(self) -> None:
        super().__init__()
        self.tails = nn.Parameter(torch.randn(1 << EDGE_BITS, EDGE_SIZE) * 0.05)
        self.heads = nn.Parameter(torch.randn(1 << EDGE_BITS, EDGE_SIZE) * 0.05)
        dense = {"tail_topic": (TOPIC_SIZE, EDGE_SIZE), "head_topic": (TOPIC_SIZE, EDGE_SIZE)}
        self.dense = nn.ParameterDict({name: torch.randn(shape) * 0.1 for name, shape in dense.items()})
        for question in ("follows", "continues"):
            self.dense[f"{question}_match"] = torch.full((EDGE_SIZE,), 0.5)
            self.dense[f"{question}_topic"] = torch.tensor(8.0)
            self.dense[f"{question}_head"] = torch.zeros(EDGE_SIZE)
        for place in ("lead", "ending", "depth"):
            self.dense[place] = torch.zeros(2 * EDGE_SIZE + TOPIC_SIZE)

    def edge(self, name: str, features: tuple[Tensor, Tensor], topic: Tensor) -> Tensor:
        """Vectors of the ``tail`` or ``head`` of texts, a fifth of their places dropped while training."""
        near = functional.embedding_bag(features[0], getattr(self, f"{name}s"), features[1], mode="sum")
        return functional.dropout(torch.tanh(near + topic @ self.dense[f"{name}_topic"]), 0.2)

    def score(self, question: str, tail: Tensor, head: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """How well each head goes on from each tail: (n, m)."""
        match = (tail * self.dense[f"{question}_match"]) @ head.T
        return (
            match + self.dense[f"{question}_topic"] * left @ right.T + head @ self.dense[f"{question}_head"]
        )


def worn_edges(outwards: Sequence[NDArray[np.uint32]], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Edge features with a tenth lost and 3 % of them wrong, and where each text's start."""
    index, owner = edges(outwards, EDGE_BITS)
    index = np.where(rng.random(len(index)) < 0.03, rng.integers(0, 1 << EDGE_BITS, len(index)), index)
    order = np.argsort(owner, kind="stable")
    order = order[rng.random(len(order)) > 0.1]
    starts = np.searchsorted(owner[order], np.arange(len(outwards)))
    return torch.from_numpy(index[order]), torch.from_numpy(starts)


def train_boundaries(train: Sequence[CleanArticle], table: Tensor, steps: int, seed: int) -> Boundaries:
    """On batches of six groups of four neighbouring articles: which paragraph, which torn half comes next."""
    rng = np.random.default_rng(seed)
    near = neighbours(train, 20)
    model = Boundaries()
    tables = [model.tails, model.heads]
    optimiser = torch.optim.Adam(
        [{"params": tables, "weight_decay": 0.0}, {"params": list(model.dense.parameters())}],
        betas=(0.9, 0.99),
    )

    def topics(texts: Sequence[NDArray[np.uint32]]) -> Tensor:
        return functional.normalize(
            bag(table, [np.concatenate(topic_tokens(codes)) for codes in texts]), dim=1
        )

    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * min(1.0, 1.5 * (steps - step) / steps + 0.02)
        anchors = rng.choice(len(train), 6, replace=False)
        chosen = np.unique([i for a in anchors for i in (a, *rng.choice(near[a], 3, replace=False))])
        texts, owners, first, last = [], [], [], []
        for number in chosen:
            paragraphs = train[number].paragraphs
            texts += [folded(paragraph) for paragraph in paragraphs]
            owners += [int(number)] * len(paragraphs)
            first += [position == 0 for position in range(len(paragraphs))]
            last += [position == len(paragraphs) - 1 for position in range(len(paragraphs))]
        tearable = [i for i, codes in enumerate(texts) if len(codes) >= 16]
        torn = rng.permutation(tearable)[:80]
        cuts = [int(rng.integers(4, len(texts[i]) - 3)) for i in torn]
        left = [texts[i][:cut] for i, cut in zip(torn, cuts, strict=True)]
        right = [texts[i][cut:] for i, cut in zip(torn, cuts, strict=True)]
        with torch.no_grad():
            whole, before, after = topics(texts), topics(left), topics(right)
        tail_features = worn_edges([codes[::-1] for codes in texts + left], rng)
        tail = model.edge("tail", tail_features, torch.cat([whole, before]))
        head = model.edge("head", worn_edges(texts + right, rng), torch.cat([whole, after]))
        count, pieces = len(texts), len(torn)
        follows = model.score("follows", tail[:count], head[:count], whole, whole) - 1e4 * torch.eye(count)
        source = torch.from_numpy(np.flatnonzero(~np.array(last)))
        loss = functional.cross_entropy(follows[source], source + 1)
        loss = loss + 0.3 * functional.cross_entropy(follows.T[source + 1], source)
        rights = torch.cat([after, whole])
        continues = model.score(
            "continues", tail[count:], torch.cat([head[count:], head[:count]]), before, rights
        )
        own = torch.zeros_like(continues)  # the whole paragraph must not compete with its own half
        own[torch.arange(pieces), pieces + torch.from_numpy(torn)] = -1e4
        loss = loss + functional.cross_entropy(continues + own, torch.arange(pieces))
        everything = torch.cat([tail[:count], head[:count], whole], dim=1)
        for place, truth in (("lead", first), ("ending", last)):
            target = torch.tensor(truth, dtype=torch.float32)
            loss = loss + functional.binary_cross_entropy_with_logits(everything @ model.dense[place], target)
        owner, depth = torch.tensor(owners), everything @ model.dense["depth"]
        earlier, later = torch.nonzero(torch.triu(owner[:, None] == owner[None, :], 1), as_tuple=True)
        loss = loss + functional.softplus(depth[earlier] - depth[later]).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(f"boundaries {step}/{steps} loss {loss.item():.3f}", flush=True)
    return model


def main() -> None:
    """Train everything and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write (default: the package's own)")
    parser.add_argument("--topic-epochs", type=int, default=90)
    parser.add_argument("--boundary-steps", type=int, default=2500)
    parser.add_argument("--pages", type=int, default=500, help="small pages to fit the logistic weights on")
    parser.add_argument("--keep", choices=("topic", "all"), help="tables in the folder not to train again")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    options.out.mkdir(parents=True, exist_ok=True)
    write_folding(options.out)
    everything = usable(list(articles(*CORPORA, folds=("train",))))
    train = [article for article in everything if not held_back(article)]
    held = [article for article in everything if held_back(article)]
    print(f"{len(train)} articles for the tables, {len(held)} for the weights")
    if options.keep is None:
        write_idf(options.out, train)
        table = train_topic(train, options.topic_epochs, batch=1024, seed=1)
        write_table(options.out, "unigrams", table[: 1 << UNIGRAM_BITS])
        write_table(options.out, "bigrams", table[1 << UNIGRAM_BITS :])
    if options.keep != "all":
        table = torch.cat([read_table(options.out, name) for name in ("unigrams", "bigrams")])
        boundaries = train_boundaries(train, table, options.boundary_steps, seed=2)
        write_table(options.out, "tails", boundaries.tails)
        write_table(options.out, "heads", boundaries.heads)
        dense = {
            name: values.detach().numpy().astype(np.float16) for name, values in boundaries.dense.items()
        }
        np.savez(options.out / "dense.npz", **dense)
    fit_weights(options.out, small_pages(held, options.pages, seed=3, most=10, torn=0.3, headed=0.7))


if __name__ == "__main__":
    main()
