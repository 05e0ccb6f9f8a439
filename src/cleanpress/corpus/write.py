"""The folder of a deduplication: what is kept, byte for byte, and what was removed as a copy of what."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from cleanpress.corpus import parquet
from cleanpress.corpus.dedup import Corpus, Outcome, Report, places
from cleanpress.corpus.groups import RELATIONS, Copies, Ints
from cleanpress.corpus.index import opened as opened_index
from cleanpress.corpus.kept import kept
from cleanpress.corpus.read import Shape, Unit, is_parquet, opened, plain_name
from cleanpress.corpus.state import stamp
from cleanpress.errors import CleanpressError, InputError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.records import line
from cleanpress.model import Relation

COMMAND = "dedup"
_AT_ONCE = 1 << 14
"""Records that are written at once."""

Written = dict[str, Any]


def write(
    folder: Path, corpus: Corpus, outcome: Outcome, report: Report, index: str | None = None
) -> Written:
    """Write all files of a deduplication into an empty folder; answers with its manifest.

    ``index`` is the path of the index that the corpus was compared with. Raises ``InputError`` where an input
    is not what it was when its texts were compared.
    """
    names = kept_names(corpus.paths)
    copies, texts = outcome.copies, outcome.texts
    gone = texts.places[copies["copy"]]
    every = np.bincount(texts.places[:, 0], minlength=len(names)).tolist()
    unread = Counter(number for number, _ in texts.unread())
    inputs, outputs = [], []
    sizes = [stamp(path)[0] for path in corpus.paths]
    for number, (name, path) in enumerate(zip(names, map(Path, corpus.paths), strict=True)):
        of_input = gone[gone[:, 0] == number, 1:].astype(np.int64)
        tell = partial(_tell, report, sum(sizes[:number]), sum(sizes))
        if _write_kept(folder / name, path, corpus.shape, of_input, tell) != texts.sha256[number]:
            raise InputError(f"{path}: was changed while it was read; start again")
        counts = {"records": every[number], "removed": len(of_input)}
        counts["kept"] = counts["records"] - counts["removed"]
        if unread:
            counts["unread"] = unread[number]
        inputs.append({"path": str(path), "sha256": texts.sha256[number], "counts": counts, "warnings": []})
        outputs.append(name)

    _lines(folder / "removed.jsonl", _removed(corpus, outcome))
    _lines(folder / "clusters.jsonl", _clusters(corpus, outcome))
    (folder / "statistics.json").write_bytes(manifests.dump(statistics_of(outcome)))
    outputs += ["removed.jsonl", "clusters.jsonl", "statistics.json"]
    if unread:
        _lines(folder / "unread.jsonl", unread_of(corpus, outcome))
        outputs.append("unread.jsonl")
    shape = corpus.shape
    configuration = {"command": COMMAND, "id_key": shape.id_key, "text_key": shape.text_key}
    if shape.unit is not None:
        configuration["unit"] = shape.unit.value
    if index is not None:
        configuration["index"] = index
    manifest = manifests.build(configuration, inputs, [_output_record(folder, name) for name in outputs])
    (folder / manifests.NAME).write_bytes(manifests.dump(manifest))
    return manifest


def kept_names(paths: Sequence[str]) -> list[str]:
    """Where what is kept of each input goes: ``kept/NAME``, numbered where two inputs share a name."""
    seen: Counter[str] = Counter()
    found = []
    for path in paths:
        name = plain_name(Path(path))
        seen[name.lower()] += 1
        again = seen[name.lower()]
        stem, dot, suffix = name.rpartition(".")
        found.append(
            f"kept/{name}"
            if again == 1
            else f"kept/{stem if dot else name}-{again}{dot}{suffix if dot else ''}"
        )
    return found


def _tell(report: Report, before: int, every: int, position: int) -> None:
    report("writing", before + position, every)


def _write_kept(place: Path, path: Path, shape: Shape, gone: Ints, tell: Callable[[int], None]) -> str:
    """Write what is kept of an input; answers with the input's SHA-256 now."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        if is_parquet(path):
            with parquet.opened(path) as file:
                parquet.write(place, file, parquet.kept(file, shape, path, gone))
            return parquet.digest(path)
        with opened(path) as source, place.open("xb") as out:
            for number, raw in enumerate(kept(path, source, shape, gone), start=1):
                out.write(raw)
                if number % _AT_ONCE == 0:
                    tell(source.position)
            tell(source.position)
            return source.sha256
    except ValueError:
        return "another input"


