"""The pages that the arguments of a run name: files, folders, patterns, files with a page a line."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePath

from cleanpress.errors import OutputError, UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.read import require_file
from cleanpress.formats.readers import images_in, kind_of_file
from cleanpress.formats.sources import RECORD_SUFFIXES, Source, parsed

COORDINATES = (".xml", ".hocr", ".html", ".htm", ".json")
IMAGES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")
TEXTS = (".txt", ".text")
PAGE_SUFFIXES = (*COORDINATES, *TEXTS, *IMAGES)
"""Files that a folder is searched for, besides ``RECORD_SUFFIXES``; a file that is named itself may be called
as it likes."""


SETTINGS = frozenset({"decisions.toml", "cleanpress.toml", "pyproject.toml"})
"""Files of ours beside the pages: they are read, and not passed over."""


@dataclass(slots=True)
class Found:
    """The pages in order of their names, the files of other kinds that were passed over in folders, the files
    that are pages which another file holds too (each with that one), and the folders that were left out since
    cleanpress wrote them.

    ``alike`` are files that were named themselves and may be one page, each with one of the same name: what
    was asked for is done, and said.
    """

    sources: list[Source] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    read_otherwise: list[tuple[str, str]] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    alike: list[tuple[str, str]] = field(default_factory=list)


def find(arguments: Iterable[str], out: str | None) -> Found:
    """The pages of a run; each file once, whatever the order and the number of the arguments.

    A folder is searched with all that is below it, but for hidden files and folders, for links to folders
    (which can lead in a circle), for ``out``, and for any other folder that cleanpress wrote. A folder below
    that may not be searched stands for the pages in it: it is a page that cannot be read. Raises
    ``UsageError`` for an argument that names nothing or may not be searched itself and ``OutputError`` where
    ``out`` holds the input.
    """
    found = Found()
    files: dict[str, tuple[str, str | None]] = {}

    def take(path: str, under: str | None) -> None:
        # Named itself and found in a folder, a file is one page: the folder's, since that has a tree.
        key = os.path.normpath(path)
        if key not in files or (files[key][1] is None and under is not None):
            files[key] = (path, under)

    for argument in sorted(set(arguments)):
        for path, base in _expanded(argument):
            if os.path.isdir(path):
                refuse_same(path, out)
                for file in _walk(path, out, found):
                    take(file, base or path)
            else:
                require_file(path)
                if out is not None:
                    refuse_inside(path, out)
                take(path, base)
    for path, under in files.values():
        found.sources += _pages(path, under)
    found.alike += sorted(_read_otherwise(path for path, under in files.values() if under is None).items())
    found.sources.sort(key=lambda source: source.name)
    for one, other in pairwise(found.sources):
        if one.name == other.name:
            raise UsageError(f"two pages would be called {one.name}: rename the file or the record")
    if not found.sources and found.outputs:
        raise UsageError(
            f"{found.outputs[0]}: is what cleanpress wrote, no input; name the folder it was made of"
        )
    if not found.sources:
        raise UsageError(
            "there is no page: a folder is searched for files that end in "
            + ", ".join((*PAGE_SUFFIXES, *RECORD_SUFFIXES))
        )
    return found


def _expanded(argument: str) -> Iterator[tuple[str, str | None]]:
    """The paths of an argument, each with the folder that its place in the tree is counted from."""
    if os.path.lexists(argument) or not glob.has_magic(argument):
        yield argument, None
        return
    paths = sorted(glob.glob(argument, recursive=True))
    if not paths:
        raise UsageError(f"{argument}: there is no file or folder of that pattern")
    plain: list[str] = []
    for part in PurePath(argument).parts:
        if glob.has_magic(part):
            break
        plain.append(part)
    base = str(PurePath(*plain)) if plain else "."
    for path in paths:
        # `**` names folders and what is in them; a folder's files of other kinds are not for us to refuse.
        if os.path.isdir(path) and "**" in argument:
            continue
        yield path, base


def _walk(folder: str, out: str | None, found: Found) -> Iterator[str]:
    """The files with pages below a folder, in order."""
    place = os.path.realpath(out) if out is not None else None
    locked: list[str] = []

    def fail(error: OSError) -> None:
        if error.filename == folder:
            raise UsageError(f"{folder}: cannot be searched: {error.strerror or error}") from None
        locked.append(os.path.normpath(error.filename))

    for root, folders, names in os.walk(folder, onerror=fail):
        if place is not None and os.path.realpath(root) == place:
            folders.clear()
            continue
        if manifests.NAME in names and manifests.load(Path(root)) is not None:
            found.outputs.append(root)
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        shown = sorted(name for name in names if not name.startswith("."))
        # Not all XML, HTML and JSON is a page: what no reader knows must not stand for the text beside it.
        pages = [name for name in shown if _may_be_page(os.path.join(root, name))]
        same_page = _read_otherwise(pages)
        for name in shown:
            path = os.path.normpath(os.path.join(root, name))
            if name in same_page:
                instead = os.path.normpath(os.path.join(root, same_page[name]))
                found.read_otherwise.append((path, instead))
            elif name in pages:
                yield path
            elif name not in SETTINGS:
                found.passed_over.append(path)
    yield from locked


def _may_be_page(path: str) -> bool:
    """Whether a file of a folder is taken for a page, or for pages: by its suffix, and markup by content."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in COORDINATES:
        return kind_of_file(path) is not None
    return path.lower().endswith((*PAGE_SUFFIXES, *RECORD_SUFFIXES))


