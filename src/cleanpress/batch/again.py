"""A finished folder made once more: what the program decides does not depend on who runs it, or when."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cleanpress.batch.run import Batch, Listener, run
from cleanpress.config import Config
from cleanpress.errors import UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.sources import Source
from cleanpress.formats.write import code


def differences_from_again(
    out: Path, manifest: manifests.Manifest, root: Path | None = None, jobs: int = 1
) -> list[str]:
    """Clean the inputs of a folder again with its settings, and compare what comes out byte for byte.

    One line for each file that differs: ``file:line: what is wrong``. The inputs, and what else the settings
    name by its path, are looked for from ``root``, which is the current folder meanwhile. Raises
    ``UsageError`` where another version or build wrote the folder, a chat model was asked, or there is no
    ``root``.
    """
    config = config_of(out, manifest)
    sources = [Source.from_record(entry) for entry in manifest["inputs"]]
    out = out.absolute()
    with tempfile.TemporaryDirectory() as room, inside(root):
        again = Path(room) / "again"
        if not run(Batch(sources, str(again), config, jobs), Listener()).written:
            return [f"{out}: no page can be cleaned again"]
        return list(differences(out, again))


@contextmanager
def inside(root: Path | None) -> Iterator[None]:
    """Work in a folder, where one is given: the paths of a run count from there.

    Raises ``UsageError`` where there is no such folder.
    """
    if root is None:
        yield
        return
    if not root.is_dir():
        raise UsageError(f"{root}: there is no such folder")
    with chdir(root):
        yield


def differences(out: Path, again: Path) -> list[str]:
    """How the files of two folders differ, a line for each."""
    one, other = manifests.files(out), manifests.files(again)
    found: list[str] = []
    for name in sorted({*one, *other}):
        if name not in one or name not in other:
            missing = "is not made again" if name in one else "is made again, and is missing"
            found.append(f"{name}: {missing}")
            continue
        with one[name].open("rb") as had, other[name].open("rb") as made:
            for number, (left, right) in enumerate(zip_longest(had, made), start=1):
                if left != right:
                    found.append(f"{name}:{number}: is not what comes out when the inputs are cleaned again")
                    break
    return found


def config_of(out: Path, manifest: Mapping[str, Any]) -> Config:
    """The settings that a folder was written with. Raises ``UsageError`` where they cannot be had again, or
    would not give the same: what another version or build of it decides says nothing of the folder."""
    import cleanpress

    recorded = manifest["configuration"]
    if manifest.get("version") != cleanpress.__version__:
        raise UsageError(
            f"{out}: was written by version {manifest.get('version')}, this is {cleanpress.__version__}; "
            "use that version, or run it again"
        )
    if recorded.get("code") != code():
        raise UsageError(
            f"{out}: was made by another build of version {cleanpress.__version__}; "
            "use that build, or run it again"
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
