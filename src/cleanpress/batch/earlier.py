"""The folder that an earlier run wrote, and what of it can be used again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import cleanpress
from cleanpress.formats import manifest as manifests
from cleanpress.formats import records
from cleanpress.formats.parts import Entry, Part


class Earlier:
    """Pages of a folder by their names. The folder must be untouched: as its manifest says."""

    def __init__(self, folder: Path, manifest: manifests.Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.entries: dict[str, Entry] = {}
        self._offsets: dict[str, dict[str, int]] = {}
        ends = dict.fromkeys(records.FILES, 0)
        for entry in manifest["inputs"]:
            self.entries[entry["path"]] = entry
            if "error" in entry:
                continue
            self._offsets[entry["path"]] = dict(ends)
            for name in ends:
                ends[name] += entry["sizes"][name]
        self._ends = ends

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What stands there; ``None`` where another version wrote it, or its manifest was changed."""
        manifest = manifests.load(folder)
        if manifest is None or manifest.get("version") != cleanpress.__version__:
            return None
        try:
            again = manifests.build(manifest["configuration"], manifest["inputs"], manifest["outputs"])
            sizes = {output["path"]: output["bytes"] for output in manifest["outputs"]}
            earlier = cls(folder, manifest)
            whole = all(sizes[f"{name}.jsonl"] == end for name, end in earlier._ends.items())
            if whole and manifests.dump(again) == (folder / manifests.NAME).read_bytes():
                return earlier
        except (KeyError, TypeError, AttributeError, ValueError):
            # A manifest of another layout, or one that was edited: everything is done anew.
            return None
        return None

    def has(self, name: str, sha256: str, settings: Mapping[str, Any], decided: str) -> bool:
        """Whether the page was cleaned from these bytes with these settings and under these decisions."""
        entry = self.entries.get(name)
        if entry is None or (entry.get("sha256"), entry.get("decided", "")) != (sha256, decided):
            return False
        configuration = self.manifest["configuration"]
        return isinstance(configuration, dict) and all(
            key in configuration and configuration[key] == value for key, value in settings.items()
        )

    def part(self, name: str) -> Part:
        """The page's part of the folder, read from its files."""
        entry = self.entries[name]
        lines = {}
        for record, offset in self._offsets[name].items():
            with (self.folder / f"{record}.jsonl").open("rb") as stream:
                stream.seek(offset)
                lines[record] = stream.read(entry["sizes"][record])
        return Part(entry, lines)
