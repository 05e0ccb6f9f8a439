"""An index of texts that outlives a run: tomorrow's texts are compared with all earlier ones, unread.

An LMDB environment (needs the extra ``index``): readers see a whole state and wait for nobody, one process
writes at a time, and a process that is killed leaves what was there before. Texts are added in *segments*;
of each lie there, sorted, the hashes of all its bands and the digests of its keys, so that a look-up reads
some pages of a file however large it is. A segment that is half as large as the one before it, or more, is
merged with that, so there are few.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.corpus import bands
from cleanpress.errors import OutputError, UsageError
from cleanpress.extras import install
from cleanpress.stages.repeats.index import SCHEME, SEED, SHINGLE

LAYOUT = {
    "layout": 1,
    "scheme": SCHEME,
    "seed": SEED,
    "shingle": SHINGLE,
    "values": bands.VALUES,
    "rows": bands.ROWS,
    "ways": bands.GROUPINGS,
}
"""What two signatures, and two segments, must have in common to be compared."""

MOST = 1 << 20
"""Texts of a segment beyond which it is merged with no other."""

_MAP = 1 << 40
"""Bytes of address space that an index may take; a file grows only as it is filled."""

_TABLES = (b"about", b"texts", b"segments", b"digests", b"signed", b"bands", b"runs")

Place = dict[str, Any]
Signed = NDArray[np.uint16]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Added:
    """Texts to be added: letters, places as records say them, digests and signatures.

    ``signed`` (VALUES, m) are those of the texts numbered ``chosen`` (m,), in order.
    """

    letters: Sequence[str]
    places: Sequence[Place]
    digests: NDArray[np.uint64]
    chosen: Ints
    signed: Signed


@dataclass(frozen=True, slots=True)
class _Segment:
    """Texts ``first`` to ``first + count``."""

    name: bytes
    first: int
    count: int

    @property
    def end(self) -> int:
        return self.first + self.count


class Index:
    """An index that is open. Look-ups leave out the texts that were added since it held ``before``."""

    def __init__(self, environment: Any, path: Path) -> None:
        self.path = path
        self._environment = environment
        self._tables = {name: environment.open_db(name) for name in _TABLES}

    # --- looking up -----------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many texts it holds."""
        with self._reading() as view:
            return max((segment.end for segment in view.segments()), default=0)

    def text(self, number: int) -> tuple[Place, str]:
        """A text's place and letters. Raises ``KeyError`` where there is none."""
        with self._reading() as view:
            return view.text(number)

    def equal(self, digests: NDArray[np.uint64], before: int) -> NDArray[np.int64]:
        """Pairs (of the given texts, of the index) with equal digests, shape (pairs, 2), sorted."""
        found = [np.zeros((0, 2), np.int64)]
        with self._reading() as view:
            for segment in view.segments():
                ranked, order = view.digests(segment)
                new, old, _ = _meetings(ranked, digests, len(ranked))
                found.append(np.stack([new, segment.first + order[old]], axis=1))
        pairs = np.concatenate(found)
        pairs = pairs[pairs[:, 1] < before]
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    def near(self, signed: Signed, before: int) -> tuple[NDArray[np.int64], int]:
        """Candidate pairs (of the given texts, of the index), sorted, and how many the cap left out."""
        found = [np.zeros(0, np.uint64)]
        skipped = 0
        with self._reading() as view:
            for segment in view.segments():
                chosen, rows = view.signed(segment)
                lists = []
                for band in range(bands.BANDS):
                    hashes, order = view.band(segment, band)
                    mixed = bands.mixed([signed[column] for column in bands.columns_of(band)])
                    new, old, left_out = _meetings(hashes, mixed, bands.CAP)
                    skipped += left_out
                    lists.append(bands.packed(np.stack([new, order[old].astype(np.int64)], axis=1)))
                pairs = bands.unpacked(bands.merged(lists))
                agreed = np.zeros(len(pairs), np.int64)
                for low in range(0, len(pairs), 1 << 14):
                    some = pairs[low : low + (1 << 14)]
                    agreed[low : low + (1 << 14)] = (rows[some[:, 1]] == signed.T[some[:, 0]]).sum(axis=1)
                pairs = pairs[agreed >= bands.LEAST_AGREEMENT]
                pairs[:, 1] = segment.first + chosen[pairs[:, 1]]
                found.append(bands.packed(pairs[pairs[:, 1] < before]))
        return bands.unpacked(bands.merged(found)), skipped

    @contextmanager
    def _reading(self) -> Iterator[_View]:
        with self._environment.begin(buffers=True) as transaction:
            yield _View(transaction, self._tables)

    # --- adding ---------------------------------------------------------------------------------------

    def add(self, run: str, added: Added) -> int:
        """Add the texts of a run, all or none; answers with how many texts it holds then.

        A run that was added is not added again, whatever it brings.
        """
        with self._environment.begin(write=True) as transaction:
            view = _View(transaction, self._tables)
            first = max((segment.end for segment in view.segments()), default=0)
            if transaction.get(run.encode(), db=self._tables[b"runs"]) is None:
                transaction.put(run.encode(), str(len(added.letters)).encode(), db=self._tables[b"runs"])
                if added.letters:
                    view.add(first, added)
                    first += len(added.letters)
            return first


