"""The steps of deduplication, each of which leaves its result on disk: what was done once is not done again.

A run keeps its state in the hidden folder ``.OUT.cleanpress-dedup`` beside its output. Killed at any moment
and started again with the same inputs and settings, it goes on there; with others, it begins anew. What
each step writes depends on the inputs alone, never on the number of workers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cleanpress
from cleanpress.corpus import bands
from cleanpress.corpus import state as states
from cleanpress.corpus.align import SHORT
from cleanpress.corpus.engine import Run, workers
from cleanpress.corpus.read import Shape, keyed, opened
from cleanpress.corpus.sign import sign
from cleanpress.corpus.stars import Copy, settle, stars
from cleanpress.corpus.state import Texts, texts_of
from cleanpress.errors import InputError
from cleanpress.model import Relation

CHUNK = 1 << 22
"""Bytes of an input that are read at once."""

BANDS_A_TASK = 16
PAIRS_A_TASK = 1 << 13
"""Candidate pairs that are verified at once, but for a group that has more."""

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
    """What was found: the copies in the order of their texts, and where each text stands.

    ``inputs`` (n,) number the paths of the corpus, ``lines`` (n,) count from 1; ``letters`` (n,) are the
    lengths of the keys; ``skipped`` counts candidate pairs that the cap left out, ``sha256`` are the inputs'.
    """

    copies: tuple[Copy, ...]
    inputs: Ints
    lines: Ints
    letters: Ints
    skipped: int
    sha256: tuple[str, ...]

    def representatives(self) -> Ints:
        """For each text the one that stands for it, which may be itself, shape (n,)."""
        kept = np.arange(len(self.lines))
        for copy in self.copies:
            kept[copy.copy] = copy.kept
        return kept


def find_copies(corpus: Corpus, state: Path, jobs: int, report: Report) -> Outcome:
    """Find every copy in a corpus. Raises ``InputError`` for a line that is no record."""
    with workers(jobs) as run:
        plan = {
            "version": cleanpress.__version__,
            "shape": asdict(corpus.shape),
            "inputs": [[path, *states.stamp(path)] for path in corpus.paths],
        }
        states.begin(state, plan)
        sha256 = _read(corpus, state, run, report)
        texts = texts_of(state)
        if texts.count > bands.MOST_TEXTS:
            raise InputError(
                f"the corpus has {texts.count:,} texts; at most {bands.MOST_TEXTS:,} fit one run"
            )
        exact = _exact(texts)
        _sign(texts, exact, state, run, report)
        skipped = _join(state, run, report)
        near = _verify(texts, state, run, report)
    copies = sorted([*_onto_kept(exact, near), *near], key=lambda copy: copy.copy)
    places = [texts.all(name) for name in ("inputs", "lines", "lengths")]
    return Outcome(tuple(copies), places[0], places[1], places[2], skipped, sha256)


# --- reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Whole lines of an input: ``number`` counts through all inputs, ``first`` is that of the first line."""

    number: int
    input: int
    first: int
    data: bytes


def _read(corpus: Corpus, state: Path, run: Run, report: Report) -> tuple[str, ...]:
    """Write the chunks that are missing; answers with the inputs' SHA-256."""
    done = state / "read.json"
    if not done.exists():
        hashes: list[str] = []
        for _ in run(partial(_read_chunk, state, corpus), _chunks(corpus, hashes, report)):
            pass
        states.write(done, json.dumps(hashes).encode())
    return tuple(json.loads(done.read_bytes()))


def _chunks(corpus: Corpus, hashes: list[str], report: Report) -> Iterator[_Chunk]:
    """All chunks of all inputs; appends each input's SHA-256 when it is at its end."""
    sizes = [states.stamp(path)[0] for path in corpus.paths]
    number = 0
    for k, path in enumerate(corpus.paths):
        with opened(Path(path)) as source:
            first = 1
            for data in source.chunks(CHUNK):
                yield _Chunk(number, k, first, data)
                report("reading", sum(sizes[:k]) + source.position, sum(sizes))
                first += data.count(b"\n")
                number += 1
            hashes.append(source.sha256)


def _read_chunk(state: Path, corpus: Corpus, chunk: _Chunk) -> None:
    folder = states.chunk_folder(state, chunk.number)
    if not folder.exists():
        keys, lines = keyed(Path(corpus.paths[chunk.input]), chunk.data, corpus.shape, chunk.first)
        states.write_chunk(folder, keys, np.stack([np.full_like(lines, chunk.input), lines], axis=1))


def _exact(texts: Texts) -> list[Copy]:
    """Texts with equal keys: the one with the fewest suspicious characters is kept, else the first."""
    digests = texts.all("digests")
    order = np.lexsort((np.arange(texts.count), texts.suspicious, digests))
    ranked = digests[order]
    again = np.flatnonzero(ranked[1:] == ranked[:-1]) + 1
    # A text without a pair of letters is equal to none.
    again = again[texts.lengths[order[again]] > 1]
    first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])[: texts.count])
    kept = order[first[np.searchsorted(first, again, "right") - 1]]
    found = []
    for low in range(0, len(again), PAIRS_A_TASK):
        some, theirs = order[again[low : low + PAIRS_A_TASK]], kept[low : low + PAIRS_A_TASK]
        for copy, text, key, other in zip(
            some.tolist(), theirs.tolist(), texts.keys(some), texts.keys(theirs), strict=True
        ):
            # A hash is not believed.
            if key == other:
                found.append(Copy(copy, text, Relation.EXACT, 1.0))
    return found


# --- finding --------------------------------------------------------------------------------------------


