"""The network that reads worn text: what was printed at a place, from what was read there and around it.

A few gated convolutions over symbols and the shapes of their characters, trained to undo misreadings
(benchmarks/train_reader.py); here they are asked with numpy alone. An answer hangs on the ``REACH`` symbols
at either side and on nothing else, so that only the neighbourhoods of the places in question are computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.errors import UsageError
from cleanpress.language.alphabet import BOUNDARY, UNKNOWN, Alphabet
from cleanpress.stages.restore.shapes import Shapes, Symbols

Places = NDArray[np.intp]
Matrix = NDArray[np.float32]

DILATIONS = (1, 2, 4, 8, 1, 2, 4, 1)
"""How far the taps of each layer stand apart."""
REACH = sum(DILATIONS)
PAD = -1
"""Stands between neighbourhoods; no layer looks across ``_APART`` of them."""
_APART = max(DILATIONS)
NOTHING = BOUNDARY
"""The answer where nothing was printed at all."""
LEAST = np.float32(-6.2)
"""The logarithm from which a reading is told: one in 500."""
_CHUNK = 4000
"""Symbols that are computed at a time, so that what a layer touches stays in the processor's cache."""
_EPSILON = np.float32(1e-5)


@dataclass(frozen=True, slots=True)
class Readings:
    """What the network answers at some places; logarithms are natural.

    ``own``, ``best`` and ``nothing`` have an entry a place: for what stands there, for the likeliest other
    symbol, and for that nothing was printed. Each other symbol of ``LEAST`` or more is an entry of ``row``
    (the index of its place, rising), ``symbol`` and ``log``.
    """

    row: Places
    symbol: Symbols
    log: Matrix
    own: Matrix
    best: Matrix
    nothing: Matrix


_NOWHERE = np.zeros(0, dtype=np.float32)
_NO_READINGS: tuple[NDArray[Any], ...] = (
    _NOWHERE.astype(np.intp),
    _NOWHERE.astype(np.uint16),
    *(_NOWHERE,) * 4,
)


@dataclass(frozen=True)
class Reader:
    """The weights. ``embedding`` has a row a symbol; the others are in the order of the layers."""

    embedding: Matrix
    answers: Matrix
    bias: Matrix
    taps: tuple[Matrix, ...]
    tap_biases: tuple[Matrix, ...]
    scales: tuple[Matrix, ...]
    shifts: tuple[Matrix, ...]
    out: Matrix
    out_bias: Matrix

    def read(self, symbols: Symbols, starts: Places, ends: Places, places: Places) -> Readings:
        """What may have been printed at ``places``, which rise.

        ``starts[p]`` and ``ends[p]`` are where the text of symbol ``p`` begins and ends.
        """
        found: list[tuple[NDArray[Any], ...]] = [_NO_READINGS]
        done = 0
        for row, at in _neighbourhoods(symbols, starts, ends, places):
            hidden = self._hidden(row, at) @ self.out + self.out_bias
            logits = hidden @ self.answers
            logits += self.bias
            rows = np.arange(len(at))
            highest = logits.max(axis=1, keepdims=True)
            logits -= highest
            logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
            own, nothing = logits[rows, row[at]], logits[:, NOTHING].copy()
            logits[rows, row[at]] = logits[:, NOTHING] = logits[:, UNKNOWN] = -np.inf
            which, other = np.nonzero(logits >= LEAST)
            log = logits[which, other]
            found.append((which + done, other.astype(np.uint16), log, own, logits.max(axis=1), nothing))
            done += len(at)
        return Readings(*(np.concatenate([one[k] for one in found]) for k in range(len(_NO_READINGS))))

    def _hidden(self, row: NDArray[np.intp], at: Places) -> Matrix:
        """The last hidden states of the places ``at`` of a row of symbols, ``PAD`` between neighbourhoods.

        Each layer is computed only where a later one looks.
        """
        needed = _needed(row, at)
        index = np.empty(len(row) + 2 * _APART, dtype=np.intp)
        x: Matrix = self.embedding[row[needed[0]]]
        for k, step in enumerate(DILATIONS):
            here, there = needed[k], needed[k + 1]
            count, width = x.shape
            y = np.zeros((count + 1, width), dtype=np.float32)
            _normalise(x, self.scales[k], self.shifts[k], y[:count])
            # What does not count, beyond a text's ends, is the row of zeros behind the others.
            index[:] = count
            index[here + _APART] = np.arange(count)
            centre = there + _APART
            around = y[index[centre[:, None] + np.array([-step, 0, step])]].reshape(len(there), 3 * width)
            z = around @ self.taps[k]
            z += self.tap_biases[k]
            gate = z[:, width:]
            # The logistic by way of exp: beyond 30 it is 0 or 1 to a float anyway.
            np.exp(np.clip(-gate, -30, 30, out=gate), out=gate)
            gate += 1
            x = x[index[centre]]
            x += np.divide(z[:, :width], gate, out=gate)
        _normalise(x, self.scales[-1], self.shifts[-1], x)
        return x

    @staticmethod
    def load(alphabet: Alphabet) -> Reader:
        """The packaged one. Raises ``UsageError`` with one line if the file is missing, damaged or of
        another alphabet."""
        return _load(alphabet)


