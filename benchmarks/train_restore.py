"""Grow the trees that judge look-alikes (needs ``pip install lightgbm``).

    python benchmarks/train_restore.py READ.jsonl ...

``READ.jsonl`` are lines of the fold ``fit`` as engines read them (benchmarks/restore_simulate.py). With them
go clean articles of the fold ``fit`` and, with little weight, FASPell's training captions. The models of
characters and words are of the fold ``train``. Nothing that figures are measured on is read.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.alphabet import FIRST
from cleanpress.language.levels import Floats
from cleanpress.stages.restore.lookalikes import doubts_of, worth_a_look
from cleanpress.stages.restore.scan import FEATURES, Measured, Scan, Tables
from cleanpress.stages.restore.trees import Trees, logistic, shares
from corpora import SHARED
from restore_material import Piece, chunks, clean, gain, pairs, records_of, texts_of
from restore_tables import DATA

PAGE_LINES, FEW_LINES = 100, 4
"""Lines of a page, and of a document that is none. What recurs on a page is evidence, the less so the longer
it is: from pages of four lines judges learnt to trust it too much."""
CAPTIONS = 50
"""Captions of a document."""
CLEAN = 240_000
"""Characters of the fold ``fit`` that nobody misread."""
ASIDE = 0.1
"""Weight of captions: another kind of text, with every eighth character misread, from which judges learn to
see misreadings in newspapers where none are."""
NAMES = ("web", "encyclopedia", "news")
GROW: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_threads": 1,
    "verbose": -1,
    "min_data_in_leaf": 60,
    "min_sum_hessian_in_leaf": 3,
    "lambda_l2": 5,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "max_depth": 6,
    "seed": 1,
    "deterministic": True,
}
RISING = ("alike", "seen", "gain", "word gain", "reader candidate", "reader gain")
FALLING = ("own", "reader own")
"""What can only speak for a candidate, and only against it, all else being equal."""
ALONG = [(name in RISING) - (name in FALLING) for name in FEATURES]
START = -4.0
"""The score of a candidate that nothing is known of: one in 55 is right."""


class Labelled(NamedTuple):
    """Figures and truth of a document: its places, and the candidates of the odd ones.

    ``is_read`` marks the places that an engine really read, ``weight`` says how much each counts.
    """

    doubt: NDArray[np.float32]
    misread: NDArray[np.bool_]
    answers: NDArray[np.float32]
    place: NDArray[np.intp]
    rows: NDArray[np.float32]
    right: NDArray[np.bool_]
    is_read: NDArray[np.bool_]
    weight: NDArray[np.float32]


class Document(NamedTuple):
    """The pieces of a page; ``page`` says whether what recurs in them is evidence, ``is_read`` whether an
    engine read them. Judges of one ``half`` have not seen the texts of the other."""

    pieces: Sequence[Piece]
    half: int
    page: bool
    is_read: bool = False
    weight: float = 1.0


def scanned(tables: Tables, document: Document) -> tuple[Scan, NDArray[np.int64]]:
    """A document as the models see it, and the symbol that was printed at each of its places."""
    scan = Scan(tables, [piece.read for piece in document.pieces], page=document.page)
    truth = [mark for piece in document.pieces for mark in piece.printed]
    alphabet = tables.model.alphabet
    printed = [alphabet.symbol(truth[at]) if truth[at] else 0 for at in scan.origins[scan.places]]
    return scan, np.array(printed, dtype=np.int64)


def label(tables: Tables, document: Document, odd: Trees) -> Labelled:
    """A document measured, with the truth."""
    scan, printed = scanned(tables, document)
    doubt = scan.doubt
    measured = scan.measure(worth_a_look(logistic(odd.score(doubt))))
    right = nearer(tables, document, scan, measured)
    is_read = np.full(len(doubt), document.is_read)
    misread = printed != scan.symbols[scan.places]
    weight = np.full(len(doubt), document.weight, dtype=np.float32)
    return Labelled(doubt, misread, measured.answers, measured.place, measured.rows, right, is_read, weight)


def nearer(tables: Tables, document: Document, scan: Scan, measured: Measured) -> NDArray[np.bool_]:
    """Which candidates take an error away, as corrections are counted.

    Texts are compared in the script of the alphabet: a part of the material is in traditional characters.
    """
    found = np.zeros(len(measured.place), dtype=bool)
    texts = [(in_alphabet(tables, piece.read), in_alphabet(tables, piece.text)) for piece in document.pieces]
    borders = np.cumsum([0, *(len(piece.read) for piece in document.pieces)])
    origins = scan.origins[scan.places[measured.place]]
    owners = np.searchsorted(borders, origins, side="right") - 1
    for k, (owner, at) in enumerate(zip(owners.tolist(), (origins - borders[owners]).tolist(), strict=True)):
        read, printed = texts[owner]
        if read != printed:
            candidate = chr(tables.shapes.characters[measured.symbol[k]])
            found[k] = gain(read, at, candidate, printed) > 0
    return found


def in_alphabet(tables: Tables, text: str) -> str:
    """A text with each character as the alphabet has it; what it lacks stays."""
    alphabet, characters = tables.model.alphabet, tables.shapes.characters
    symbols = map(alphabet.symbol, text)
    return "".join(
        chr(characters[symbol]) if FIRST <= symbol < len(characters) and characters[symbol] else character
        for symbol, character in zip(symbols, text, strict=True)
    )


def joined(found: Iterable[Labelled]) -> Labelled:
    """Documents as one; places are numbered through."""
    parts = list(found)
    sizes = np.array([len(part.misread) for part in parts])
    starts = np.cumsum(sizes) - sizes
    return Labelled(
        np.concatenate([p.doubt for p in parts]),
        np.concatenate([p.misread for p in parts]),
        np.concatenate([p.answers for p in parts]),
        np.concatenate([p.place + start for p, start in zip(parts, starts, strict=True)]),
        np.concatenate([p.rows for p in parts]),
        np.concatenate([p.right for p in parts]),
        np.concatenate([p.is_read for p in parts]),
        np.concatenate([p.weight for p in parts]),
    )


def grow(rows: list[Any], labels: list[Any], weights: list[Any], trees: int, **how: Any) -> Trees:
    """Trees for the rows of some documents, with their labels and weights; ``how`` goes to LightGBM."""
    import lightgbm

    how = {**GROW, **how}
    marked = np.concatenate(labels).astype(np.int8)
    data = lightgbm.Dataset(np.concatenate(rows), marked, weight=np.concatenate(weights))
    booster = lightgbm.train(how, data, trees)
    return flattened(booster.dump_model()["tree_info"])


def flattened(forest: list[dict[str, Any]]) -> Trees:
    """LightGBM's nested trees as arrays."""
    column: list[int] = []
    border: list[float] = []
    low: list[int] = []
    high: list[int] = []
    value: list[float] = []
    deepest = 0

    def add(node: dict[str, Any], depth: int) -> int:
        nonlocal deepest
        deepest = max(deepest, depth)
        k = len(column)
        for part, content in ((column, 0), (border, 0.0), (low, k), (high, k), (value, 0.0)):
            part.append(content)  # type: ignore[attr-defined]
        if "leaf_value" in node:
            value[k] = node["leaf_value"]
        else:
            column[k], border[k] = node["split_feature"], node["threshold"]
            low[k] = add(node["left_child"], depth + 1)
            high[k] = add(node["right_child"], depth + 1)
        return k

    roots = [add(tree["tree_structure"], 0) for tree in forest]
    return Trees(
        np.array(column, dtype=np.int32),
        np.array(border, dtype=np.float64),
        np.array(low, dtype=np.int32),
        np.array(high, dtype=np.int32),
        np.array(value, dtype=np.float64),
        np.array(roots, dtype=np.int32),
        deepest,
    )


