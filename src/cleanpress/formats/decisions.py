"""The files that people decide in: ``decisions.toml`` beside the pages, or one that is named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from cleanpress.decisions import Entry, parse
from cleanpress.errors import UsageError

NAME = "decisions.toml"
"""What the file beside a page is called."""

MAX_BYTES = 16 * 1024 * 1024
"""The largest file that is read: some fifty thousand entries."""


class DecisionFiles:
    """The entries about any page; each file is read once.

    ``given`` is a file that is about all pages, named by the user; its entries come before those of the file
    beside a page. ``root`` is the folder from which relative paths count.
    """

    def __init__(self, given: str | None = None, root: Path | None = None) -> None:
        self._given = given
        self._root = root or Path()
        self._read: dict[str, _File] = {}

    def about(self, name: str, file: str) -> tuple[Entry, ...]:
        """The entries about the page ``name``, which is read from ``file``.

        Raises ``UsageError``, with file and line, where one cannot be read or is not as it should be, or
        the file that the user named does not exist.
        """
        beside = os.path.join(os.path.dirname(file), NAME)
        entries = self._file(self._given, required=True).about(name) if self._given is not None else ()
        if self._given is None or os.path.normpath(self._given) != os.path.normpath(beside):
            entries += self._file(beside, required=False).about(name)
        return entries

    def general(self) -> Iterator[Entry]:
        """The entries, of all files read so far, that are about many pages."""
        for path in sorted(self._read):
            yield from (entry for _, entry in self._read[path].general)

    def _file(self, path: str, *, required: bool) -> _File:
        if path not in self._read:
            self._read[path] = _File(self._parsed(path, required=required))
        return self._read[path]

    def _parsed(self, path: str, *, required: bool) -> tuple[Entry, ...]:
        place = self._root / path
        if not place.is_file():
            if required or os.path.lexists(place):
                wrong = "is no file" if os.path.lexists(place) else "does not exist"
                raise UsageError(f"{path}: {wrong}; it should hold decisions, see docs/decisions.md")
            return ()
        try:
            if place.stat().st_size > MAX_BYTES:
                raise UsageError(f"{path}: is larger than {MAX_BYTES:,} bytes; split it by folders")
            text = place.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError as error:
            raise UsageError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None
        return parse(text, path)


class _File:
    """The entries of a file by the pages that they name: thousands of each must not be tried on each."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.general: list[tuple[int, Entry]] = []
        self._named: dict[str, list[tuple[int, Entry]]] = {}
        for numbered in enumerate(entries):
            pages = numbered[1].pages
            if numbered[1].is_general:
                self.general.append(numbered)
            # A name with such a character may mean just that.
            if pages:
                self._named.setdefault(PurePath(pages.replace("\\", "/")).name, []).append(numbered)

    def about(self, page: str) -> tuple[Entry, ...]:
        named = self._named.get(PurePath(page.replace("\\", "/")).name, ())
        found = dict(sorted([*named, *self.general]))
        return tuple(entry for entry in found.values() if entry.is_about(page))