@dataclass(frozen=True, slots=True)
class Memory:
    """What was answered before: texts are looked at again and again until they are at rest, and most places
    stand then as they stood before.

    ``answers`` of the network are by neighbourhood; ``odd``, ``right`` and ``misread`` are what the judges of
    these names said, by the figures that they judged.
    """

    answers: dict[bytes, tuple[Symbols, Matrix, float, float, float]] = field(default_factory=dict)
    odd: dict[bytes, float] = field(default_factory=dict)
    right: dict[bytes, float] = field(default_factory=dict)
    misread: dict[bytes, float] = field(default_factory=dict)

    def read(
        self, reader: Reader, symbols: Symbols, starts: Places, ends: Places, places: Places
    ) -> Readings:
        """As ``Reader.read``; neighbourhoods that were seen before are not computed again."""
        if not len(places):
            return Readings(*_NO_READINGS)
        around = places[:, None] + np.arange(-REACH, REACH + 1)
        inside = (around >= starts[places][:, None]) & (around < ends[places][:, None])
        windows = np.where(inside, symbols[np.clip(around, 0, len(symbols) - 1)], PAD).astype(np.int32)
        keys = [window.tobytes() for window in windows]
        new = np.array([key not in self.answers for key in keys])
        if new.any():
            found = reader.read(symbols, starts, ends, places[new])
            cuts = np.searchsorted(found.row, np.arange(int(new.sum()) + 1))
            for k, place in enumerate(np.flatnonzero(new).tolist()):
                part = slice(cuts[k], cuts[k + 1])
                self.answers[keys[place]] = (
                    found.symbol[part],
                    found.log[part],
                    float(found.own[k]),
                    float(found.best[k]),
                    float(found.nothing[k]),
                )
        answers = [self.answers[key] for key in keys]
        return Readings(
            np.repeat(np.arange(len(places)), [len(answer[0]) for answer in answers]),
            np.concatenate([answer[0] for answer in answers]),
            np.concatenate([answer[1] for answer in answers]),
            *(np.array([answer[k] for answer in answers], dtype=np.float32) for k in (2, 3, 4)),
        )


def _neighbourhoods(
    symbols: Symbols, starts: Places, ends: Places, places: Places
) -> Iterator[tuple[NDArray[np.intp], Places]]:
    """Rows of symbols that hold the places with what they hang on, and where in the row the places stand."""
    if not len(places):
        return
    low = np.maximum(starts[places], places - REACH)
    high = np.minimum(ends[places], places + REACH + 1)
    apart = np.ones(len(places), dtype=bool)
    apart[1:] = (low[1:] > high[:-1]) | (starts[places[1:]] != starts[places[:-1]])
    first = np.flatnonzero(apart)
    last = np.append(first[1:], len(places)) - 1
    begin, end = low[first], high[last]
    sizes = end - begin + _APART
    chunk = np.cumsum(sizes) // _CHUNK
    for number in np.unique(chunk):
        which = np.flatnonzero(chunk == number)
        offsets = np.cumsum(sizes[which]) - sizes[which]
        row = np.full(int(sizes[which].sum()), PAD, dtype=np.intp)
        for k, offset in zip(which.tolist(), offsets.tolist(), strict=True):
            row[offset : offset + end[k] - begin[k]] = symbols[begin[k] : end[k]]
        inside = np.arange(first[which[0]], last[which[-1]] + 1)
        run = np.searchsorted(first, inside, side="right") - 1
        yield row, places[inside] - begin[run] + offsets[run - which[0]]


def _needed(row: NDArray[np.intp], at: Places) -> list[Places]:
    """The places of a row at which each layer's input is needed, and in the end ``at``."""
    inside = row != PAD
    wanted = np.zeros(len(row), dtype=bool)
    wanted[at] = True
    found = [at]
    for step in DILATIONS[::-1]:
        wider = wanted.copy()
        wider[step:] |= wanted[:-step]
        wider[:-step] |= wanted[step:]
        wanted = wider & inside
        found.append(np.flatnonzero(wanted))
    return found[::-1]


def _normalise(x: Matrix, scale: Matrix, shift: Matrix, into: Matrix) -> None:
    """Each row of ``x`` to mean 0 and spread 1, then scaled and shifted, written to ``into``."""
    np.subtract(x, x.mean(axis=1, keepdims=True), out=into)
    spread = np.sqrt(np.einsum("ij,ij->i", into, into) / np.float32(x.shape[1]) + _EPSILON)
    into *= (1 / spread)[:, None]
    into *= scale
    into += shift


@cache
def _load(alphabet: Alphabet) -> Reader:
    shapes = Shapes.load(alphabet)
    try:
        with (
            as_file(files("cleanpress").joinpath("data/restore/reader.npz")) as path,
            np.load(path) as stored,
        ):
            w = {name: stored[name].astype(np.float32) for name in stored.files}
        if len(w["embed.weight"]) != alphabet.size:
            raise ValueError("it was trained for another alphabet")
        layers = range(len(DILATIONS))
        # The shapes are known when the weights are loaded, so what they say of each symbol is added once.
        return Reader(
            w["embed.weight"] + shapes.glyphs @ w["shape.weight"].T + w["shape.bias"],
            np.ascontiguousarray(np.concatenate([w["embed.weight"], shapes.glyphs], axis=1).T),
            w["bias"],
            tuple(np.ascontiguousarray(w[f"layers.{k}.weight"].T) for k in layers),
            tuple(w[f"layers.{k}.bias"] for k in layers),
            (*(w[f"norms.{k}.weight"] for k in layers), w["last.weight"]),
            (*(w[f"norms.{k}.bias"] for k in layers), w["last.bias"]),
            np.concatenate([w["out.weight"].T, w["to_shape.weight"].T], axis=1),
            np.concatenate([w["out.bias"], w["to_shape.bias"]]),
        )
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"the network that reads worn text is damaged or missing ({error})") from error