def statistics_of(outcome: Outcome) -> Written:
    """Counts of a deduplication, by relation and by the size of clusters."""
    copies, lengths = outcome.copies, outcome.texts.lengths
    _, counts = np.unique(copies["kept"], return_counts=True)
    sizes = zip(*(found.tolist() for found in np.unique(counts, return_counts=True)), strict=True)
    by_relation = np.bincount(copies["relation"], minlength=len(RELATIONS)).tolist()
    found = {
        "records": outcome.texts.count,
        "kept": outcome.texts.count - len(copies),
        "removed": len(copies),
        "removed_by_relation": {
            name: count
            for name, count in sorted(zip((r.value for r in RELATIONS), by_relation, strict=True))
            if count
        },
        "letters": int(lengths.sum(dtype=np.int64)),
        "letters_removed": int(lengths[copies["copy"]].sum(dtype=np.int64)),
        "clusters": len(counts),
        "clusters_by_size": {str(size + 1): count for size, count in sizes},
        "pairs_left_out_by_the_cap": outcome.skipped,
    }
    return dict(sorted(found.items()))


def _places(corpus: Corpus, outcome: Outcome, texts: Ints) -> list[Written]:
    """Where texts stand, as records say it, those of an index with their numbers there."""
    found: list[Written] = [{}] * len(texts)
    here = np.flatnonzero(texts >= 0)
    for at, place in zip(here.tolist(), places(corpus, outcome.texts, texts[here]), strict=True):
        found[at] = place
    for at in np.flatnonzero(texts < 0).tolist():
        assert outcome.earlier is not None
        number = int(texts[at])
        found[at] = {**outcome.earlier.texts[number][0], "index": -1 - number}
    return found


def _lengths(outcome: Outcome, texts: Ints) -> Ints:
    """The letters of texts, also of those of an index."""
    lengths = outcome.texts.lengths[texts].astype(np.int64)
    for at in np.flatnonzero(texts < 0).tolist():
        assert outcome.earlier is not None
        lengths[at] = len(outcome.earlier.texts[int(texts[at])][1])
    return lengths


def _removed(corpus: Corpus, outcome: Outcome) -> Iterator[Written]:
    for low in range(0, len(outcome.copies), _AT_ONCE):
        some = outcome.copies[low : low + _AT_ONCE]
        is_longer = _lengths(outcome, some["kept"]) > 1.05 * _lengths(outcome, some["copy"])
        rows = zip(
            _places(corpus, outcome, some["copy"]),
            _places(corpus, outcome, some["kept"]),
            some["relation"].tolist(),
            some["similarity"].tolist(),
            is_longer.tolist(),
            strict=True,
        )
        for place, kept_place, number, similarity, longer in rows:
            relation = RELATIONS[number]
            yield {
                **place,
                **{f"kept_{name}": value for name, value in kept_place.items()},
                "relation": relation.value,
                "similarity": round(similarity, 4),
                "rule": "equal letters" if relation is Relation.EXACT else "aligned",
                "reason": "more complete" if longer else "cleaner, or first",
            }


def unread_of(corpus: Corpus, outcome: Outcome) -> Iterator[Written]:
    """What is no record, as ``unread.jsonl`` says it; it stays where it was."""
    for number, one in outcome.texts.unread():
        yield {"file": corpus.paths[number], "line": one.number, "reason": one.reason}


def _clusters(corpus: Corpus, outcome: Outcome) -> Iterator[Written]:
    for some in _by_kept(outcome.copies):
        kept_texts, first = np.unique(some["kept"], return_index=True)
        places = _places(corpus, outcome, some["copy"])
        last = [*first[1:].tolist(), len(some)]
        for place, low, high in zip(_places(corpus, outcome, kept_texts), first.tolist(), last, strict=True):
            yield {**place, "size": high - low + 1, "copies": places[low:high]}


