"""A finished folder made once more: what the program decides does not depend on who runs it, or when."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cleanpress.batch.run import Batch, Listener, run
from cleanpress.config import Config
from cleanpress.errors import UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.sources import Source


def differences_from_again(out: Path, manifest: manifests.Manifest, jobs: int = 1) -> list[str]:
    """Clean the inputs of a folder again with its settings, and compare what comes out byte for byte.

    One line for each file that differs: ``file:line: what is wrong``. The inputs are looked for from the
    current folder. Raises ``UsageError`` where another version wrote the folder or a chat model was asked.
    """
    config = config_of(out, manifest)
    sources = [Source.from_record(entry) for entry in manifest["inputs"]]
    with tempfile.TemporaryDirectory() as room:
        again = Path(room) / "again"
        if not run(Batch(sources, str(again), config, jobs), Listener()).written:
            return [f"{out}: no page can be cleaned again"]
        return list(_differences(out, again))


def _differences(out: Path, again: Path) -> list[str]:
    names = sorted({str(path.relative_to(root)) for root in (out, again) for path in root.rglob("*")})
    found: list[str] = []
    for name in names:
        one, other = out / name, again / name
        if one.is_dir() and other.is_dir():
            continue
        if not one.is_file() or not other.is_file():
            missing = "is not made again" if not other.is_file() else "is made again, and is missing"
            found.append(f"{name}: {missing}")
            continue
        with one.open("rb") as had, other.open("rb") as made:
            for number, (left, right) in enumerate(zip_longest(had, made), start=1):
                if left != right:
                    found.append(f"{name}:{number}: is not what comes out when the inputs are cleaned again")
                    break
    return found


def config_of(out: Path, manifest: Mapping[str, Any]) -> Config:
    """The settings that a folder was written with. Raises ``UsageError`` where they cannot be had again."""
    import cleanpress

    recorded = manifest["configuration"]
    if manifest.get("version") != cleanpress.__version__:
        raise UsageError(
            f"{out}: was written by version {manifest.get('version')}, this is {cleanpress.__version__}: "
            "more would change than was asked for; run it again"
        )
    if recorded.get("ask_model") is not None:
        raise UsageError(
            f"{out}: answers of a chat model bind its articles; run it again with the same --ask"
        )
    settings: dict[str, Any] = {}
    for field in fields(Config):
        if field.name in recorded:
            value = recorded[field.name]
            settings[field.name] = tuple(value) if isinstance(value, list) else value
    try:
        return Config(**settings)
    except TypeError as error:
        raise UsageError(f"{out}: its settings are damaged: {error}") from None
