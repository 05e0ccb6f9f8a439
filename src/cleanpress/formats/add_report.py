"""A report for a folder that is finished: made from what can be proved, and nothing else is touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from cleanpress.errors import InputError, UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.changes import require_manifest
from cleanpress.formats.folder import StagedFolder
from cleanpress.verification import is_corpus, verify


def add_report(out: str, *, input_root: Path | None = None, pictures: bool | None = None) -> int:
    """Prove the folder ``out`` and add the report to it; answers with the number of its pages.

    ``pictures`` says whether it shows the scans; ``None`` leaves that as the folder's settings have it.

    The folder is replaced as a whole by one with the same files and the report, as if ``run --report`` had
    written it. Raises ``InputError`` with the first finding where it cannot be proved, ``UsageError`` where
    it is no folder of ``run``, ``OutputError`` where it cannot be written.
    """
    manifest = require_manifest(Path(out))
    if is_corpus(manifest):
        raise UsageError(f"{out}: was written by cleanpress dedup, which has no report")
    with StagedFolder(out) as staged:
        made: dict[str, dict[str, Any]] = {}

        def write(path: str, content: bytes) -> None:
            place = staged.path / path
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content)
            digest, size = manifests.digest_of(place)
            made[path] = {"path": path, "sha256": digest, "bytes": size}

        proof = verify(Path(out), input_root=input_root, report_to=write, pictures=pictures)
        if proof.findings:
            raise InputError(
                f"{out}: cannot be proved, so there is no report of it: {proof.findings[0]} "
                f"(cleanpress verify {out} says all)"
            )
        for path, place in manifests.files(Path(out)).items():
            if path != manifests.NAME and path not in made:
                _take_over(place, staged.path / path)
        kept = [record for record in manifest["outputs"] if record["path"] not in made]
        manifest["outputs"] = sorted([*kept, *made.values()], key=lambda record: str(record["path"]))
        settings = {"report": True} if pictures is None else {"pictures": pictures, "report": True}
        manifest["configuration"] = dict(sorted({**manifest["configuration"], **settings}.items()))
        (staged.path / manifests.NAME).write_bytes(manifests.dump(manifest))
        staged.commit()
    return int(manifest["totals"]["pages"])


def _take_over(place: Path, new: Path) -> None:
    """The same file at another place: a second name for it, or a copy where the disk has no such thing."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(place, new)
    except OSError:
        shutil.copyfile(place, new)
