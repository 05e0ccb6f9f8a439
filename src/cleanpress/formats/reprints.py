"""``reprints.jsonl``: texts that stand on another page as well; only with ``--repeats-scope run``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cleanpress.corpus.reprints import Print, paper_of, reprints
from cleanpress.formats.outputs import Opened, Output, Piece
from cleanpress.formats.records import DECIMALS, Record, line

NAME = "reprints.jsonl"


class Reprints(Output):
    """Remembers every block and leftover of all pages, and compares them when all are known."""

    def __init__(self) -> None:
        self._prints: list[Print] = []
        self._places: list[Record] = []

    def page(self, opened: Opened) -> Iterator[Piece]:
        found = list(_texts(opened))
        paper = paper_of(opened.source.tree)
        self._prints += [Print(opened.entry["path"], paper, text) for text, _ in found]
        self._places += [place for _, place in found]
        yield from ()

    def finish(self) -> Iterator[Piece]:
        lines = []
        for found in reprints(self._prints):
            other = {f"other_{name}": value for name, value in self._places[found.kept].items()}
            lines.append(
                line(
                    {
                        **self._places[found.copy],
                        **other,
                        "relation": found.relation.value,
                        "kind": found.kind.value,
                        "similarity": round(found.similarity, DECIMALS),
                    }
                )
            )
        yield Piece(NAME, b"".join(lines))


def _texts(opened: Opened) -> Iterator[tuple[str, Record]]:
    """The texts of a page, each with its place; an article's block by the article's id and its number."""
    for article in opened.records("articles"):
        for number, block in enumerate(article["blocks"]):
            yield block["text"], _place(opened, block, block["spans"][0], article["id"], number)
    for leftover in opened.records("leftovers"):
        yield leftover["after"], _place(opened, leftover, leftover["span"], None, None)


def _place(opened: Opened, record: Record, span: Any, article: str | None, block: int | None) -> Record:
    return {
        "page": opened.entry["path"],
        "span": span,
        "line": record["line"],
        "column": record["column"],
        "id": article,
        "block": block,
    }