def _read_otherwise(names: Iterable[str]) -> dict[str, str]:
    """The files of a folder that are a page which another file holds too, called the same but for the suffix;
    each with that other one.

    The image, what an engine made of it and its plain text often lie side by side: coordinates come before
    text, and text before what would have to be read by OCR.
    """
    best: dict[str, tuple[int, str]] = {}
    other: dict[str, str] = {}
    for name in sorted(names):
        stem, suffix = os.path.splitext(name)
        if suffix.lower() not in PAGE_SUFFIXES:
            continue
        rank = (PAGE_SUFFIXES.index(suffix.lower()), name)
        if stem in best:
            texts = {os.path.splitext(found)[1].lower() for found in (name, best[stem][1])} <= {
                ".txt",
                ".text",
            }
            if texts:
                continue
            other[max(rank, best[stem])[1]] = stem
        best[stem] = min(rank, best.get(stem, rank))
    return {name: best[stem][1] for name, stem in other.items()}


def _pages(path: str, under: str | None) -> Iterator[Source]:
    """The page that a file is, or the pages that it holds."""
    if not path.lower().endswith(RECORD_SUFFIXES) or kind_of_file(path) is not None:
        count = images_in(path)
        if count == 1:
            yield Source(path, path, under)
        for number in range(1, count + 1) if count > 1 else ():
            yield Source(f"{path}#{number}", path, under, image=number)
        return
    seen: set[str] = set()
    offset = 0
    if not os.path.isfile(path):
        # A pipe, which would be waited for: it stays one page, which cannot be read.
        yield Source(path, path, under)
        return
    try:
        with Path(path).open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    name = _name(line, number)
                    while name in seen:
                        name = f"{name}@{number}"
                    seen.add(name)
                    yield Source(f"{path}#{name}", path, under, number, offset)
                offset += len(line)
    except OSError:
        # It stays one page, which cannot be read: that is said where pages are cleaned.
        yield Source(path, path, under)


def _name(line: bytes, number: int) -> str:
    """What a record is called: its ``id``, or the number of its line where it has none."""
    record = parsed(line)
    identity = record.get("id") if isinstance(record, dict) else None
    if isinstance(identity, str) and identity:
        return identity
    return str(identity) if type(identity) is int else f"line {number}"


def sorted_unique(paths: Iterable[str]) -> list[str]:
    """The paths in order, each file once: the output must not depend on the order of arguments."""
    found: dict[str, str] = {}
    for path in sorted(paths):
        found.setdefault(os.path.normpath(path), path)
    return list(found.values())


def refuse_inside(source: str, out: str) -> None:
    """Raise ``OutputError`` where replacing ``out`` would take the input away with it."""
    place, input_place = os.path.realpath(out), os.path.realpath(source)
    if input_place == place:
        raise OutputError(f"{out}: is the input; name another folder")
    if Path(input_place).is_relative_to(place):
        raise OutputError(f"{out}: holds the input {source}; name another folder")


def refuse_same(folder: str, out: str | None) -> None:
    """Raise ``OutputError`` where ``out`` is a folder of the input, or holds one."""
    if out is not None and Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(out)):
        raise OutputError(f"{out}: holds the input {folder}; name another folder")
