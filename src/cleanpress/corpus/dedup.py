"""The steps of deduplication, each of which leaves its result on disk: what was done once is not done again.

A run keeps its state in the hidden folder ``.OUT.cleanpress-dedup`` beside its output. Killed at any moment
and started again with the same inputs and settings, it goes on there; with others, it begins anew. What
each step writes depends on the inputs alone, never on the number of workers.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

import cleanpress
from cleanpress.corpus.bands import GROUPINGS, MOST_TEXTS, Pairs, candidates, groups_of, merged
from cleanpress.corpus.read import Hashed, Record, Shape, opened, records
from cleanpress.corpus.sign import BLOCK, SHARD, Shard, Signed, sign
from cleanpress.corpus.stars import SHORT, Copy, stars
from cleanpress.errors import InputError
from cleanpress.model import Relation

STATE = 1
"""Of the layout of the state folder; another number begins anew."""

GROUPS_A_TASK = 500
PAIRS_KEPT = "pairs.npy"

T = TypeVar("T")
R = TypeVar("R")
Report = Callable[[str, int, int], None]
"""Told of progress: what is being done, how much of it is done, and how much there is (0: not known)."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The inputs in their order, sorted by path, and how they are read."""

    paths: tuple[str, ...]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found: the copies in the order of their texts, and where each text stands.

    ``inputs`` (n,) number the paths of the corpus, ``lines`` (n,) count from 1; ``letters`` (n,) are the
    lengths of the keys; ``skipped`` counts candidate pairs that the cap left out, ``sha256`` are the inputs'.
    """

    copies: tuple[Copy, ...]
    inputs: NDArray[np.int64]
    lines: NDArray[np.int64]
    letters: NDArray[np.int64]
    skipped: int
    sha256: tuple[str, ...]

    def representatives(self) -> NDArray[np.int64]:
        """For each text the one that stands for it, which may be itself, shape (n,)."""
        kept = np.arange(len(self.lines))
        for copy in self.copies:
            kept[copy.copy] = copy.kept
        return kept


def find_copies(corpus: Corpus, state: Path, jobs: int, report: Report) -> Outcome:
    """Find every copy in a corpus. Raises ``InputError`` for a line that is no record."""
    _begin(corpus, state)
    with _workers(jobs) as run:
        sha256 = _sign_all(corpus, state, run, report)
        texts = Texts(state)
        if texts.count > MOST_TEXTS:
            raise InputError(f"the corpus has {texts.count:,} texts; at most {MOST_TEXTS:,} fit one run")
        exact = _exact(texts)
        set_aside = {copy.copy for copy in exact}
        skipped = _join_bands(texts, set_aside, state, run, report)
        near = _verify(state, run, report)
    copies = sorted([*_onto_kept(exact, near), *near], key=lambda copy: copy.copy)
    places = [texts.all(name) for name in ("inputs", "lines", "lengths")]
    return Outcome(tuple(copies), places[0], places[1], places[2], skipped, sha256)


# --- state ----------------------------------------------------------------------------------------------


def _begin(corpus: Corpus, state: Path) -> None:
    """Make the state folder, or keep the one that an interrupted run over the same left."""
    wanted = {
        "state": STATE,
        "version": cleanpress.__version__,
        "shape": asdict(corpus.shape),
        "inputs": [[path, *_stamp(path)] for path in corpus.paths],
    }
    plan = state / "plan.json"
    try:
        if json.loads(plan.read_bytes()) == wanted:
            return
    except (OSError, ValueError):
        # None, or half of one: nothing behind it can be trusted.
        pass
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    _write(plan, json.dumps(wanted).encode())


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    return found.st_size, found.st_mtime_ns


def _write(path: Path, content: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)


def _save(path: Path, array: NDArray[Any]) -> None:
    new = path.with_name(f"new-{path.name}")
    np.save(new, array)
    os.replace(new, path)


@contextmanager
def _workers(jobs: int) -> Iterator[Callable[[Callable[[T], R], Iterable[T]], Iterator[R]]]:
    """A way to run tasks in order: here, or in so many processes."""
    if jobs <= 1:
        yield map
        return
    # Fresh processes: what is forked from a threaded parent can hang.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield partial(_bounded, pool, jobs)


def _bounded(pool: Any, jobs: int, task: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """``imap`` that does not read ahead of its workers: the items of a corpus do not fit into memory."""
    source = iter(items)
    waiting = [pool.apply_async(task, (item,)) for item in islice(source, 2 * jobs)]
    while waiting:
        yield waiting.pop(0).get()
        waiting += [pool.apply_async(task, (item,)) for item in islice(source, 1)]


# --- signing --------------------------------------------------------------------------------------------


def _sign_all(corpus: Corpus, state: Path, run: Any, report: Report) -> tuple[str, ...]:
    """Write the shards that are missing; answers with the inputs' SHA-256."""
    done = state / "signed.json"
    if done.exists():
        return tuple(json.loads(done.read_bytes()))
    hashes: list[str] = []
    ready = sum(1 for _ in state.glob("shard-?????"))
    stream = _numbered(corpus, hashes)
    count = sum(1 for _ in islice(stream, ready * SHARD))
    k = ready
    while True:
        places: list[tuple[int, int]] = []
        blocks: list[Signed] = []
        for signed in run(sign, _blocks(islice(stream, SHARD), places)):
            blocks.append(signed)
            count += signed.values.shape[1]
            report("reading and signing", count, 0)
        if not blocks:
            break
        Shard(state / f"shard-{k:05d}").write(blocks, np.array(places, np.int64))
        k += 1
    _write(done, json.dumps(hashes).encode())
    return tuple(hashes)


