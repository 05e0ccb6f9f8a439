"""Measure the network that reads worn text: how often it answers what was printed, by how far from an end.

    python benchmarks/reader_quality.py [READ.jsonl ...]

``READ.jsonl`` are lines as engines read them (benchmarks/restore_simulate.py); without any, the lines of
``ocr_rendered_dev`` (docs/design.md, "Data"). Asked are the misread characters and marks whose place is known
and, for comparison, those that were read right; each line stands alone. An answer is right if what was
printed is the likeliest of all, and among eight if it is one of the eight likeliest besides what was read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleanpress.language.alphabet import FIRST
from cleanpress.stages.normalise import normalise
from cleanpress.stages.restore.scan import JUDGED, Tables
from corpora import SHARED
from restore_material import Piece, pair, pairs, records_of
from restore_tables import READABLE

DEVELOPMENT = SHARED / "spelling" / "ocr_rendered_dev.jsonl"
ZONES = {"at an end": 0, "1 from an end": 1, "2 from an end": 2, "3 or 4": 3, "5 or more": 5}
"""How far from the nearer end, in characters, each zone begins."""


def lines_of(file: Path) -> Iterator[Piece]:
    """The lines of a file; those of ``DEVELOPMENT`` restored by rules, as before the network sees them."""
    if file != DEVELOPMENT:
        return pairs(file)
    return (pair(normalise(record["wrong"]).text, record["right"]) for record in records_of(file))


def show(name: str, right: NDArray[np.bool_], among: NDArray[np.bool_]) -> None:
    """One line of figures."""
    if len(right):
        print(f"  {name}: {len(right):,}, right {right.mean():.3f}, among {JUDGED} {among.mean():.3f}")


def measure(file: Path) -> None:
    """Ask the network about a file."""
    tables = Tables.load()
    alphabet = tables.model.alphabet
    pieces = [
        piece
        for piece in lines_of(file)
        if sum(a != b for a, b in zip(piece.read, piece.printed, strict=True)) <= READABLE * len(piece.read)
    ]
    symbols, origins, ends = alphabet.encode([piece.read for piece in pieces])
    owner = np.repeat(np.arange(len(pieces)), np.diff(ends))
    starts, stops = ends[:-1][owner], ends[1:][owner]
    every = [one for piece in pieces for one in piece.printed]
    printed = np.array([alphabet.symbol(every[at]) if every[at] else 0 for at in origins.tolist()])
    asked = np.flatnonzero((symbols >= FIRST) & (printed >= FIRST) & (printed < alphabet.size))
    found = tables.reader.read(symbols, starts, stops, asked)
    own_right = symbols[asked] == printed[asked]
    right, among = own_right & (found.own >= found.best), np.zeros(len(asked), dtype=bool)
    order = np.lexsort((found.symbol, -found.log, found.row))
    row, symbol = found.row[order], found.symbol[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    hit = symbol == printed[asked][row]
    among[row[hit & (rank < JUDGED)]] = True
    first = row[hit & (rank == 0)]
    right[first] = found.best[first] > found.own[first]
    distance = np.minimum(asked - starts[asked], stops[asked] - 1 - asked)
    zone = np.searchsorted(list(ZONES.values()), distance, side="right") - 1
    print(f"{file.stem}: {len(pieces):,} lines")
    show("misread", right[~own_right], among[~own_right])
    for k, name in enumerate(ZONES):
        some = ~own_right & (zone == k)
        show(f"misread, {name}", right[some], among[some])
    print(f"  read right: {own_right.sum():,}, right {right[own_right].mean():.3f}")


if __name__ == "__main__":
    for argument in sys.argv[1:] or [DEVELOPMENT]:
        measure(Path(argument))
