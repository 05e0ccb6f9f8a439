"""What a deduplication leaves on disk, step by step: what was done once is not done again.

The state folder of a run holds ``plan.json`` (what it was begun with), a folder for each chunk of the
inputs with the keys of its texts, and what the steps of ``dedup`` add. Everything is written whole or not at
all, so whatever is there is good.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.keys import Keys
from cleanpress.errors import InputError

LAYOUT = 2
"""Of a state folder; one of another layout is begun anew."""

Ints = NDArray[np.int64]


def begin(state: Path, plan: dict[str, Any]) -> None:
    """Make the state folder, or keep the one that an interrupted run with the same plan left."""
    wanted = json.loads(json.dumps({"layout": LAYOUT, **plan}))
    file = state / "plan.json"
    try:
        if json.loads(file.read_bytes()) == wanted:
            return
    except (OSError, ValueError):
        # None, or half of one: nothing behind it can be trusted.
        pass
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    write(file, json.dumps(wanted).encode())


def stamp(path: str) -> tuple[int, int]:
    """Size and time of a file, which tell that it was changed. Raises ``InputError`` where there is none."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    return found.st_size, found.st_mtime_ns


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)


def save(path: Path, array: NDArray[Any]) -> None:
    """Write an array whole or not at all."""
    new = path.with_name(f"new-{path.name}")
    np.save(new, array)
    os.replace(new, path)


def mapped(path: Path) -> NDArray[Any]:
    """An array on disk, of which only what is looked at is read. (A plain one: each look costs less.)"""
    return np.load(path, mmap_mode="r").view(np.ndarray)  # type: ignore[no-any-return]


def once(path: Path, make: Callable[[], Any]) -> Any:
    """The JSON value in a file, made and written if it is not there."""
    if not path.exists():
        write(path, json.dumps(make()).encode())
    return json.loads(path.read_bytes())


def chunk_folder(state: Path, number: int) -> Path:
    """Where the keys of a chunk are."""
    return state / f"chunk-{number:06d}"


def write_chunk(folder: Path, keys: Keys, places: Ints) -> None:
    """Write the keys of a chunk; ``places`` (n, 2) are the numbers of their inputs and lines."""
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    np.save(new / "letters.npy", keys.letters)
    np.save(new / "starts.npy", keys.starts)
    np.save(new / "digests.npy", keys.digests)
    np.save(new / "suspicious.npy", keys.suspicious)
    np.save(new / "places.npy", places)
    os.rename(new, folder)


class Texts:
    """The texts of a state folder, numbered through all chunks."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.folders = sorted(state.glob("chunk-??????"))
        self._starts = [self.array(folder, "starts") for folder in self.folders]
        sizes = [len(starts) - 1 for starts in self._starts]
        self.borders = np.cumsum([0, *sizes])
        self.count = int(self.borders[-1])

    @staticmethod
    def array(folder: Path, name: str) -> NDArray[Any]:
        """An array of a chunk, of which only what is looked at is read."""
        return mapped(folder / f"{name}.npy")

    def all(self, name: str) -> NDArray[Any]:
        """One number of every text: ``digests``, ``suspicious``, ``inputs``, ``lines`` or ``lengths``."""
        if name == "lengths":
            parts = [np.diff(starts) for starts in self._starts]
        elif name in ("inputs", "lines"):
            parts = [self.array(folder, "places")[:, int(name == "lines")] for folder in self.folders]
        else:
            parts = [self.array(folder, name) for folder in self.folders]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    @cached_property
    def lengths(self) -> Ints:
        """The letters of each text."""
        return self.all("lengths")

    @cached_property
    def suspicious(self) -> NDArray[np.int32]:
        """The characters of each text that no print holds."""
        return self.all("suspicious")

    def of_chunk(self, number: int) -> tuple[NDArray[np.uint32], Ints]:
        """The letters of a chunk's keys in a row, and where each begins."""
        return self.array(self.folders[number], "letters"), self._starts[number]

    def keys(self, texts: Ints) -> list[str]:
        """The letters of some texts."""
        chunk = np.searchsorted(self.borders, texts, side="right") - 1
        found = [""] * len(texts)
        for number in np.unique(chunk).tolist():
            letters, starts = self.of_chunk(number)
            content = letters.data.cast("B")
            at = np.flatnonzero(chunk == number)
            of_chunk = texts[at] - self.borders[number]
            for k, low, high in zip(
                at.tolist(), starts[of_chunk].tolist(), starts[of_chunk + 1].tolist(), strict=True
            ):
                found[k] = str(content[4 * low : 4 * high], "utf-32-le", "surrogatepass")
        return found

    def rank(self, texts: Ints, group: Ints) -> Ints:
        """The order in which texts are kept, group by group: of two copies the earlier one is.

        Longer texts come first (by steps of 5 %, so that a few letters too many do not count), then those
        with fewer suspicious characters, then those that stand earlier.
        """
        steps = np.round(np.log(np.maximum(self.lengths[texts], 1)) / np.log(1.05)).astype(np.int64)
        return np.lexsort((texts, self.suspicious[texts], -steps, group))


_OPEN: dict[tuple[Path, int, int], Texts] = {}


def texts_of(state: Path) -> Texts:
    """The texts of a state folder whose inputs were read, opened once a process."""
    # Of a folder that was begun anew nothing older is true.
    plan = (state / "plan.json").stat()
    which = (state, plan.st_ino, plan.st_mtime_ns)
    if which not in _OPEN:
        _OPEN.clear()
        _OPEN[which] = Texts(state)
    return _OPEN[which]