@contextmanager
def opened(path: Path, *, to_write: bool) -> Iterator[Index]:
    """An index; with ``to_write`` it is made where there is none. Raises ``UsageError`` where it is none of
    ours, or of another layout, ``OutputError`` where it cannot be written."""
    try:
        import lmdb
    except ImportError:
        raise UsageError(f"{path}: an index needs the package lmdb: {install('index')}") from None
    if not to_write and not path.exists():
        raise UsageError(f"{path}: there is no index")
    if path.exists() and not (path / "data.mdb").exists() and (path.is_file() or any(path.iterdir())):
        raise UsageError(f"{path}: is no index of cleanpress")
    try:
        with lmdb.open(
            str(path), map_size=_MAP, max_dbs=len(_TABLES), readonly=not to_write, max_readers=512
        ) as environment:
            if to_write:
                _claim(environment, path)
            index = Index(environment, path)
            _require(environment, path)
            yield index
    except lmdb.Error as error:
        raise OutputError(f"{path}: the index cannot be used: {error}") from None


def _claim(environment: Any, path: Path) -> None:
    """Say in a new index of which layout it is."""
    about = environment.open_db(_TABLES[0])
    with environment.begin(write=True) as transaction:
        if transaction.get(b"layout", db=about) is None:
            if transaction.stat()["entries"] > 1:
                raise UsageError(f"{path}: is no index of cleanpress")
            transaction.put(b"layout", json.dumps(LAYOUT).encode(), db=about)


def _require(environment: Any, path: Path) -> None:
    about = environment.open_db(_TABLES[0])
    with environment.begin() as transaction:
        found = json.loads(transaction.get(b"layout", db=about) or b"{}")
    if found != LAYOUT:
        raise UsageError(f"{path}: is an index of another version of cleanpress; make it anew from the texts")


