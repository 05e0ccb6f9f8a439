"""Entries of ``decisions.toml``, as docs/decisions.md describes them."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from cleanpress.errors import UsageError
from cleanpress.stages.repeats.key import comparison_key

TABLE = "decision"
_COMMON = ("page", "by", "note")
_HEADER = re.compile(rf"^[ \t]*\[\[[ \t]*{TABLE}[ \t]*\]\]", re.MULTILINE)
_AT = re.compile(r"^(.*?)\s*\(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)


class Kind(StrEnum):
    """What an entry decides; the key by which it is told."""

    JOIN = "join"
    """The second piece comes right after the first."""
    APART = "apart"
    """The second piece does not come right after the first."""
    BEGINS = "begins"
    """Nothing on the page comes before the piece."""
    KEEP = "keep"
    """Of the prints of a passage this one is kept."""
    READING = "reading"
    """Here it reads as ``as`` says."""
    FURNITURE = "furniture"
    """The piece belongs to no article."""


_KINDS = [kind.value for kind in Kind]
_KEYS = {Kind.JOIN: ("paragraph",), Kind.READING: ("as",)}


@dataclass(frozen=True, slots=True)
class Quote:
    """Some of a piece's text. Only letters and digits count: marks, spaces, width and script are noise.

    ``after`` and ``before`` quote what is printed right before and right behind it, for text that stands on
    the page more than once.
    """

    text: str
    after: str = ""
    before: str = ""

    def __str__(self) -> str:
        return f"“{self.text}”"


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. ``pages`` names the page it is about (empty: every page that it is read for); ``file``
    and ``line`` say where it stands."""

    kind: Kind
    quotes: tuple[Quote, ...]
    paragraph: bool | None = None
    reading: str = ""
    pages: str = ""
    by: str = ""
    note: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        said = f"{self.kind} {', '.join(map(str, self.quotes))}"
        return f"{said} as “{self.reading}”" if self.kind is Kind.READING else said

    @property
    def key(self) -> str:
        """A hash of what is decided: the same wherever in the file it stands."""
        quotes = [[quote.text, quote.after, quote.before] for quote in self.quotes]
        content = json.dumps([self.kind, quotes, self.paragraph, self.reading, self.by, self.note])
        return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    @property
    def is_general(self) -> bool:
        """Whether it is about many pages, so that it is no wonder when one of them has nothing of it."""
        return not self.pages or any(c in self.pages for c in "*?[")

    def is_about(self, page: str) -> bool:
        """Whether it names the page: by its path or the end of it, where ``*`` and ``?`` stand for others."""
        path = PurePath(page.replace("\\", "/"))
        parts = PurePath(self.pages.replace("\\", "/")).parts
        return not self.pages or path.parts[-len(parts) :] == parts or path.match(self.pages)


def digest(entries: Iterable[Entry]) -> str:
    """What a page's outcome depends on, of the entries it is cleaned under; empty where there are none."""
    keys = [entry.key for entry in entries]
    return hashlib.blake2b("\n".join(keys).encode(), digest_size=16).hexdigest() if keys else ""


def parse(text: str, file: str) -> tuple[Entry, ...]:
    """The entries of a file in their order. Raises ``UsageError``: file, line, key, and what to do."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.match(str(error))
        message = (found[1] if found else str(error)).rstrip(".")
        line = found[2] if found and found[2] else text.count("\n") + 1
        raise UsageError(f"{file}:{line}: is not TOML: {message}; mend the line, or remove it") from None
    lines = [text.count("\n", 0, match.start()) + 1 for match in _HEADER.finditer(text)]
    for key in content:
        if key != TABLE:
            near = get_close_matches(key, [TABLE, *_KINDS], 1)
            known = "there are only entries [[decision]]"
            if near:
                known = f"did you mean [[{TABLE}]]" + (f" with {near[0]} = …?" if near[0] != TABLE else "?")
            place = _line_of(text, key, 1)
            raise UsageError(f"{file}:{place}: {key}: there is no such key outside of [[decision]]; {known}")
    tables = content.get(TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        place = _line_of(text, rf"\[?{TABLE}", 1)
        raise UsageError(f"{file}:{place}: {TABLE}: write [[{TABLE}]], with two brackets, before each entry")
    if len(lines) != len(tables):
        # Written in another way than one header an entry: all that can be said is the file.
        lines = [1] * len(tables)
    return tuple(_Table(table, file, line, text).entry() for table, line in zip(tables, lines, strict=True))


def _line_of(text: str, key: str, start: int) -> int:
    """The line of a key's first appearance from a line on, or that line."""
    pattern = re.compile(rf"^\s*[\"']?{key}[\"']?\s*[=.\]]")
    for number, line in enumerate(text.split("\n")[start - 1 :], start=start):
        if pattern.match(line):
            return number
    return start


