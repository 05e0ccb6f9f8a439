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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus.groups import rank
from cleanpress.corpus.read import Found, Unread
from cleanpress.errors import InputError

LAYOUT = 6
"""Of a state folder; one of another layout is begun anew."""

LETTERS = "letters"
"""The file of a chunk with the letters of its texts in a row, as code points (uint32)."""

FIELDS = {
    "lengths": np.uint32,
    "digests": np.uint64,
    "suspicious": np.int32,
    "places": np.uint32,
    "names": np.uint8,
    "name_lengths": np.uint32,
    "unread": np.uint8,
}
"""What else is known of texts: files of a chunk, and of all of them, each an array of that type.

``unread`` is JSON Lines of what is no record: the number of the input, that of the line, and why."""

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


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that is at its place, whole, when the block ends well."""
    new = _new(path)
    with new.open("wb") as file:
        yield file
    os.replace(new, path)


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as file:
        file.write(content)


def save(path: Path, array: NDArray[Any]) -> None:
    """Write an array whole or not at all."""
    with replacing(path) as file:
        np.save(file, array)


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
        LETTERS: found.keys.letters,
        "lengths": np.diff(found.keys.starts).astype(np.uint32),
        "digests": found.keys.digests,
        "suspicious": found.keys.suspicious,
        "places": np.concatenate([inputs, found.places], axis=1),
    }
    if found.names is not None:
        arrays["names"] = np.frombuffer(b"".join(found.names), np.uint8)
        arrays["name_lengths"] = np.array([len(name) for name in found.names], np.uint32)
    if found.unread:
        unread = "".join(f"{json.dumps([number, one.number, one.reason])}\n" for one in found.unread)
        arrays["unread"] = np.frombuffer(unread.encode(), np.uint8)
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


class Gathering:
    """Puts together what is known of the texts of all chunks, which are added in their order.

    Their letters stay where they are: they are most of it.
    """

    def __init__(self, state: Path) -> None:
        self.state, self.new = state, state / "texts.new"
        self.ends = [0]
        shutil.rmtree(self.new, ignore_errors=True)
        self.new.mkdir()

    def __enter__(self) -> Gathering:
        self._files = {name: (self.new / name).open("wb") for name in FIELDS}
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, folder: Path) -> None:
        """Add the next chunk."""
        for name, out in self._files.items():
            if (folder / name).exists():
                with (folder / name).open("rb") as part:
                    shutil.copyfileobj(part, out, 1 << 20)
        self.ends.append(self.ends[-1] + (folder / LETTERS).stat().st_size // 4)

    def finish(self, sha256: Sequence[str]) -> None:
        """After the last chunk: record the SHA-256 of the inputs, and leave the folder at its place."""
        self.__exit__()
        np.save(self.new / "ends.npy", np.array(self.ends, np.int64))
        (self.new / "sha256.json").write_bytes(json.dumps(list(sha256)).encode())
        os.rename(self.new, self.state / "texts")


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
        self._letters = _Letters(state, np.load(self.folder / "ends.npy"))

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
        return np.frombuffer(self._letters.some(low, high), np.uint32)

    def keys(self, texts: Ints) -> list[str]:
        """The letters of some texts."""
        starts = self.starts[texts]
        return [
            found.decode("utf-32-le", "surrogatepass")
            for found in self._letters.each(starts, self.starts[texts + 1])
        ]

    def unread(self) -> Iterator[tuple[int, Unread]]:
        """What is no record, in order, each with the number of its input."""
        with (self.folder / "unread").open("rb") as file:
            for number, at, reason in map(json.loads, file):
                yield number, Unread(at, reason)

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


class _Letters:
    """The letters of all texts in a row, which lie in the chunks: chunk ``k`` has those from ``ends[k]`` on.

    No text lies in two chunks.
    """

    def __init__(self, state: Path, ends: Ints) -> None:
        self.state, self.ends = state, ends
        self._open: dict[int, int] = {}

    def _file(self, chunk: int) -> int:
        if chunk not in self._open:
            if len(self._open) >= _OPEN_AT_ONCE:
                os.close(self._open.pop(next(iter(self._open))))
            self._open[chunk] = os.open(chunk_folder(self.state, chunk) / LETTERS, os.O_RDONLY)
        return self._open[chunk]

    def _chunk_of(self, letters: Ints) -> Ints:
        return np.searchsorted(self.ends, letters, "right") - 1

    def some(self, low: int, high: int) -> bytes:
        """The letters from ``low`` to ``high``, as bytes."""
        if low >= high:
            return b""
        first, last = self._chunk_of(np.array([low, high - 1])).tolist()
        ends = self.ends.tolist()
        parts = [(k, max(low, ends[k]), min(high, ends[k + 1])) for k in range(first, last + 1)]
        return b"".join(os.pread(self._file(k), 4 * (b - a), 4 * (a - ends[k])) for k, a, b in parts)

    def each(self, lows: Ints, highs: Ints) -> Iterator[bytes]:
        """As ``some``, of several texts."""
        chunks = self._chunk_of(lows)
        at = 4 * (lows - self.ends[chunks])
        for chunk, start, size in zip(
            chunks.tolist(), at.tolist(), (4 * (highs - lows)).tolist(), strict=True
        ):
            yield os.pread(self._file(chunk), size, start) if size else b""


_OPEN_AT_ONCE = 256
"""Files of letters that a process holds open."""

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
