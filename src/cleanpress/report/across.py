"""What leads from page to page: jump lines, and texts that stand on several pages.

Which jump lines answer each other, and what is a reprint, is known when all pages are: so the index of the
report lists them, and a jump line on a page leads to its row there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleanpress.model import Span

SHOWN = 500
"""Rows that the index shows of each kind: what a paper prints on every page grows with the square."""

ONWARD = "continues_on"


@dataclass(frozen=True, slots=True)
class Jump:
    """A jump line on a page: the span that holds it, whether it points onward, the page that it names, and
    the id of its article. ``href`` leads to its row of the index; empty where there is none."""

    span: Span
    onward: bool
    target: str
    article: str
    href: str = ""

    @property
    def row(self) -> str:
        """The name of its row."""
        return f"j{self.article}-{self.span.start}"


@dataclass(frozen=True, slots=True)
class End:
    """A place on a page: its path, the line (``None``: unknown) and where that is shown."""

    path: str
    line: int | None
    href: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A row: ``kind`` is ``links``, ``reprints`` or ``boilerplate``, ``relation`` as in the record, ``text``
    the jump line; ``sure`` is how sure, or how alike, the two are."""

    kind: str
    row: str
    relation: str
    text: str
    here: End
    there: End | None
    sure: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Across:
    """All rows that are shown, and how many there are of each kind."""

    rows: tuple[Crossing, ...]
    counts: dict[str, int]

    @property
    def more(self) -> int:
        """Rows that only the record has."""
        return sum(self.counts.values()) - len(self.rows)


def across_of(
    links: Sequence[Mapping[str, Any]], reprints: Sequence[Mapping[str, Any]], hrefs: Mapping[str, str]
) -> Across:
    """The rows for the records of ``links.jsonl`` and ``reprints.jsonl``; ``hrefs`` leads to each page."""
    rows: list[Crossing] = []
    counts = dict.fromkeys(("links", "reprints", "boilerplate"), 0)
    for crossing in (*_links(links, hrefs), *_reprints(reprints, hrefs)):
        counts[crossing.kind] += 1
        if counts[crossing.kind] <= SHOWN:
            rows.append(crossing)
    return Across(tuple(rows), counts)


def _links(records: Sequence[Mapping[str, Any]], hrefs: Mapping[str, str]) -> Iterator[Crossing]:
    for record in records:
        there = None
        if record["other_page"] is not None:
            there = _end(record["other_page"], record["other_id"], None, hrefs)
        here = _end(record["page"], record["id"], record["line"], hrefs)
        row = f"j{record['id']}-{record['span'][0]}"
        relation, sure = record["relation"], record["confidence"]
        yield Crossing("links", row, relation, record["cue"], here, there, sure, record["reason"])


def _reprints(records: Sequence[Mapping[str, Any]], hrefs: Mapping[str, str]) -> Iterator[Crossing]:
    for record in records:
        kind = "boilerplate" if record["kind"] == "boilerplate" else "reprints"
        here = _end(record["page"], record["id"], record["line"], hrefs)
        # A text of an index is on no page of this run, though a page may be called the same.
        known = {} if "index" in record else hrefs
        there = _end(record["other_page"], record["other_id"], record["other_line"], known)
        yield Crossing(kind, "", record["relation"], "", here, there, record["similarity"], "")


def _end(path: str, article: str | None, line: int | None, hrefs: Mapping[str, str]) -> End:
    """An article by its id, a leftover by its line."""
    page = hrefs.get(path, "")
    anchor = f"i{article}" if article is not None else f"L{line}"
    return End(path, line, f"{page}#{anchor}" if page else "")
