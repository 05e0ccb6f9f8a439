"""Which embedded store keeps an index of band keys best: LMDB, SQLite or DuckDB.

    python benchmarks/index_stores.py 100000     # needs: pip install lmdb duckdb pyarrow

Each gets the 64 band keys of so many texts in one transaction, and is then, opened anew, asked for all
texts that share a band with 1,000 of them. Prints processor and wall seconds of both, and megabytes on disk.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cleanpress.corpus import bands

ASKED = 1000
Keys = np.ndarray
"""Shape (bands, texts), uint32."""


def band_keys(count: int) -> Keys:
    """The band keys of texts of which every third is a copy of the one before in most of its values."""
    rng = np.random.default_rng(1)
    signed = rng.integers(0, 1 << 16, (bands.VALUES, count)).astype(np.uint16)
    same = rng.random((bands.VALUES, count)) < 0.7
    signed[:, 2::3] = np.where(same, np.roll(signed, 1, axis=1), signed)[:, 2::3]
    return np.stack([bands.mixed([signed[k] for k in bands.columns_of(band)]) for band in range(bands.BANDS)])


def wide(keys: Keys, band: int) -> np.ndarray:
    """The keys of a band with the band's number before them, as one number each."""
    return (np.uint64(band) << np.uint64(32)) | keys[band].astype(np.uint64)


def lmdb_arrays(path: Path) -> tuple[Callable[[Keys], None], Callable[[Keys], int]]:
    """LMDB, a sorted array a band: what ``corpus/index.py`` does."""
    import lmdb

    def add(keys: Keys) -> None:
        with lmdb.open(str(path), map_size=1 << 38) as store, store.begin(write=True) as transaction:
            for band, row in enumerate(keys):
                order = np.argsort(row, kind="stable").astype(np.uint32)
                transaction.put(bytes([band]), row[order].tobytes() + order.tobytes())

    def ask(keys: Keys) -> int:
        found = 0
        with lmdb.open(str(path), readonly=True) as store, store.begin(buffers=True) as transaction:
            for band, row in enumerate(keys):
                value = transaction.get(bytes([band]))
                ranked = np.frombuffer(value, np.uint32, len(value) // 8)
                found += int((np.searchsorted(ranked, row, "right") - np.searchsorted(ranked, row)).sum())
        return found

    return add, ask


def lmdb_rows(path: Path) -> tuple[Callable[[Keys], None], Callable[[Keys], int]]:
    """LMDB, a row a key."""
    import lmdb

    def add(keys: Keys) -> None:
        with lmdb.open(str(path), map_size=1 << 38, max_dbs=1) as store:
            table = store.open_db(b"bands", dupsort=True, dupfixed=True)
            with store.begin(write=True) as transaction, transaction.cursor(db=table) as cursor:
                for band in range(len(keys)):
                    order = np.argsort(keys[band], kind="stable")
                    rows = zip(wide(keys, band)[order].tolist(), order.tolist(), strict=True)
                    cursor.putmulti([(k.to_bytes(5, "big"), t.to_bytes(4, "big")) for k, t in rows])

    def ask(keys: Keys) -> int:
        found = 0
        with lmdb.open(str(path), max_dbs=1) as store:
            table = store.open_db(b"bands", dupsort=True, dupfixed=True)
            with store.begin() as transaction, transaction.cursor(db=table) as cursor:
                for band in range(len(keys)):
                    for key in wide(keys, band).tolist():
                        found += cursor.count() if cursor.set_key(key.to_bytes(5, "big")) else 0
        return found

    return add, ask


def sqlite_rows(path: Path) -> tuple[Callable[[Keys], None], Callable[[Keys], int]]:
    """SQLite, a row a key."""
    file = path / "bands.sqlite"

    def add(keys: Keys) -> None:
        store = sqlite3.connect(file)
        store.execute("pragma journal_mode=wal")
        store.execute("create table bands(key integer, text integer, primary key(key, text)) without rowid")
        with store:
            for band in range(len(keys)):
                order = np.argsort(keys[band], kind="stable")
                rows = zip(wide(keys, band)[order].tolist(), order.tolist(), strict=True)
                store.executemany("insert into bands values(?, ?)", rows)
        store.close()

    def ask(keys: Keys) -> int:
        store = sqlite3.connect(file)
        found = 0
        for band in range(len(keys)):
            for key in wide(keys, band).tolist():
                found += store.execute("select count(*) from bands where key = ?", (key,)).fetchone()[0]
        store.close()
        return found

    return add, ask


def duckdb_rows(path: Path) -> tuple[Callable[[Keys], None], Callable[[Keys], int]]:
    """DuckDB, a row a key, in columns; asked by a join."""
    import duckdb
    import pyarrow as pa

    file = str(path / "bands.duckdb")

    def add(keys: Keys) -> None:
        with duckdb.connect(file) as store:
            store.execute("set threads = 1")
            store.execute("create table bands(key ubigint, text uinteger)")
            for band in range(len(keys)):
                rows = pa.table({"key": wide(keys, band), "text": np.arange(keys.shape[1], dtype=np.uint32)})
                store.register("added", rows)
                store.execute("insert into bands select key, text from added order by key")

    def ask(keys: Keys) -> int:
        with duckdb.connect(file, read_only=True) as store:
            store.execute("set threads = 1")
            asked = pa.table({"key": np.concatenate([wide(keys, band) for band in range(len(keys))])})
            store.register("asked", asked)
            row = store.execute("select count(*) from bands join asked using (key)").fetchone()
            return int(row[0])

    return add, ask


STORES = {
    "LMDB, an array a band": lmdb_arrays,
    "LMDB, a row a key": lmdb_rows,
    "SQLite, a row a key": sqlite_rows,
    "DuckDB, a row a key": duckdb_rows,
}


def measured(step: Callable[[], object]) -> tuple[str, object]:
    """Processor and wall seconds of a step, and what it gave."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = step()
    return f"{time.process_time() - cpu:.2f} | {time.perf_counter() - wall:.2f}", found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, nargs="?", default=100_000)
    keys = band_keys(parser.parse_args().count)
    print("| store | add, cpu s | wall s | ask, cpu s | wall s | MB | found |\n|---|---|---|---|---|---|---|")
    for name, store in STORES.items():
        with tempfile.TemporaryDirectory() as folder:
            add, ask = store(Path(folder))
            adding, _ = measured(lambda add=add: add(keys))
            asking, found = measured(lambda ask=ask: ask(keys[:, :ASKED]))
            size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"| {name} | {adding} | {asking} | {size / 1e6:.0f} | {found} |", flush=True)


if __name__ == "__main__":
    main()
