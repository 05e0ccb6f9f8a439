"""The steps of deduplication, each of which leaves its result on disk: what was done once is not done again.

A run keeps its state in the hidden folder ``.OUT.cleanpress-dedup`` beside its output. Killed at any moment
and started again with the same inputs and settings, it goes on there; with others, it begins anew. What
each step writes depends on the inputs alone, never on the number of workers or on the memory they may use.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import cleanpress
from cleanpress.corpus import bands, memory, parquet
from cleanpress.corpus import state as states
from cleanpress.corpus.align import SHORT
from cleanpress.corpus.earlier import Earlier, against, gained
from cleanpress.corpus.engine import Run, reads_for_itself, require_shared, workers
from cleanpress.corpus.groups import (
    COPY,
    PAIRS_A_TASK,
    RELATIONS,
    Copies,
    Groups,
    groups_of,
    onto_kept,
    verified,
)
from cleanpress.corpus.index import Index, Place
from cleanpress.corpus.memory import Budget
from cleanpress.corpus.read import COMPRESSED, Shape, is_parquet, opened, part_of, pieces, texts_of
from cleanpress.corpus.sign import sign
from cleanpress.corpus.state import Texts, opened_texts
from cleanpress.errors import InputError
from cleanpress.model import Relation

BANDS_A_TASK = 16
TEXTS_A_TASK = 1 << 14
COLUMNS_A_FILE = 8
PAIRS_AT_ONCE = 1 << 18

Ints = NDArray[np.int64]
Report = Callable[[str, int, int], None]
"""Told of progress: what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The inputs in their order, sorted by path, and how they are read."""

    paths: tuple[str, ...]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found: the copies (dtype COPY) in the order of their texts, and the texts themselves.

    ``skipped`` counts candidate pairs that the cap left out. Text -1 is the first of the index, -2 the next.
    """

    copies: Copies
    texts: Texts
    skipped: int
    earlier: Earlier | None = None
    """What an index of earlier texts holds of them."""


def find_copies(
    corpus: Corpus,
    state: Path,
    jobs: int,
    report: Report,
    *,
    bound: int = memory.parsed(memory.DEFAULT),
    index: Index | None = None,
    engine: AbstractContextManager[Run] | None = None,
) -> Outcome:
    """Find every copy in a corpus, in so many processes with ``bound`` bytes of memory in all; with ``index``
    also copies of its texts. With ``engine`` tasks run there instead of in processes that begin now.

    Raises ``InputError`` where nothing is a record or a text file is not UTF-8, ``UsageError`` where the
    memory is too little.
    """
    budget = memory.budget(bound, jobs, sum(states.stamp(path)[0] for path in corpus.paths))
    with engine or workers(jobs) as run:
        plan = {
            "version": cleanpress.__version__,
            "shape": asdict(corpus.shape),
            "chunk": budget.chunk,
            "index": None if index is None else str(index.path.resolve()),
            "inputs": [[path, *states.stamp(path)] for path in corpus.paths],
        }
        states.begin(state, plan)
        require_shared(run, state)
        _read(corpus, state, budget, run, report)
        texts = opened_texts(state)
        unread = next(texts.unread(), None)
        if unread is not None and not texts.count:
            number, first = unread
            shutil.rmtree(state)
            raise InputError(
                f"{corpus.paths[number]}:{first.number}: {first.reason}; no other line is a record either"
            )
        if texts.count > bands.MOST_TEXTS:
            raise InputError(f"{texts.count:,} texts are too many: one run takes {bands.MOST_TEXTS:,}")
        budget.require(texts.count, 0)
        exact = _exact(texts, state, run)
        _sign(texts, exact, state, run, report)
        skipped = _join(texts, state, budget, run, report)
        earlier = None
        if index is not None:
            chosen, columns = np.load(state / "chosen.npy"), _Columns(state)

            def is_known(text: int, place: Place) -> bool:
                return places(corpus, texts, np.array([text])) == [place]

            earlier = against(
                index,
                texts,
                _before(state, index),
                is_known=is_known,
                exact=exact,
                chosen=chosen,
                columns=columns,
            )
        near = _verify(texts, state, run, report, earlier)
    copies = np.concatenate([onto_kept(exact, near), near])
    return Outcome(copies[np.argsort(copies["copy"])], texts, skipped, earlier)


def add_to_index(index: Index, corpus: Corpus, outcome: Outcome, state: Path) -> None:
    """Add the texts that stay to the index, once, however often a run was killed on the way."""
    assert outcome.earlier is not None
    texts, chosen = outcome.texts, np.load(state / "chosen.npy")
    place = partial(places, corpus, texts)
    added = gained(texts, place, outcome.earlier, outcome.copies, chosen=chosen, columns=_Columns(state))
    run = states.once(state / "run.json", lambda: uuid.uuid4().hex)
    index.add(run, added)


def places(corpus: Corpus, texts: Texts, some: Ints) -> list[Place]:
    """Where texts stand, as records say it."""
    found = []
    for (number, row, paragraph), name in zip(texts.places[some].tolist(), texts.names(some), strict=True):
        place = {"file": corpus.paths[number], "line": row, "id": name}
        # Of a text file every line is one: there is nothing more to say.
        if paragraph:
            place["paragraph"] = paragraph
        found.append(place)
    return found