def _numbered(corpus: Corpus, hashes: list[str]) -> Iterator[tuple[int, Record]]:
    """All records with the numbers of their inputs; appends each input's SHA-256 when it is at its end."""
    for number, name in enumerate(corpus.paths):
        with opened(Path(name)) as stream:
            lines = Hashed(stream)
            for record in records(Path(name), lines, corpus.shape):
                yield number, record
            hashes.append(lines.sha256)


def _blocks(stream: Iterator[tuple[int, Record]], places: list[tuple[int, int]]) -> Iterator[list[str]]:
    while block := list(islice(stream, BLOCK)):
        places += [(number, record.number) for number, record in block]
        yield [record.text for _, record in block]


# --- what is on disk ------------------------------------------------------------------------------------


class Texts:
    """The signed texts of a state folder, numbered through all shards."""

    def __init__(self, state: Path) -> None:
        self.shards = [Shard(folder) for folder in sorted(state.glob("shard-?????"))]
        sizes = [len(shard.array("digests")) for shard in self.shards]
        self.borders = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(sizes, np.int64))])
        self.count = int(self.borders[-1])
        self._starts = [shard.array("starts") for shard in self.shards]
        self._files = [os.open(shard.folder / "keys", os.O_RDONLY) for shard in self.shards]

    def all(self, name: str) -> NDArray[np.int64]:
        """One number of every text: ``digests``, ``suspicious``, ``inputs``, ``lines`` or ``lengths``."""
        if name == "lengths":
            parts = [np.diff(starts) for starts in self._starts]
        elif name in ("inputs", "lines"):
            parts = [shard.array("places")[:, int(name == "lines")] for shard in self.shards]
        else:
            parts = [shard.array(name) for shard in self.shards]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def column(self, column: int) -> NDArray[np.uint16]:
        """One permutation's values of all texts; see ``bands.Columns``."""
        parts = [np.asarray(shard.array("values")[column]) for shard in self.shards]
        return np.concatenate(parts) if parts else np.zeros(0, np.uint16)

    def key(self, text: int) -> str:
        """The letters of a text."""
        k = int(np.searchsorted(self.borders, text, side="right")) - 1
        at = text - int(self.borders[k])
        start, end = int(self._starts[k][at]), int(self._starts[k][at + 1])
        return os.pread(self._files[k], 4 * (end - start), 4 * start).decode("utf-32-le", "surrogatepass")

    @cached_property
    def _steps(self) -> NDArray[np.int64]:
        lengths = np.maximum(self.all("lengths"), 1)
        steps: NDArray[np.int64] = np.round(np.log(lengths) / np.log(1.05)).astype(np.int64)
        return steps

    @cached_property
    def _suspicious(self) -> NDArray[np.int64]:
        return self.all("suspicious")

    def rank(self, text: int) -> tuple[int, int, int]:
        """By what is kept of two copies: the text with the lower rank is.

        Longer texts first (by steps of 5 %, so that a few letters too many do not count), then those with
        fewer suspicious characters, then those that stand earlier.
        """
        return -int(self._steps[text]), int(self._suspicious[text]), text


