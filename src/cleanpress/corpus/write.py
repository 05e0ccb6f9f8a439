"""The folder of a deduplication: what is kept, byte for byte, and what was removed as a copy of what."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from cleanpress.corpus.dedup import Corpus, Outcome
from cleanpress.corpus.read import Shape, opened, plain_name, records
from cleanpress.corpus.stars import Copy
from cleanpress.errors import InputError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.records import line

COMMAND = "dedup"

Written = dict[str, Any]


def write(folder: Path, corpus: Corpus, outcome: Outcome) -> Written:
    """Write all files of a deduplication into an empty folder; answers with its manifest.

    Raises ``InputError`` where an input is not what it was when its texts were compared.
    """
    names = kept_names(corpus.paths)
    removed = {copy.copy for copy in outcome.copies}
    involved = removed | {copy.kept for copy in outcome.copies}
    labels: dict[int, str | int | None] = {}
    inputs = []
    text = 0
    outputs = []
    for number, path in enumerate(corpus.paths):
        kept = read = 0
        with opened(Path(path)) as source, _output(folder / names[number]) as out:
            for record in records(Path(path), source, corpus.shape):
                read += 1
                if text in involved:
                    labels[text] = record.name
                if text not in removed:
                    # The last line of an input may lack its end; the next file begins anew all the same.
                    out.write(record.raw)
                    kept += 1
                text += 1
        if source.sha256 != outcome.sha256[number]:
            raise InputError(f"{path}: was changed while it was read; start again")
        counts = {"records": read, "kept": kept, "removed": read - kept}
        inputs.append({"path": path, "sha256": source.sha256, "counts": counts, "warnings": []})
        outputs.append(names[number])

    place = _Places(corpus, outcome, labels)
    _lines(folder / "removed.jsonl", (_removed(copy, place) for copy in outcome.copies))
    _lines(folder / "clusters.jsonl", _clusters(outcome, place))
    statistics = {**statistics_of(outcome), "records": text, "kept": text - len(removed)}
    (folder / "statistics.json").write_bytes(manifests.dump(dict(sorted(statistics.items()))))
    outputs += ["removed.jsonl", "clusters.jsonl", "statistics.json"]
    manifest = manifests.build(
        {"command": COMMAND, "id_key": corpus.shape.id_key, "text_key": corpus.shape.text_key},
        inputs,
        [_output_record(folder, name) for name in outputs],
    )
    (folder / manifests.NAME).write_bytes(manifests.dump(manifest))
    return manifest


def kept_names(paths: Sequence[str]) -> list[str]:
    """Where the kept lines of each input go: ``kept/NAME``, numbered where two inputs share a name."""
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


def statistics_of(outcome: Outcome) -> dict[str, Any]:
    """Counts of a deduplication, by relation and by the size of clusters."""
    sizes = Counter(Counter(copy.kept for copy in outcome.copies).values())
    return {
        "removed": len(outcome.copies),
        "removed_by_relation": dict(sorted(Counter(c.relation.value for c in outcome.copies).items())),
        "letters": int(outcome.letters.sum()),
        "letters_removed": int(outcome.letters[[copy.copy for copy in outcome.copies]].sum()),
        "clusters": sum(sizes.values()),
        "clusters_by_size": {str(size + 1): count for size, count in sorted(sizes.items())},
        "pairs_left_out_by_the_cap": outcome.skipped,
    }


class _Places:
    """Where a text stands, as records say it."""

    def __init__(self, corpus: Corpus, outcome: Outcome, labels: dict[int, str | int | None]) -> None:
        self.corpus, self.outcome, self.labels = corpus, outcome, labels

    def __call__(self, text: int, prefix: str = "") -> Written:
        return {
            f"{prefix}file": self.corpus.paths[int(self.outcome.inputs[text])],
            f"{prefix}line": int(self.outcome.lines[text]),
            f"{prefix}id": self.labels[text],
        }


def _removed(copy: Copy, place: _Places) -> Written:
    letters = place.outcome.letters
    return {
        **place(copy.copy),
        **place(copy.kept, "kept_"),
        "relation": copy.relation.value,
        "similarity": round(copy.similarity, 4),
        "rule": "equal letters" if copy.relation.value == "exact" else "aligned",
        "reason": "more complete" if letters[copy.kept] > 1.05 * letters[copy.copy] else "cleaner, or first",
    }


def _clusters(outcome: Outcome, place: _Places) -> Iterator[Written]:
    members: dict[int, list[int]] = defaultdict(list)
    for copy in outcome.copies:
        members[copy.kept].append(copy.copy)
    for kept in sorted(members):
        yield {
            **place(kept),
            "size": len(members[kept]) + 1,
            "copies": [place(text) for text in members[kept]],
        }


def _lines(path: Path, found: Iterator[Written]) -> None:
    with path.open("xb") as out:
        for record in found:
            out.write(line(record))


def _output(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("xb")


def _output_record(folder: Path, name: str) -> Written:
    digest, size = manifests.digest_of(folder / name)
    return {"path": name, "sha256": digest, "bytes": size}


def problems(folder: Path, manifest: Written, root: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with a folder that ``write`` made, as (file, what): the proof that no line was lost.

    Every line of every input must be in ``kept/`` byte for byte and in order, or in ``removed.jsonl`` as a
    copy of a line that is kept. Believes the inputs, not the record.
    """
    yield from manifests.differences(folder, manifest)
    configuration = manifest["configuration"]
    shape = Shape(configuration["text_key"], configuration["id_key"])
    paths = [entry["path"] for entry in manifest["inputs"]]
    removed: dict[str, set[int]] = defaultdict(set)
    leant_on: dict[str, set[int]] = defaultdict(set)
    try:
        with (folder / "removed.jsonl").open("rb") as stream:
            for raw in stream:
                record = json.loads(raw)
                removed[record["file"]].add(record["line"])
                leant_on[record["kept_file"]].add(record["kept_line"])
    except (OSError, ValueError, KeyError, TypeError):
        yield "removed.jsonl", "cannot be read back"
        return
    for path, name, entry in zip(paths, kept_names(paths), manifest["inputs"], strict=True):
        gone, digest = removed[path], hashlib.sha256()
        seen: set[int] = set()
        with opened(root / path) as source:
            for record in records(Path(path), source, shape):
                if record.number in gone:
                    seen.add(record.number)
                else:
                    digest.update(record.raw)
        if source.sha256 != entry["sha256"]:
            yield path, "the input is not the one that was read (its SHA-256 is not the manifest's)"
            continue
        if seen != gone:
            yield "removed.jsonl", f"names lines of {path} that hold no record"
        if leant_on[path] & gone:
            yield "removed.jsonl", f"keeps, of {path}, what it also removes"
        if not (folder / name).is_file() or digest.hexdigest() != manifests.digest_of(folder / name)[0]:
            yield name, f"is not {path} without the lines that were removed"
