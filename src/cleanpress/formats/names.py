"""Names for files and folders that are safe on every system, whatever a title holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from cleanpress.formats.sources import Source

MAX_BYTES = 120
"""The longest name in UTF-8 bytes: under half of the 255 that common file systems take, so that archive
and encryption layers, which make names longer, take it as well."""

NAMELESS = "untitled"

_FILE_SUFFIXES = frozenset({"md", "xml"})

_SAFE_ASCII = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,+=()@")

# Device names that Windows reserves in every folder, with any extension.
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{device}{digit}" for device in ("COM", "LPT") for digit in "0123456789¹²³"]
)


def safe_name(text: str, *, prefix: str = "", suffix: str = "") -> str:
    """``prefix + text + suffix`` as a name of at most ``MAX_BYTES`` UTF-8 bytes.

    What cannot stand in a name on some system becomes ``_``; control, format and unassigned characters
    (right-to-left marks, zero-width joiners) go. An empty outcome is called ``untitled``. ``prefix`` and
    ``suffix`` stay as they are, so they must be safe themselves.
    """
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        safe = _safe(character)
        if safe != "_" or kept[-1:] != ["_"]:
            kept.append(safe)
    # One byte is kept for the mark that tells a reserved name apart.
    name = _cut("".join(kept), MAX_BYTES - 1 - len((prefix + suffix).encode())) or NAMELESS
    if not prefix and name.split(".")[0].upper() in _RESERVED:
        name = f"_{name}"
    return f"{prefix}{name}{suffix}"


def page_folders(sources: Iterable[Source]) -> dict[str, str]:
    """A folder for each page, by its name: its place in the tree of the input, with ``-2``, ``-3`` … where
    that is taken.

    Names that differ only in case count as one: many file systems cannot tell them apart.
    """
    folders: dict[str, str] = {}
    # Each name that is taken with the last number tried behind it: counting again from 2 for each of
    # thousands of pages of one name would take minutes.
    taken: dict[str, int] = {}
    for source in sources:
        *parents, stem = source.tree
        above = "".join(f"{_folder(parent)}/" for parent in parents)
        name = above + _folder(stem)
        plain = _folded(name)
        number = taken.get(plain, 1)
        while _folded(name) in taken:
            number += 1
            name = above + safe_name(stem, suffix=f"-{number}")
        taken[plain] = number
        taken.setdefault(_folded(name), 1)
        folders[source.name] = name
    return folders


def _folder(name: str) -> str:
    """A safe name that no file has: files of a page and folders of other pages may stand in one folder."""
    safe = safe_name(name)
    stem, dot, suffix = safe.rpartition(".")
    return f"{stem}_{suffix}" if dot and suffix.lower() in _FILE_SUFFIXES else safe


def article_name(position: int, count: int, title: str | None) -> str:
    """``07-title.md``: the number has as many digits as ``count`` needs, two at least."""
    width = max(2, len(str(count)))
    return safe_name(title or "", prefix=f"{position:0{width}d}-", suffix=".md")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())


def _safe(character: str) -> str:
    if character.isascii() and character.isprintable() and character != " ":
        return character if character in _SAFE_ASCII else "_"
    category = unicodedata.category(character)
    if character.isspace() or category[0] == "Z":
        return "_"
    return "" if category[0] == "C" else character


def _cut(name: str, limit: int) -> str:
    """At most ``limit`` bytes, no half character, and neither marks nor dots at the ends.

    A leading dot hides a file, a leading hyphen looks like an option, and Windows drops trailing dots.
    """
    name = name.strip("._-")
    whole = name.encode()[:limit].decode(errors="ignore")
    while len(whole) < len(name) and whole and unicodedata.combining(name[len(whole)]):
        whole = whole[:-1]
    return whole.strip("._-")
