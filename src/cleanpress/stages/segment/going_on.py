"""Whether a line of a column goes on from the one above it: what tells, and a small network that weighs it.

A typesetter's own clues: how short of the column the line above ends, how the line below begins, indents,
marks, the lines around both; and what a language model says of reading on from the one into the other. The
weights are fitted on columns that are set and read by a simulator (``benchmarks/fit_going_on.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from cleanpress.errors import UsageError
from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.segment.lines import CLOSING, TERMINAL, Columns, Line
from cleanpress.stages.segment.patterns import is_byline
from cleanpress.stages.segment.roles import looks_like_title

Floats = npt.NDArray[np.float64]

_PAUSES = "，、,；;（(《“‘—"
_BEGINS_WITHIN = TERMINAL + "，、,；;：:）)》」』”’%％"
_DATELINE = re.compile("本报讯|新华社|本报|據|据.{2,6}[报报讯社]")
_FAR = 6.0
"""Characters by which one length may differ from another; more says no more."""


def features(lines: Sequence[Line], columns: Columns, model: LanguageModel) -> Floats:
    """What tells whether each line but the first goes on from the one above; shape (n - 1, FEATURES)."""
    n = len(lines)
    if n < 2:
        return np.zeros((0, FEATURES))
    length, full = np.array(columns.lengths), np.array(columns.full)
    indent = np.minimum([line.indent for line in lines], _FAR)
    block = np.array([line.block for line in lines])
    closed = np.array([line.closed for line in lines], dtype=float)
    short = np.clip(full - length, -_FAR, 2 * _FAR)
    starts = np.append(True, block[1:] != block[:-1])
    ends = np.append(block[1:] != block[:-1], True)
    own = np.column_stack(
        [
            short / _FAR,
            np.abs(short) <= 1.01,
            np.abs(short - 2) <= 0.76,
            short > 2.8,
            short > 5,
            indent / 3,
            (indent >= 1) & (indent <= 3),
            closed,
            starts,
            ends,
            np.array([len(line.text) for line in lines]) <= 1,
            *np.array([_marks(line.text) for line in lines], dtype=float).T,
        ]
    )
    # Of the line above the pair, of the pair, and of the line below it.
    rows = [np.roll(own, 1, axis=0)[:-1], own[:-1], own[1:], np.roll(own, -2, axis=0)[:-1]]
    step = np.clip(np.diff(length), -_FAR, _FAR) / _FAR
    # Lines beside a picture are short of the column and equally long.
    before, behind = np.append(0.0, step[:-1]), np.append(step[1:], 0.0)
    texts = [line.text for line in lines]
    onward = model.continuation_pairs(texts[:-1], texts[1:])
    begin, finish = model.boundary(texts)
    page = np.array(
        [
            columns.printed_indents,
            columns.lost_indents,
            len(set(block.tolist())) / n,
            (closed * (np.abs(short) > 1.01)).sum() / max(closed.sum(), 1.0),
            (np.abs(short) <= 1.01).mean(),
        ]
    )
    pair = np.column_stack(
        [
            step,
            np.abs(step) <= 0.6 / _FAR,
            np.abs(before) <= 0.6 / _FAR,
            np.abs(behind) <= 0.6 / _FAR,
            full[:-1] / 20,
            np.tanh(onward / 4),
            np.clip(onward, -12, 12) / 6,
            np.clip(begin[1:], -8, 8) / 4,
            np.clip(finish[:-1], -8, 8) / 4,
        ]
    )
    whole = np.tile(page, (n - 1, 1))
    # What a short line means depends on whether indents were printed or lost.
    crossed = np.column_stack([own[:-1, :8] * page[0], own[:-1, :8] * page[1], own[1:, :8] * page[1]])
    return np.column_stack([*rows, pair, whole, crossed]).astype(np.float64)


def _marks(text: str) -> tuple[bool, ...]:
    """What the ends of a line look like."""
    bare = text.rstrip(CLOSING) or text
    return (
        text[-1] in _PAUSES,
        bare[-1] in "：:",
        text[-1] in "。",
        text[-1].isascii() and text[-1].isalnum(),
        text[0] in _BEGINS_WITHIN,
        text[0] in "“「『",
        text[0].isascii() and text[0].isalnum(),
        _DATELINE.match(text) is not None,
        looks_like_title(text),
        is_byline(text),
        len(text) <= 4,
    )


_OWN = 11 + 11
FEATURES = 4 * _OWN + 9 + 5 + 24
"""Columns of ``features``."""


def going_on(lines: Sequence[Line], columns: Columns, model: LanguageModel) -> Floats:
    """Probability of each line but the first that it goes on from the one above; shape (n - 1,)."""
    return probabilities(features(lines, columns, model), _weights())


def probabilities(rows: Floats, weights: dict[str, Floats]) -> Floats:
    """The network's answer to rows of features: one hidden layer."""
    hidden = np.tanh((rows - weights["mean"]) / weights["scale"] @ weights["hidden"] + weights["bias"])
    answer: Floats = 1 / (1 + np.exp(-(hidden @ weights["out"] + weights["last"])))
    return answer


@cache
def _weights() -> dict[str, Floats]:
    source = files("cleanpress").joinpath("data/segment/going_on.npz")
    try:
        with as_file(source) as path, np.load(path, allow_pickle=False) as stored:
            weights = {name: stored[name].astype(np.float64) for name in stored.files}
    except (OSError, ValueError) as error:
        raise UsageError(f"going_on.npz: cannot be read as weights: {error}") from None
    if (
        weights.keys() != {"mean", "scale", "hidden", "bias", "out", "last"}
        or len(weights["mean"]) != FEATURES
    ):
        raise UsageError("going_on.npz: holds weights of another version; install cleanpress again")
    return weights
