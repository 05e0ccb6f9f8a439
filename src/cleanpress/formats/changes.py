"""The edits of a finished folder as a reader wants to see them: with the print around them, rule by rule."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleanpress.errors import InputError, UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats import parse
from cleanpress.formats.again import page_again
from cleanpress.model import Span

STRUCTURAL = frozenset({"block-break", "line-break"})
"""Rules that fold the lines of a page: thousands of edits, of which only white space is taken."""

EDITS = "edits.jsonl"

FLANK = 10
"""Code points of the page shown on each side of an edit."""

_INK = {"\n": "⏎", "\r": "␍", "\t": "⇥", " ": "␣", "\u3000": "□"}


@dataclass(frozen=True, slots=True)
class ShownEdit:
    """An edit with its place, and the page as printed on both sides of it.

    ``left`` and ``right`` are ``None`` where the input could not be read.
    """

    page: str
    span: Span
    line: int
    column: int
    rule: str
    before: str
    after: str
    confidence: float
    reason: str
    left: str | None
    right: str | None

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that met in the place, in the order they ran."""
        return tuple(self.rule.split("+"))

    @property
    def is_structural(self) -> bool:
        """Whether the edit only folds lines."""
        return STRUCTURAL.issuperset(self.rules)

    @property
    def place(self) -> str:
        """``page.txt:12:1``, which editors can open."""
        return f"{self.page}:{self.line}:{self.column}"


def require_manifest(out: Path) -> manifests.Manifest:
    """The manifest of a folder that ``cleanpress run`` wrote; ``UsageError`` where ``out`` is none."""
    if not out.is_dir():
        raise UsageError(f"{out}: there is no such folder")
    manifest = manifests.load(out)
    inputs = manifest.get("inputs") if manifest is not None else None
    configuration = manifest.get("configuration") if manifest is not None else None
    if (
        manifest is None
        or not isinstance(inputs, list)
        or not isinstance(configuration, dict)
        or "command" in configuration
    ):
        raise UsageError(f"{out}: is not a folder that cleanpress run wrote")
    if manifest.get("format") != manifests.FORMAT:
        raise UsageError(
            f"{out}: is a folder of format {manifest.get('format')!r}; this version of cleanpress "
            f"knows format {manifests.FORMAT}"
        )
    return manifest


def as_written(out: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether ``edits.jsonl`` is, by its SHA-256 and size, the file that the manifest lists.

    Raises ``InputError`` where it cannot be read.
    """
    outputs = manifest.get("outputs")
    listed = [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
    path = out / EDITS
    try:
        return [manifests.is_as_listed(path, o) for o in listed if o.get("path") == EDITS] == [True]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def shown_edits(
    out: Path, manifest: Mapping[str, Any], root: Path, missing: list[str]
) -> Iterator[ShownEdit]:
    """The edits of ``edits.jsonl`` in its order; one page is in memory at a time.

    Adds to ``missing`` one line for each input that could not be read again. Raises ``InputError`` where
    a line of the file is no edit.
    """
    entries = {entry["path"]: entry for entry in manifest["inputs"] if isinstance(entry, dict)}
    path = out / EDITS
    source, text = None, None
    try:
        with path.open("rb") as lines:
            for number, content in enumerate(lines, start=1):
                try:
                    record = parse.record_of(content)
                    edit = parse.edit(record)
                    line, column = (parse.integer(record, key) for key in ("line", "column"))
                except parse.RecordError as error:
                    raise InputError(f"{path}:{number}: {error}; cleanpress verify says more") from None
                if record["page"] != source:
                    source = record["page"]
                    text = _page_text(entries.get(source), root, manifest, missing)
                start, end = edit.span
                yield ShownEdit(
                    record["page"],
                    edit.span,
                    line,
                    column,
                    edit.rule,
                    edit.before,
                    edit.after,
                    edit.confidence,
                    edit.reason,
                    text[max(0, start - FLANK) : start] if text is not None else None,
                    text[end : end + FLANK] if text is not None else None,
                )
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def _page_text(
    entry: Mapping[str, Any] | None, root: Path, manifest: Mapping[str, Any], missing: list[str]
) -> str | None:
    if entry is None or "encoding" not in entry:
        return None
    try:
        return page_again(entry, root, manifest).text
    except InputError as error:
        missing.append(f"{entry['path']}: {error}")
        return None


def visible(text: str) -> str:
    """Text with something to see for every character: ``⏎`` for a line feed, ``<U+200B>`` without ink."""
    return "".join(_INK.get(c) or (c if _has_ink(c) else f"<U+{ord(c):04X}>") for c in text)


def _has_ink(character: str) -> bool:
    # Joiners, private use and lone surrogates are not printable; a combining mark alone would hide.
    return character.isprintable() and not unicodedata.combining(character)


def chosen(
    edits: Iterator[ShownEdit], rules: Sequence[str], structural: bool, folded: Counter[str]
) -> Iterator[ShownEdit]:
    """The edits of those rules (of every rule without any), line folding only where asked for.

    Adds to ``folded``, by rule, the edits that are left out for no other reason than that they fold lines.
    """
    for edit in edits:
        if set(rules) & set(edit.rules) if rules else structural or not edit.is_structural:
            yield edit
        elif not rules:
            folded[edit.rule] += 1
