"""What a deduplication leaves on disk, step by step: what was done once is not done again.

The state folder of a run holds ``plan.json`` (what it was begun with), a folder ``texts`` (while they are
read: one for each chunk of the inputs), and what the steps of ``dedup`` add. Everything is written whole or
not at all, so whatever is there is good.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.groups import rank
from cleanpress.corpus.read import Found
from cleanpress.errors import InputError

LAYOUT = 4
"""Of a state folder; one of another layout is begun anew."""

FIELDS = {
    "letters": np.uint32,
    "lengths": np.uint32,
    "digests": np.uint64,
    "suspicious": np.int32,
    "places": np.uint32,
    "names": np.uint8,
    "name_lengths": np.uint32,
}
"""The files of texts, each an array of that type."""

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


def _new(path: Path) -> Path:
    """Where a file or folder is written before it is at its place; nobody else writes there."""
    return path.with_name(f"new-{uuid.uuid4().hex}-{path.name}")


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    new = _new(path)
    new.write_bytes(content)
    os.replace(new, path)


def save(path: Path, array: NDArray[Any]) -> None:
    """Write an array whole or not at all."""
    new = _new(path)
    with new.open("wb") as file:
        np.save(file, array)
    os.replace(new, path)


def once(path: Path, make: Callable[[], Any]) -> Any:
    """The JSON value in a file, made and written if it is not there."""
    if not path.exists():
        write(path, json.dumps(make()).encode())
    return json.loads(path.read_bytes())


def chunk_folder(state: Path, number: int) -> Path:
    """Where the keys of a chunk are."""
    return state / f"chunk-{number:06d}"


def write_chunk(folder: Path, number: int, found: Found) -> None:
    """Write the texts of a chunk of the input of that number."""
    inputs = np.full((len(found.places), 1), number, np.uint32)
    arrays: dict[str, NDArray[Any]] = {
        "letters": found.keys.letters,
        "lengths": np.diff(found.keys.starts).astype(np.uint32),
        "digests": found.keys.digests,
        "suspicious": found.keys.suspicious,
        "places": np.concatenate([inputs, found.places], axis=1),
    }
    if found.names is not None:
        arrays["names"] = np.frombuffer(b"".join(found.names), np.uint8)
        arrays["name_lengths"] = np.array([len(name) for name in found.names], np.uint32)
    new = _new(folder)
    new.mkdir()
    for name, array in arrays.items():
        array.tofile(new / name)
    try:
        os.rename(new, folder)
    except OSError:
        # Two may do the same task, where a node was taken for dead; they write the same.
        if not folder.exists():
            raise
        shutil.rmtree(new)


def gather(state: Path, sha256: Sequence[str]) -> None:
    """Make one folder of all chunks, and record the SHA-256 of the inputs."""
    new, folders = state / "texts.new", sorted(state.glob("chunk-??????"))
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for name in FIELDS:
        with (new / name).open("wb") as out:
            for folder in folders:
                if (folder / name).exists():
                    with (folder / name).open("rb") as part:
                        shutil.copyfileobj(part, out, 1 << 20)
    (new / "sha256.json").write_bytes(json.dumps(list(sha256)).encode())
    os.rename(new, state / "texts")
    for folder in folders:
        shutil.rmtree(folder)


class Texts:
    """The texts of a state folder, in the order of the inputs."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "texts"
        self.sha256: tuple[str, ...] = tuple(json.loads((self.folder / "sha256.json").read_bytes()))
        self.lengths: NDArray[np.uint32] = self._all("lengths")
        """The letters of each text."""
        self.count = len(self.lengths)
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.lengths, dtype=np.int64)])
        """Where in the letters of all texts each begins, shape (count + 1,)."""
        self._letters = os.open(self.folder / "letters", os.O_RDONLY)

    def _all(self, name: str) -> NDArray[Any]:
        return np.fromfile(self.folder / name, FIELDS[name])

    @property
    def digests(self) -> NDArray[np.uint64]:
        """Equal for texts with equal keys; see ``keys.Keys``."""
        return self._all("digests")

    @cached_property
    def suspicious(self) -> NDArray[np.int32]:
        """The characters of each text that no print holds."""
        return self._all("suspicious")

    @cached_property
    def places(self) -> NDArray[np.uint32]:
        """Where each text stands, shape (count, 3): number of the input, line or row, paragraph."""
        return self._all("places").reshape(-1, 3)

    def letters(self, low: int, high: int) -> NDArray[np.uint32]:
        """Some of the letters of all texts in a row."""
        return np.frombuffer(os.pread(self._letters, 4 * (high - low), 4 * low), np.uint32)

    def keys(self, texts: Ints) -> list[str]:
        """The letters of some texts."""
        return [
            os.pread(self._letters, 4 * length, 4 * start).decode("utf-32-le", "surrogatepass")
            for start, length in zip(self.starts[texts].tolist(), self.lengths[texts].tolist(), strict=True)
        ]

    def names(self, texts: Ints) -> list[str | int | None]:
        """The names of the records of texts."""
        ends = self._name_ends
        if not len(ends):
            return [None] * len(texts)
        with (self.folder / "names").open("rb") as file:
            return [
                json.loads(os.pread(file.fileno(), end - start, start))
                for start, end in zip(ends[texts].tolist(), ends[texts + 1].tolist(), strict=True)
            ]

    @cached_property
    def _name_ends(self) -> Ints:
        if not (self.folder / "names").stat().st_size:
            return np.zeros(0, np.int64)
        lengths = self._all("name_lengths")
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])

    def rank(self, texts: Ints, group: Ints) -> Ints:
        """The order in which texts are kept, group by group; see ``groups.rank``."""
        return rank(texts, group, self.lengths[texts], self.suspicious[texts])


_OPEN: dict[tuple[Path, int, int], Texts] = {}


def opened_texts(state: Path) -> Texts:
    """The texts of a state folder whose inputs were read, opened once a process."""
    # Of a folder that was begun anew nothing older is true.
    plan = (state / "plan.json").stat()
    which = (state, plan.st_ino, plan.st_mtime_ns)
    if which not in _OPEN:
        _OPEN.clear()
        _OPEN[which] = Texts(state)
    return _OPEN[which]