def main() -> None:
    """Grow, store, say what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("read", nargs="*", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=DATA / "judges.npz")
    parser.add_argument("--keep", type=Path, help="keep the labelled figures here")
    options = parser.parse_args()
    tables = Tables.load()
    every = documents(options.read)
    rows, labels, weights = [], [], []
    for document in every:
        scan, printed = scanned(tables, document)
        rows.append(scan.doubt)
        labels.append(printed != scan.symbols[scan.places])
        weights.append(np.full(len(scan.places), document.weight, dtype=np.float32))
    odd = grow(rows, labels, weights, 60, num_leaves=14)
    found = [label(tables, document, odd) for document in every]
    if options.keep:
        options.keep.write_bytes(pickle.dumps([tuple(one) for one in found]))
    right, misread = train(found, [document.half for document in every])
    trees = {"odd": odd, "right": right, "misread": misread}
    np.savez(options.output, **{k: v for name, t in trees.items() for k, v in t.arrays(name).items()})
    print(f"{options.output.name}: {options.output.stat().st_size:,} bytes")


def documents(read: list[Path]) -> list[Document]:
    """Everything that is learnt from. Half of the texts come without a page around them: single lines must be
    judged as well."""
    found = []
    for k, texts in enumerate(clean("fit", CLEAN, 2, NAMES)):
        pieces = [Piece(text, tuple(text), text) for text in texts]
        found.append(Document(pieces, k % 2, bool(k // 2 % 2)))
    for file in read:
        for k, lines in enumerate(chunks(records_of(file), PAGE_LINES)):
            half, page = k // 2 % 2, bool(k % 2)
            for j, some in enumerate([lines] if page else chunks(lines, FEW_LINES)):
                pieces = texts_of(some, unwrapped=bool(k // 4 % 2 if page else j % 2))
                found.append(Document(pieces, half, page, is_read=True))
    captions = list(pairs(SHARED / "spelling" / "faspell_ocr_train.jsonl"))
    for k, pieces in enumerate(chunks(captions, CAPTIONS)):
        found.append(Document(pieces, k % 2, page=False, weight=ASIDE))
    return [document for document in found if document.pieces]


def train(found: list[Labelled], sides: list[int]) -> tuple[Trees, Trees]:
    """Judges of candidates and of places; the second learns from answers of one that did not see the text."""
    whole = joined(found)
    print(f"{len(whole.misread):,} places, {whole.misread.sum():,} misread, {len(whole.right):,} candidates")
    halves = [[part for part, side in zip(found, sides, strict=True) if side == k] for k in (0, 1)]
    judges = [grow_right(joined(half)) for half in halves]
    rows: list[NDArray[np.float32]] = []
    for half, other in zip(halves, judges[::-1], strict=True):
        every = joined(half)
        answers = shares(other.score(every.rows), every.place, len(every.misread))
        ends = np.cumsum([len(part.place) for part in half])
        for part, mine in zip(half, np.split(answers, ends[:-1]), strict=True):
            rows.append(doubts_of(part.doubt, part.answers, part.place, part.rows, mine))
        report(every, answers)
    parts = [part for half in halves for part in half]
    labels, weights = [part.misread for part in parts], [part.weight for part in parts]
    misread = grow(rows, labels, weights, 250, num_leaves=31)
    return grow_right(whole), misread


def grow_right(labelled: Labelled) -> Trees:
    """The judge of candidates."""
    place, weights = labelled.place, labelled.weight[labelled.place]
    count = len(labelled.misread)
    # Now and then two candidates take an error away, where an alignment may be drawn in two ways.
    many = np.bincount(place, weights=labelled.right, minlength=count)[place]
    wanted = labelled.right / np.maximum(many, 1)

    def slope(scores: Floats, _: Any) -> tuple[Floats, Floats]:
        """The derivatives of the logarithm of what ``shares`` gives to the right ones, by score."""
        found = shares(scores + START, place, count)
        return (found - wanted) * weights, np.maximum(found * (1 - found), 1e-6) * weights

    how = {"objective": slope, "learning_rate": 0.06, "num_leaves": 31, "max_depth": 7}
    trees = grow([labelled.rows], [labelled.right], [weights], 300, monotone_constraints=ALONG, **how)
    trees.value[: trees.roots[1]][trees.low[: trees.roots[1]] == np.arange(trees.roots[1])] += START
    return trees


def report(half: Labelled, answers: NDArray[np.float64]) -> None:
    """How sure the likeliest candidates of unseen texts are, and how often right: what thresholds rest on."""
    order = np.lexsort((-answers, half.place))
    _, first = np.unique(half.place[order], return_index=True)
    best = order[first]
    mark = half.rows[best, FEATURES.index("is mark")] > 0
    read = half.is_read[half.place[best]]
    ours = half.weight[half.place[best]] == 1.0
    for name, kind in (
        ("characters, read by our engines", ~mark & read),
        ("marks, read by our engines", mark & read),
        ("clean text", ~read & ours),
    ):
        for at in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.87, 0.9, 0.925, 0.95, 0.975, 0.98, 0.99):
            sure = best[kind & (answers[best] >= at)]
            spoilt = int((~half.misread[half.place[sure]]).sum())
            right = int(half.right[sure].sum())
            share = right / max(1, len(sure))
            print(f"{name} from {at}: {len(sure):,}, {right:,} right ({share:.3f}), {spoilt} spoilt")


if __name__ == "__main__":
    main()