def _sign(texts: Texts, exact: Sequence[Copy], state: Path, run: Run, report: Report) -> None:
    """Write which texts are compared, and their signatures by chunks."""
    done = state / "chosen.npy"
    if not done.exists():
        is_chosen = texts.lengths >= SHORT
        is_chosen[[copy.copy for copy in exact]] = False
        chosen = np.flatnonzero(is_chosen)
        items = []
        for number in range(len(texts.folders)):
            low, high = np.searchsorted(chosen, texts.borders[number : number + 2])
            items.append((number, chosen[low:high] - texts.borders[number]))
        signed = 0
        for count in run(partial(_sign_chunk, state), items):
            signed += count
            report("signing", signed, len(chosen))
        states.save(done, chosen)


def _sign_chunk(state: Path, item: tuple[int, Ints]) -> int:
    number, chosen = item
    file = state / f"signed-{number:06d}.npy"
    if not file.exists():
        letters, starts = texts_of(state).of_chunk(number)
        states.save(file, sign(letters, starts, chosen))
    return len(chosen)


class _Columns:
    """The signatures of the chosen texts; see ``bands.Columns``."""

    def __init__(self, state: Path) -> None:
        files = sorted(state.glob("signed-??????.npy"))
        self.parts = [states.mapped(file) for file in files]

    def __call__(self, column: int) -> NDArray[np.uint16]:
        parts = [part[column] for part in self.parts]
        return np.concatenate(parts) if parts else np.zeros(0, np.uint16)


def _join(state: Path, run: Run, report: Report) -> int:
    """Write the candidate pairs; answers with how many the cap left out."""
    done = state / "joined.json"
    if not done.exists():
        lists = []
        skipped = 0
        tasks = range(0, bands.BANDS, BANDS_A_TASK)
        for task, (found, left_out) in enumerate(run(partial(_join_bands, state), tasks), start=1):
            lists.append(found)
            skipped += left_out
            report("joining bands", task, len(tasks))
        pairs = bands.unpacked(bands.merged(lists))
        agreed = bands.agreement(_Columns(state), pairs)
        chosen = np.load(state / "chosen.npy")
        states.save(state / "pairs.npy", chosen[pairs[agreed >= bands.LEAST_AGREEMENT]])
        states.write(done, json.dumps(skipped).encode())
    return int(json.loads(done.read_bytes()))


def _join_bands(state: Path, first: int) -> tuple[NDArray[np.uint64], int]:
    found = bands.join(_Columns(state), range(first, min(first + BANDS_A_TASK, bands.BANDS)))
    return found.pairs, found.skipped


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups of candidates: ``members`` group by group in the order in which they are kept, from
    ``borders[g]`` on; ``pairs`` are places in ``members``, sorted, both ways round."""

    number: int
    members: Ints
    borders: Ints
    pairs: Ints


def _verify(texts: Texts, state: Path, run: Run, report: Report) -> list[Copy]:
    """The copies among the candidates, verified; a task at a time is kept on disk."""
    pairs = np.load(state / "pairs.npy")
    found: list[Copy] = []
    verified = 0
    for count, copies in run(partial(_verify_groups, state), _tasks(texts, pairs)):
        found += [Copy(c, k, Relation(relation), s) for c, k, relation, s in copies]
        verified += count
        report("verifying", verified, len(pairs))
    return found


def _tasks(texts: Texts, pairs: Ints) -> Iterator[_Groups]:
    """The connected components of the candidates, some at a time."""
    members, roots = bands.components(pairs)
    order = texts.rank(members, roots)
    place = np.empty(len(members), np.int64)
    place[order] = np.arange(len(members))
    ends = place[np.searchsorted(members, pairs)]
    packed = bands.merged([bands.packed(ends), bands.packed(ends[:, ::-1])])
    both = bands.unpacked(packed)
    members, roots = members[order], roots[order]
    is_first = np.concatenate([[True], roots[1:] != roots[:-1], [True]])[: len(roots) + 1]
    borders = np.flatnonzero(is_first)
    of_group = np.searchsorted(both[:, 0], borders)
    first = number = 0
    while first < len(borders) - 1:
        fits = int(np.searchsorted(of_group, of_group[first] + 2 * PAIRS_A_TASK, "right")) - 1
        last = max(first + 1, fits)
        low, high = borders[first], borders[last]
        some = both[of_group[first] : of_group[last]]
        yield _Groups(number, members[low:high], borders[first : last + 1] - low, some - low)
        first, number = last, number + 1


def _verify_groups(state: Path, groups: _Groups) -> tuple[int, list[list[Any]]]:
    """One task's copies, from its file where an earlier run wrote it, and how many pairs it had."""
    members = groups.members.tolist()

    def verified() -> list[list[Any]]:
        keys = texts_of(state).keys(groups.members)
        at = np.searchsorted(groups.pairs[:, 0], np.arange(len(members) + 1)).tolist()
        near = groups.pairs[:, 1].tolist()
        borders = groups.borders.tolist()
        asking = (
            stars(range(low, high), lambda text: near[at[text] : at[text + 1]])
            for low, high in pairwise(borders)
        )
        return [
            [members[copy.copy], members[copy.kept], copy.relation.value, copy.similarity]
            for copies in settle(asking, keys.__getitem__)
            for copy in copies
        ]

    return len(groups.pairs) // 2, states.once(state / f"verified-{groups.number:06d}.json", verified)


def _onto_kept(exact: Sequence[Copy], near: Sequence[Copy]) -> Iterator[Copy]:
    """Exact copies of a text that is itself set aside, as copies of the one that stays, on its word."""
    stays = {copy.copy: copy for copy in near}
    for copy in exact:
        via = stays.get(copy.kept)
        yield copy if via is None else Copy(copy.copy, via.kept, via.relation, via.similarity)
