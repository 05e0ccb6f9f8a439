"""``manifest.json``: what was read, with what settings, what was written, and the proof of both."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import cleanpress

NAME = "manifest.json"

CHANGED = "was changed after it was written (its SHA-256 is not the manifest's)"
GENERATOR = "cleanpress"
FORMAT = 1
"""The number of the folder's layout; a change that breaks readers raises it."""

Manifest = dict[str, Any]
_CHUNK = 1 << 20


def build(
    configuration: Any,
    inputs: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]],
    version: Any = cleanpress.__version__,
) -> Manifest:
    """The manifest of a run. No clock, no user, no path that the user did not give."""
    return {
        "generator": GENERATOR,
        "format": FORMAT,
        "version": version,
        "configuration": configuration,
        "inputs": list(inputs),
        "outputs": sorted(outputs, key=lambda output: str(output["path"])),
        "totals": totals(inputs),
        "warnings": [f"{page['path']}: {warning}" for page in inputs for warning in page.get("warnings", ())],
    }


def totals(inputs: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The sums over all pages that were cleaned, and how many were and were not."""
    total: Counter[str] = Counter()
    failed = 0
    for page in inputs:
        if "error" in page:
            failed += 1
        else:
            total.update(page["counts"])
    return {"pages": len(inputs) - failed, "failed": failed, **total}


def dump(manifest: Manifest) -> bytes:
    """The file's bytes: indented, for eyes and for diffs."""
    # In pieces: `json.dumps` would hold each of them, ten times what they make together.
    content = BytesIO()
    for piece in json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=2).iterencode(manifest):
        content.write(piece.encode("utf-8", "backslashreplace"))
    content.write(b"\n")
    return content.getvalue()


def load(folder: Path) -> Manifest | None:
    """The manifest of a folder that cleanpress wrote; ``None`` where there is none that can be read."""
    path = folder / NAME
    if not path.is_file():
        # A pipe of that name would be waited for without end.
        return None
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or manifest.get("generator") != GENERATOR:
        return None
    return manifest


def files(folder: Path) -> dict[str, Path]:
    """Everything in a folder that is not a folder, by its path with ``/``, links not followed."""
    found: dict[str, Path] = {}
    for root, names, plain in os.walk(folder):
        for name in (*plain, *(name for name in names if (Path(root) / name).is_symlink())):
            path = Path(root) / name
            found[path.relative_to(folder).as_posix()] = path
    return dict(sorted(found.items()))


def differences(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """How the files of a folder differ from its manifest, as (path, what is wrong)."""
    recorded = manifest.get("outputs")
    if not isinstance(recorded, list) or not all(isinstance(o, dict) for o in recorded):
        yield NAME, "the list of outputs is damaged"
        return
    expected = {str(output.get("path")): output for output in recorded}
    if len(expected) < len(recorded):
        yield NAME, "an output is listed twice"
    present = files(folder)
    for path, output in expected.items():
        if path not in present:
            yield path, "is missing"
        elif present[path].is_symlink() or not present[path].is_file():
            yield path, "is not a plain file"
        elif not is_as_listed(present[path], output):
            yield path, CHANGED
    for path in present:
        if path not in expected and path != NAME:
            yield path, "is not a file of this run"


def is_as_listed(path: Path, output: Mapping[str, Any]) -> bool:
    """Whether a file has the SHA-256 and the size that an entry of ``outputs`` says; raises ``OSError``."""
    return digest_of(path) == (output.get("sha256"), output.get("bytes"))


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