def _before(state: Path, index: Index) -> int:
    """How many texts the index held when this run began, however often it was killed since."""
    return int(states.once(state / "before.json", lambda: index.count))


# --- reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A piece of an input: ``number`` counts through all inputs, ``first`` is that of the first line.

    ``data`` are its bytes, or where they stand in the input (offset, length).
    """

    number: int
    input: int
    first: int
    data: bytes | tuple[int, int]


def _read(corpus: Corpus, state: Path, budget: Budget, run: Run, report: Report) -> None:
    """Write the chunks that are missing, and gather them."""
    if (state / "texts").exists():
        return
    sha256: list[str] = []
    stamps = [states.stamp(path) for path in corpus.paths]
    with states.Gathering(state) as gathering:
        chunks = _chunks(corpus, budget, sha256, report, in_place=reads_for_itself(run))
        for folder in run(partial(_read_chunk, state, corpus), chunks):
            gathering.add(folder)
        for path, before in zip(corpus.paths, stamps, strict=True):
            if states.stamp(path) != before:
                raise InputError(f"{path}: was changed while it was read; start again")
        gathering.finish(sha256)


def _chunks(
    corpus: Corpus, budget: Budget, sha256: list[str], report: Report, *, in_place: bool
) -> Iterator[_Chunk]:
    """All chunks of all inputs; appends the SHA-256 of each when it is at its end. With ``in_place`` they
    only say where they stand, if their input is not compressed."""
    sizes = [states.stamp(path)[0] for path in corpus.paths]
    number = 0
    for k, name in enumerate(corpus.paths):
        path, before = Path(name), sum(sizes[:k])
        if is_parquet(path):
            with parquet.opened(path) as file:
                for first, data in parquet.pieces(path, file, corpus.shape):
                    yield _Chunk(number, k, first, data)
                    report("reading", before + sizes[k] * first // file.metadata.num_rows, sum(sizes))
                    number += 1
            sha256.append(parquet.digest(path))
            continue
        is_plain = in_place and path.suffix not in COMPRESSED
        with opened(path) as source:
            for first, data in pieces(path, source, corpus.shape, budget.chunk):
                here = (source.position - len(data), len(data))
                yield _Chunk(number, k, first, here if is_plain else data)
                report("reading", before + source.position, sum(sizes))
                number += 1
            sha256.append(source.sha256)


def _read_chunk(state: Path, corpus: Corpus, chunk: _Chunk) -> Path:
    """Write a chunk, if it is not there; answers with its folder."""
    folder = states.chunk_folder(state, chunk.number)
    if not folder.exists():
        path = Path(corpus.paths[chunk.input])
        data = chunk.data if isinstance(chunk.data, bytes) else part_of(path, *chunk.data)
        read = parquet.texts_of if is_parquet(path) else texts_of
        states.write_chunk(folder, chunk.input, read(path, data, corpus.shape, chunk.first))
    return folder


def _exact(texts: Texts, state: Path, run: Run) -> Copies:
    """Texts with equal keys: the one with the fewest suspicious characters is kept, else the first."""
    digests = texts.digests
    order = np.argsort(digests, kind="stable")
    is_again = np.concatenate([[False], np.diff(digests[order]) == 0])[: texts.count]
    is_shared = is_again | np.append(is_again[1:], False)[: texts.count]
    among, group = order[is_shared], np.cumsum(~is_again)[is_shared]
    ranked = np.lexsort((among, texts.suspicious[among], group))
    among, group = among[ranked], group[ranked]
    is_kept = np.concatenate([[True], group[1:] != group[:-1]])[: len(among)]
    kept = among[is_kept][np.cumsum(is_kept) - 1][~is_kept]
    among = among[~is_kept]
    # A text without a pair of letters is equal to none.
    among, kept = among[texts.lengths[among] > 1], kept[texts.lengths[among] > 1]
    found = np.zeros(len(among), COPY)
    found["copy"], found["kept"] = among, kept
    found["relation"], found["similarity"] = RELATIONS.index(Relation.EXACT), 1.0
    # A hash is not believed.
    some = range(0, len(among), memory.portion(len(among), PAIRS_A_TASK))
    parts = ((among[low : low + some.step], kept[low : low + some.step]) for low in some)
    is_equal = [np.zeros(0, np.bool_), *run(partial(_are_equal, state), parts)]
    return found[np.concatenate(is_equal)]


def _are_equal(state: Path, pairs: tuple[Ints, Ints]) -> NDArray[np.bool_]:
    texts = opened_texts(state)
    both = zip(*(texts.keys(some) for some in pairs), strict=True)
    return np.array([key == other for key, other in both], np.bool_)


# --- finding --------------------------------------------------------------------------------------------


def _sign(texts: Texts, exact: Copies, state: Path, run: Run, report: Report) -> None:
    """Write which texts are compared, and their signatures: some texts at a time, then column by column."""
    done = state / "chosen.npy"
    if done.exists():
        return
    is_chosen = texts.lengths >= SHORT
    is_chosen[exact["copy"]] = False
    chosen = np.flatnonzero(is_chosen)
    size = memory.portion(len(chosen), TEXTS_A_TASK)
    parts = range(0, len(chosen), size)
    items = ((number, chosen[low : low + size]) for number, low in enumerate(parts))
    sizes: list[int] = []
    for count in run(partial(_sign_some, state), items):
        sizes.append(count)
        report("signing", sum(sizes), len(chosen))
    for _ in run(partial(_gather_columns, state, sizes), range(0, bands.VALUES, COLUMNS_A_FILE)):
        pass
    for file in state.glob("signed-??????"):
        file.unlink()
    states.save(done, chosen)


def _sign_some(state: Path, item: tuple[int, Ints]) -> int:
    number, chosen = item
    file = state / f"signed-{number:06d}"
    if not file.exists():
        texts = opened_texts(state)
        signed = sign(texts.letters, texts.starts[chosen], texts.starts[chosen + 1])
        states.write(file, signed.tobytes())
    return len(chosen)


def _gather_columns(state: Path, sizes: Sequence[int], first: int) -> None:
    """Write some columns of the signatures of all chosen texts, of which each task signed so many."""
    with states.replacing(_columns_file(state, first)) as out:
        start = 0
        for number, size in enumerate(sizes):
            file = state / f"signed-{number:06d}"
            some = np.fromfile(file, np.uint16, COLUMNS_A_FILE * size, offset=2 * first * size)
            for k, column in enumerate(some.reshape(COLUMNS_A_FILE, size)):
                os.pwrite(out.fileno(), column.tobytes(), 2 * (k * sum(sizes) + start))
            start += size


def _columns_file(state: Path, column: int) -> Path:
    return state / f"columns-{column // COLUMNS_A_FILE:02d}"


class _Columns:
    """The signatures of the chosen texts; see ``bands.Columns``."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.count = _columns_file(state, 0).stat().st_size // 2 // COLUMNS_A_FILE

    def __call__(self, column: int) -> NDArray[np.uint16]:
        offset = 2 * self.count * (column % COLUMNS_A_FILE)
        return np.fromfile(_columns_file(self.state, column), np.uint16, self.count, offset=offset)