class _View:
    """What a transaction sees."""

    def __init__(self, transaction: Any, tables: dict[bytes, Any]) -> None:
        self._transaction = transaction
        self._tables = tables

    def _get(self, table: bytes, key: bytes) -> Any:
        return self._transaction.get(key, db=self._tables[table])

    def _put(self, table: bytes, key: bytes, *arrays: NDArray[Any]) -> None:
        value = b"".join(array.tobytes() for array in arrays)
        self._transaction.put(key, value, db=self._tables[table])

    def segments(self) -> list[_Segment]:
        """All segments in the order of their texts."""
        with self._transaction.cursor(db=self._tables[b"segments"]) as cursor:
            return [_Segment(bytes(name), *json.loads(bytes(value))) for name, value in cursor]

    def text(self, number: int) -> tuple[Place, str]:
        """See ``Index.text``."""
        value = self._get(b"texts", number.to_bytes(8, "big"))
        if value is None:
            raise KeyError(number)
        place, _, letters = bytes(value).partition(b"\n")
        return json.loads(place), letters.decode("utf-8", "surrogatepass")

    def digests(self, segment: _Segment) -> tuple[NDArray[np.uint64], Ints]:
        """The digests of a segment, sorted, and which text of it each is of."""
        value = self._get(b"digests", segment.name)
        return np.frombuffer(value, np.uint64, segment.count), _tail(value, 8 * segment.count)

    def signed(self, segment: _Segment) -> tuple[Ints, Signed]:
        """Which texts of a segment have signatures, and those, a row a text."""
        value = self._get(b"signed", segment.name)
        count = len(value) // (4 + 2 * bands.VALUES)
        rows = np.frombuffer(value, np.uint16, count * bands.VALUES, offset=4 * count)
        return np.frombuffer(value, np.uint32, count).astype(np.int64), rows.reshape(count, bands.VALUES)

    def band(self, segment: _Segment, band: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """The hashes of a band of a segment, sorted, and which signature of it each is of."""
        value = self._get(b"bands", segment.name + bytes([band]))
        count = len(value) // 8
        return np.frombuffer(value, np.uint32, count), np.frombuffer(
            value, np.uint32, count, offset=4 * count
        )

    def add(self, first: int, added: Added) -> None:
        """Add texts as segments, which are merged with those before where they are about as large."""
        texts = self._tables[b"texts"]
        for number, (letters, place) in enumerate(zip(added.letters, added.places, strict=True), start=first):
            value = json.dumps(place, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
            value += letters.encode("utf-8", "surrogatepass")
            self._transaction.put(number.to_bytes(8, "big"), value, db=texts, append=True)
        segment = _Segment(first.to_bytes(8, "big"), first, len(added.letters))
        digests, chosen, rows = added.digests, added.chosen, np.ascontiguousarray(added.signed.T)
        for earlier in reversed(self.segments()):
            if segment.count + earlier.count > MOST or 2 * segment.count < earlier.count:
                break
            ranked, order = self.digests(earlier)
            of_earlier = np.empty(earlier.count, np.uint64)
            of_earlier[order] = ranked
            digests = np.concatenate([of_earlier, digests])
            theirs, their_rows = self.signed(earlier)
            chosen = np.concatenate([theirs, chosen + earlier.count])
            rows = np.concatenate([their_rows, rows])
            segment = _Segment(earlier.name, earlier.first, earlier.count + segment.count)
        for merged in self.segments():
            if merged.first >= segment.first:
                self._delete(merged)
        self._write(segment, digests, chosen, rows)

    def _write(self, segment: _Segment, digests: NDArray[np.uint64], chosen: Ints, rows: Signed) -> None:
        value = json.dumps([segment.first, segment.count]).encode()
        self._transaction.put(segment.name, value, db=self._tables[b"segments"])
        order = np.argsort(digests, kind="stable")
        self._put(b"digests", segment.name, digests[order], order.astype(np.uint32))
        self._put(b"signed", segment.name, chosen.astype(np.uint32), rows)
        columns = np.ascontiguousarray(rows.T)
        for band in range(bands.BANDS):
            hashes = bands.mixed([columns[column] for column in bands.columns_of(band)])
            order = np.argsort(hashes, kind="stable")
            self._put(b"bands", segment.name + bytes([band]), hashes[order], order.astype(np.uint32))

    def _delete(self, segment: _Segment) -> None:
        for table in (b"segments", b"digests", b"signed"):
            self._transaction.delete(segment.name, db=self._tables[table])
        for band in range(bands.BANDS):
            self._transaction.delete(segment.name + bytes([band]), db=self._tables[b"bands"])


def _tail(value: Any, start: int) -> Ints:
    return np.frombuffer(value, np.uint32, offset=start).astype(np.int64)


def _meetings(ranked: NDArray[Any], wanted: NDArray[Any], cap: int) -> tuple[Ints, Ints, int]:
    """Which of ``wanted`` are where in ``ranked``: places in the one and in the other, at most ``cap`` each,
    and how many that leaves out."""
    low = np.searchsorted(ranked, wanted, "left")
    counts = np.searchsorted(ranked, wanted, "right") - low
    every = int(counts.sum())
    counts = np.minimum(counts, cap)
    new = np.repeat(np.arange(len(wanted)), counts)
    within = np.arange(len(new)) - np.repeat(np.cumsum(counts) - counts, counts)
    return new, low[new] + within, every - len(new)
