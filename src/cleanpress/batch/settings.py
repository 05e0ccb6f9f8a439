"""Settings from a file: ``cleanpress.toml``, or ``[tool.cleanpress]`` in ``pyproject.toml``.

It is looked for from the input upwards, so that an archive can bring its own. Whom a page's text is shown to
(``--ask``), what is overwritten and where the output goes are said on the command line only: a file that lies
among the input must not decide that.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cleanpress.config import MAX_BYTES, Config
from cleanpress.errors import UsageError
from cleanpress.gates import gates_of

NAMES = ("cleanpress.toml", "pyproject.toml")
"""In a folder the first one that is there, and has settings, is taken."""

MEMORY = 2048
"""MiB that a worker process may allocate unless another limit is given: ten times what a page in print
needs."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _count(least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or value < least:
            raise ValueError(f"a whole number from {least}")
        return value

    return read


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        raise ValueError(f"a list of texts; write [{json.dumps(value, ensure_ascii=False)}]")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of texts")
    return tuple(value)


class Setting(NamedTuple):
    """A setting: its value where nobody says another, and what reads it from TOML (``ValueError`` names what
    it should have been). A ``path`` counts from the folder of the file that it stands in."""

    default: Any
    read: Callable[[Any], Any]
    path: bool = False


SETTINGS: dict[str, Setting] = {
    "decisions": Setting(None, _text, path=True),
    "encoding": Setting(None, _text),
    "fail_on": Setting((), _texts),
    "formats": Setting(("jsonl", "markdown"), _texts),
    "jobs": Setting(1, _count(0)),
    "max_bytes": Setting(MAX_BYTES, _count(1)),
    "memory": Setting(MEMORY, _count(0)),
    "model": Setting(None, _text, path=True),
    "pictures": Setting(True, _flag),
    "repeats_index": Setting(None, _text, path=True),
    "repeats_scope": Setting("page", _text),
    "report": Setting(False, _flag),
    "reprints": Setting("report", _text),
    "rules_off": Setting((), _texts),
    "script": Setting("auto", _text),
}
"""Every key of the file. The option of the command line has the same name, or the singular of it."""

OF_THE_RUN = frozenset({"jobs", "memory"})
"""Settings that change how fast the output comes, and nothing of it; they are not in ``Config``."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of settings, and its values; ``path`` is ``None`` where there is none."""

    path: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


class Value(NamedTuple):
    """A setting that is in force, and where it comes from: ``default``, ``command line`` or a file."""

    value: Any
    origin: str


def in_force(file: File, given: Mapping[str, Any]) -> dict[str, Value]:
    """Every setting: as ``given`` on the command line, else as in the file, else as it is by default."""
    found = {}
    for name, setting in SETTINGS.items():
        if name in given:
            found[name] = Value(given[name], "command line")
        elif name in file.values:
            found[name] = Value(file.values[name], file.path or "")
        else:
            found[name] = Value(setting.default, "default")
    return found


def config_of(values: Mapping[str, Any], **more: Any) -> Config:
    """The configuration of a run. Raises ``UsageError`` for a value that does not exist."""
    from cleanpress.formats.outputs import require_formats

    chosen = {name: value for name, value in values.items() if name not in OF_THE_RUN}
    chosen["rules_off"] = tuple(sorted(set(chosen.get("rules_off", ()))))
    chosen["fail_on"] = tuple(str(gate) for gate in gates_of(chosen.get("fail_on", ())))
    chosen["formats"] = tuple(sorted({"jsonl", *chosen.get("formats", SETTINGS["formats"].default)}))
    require_formats(chosen["formats"])
    return Config(**chosen, **more)


def find(inputs: Iterable[str]) -> File:
    """The file of settings for these inputs: the nearest one above what they have in common.

    Raises ``UsageError`` where it cannot be read, or says what there is not.
    """
    folders = [_folder(path) for path in inputs] or [os.getcwd()]
    try:
        start = os.path.commonpath(folders)
    except ValueError:
        # On several drives: nothing is above them all.
        return File()
    for folder in (Path(start), *Path(start).parents):
        for name in NAMES:
            if (folder / name).is_file():
                found = load(_shown(folder / name), named=False)
                if found is not None:
                    return found
    return File()


def load(path: str, *, named: bool = True) -> File | None:
    """A file of settings; ``None`` for a ``pyproject.toml`` that has none, unless it was ``named``.

    Raises ``UsageError`` naming the file and the key.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    ours = Path(path).name != "pyproject.toml"
    try:
        table: Any = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        if not ours and not named and b"cleanpress" not in content:
            return None
        raise UsageError(f"{path}: is not TOML: {error}") from None
    if not ours:
        for key in ("tool", "cleanpress"):
            table = table.get(key, {}) if isinstance(table, dict) else {}
        if not table and not named:
            return None
    return File(path, _values(path, table if isinstance(table, dict) else {}))


def _values(path: str, table: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        setting = SETTINGS.get(key)
        if setting is None:
            nearest = difflib.get_close_matches(key.replace("-", "_"), SETTINGS, 1, 0)[0]
            raise UsageError(f"{path}: there is no setting {key!r}; the nearest is {nearest!r}")
        try:
            found[key] = setting.read(value)
            if setting.path:
                found[key] = os.path.normpath(os.path.join(os.path.dirname(path), found[key]))
            if key not in OF_THE_RUN:
                config_of({key: found[key]})
        except ValueError as error:
            raise UsageError(f"{path}: {key} must be {error}") from None
        except UsageError as error:
            raise UsageError(f"{path}: {key}: {error}") from None
    return found


def _folder(path: str) -> str:
    """The folder of an input; for a pattern, or for what does not exist, the nearest one that does."""
    place = Path(os.path.abspath(path))
    while not place.is_dir() and place != place.parent:
        place = place.parent
    return str(place)


def _shown(path: Path) -> str:
    """As seen from here, where that is not longer."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return str(path)
    return min((relative, str(path)), key=len)