class _Table:
    def __init__(self, table: dict[str, Any], file: str, line: int, text: str) -> None:
        self.table = table
        self.file = file
        self.line = line
        self._text = text

    def entry(self) -> Entry:
        kinds = [kind for kind in Kind if kind in self.table]
        if not kinds:
            near = [close for key in self.table for close in get_close_matches(key, _KINDS, 1)]
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise self._error("", f"decides nothing: it needs one of {', '.join(Kind)}{hint}")
        if len(kinds) > 1:
            raise self._error(kinds[1], f"stands beside {kinds[0].value!r}: make two entries of it")
        kind = kinds[0]
        known = (kind.value, *_KEYS.get(kind, ()), *_COMMON)
        for key in self.table:
            if key not in known:
                near = get_close_matches(key, known, 1, 0.5)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                raise self._error(key, f"is no key of an entry with {kind.value!r}; {hint}")
        paragraph = self.table.get("paragraph")
        if paragraph is not None and not isinstance(paragraph, bool):
            raise self._error("paragraph", "must be true (one paragraph) or false (a new one begins)")
        return Entry(
            kind,
            self._quotes(kind),
            paragraph,
            self._reading(kind),
            self._text_of("page"),
            self._text_of("by"),
            self._text_of("note"),
            self.file,
            self.line,
        )

    def _quotes(self, kind: Kind) -> tuple[Quote, ...]:
        value = self.table[kind]
        if kind not in {Kind.JOIN, Kind.APART}:
            return (self._quote(kind, value),)
        if not isinstance(value, list) or len(value) != 2:
            raise self._error(kind, 'must be two pieces, in their order: ["the first", "the second"]')
        return tuple(self._quote(kind, item) for item in value)

    def _quote(self, kind: Kind, value: Any) -> Quote:
        if isinstance(value, str):
            value = {"text": value}
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self._error(kind, 'must quote a piece: "its text", or { text = "its text", after = "…" }')
        for key in value:
            if key not in {"text", "after", "before"}:
                raise self._error(kind, f"{key!r} is no part of a quotation; there are text, after, before")
        for key, text in value.items():
            if not comparison_key(text).letters:
                raise self._error(kind, f"quotes no letter under {key!r}; only letters and digits count")
        if "text" not in value:
            raise self._error(kind, "quotes nothing: it needs text")
        return Quote(value["text"], value.get("after", ""), value.get("before", ""))

    def _reading(self, kind: Kind) -> str:
        if kind is not Kind.READING:
            return ""
        if "as" not in self.table:
            raise self._error(kind, 'needs as = "…", which says what it reads')
        reading = self._text_of("as")
        if not comparison_key(reading).letters:
            raise self._error("as", "holds no letter; a reading cannot take a text away")
        if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in reading):
            raise self._error("as", "holds a line end or a control character; a reading is one line of print")
        return reading.strip()

    def _text_of(self, key: str) -> str:
        value = self.table.get(key, "")
        if not isinstance(value, str):
            raise self._error(key, 'must be a text in quotation marks, as "…"')
        return value

    def _error(self, key: str, message: str) -> UsageError:
        line = _line_of(self._text, re.escape(key), self.line) if key else self.line
        return UsageError(f"{self.file}:{line}: {key or f'[[{TABLE}]]'}: {message}")
