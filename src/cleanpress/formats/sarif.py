"""Findings of a run as SARIF 2.1.0, so that a code host shows them at their line of the input.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
"""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

import cleanpress
from cleanpress.errors import OutputError
from cleanpress.formats import parse
from cleanpress.formats.sources import Source

MOST = 25_000
"""Results that are written: GitHub takes no more of one run
(https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning)."""

RULES = {
    "failed-page": ("error", "A page could not be cleaned."),
    "gap": ("warning", "Text is missing: torn text has no continuation on the page."),
    "suspect": ("warning", "A reading may be wrong; it was not changed."),
    "question": ("note", "A decision that is not sure and deserves a look."),
}
"""The kinds of findings with their level, most urgent first."""

Record = dict[str, Any]


def write_sarif(entries: Sequence[Record], out: Path | None, path: str) -> None:
    """Write the findings of a run to ``path``, which is there as a whole or not at all.

    ``entries`` are the pages of the manifest, ``out`` the finished folder (``None``: there is none). Raises
    ``OutputError`` where the file cannot be written.
    """
    content = json.dumps(log_of(entries, out), ensure_ascii=False, indent=1)
    save(path, content.encode("utf-8", "backslashreplace") + b"\n")


def save(path: str, content: bytes) -> None:
    """Write a file beside its place and move it there. Raises ``OutputError``."""
    unfinished = f"{path}.{os.getpid()}.part"
    try:
        Path(unfinished).write_bytes(content)
        os.replace(unfinished, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(unfinished)
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None


def log_of(entries: Sequence[Record], out: Path | None) -> Record:
    """The log; without a folder (``None``) only the pages that failed are in it."""
    sources = {entry["path"]: entry for entry in entries}
    results: list[Record] = []
    left_out = 0
    for result in _results(sources, out):
        if len(results) < MOST:
            results.append(result)
        else:
            left_out += 1
    run: Record = {
        "tool": {
            "driver": {
                "name": "cleanpress",
                "version": cleanpress.__version__,
                "rules": [
                    {
                        "id": name,
                        "shortDescription": {"text": text},
                        "defaultConfiguration": {"level": level},
                    }
                    for name, (level, text) in RULES.items()
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The folder that cleanpress ran in."}}},
        "results": results,
    }
    if left_out:
        message = f"{left_out} more findings are left out; they are in the record."
        run["invocations"] = [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": message}}],
            }
        ]
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _results(sources: Mapping[str, Record], out: Path | None) -> Iterator[Record]:
    """Findings by kind, the most urgent first, and within a kind in the order of the pages."""
    for entry in sources.values():
        if "error" in entry:
            yield _result("failed-page", entry, entry["error"])
    if out is None:
        return
    for record in _records(out / "articles.jsonl"):
        for gap in record["gaps"]:
            block = record["blocks"][gap["block"]]
            text = f"text is missing {gap['side']} “{block['text'][:20]}”: {gap['reason']}"
            yield _result("gap", sources[record["page"]], text, block)
    for record in _records(out / "suspects.jsonl"):
        instead = " or ".join(record["alternatives"])
        text = f"“{record['text']}” may be {instead or 'wrong'}: {record['context']}"
        yield _result("suspect", sources[record["page"]], text, record)
    for record in _records(out / "questions.jsonl"):
        yield _result("question", sources[record["page"]], record["text"], record)


def _result(rule: str, entry: Record, text: str, place: Record | None = None) -> Record:
    source = Source.from_record(entry)
    location: Record = {"artifactLocation": _artifact(source.file)}
    if source.line is not None:
        location["region"] = {"startLine": source.line}
        text = text if place is None else f"{source.name}:{place['line']}:{place['column']}: {text}"
    elif place is not None and _has_lines(entry):
        location["region"] = {"startLine": place["line"], "startColumn": place["column"]}
    mark = hashlib.blake2b(
        "\0".join([rule, source.name, text]).encode("utf-8", "surrogatepass"), digest_size=16
    )
    return {
        "ruleId": rule,
        "ruleIndex": list(RULES).index(rule),
        "level": RULES[rule][0],
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"cleanpress/v1": mark.hexdigest()},
    }


def _artifact(file: str) -> Record:
    """Where the input is: relative to the folder of the run, or absolute."""
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    posix = path.as_posix().encode("utf-8", "surrogateescape")
    return {"uri": urllib.parse.quote(posix), "uriBaseId": "SRCROOT"}


def _has_lines(entry: Record) -> bool:
    """Whether lines and columns are those of the file: it is text, and not a format with coordinates."""
    try:
        codecs.lookup(entry["encoding"])
    except LookupError:
        return False
    return True


def _records(path: Path) -> Iterator[Record]:
    with path.open("rb") as lines:
        for line in lines:
            yield parse.record_of(line)