def _join(texts: Texts, state: Path, budget: Budget, run: Run, report: Report) -> int:
    """Write the candidate pairs, as numbers of chosen texts; answers with how many the cap left out."""
    done = state / "joined.json"
    if not done.exists():
        lists = []
        skipped = 0
        tasks = range(0, bands.BANDS, BANDS_A_TASK)
        task = partial(_join_bands, state, budget.joined)
        for k, (found, left_out) in enumerate(run(task, tasks), start=1):
            lists.append(found)
            skipped += left_out
            budget.require(texts.count, sum(map(len, lists)))
            report("joining bands", k, len(tasks))
        pairs = bands.merged(lists)
        lists.clear()
        some = range(0, len(pairs), memory.portion(len(pairs), PAIRS_AT_ONCE))
        parts = (pairs[low : low + some.step] for low in some)
        states.save(state / "pairs.npy", np.concatenate([pairs[:0], *run(partial(_like, state), parts)]))
        states.write(done, json.dumps(skipped).encode())
    return int(json.loads(done.read_bytes()))


def _join_bands(state: Path, at_once: int, first: int) -> tuple[NDArray[np.uint64], int]:
    some = range(first, min(first + BANDS_A_TASK, bands.BANDS))
    found = bands.join(_Columns(state), some, at_once)
    return found.pairs, found.skipped


def _like(state: Path, pairs: bands.Packed) -> bands.Packed:
    """The pairs that agree in enough of their values."""
    return pairs[bands.agreement(_Columns(state), pairs) >= bands.LEAST_AGREEMENT]


def _verify(texts: Texts, state: Path, run: Run, report: Report, earlier: Earlier | None) -> Copies:
    """The copies among the candidates, verified; a task at a time is kept on disk."""
    pairs, chosen = np.load(state / "pairs.npy"), np.load(state / "chosen.npy")
    found = [np.zeros(0, COPY)]
    if earlier is not None:
        found.append(earlier.copies)
        is_gone = np.isin(chosen, earlier.copies["copy"])
        pairs = pairs[~is_gone[bands.unpacked(pairs)].any(axis=1)]
    tasks = groups_of(pairs, chosen, texts.rank)
    done = 0
    for count, copies in run(partial(_verify_groups, state), tasks):
        found.append(copies)
        done += count
        report("verifying", done, len(pairs))
    return np.concatenate(found)


def _verify_groups(state: Path, groups: Groups) -> tuple[int, Copies]:
    """One task's copies, from its file where an earlier run wrote it, and how many pairs it had."""
    file = state / f"verified-{groups.number:06d}.npy"
    if not file.exists():
        states.save(file, verified(groups, opened_texts(state).keys(groups.members)))
    return len(groups.pairs) // 2, np.load(file)
