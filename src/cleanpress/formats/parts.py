"""A page's part of the output folder: what the manifest says of it, and its lines of every record file.

A part is all that is kept of a page once it is cleaned. As a file it is a digest of the rest, a line of JSON
with what the manifest says of the page, and then the lines themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

from cleanpress.formats import parse, records
from cleanpress.formats.places import Places
from cleanpress.formats.sources import Source
from cleanpress.formats.summary import Look, looks
from cleanpress.ledger import require
from cleanpress.model import Article, Page, Result

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """``entry`` is the page's in the manifest, ``lines`` its lines of each record file, by the file's name;
    ``looks`` the places that deserve a look, which stand in no file."""

    entry: Entry
    lines: dict[str, bytes]
    looks: tuple[Look, ...] = ()

    def articles(self) -> list[Article]:
        """The page's articles, read back from its lines."""
        return [parse.article(parse.record_of(line)) for line in self.lines["articles"].splitlines()]

    def decided(self) -> set[str]:
        """The keys of the decisions that were followed."""
        return {str(parse.record_of(line).get("key")) for line in self.lines["decisions"].splitlines()}

    def result(self, page: Page) -> Result:
        """The page's result, read back from its lines. ``page`` is the page as it was when it was cleaned."""
        values = {
            name: tuple(parse.PARSERS[name](parse.record_of(line)) for line in lines.split(b"\n") if line)
            for name, lines in self.lines.items()
        }
        return Result(page=page, warnings=tuple(self.entry["warnings"]), **values)

    def dump(self) -> bytes:
        """The part as a file."""
        body = b"".join(self.lines.values())
        looks = [[look.line, look.column, look.what, look.text] for look in self.looks]
        content = json.dumps({"entry": self.entry, "looks": looks}).encode() + b"\n" + body
        return _digest(content) + b"\n" + content

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Back from ``dump``. Raises ``ValueError`` for a file that is damaged or of another kind."""
        digest, _, content = data.partition(b"\n")
        if digest != _digest(content):
            raise ValueError("is damaged")
        head_line, _, body = content.partition(b"\n")
        try:
            head = json.loads(head_line)
            entry = head["entry"]
            found = tuple(Look(entry["path"], *look) for look in head["looks"])
            sizes = entry["sizes"]
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("is not a part of a page") from error
        if list(sizes) != list(records.FILES):
            raise ValueError("is of another version")
        lines, start = {}, 0
        for name, size in sizes.items():
            lines[name] = body[start : start + size]
            start += size
        return cls(entry, lines, found)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).hexdigest().encode()


def part_of(result: Result, source: Source | None = None, decided: str = "") -> Part:
    """A cleaned page as its part of the folder; ``decided`` is the digest of what people decided about it.

    Raises ``LedgerError`` where its ledger is broken.
    """
    require(result)
    places = Places(result.page.text)
    lines = {
        name: b"".join(records.line(record) for record in of_result(result, places))
        for name, of_result in records.FILES.items()
    }
    sizes = {name: len(content) for name, content in lines.items()}
    entry = input_record(result, source, sizes, decided)
    return Part(entry, lines, tuple(looks(result)))


def input_record(result: Result, source: Source | None, sizes: dict[str, int], decided: str = "") -> Entry:
    """What the manifest says of a page that was cleaned; ``sizes`` are in bytes, by record file, ``decided``
    is the digest of what people decided about it."""
    source = source or Source.of(result.page.source)
    confidences = [round(article.confidence, records.DECIMALS) for article in result.articles]
    return {
        **source.record(),
        "sha256": result.page.sha256,
        "encoding": result.page.encoding,
        **({"decided": decided} if decided else {}),
        "counts": records.counts(result),
        "confidence": {
            "mean": round(sum(confidences) / len(confidences), records.DECIMALS),
            "lowest": min(confidences),
        }
        if confidences
        else None,
        "rules": dict(sorted(Counter(edit.rule for edit in result.edits).items())),
        "sizes": sizes,
        "warnings": list(result.warnings),
    }


def failed_record(source: Source, reason: str) -> Entry:
    """What the manifest says of a page that could not be cleaned."""
    return {**source.record(), "error": reason}