def _by_kept(copies: Copies) -> Iterator[Copies]:
    """The copies by what is kept in their stead, some clusters at a time."""
    copies = copies[np.lexsort((copies["copy"], copies["kept"]))]
    low = 0
    while low < len(copies):
        high = min(low + _AT_ONCE, len(copies))
        high = int(np.searchsorted(copies["kept"], copies["kept"][high - 1], "right"))
        yield copies[low:high]
        low = high


def _lines(path: Path, found: Iterator[Written]) -> None:
    with path.open("xb") as out:
        for record in found:
            out.write(line(record))


def _output_record(folder: Path, name: str) -> Written:
    digest, size = manifests.digest_of(folder / name)
    return {"path": name, "sha256": digest, "bytes": size}


def problems(folder: Path, manifest: Written, root: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with a folder that ``write`` made, as (file, what): the proof that no text was lost.

    Every text of every input must be in ``kept/`` byte for byte and in order, or in ``removed.jsonl`` as a
    copy of a text that is kept. Believes the inputs, not the record.
    """
    yield from manifests.differences(folder, manifest)
    configuration = manifest["configuration"]
    unit = configuration.get("unit")
    shape = Shape(configuration["text_key"], configuration["id_key"], unit and Unit(unit))
    paths = [entry["path"] for entry in manifest["inputs"]]
    removed: dict[str, set[tuple[int, int]]] = {path: set() for path in paths}
    leant_on: dict[str, set[tuple[int, int]]] = {path: set() for path in paths}
    of_index: list[Written] = []
    try:
        with (folder / "removed.jsonl").open("rb") as stream:
            for raw in stream:
                record = json.loads(raw)
                removed[record["file"]].add((record["line"], record.get("paragraph", 0)))
                if "kept_index" in record:
                    of_index.append(record)
                else:
                    leant_on[record["kept_file"]].add((record["kept_line"], record.get("kept_paragraph", 0)))
    except (OSError, ValueError, KeyError, TypeError):
        yield "removed.jsonl", "cannot be read back"
        return
    if of_index:
        yield from _not_in_index(root / str(configuration.get("index")), of_index)
    for name, entry in zip(kept_names(paths), manifest["inputs"], strict=True):
        path = entry["path"]
        gone = np.array(sorted(removed[path]), np.int64).reshape(-1, 2)
        if not (folder / name).is_file():
            yield name, "is not there"
            continue
        try:
            is_kept, sha256 = _is_kept(folder / name, root / path, shape, gone)
        except ValueError:
            yield "removed.jsonl", f"names texts of {path} that are not there"
            continue
        if sha256 != entry["sha256"]:
            yield path, "the input is not the one that was read (its SHA-256 is not the manifest's)"
            continue
        if leant_on[path] & removed[path]:
            yield "removed.jsonl", f"keeps, of {path}, what it also removes"
        if not is_kept:
            yield name, f"is not {path} without the lines that were removed"


def _is_kept(place: Path, path: Path, shape: Shape, gone: Ints) -> tuple[bool, str]:
    """Whether a file holds what is kept of an input, and the input's SHA-256.

    Raises ``ValueError`` where ``gone`` names what is not there.
    """
    if is_parquet(path):
        with parquet.opened(path) as file, parquet.opened(place) as found:
            return parquet.is_same(found, parquet.kept(file, shape, path, gone)), parquet.digest(path)
    digest = hashlib.sha256()
    with opened(path) as source:
        for raw in kept(path, source, shape, gone):
            digest.update(raw)
        return digest.hexdigest() == manifests.digest_of(place)[0], source.sha256


def _not_in_index(path: Path, records: Sequence[Written]) -> Iterator[tuple[str, str]]:
    """Records that lean on texts of an index which that does not hold."""
    try:
        with opened_index(path, to_write=False) as index:
            for record in records:
                number, place = record["kept_index"], _kept_place(record)
                try:
                    if index.text(number)[0] == place:
                        continue
                except (KeyError, TypeError, OverflowError):
                    # No text has such a number.
                    pass
                yield "removed.jsonl", f"leans on text {number!r} of {path}, which is another or not there"
    except CleanpressError as error:
        yield "removed.jsonl", f"leans on texts of an index that cannot be read ({error})"


def _kept_place(record: Written) -> Written:
    names = ("file", "line", "id", "paragraph")
    return {name: record[f"kept_{name}"] for name in names if f"kept_{name}" in record}