# --- finding --------------------------------------------------------------------------------------------


def _exact(texts: Texts) -> list[Copy]:
    """Texts with equal keys: the one with the fewest suspicious characters is kept, else the first."""
    hashes, suspicious, lengths = (texts.all(name) for name in ("digests", "suspicious", "lengths"))
    order = np.lexsort((np.arange(texts.count), suspicious, hashes))
    ranked = hashes[order]
    again = np.flatnonzero(ranked[1:] == ranked[:-1]) + 1
    found = []
    kept, of_kept = -1, ""
    previous = -2
    for at in again.tolist():
        if at != previous + 1:
            kept = int(order[at - 1])
            of_kept = texts.key(kept)
        previous = at
        text = int(order[at])
        # A text without a pair of letters is equal to none; a hash is not believed.
        if lengths[text] > 1 and texts.key(text) == of_kept:
            found.append(Copy(text, kept, Relation.EXACT, 1.0))
    return found


def _join_bands(texts: Texts, set_aside: set[int], state: Path, run: Any, report: Report) -> int:
    """Write the candidate pairs; answers with how many the cap left out."""
    done = state / "joined.json"
    if not done.exists():
        chosen = np.flatnonzero(texts.all("lengths") >= SHORT)
        chosen = chosen[~np.isin(chosen, np.fromiter(set_aside, np.int64, len(set_aside)))]
        _save(state / "chosen.npy", chosen)
        pairs: Pairs = np.zeros((0, 2), np.int64)
        skipped = 0
        for grouping, found in enumerate(run(partial(_grouping, state), range(GROUPINGS)), start=1):
            pairs = merged(pairs, found.pairs)
            skipped += found.skipped
            report("joining bands", grouping, GROUPINGS)
        _save(state / PAIRS_KEPT, pairs)
        _write(done, json.dumps(skipped).encode())
    return int(json.loads(done.read_bytes()))


def _grouping(state: Path, grouping: int) -> Any:
    return candidates(Texts(state).column, np.load(state / "chosen.npy"), grouping)


def _verify(state: Path, run: Any, report: Report) -> list[Copy]:
    """The copies among the candidates, verified; a task at a time is kept on disk."""
    pairs = np.load(state / PAIRS_KEPT)
    found: list[Copy] = []
    groups = list(groups_of(pairs))
    tasks = _tasks(iter(groups))
    for task, copies in enumerate(run(partial(_stars, state), enumerate(tasks)), start=1):
        found += [Copy(c, k, Relation(relation), s) for c, k, relation, s in copies]
        report("verifying", min(len(groups), task * GROUPS_A_TASK), len(groups))
    return found


def _tasks(groups: Iterator[tuple[NDArray[np.int64], Pairs]]) -> Iterator[list[tuple[Any, Any]]]:
    while task := list(islice(groups, GROUPS_A_TASK)):
        yield task


def _stars(state: Path, numbered: tuple[int, list[tuple[Any, Any]]]) -> list[list[Any]]:
    """One task's copies, from its file where an earlier run wrote it."""
    number, groups = numbered
    kept = state / f"stars-{number:06d}.json"
    if kept.exists():
        return list(json.loads(kept.read_bytes()))
    texts = _texts(state)
    found = []
    for members, pairs in groups:
        for copy in stars(members.tolist(), [tuple(p) for p in pairs.tolist()], texts.key, texts.rank):
            found.append([copy.copy, copy.kept, copy.relation.value, copy.similarity])
    _write(kept, json.dumps(found).encode())
    return found


_OPEN: dict[Path, Texts] = {}


def _texts(state: Path) -> Texts:
    """The texts of a state folder, opened once a process."""
    if state not in _OPEN:
        _OPEN.clear()
        _OPEN[state] = Texts(state)
    return _OPEN[state]


def _onto_kept(exact: Sequence[Copy], near: Sequence[Copy]) -> Iterator[Copy]:
    """Exact copies of a text that is itself set aside, as copies of the one that stays, on its word."""
    stays = {copy.copy: copy for copy in near}
    for copy in exact:
        via = stays.get(copy.kept)
        yield copy if via is None else Copy(copy.copy, via.kept, via.relation, via.similarity)
