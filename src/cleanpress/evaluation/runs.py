"""An output article as the sequence of gold pieces that it reads."""

from __future__ import annotations

from dataclasses import dataclass

from cleanpress.evaluation.alignment import Alignment

FOREIGN = -1
"""The piece of a run of letters that stand nowhere in the gold."""
NOISE = 6
"""Letters: a shorter run is noise, unless it is half of a short piece."""


@dataclass(frozen=True, slots=True)
class PieceRun:
    """A run of letters of one gold piece, read forward.

    ``first`` and ``last`` count letters of the piece from 0; ``letters`` is how many are there.
    """

    piece: int
    first: int
    last: int
    letters: int


def piece_runs(alignment: Alignment, output: int) -> list[PieceRun]:
    """The runs of an output article in order. A piece that is read twice makes two runs."""
    gold = alignment.gold
    raw: list[PieceRun] = []
    unknown = 0
    for place in alignment.gold_at[output].tolist():
        if place < 0:
            unknown += 1
            continue
        if unknown >= NOISE:
            raw.append(PieceRun(FOREIGN, 0, unknown - 1, unknown))
        unknown = 0
        piece = int(gold.piece[place])
        offset = place - int(gold.piece_starts[piece])
        last = raw[-1] if raw else None
        # Reading steps back by a letter or two where a misread stretch was aligned; a copy steps back far.
        if last and last.piece == piece and offset > last.last - NOISE:
            raw[-1] = PieceRun(piece, last.first, max(last.last, offset), last.letters + 1)
        else:
            raw.append(PieceRun(piece, offset, offset, 1))
    if unknown >= NOISE:
        raw.append(PieceRun(FOREIGN, 0, unknown - 1, unknown))
    lengths = (gold.piece_starts[1:] - gold.piece_starts[:-1]).tolist()
    return _joined(
        [r for r in raw if r.piece == FOREIGN or r.letters >= min(NOISE, (lengths[r.piece] + 1) // 2)]
    )


def _joined(runs: list[PieceRun]) -> list[PieceRun]:
    """Neighbouring runs of one piece that noise had parted, in one."""
    out: list[PieceRun] = []
    for run in runs:
        last = out[-1] if out else None
        if last and run.piece == last.piece != FOREIGN and run.first > last.last - NOISE:
            out[-1] = PieceRun(run.piece, last.first, max(last.last, run.last), last.letters + run.letters)
        else:
            out.append(run)
    return out
