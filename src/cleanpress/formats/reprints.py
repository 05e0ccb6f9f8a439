"""``reprints.jsonl``: texts that stand on another page as well, or in an index of earlier ones; with
``--reprints set-aside`` also ``once.jsonl``: the articles without them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleanpress.corpus.index import opened as opened_index
from cleanpress.corpus.inmemory import Held
from cleanpress.corpus.reprints import Kind, Older, Print, Reprint, older, paper_of, reprints
from cleanpress.formats.outputs import Opened, Output, Piece
from cleanpress.formats.records import DECIMALS, Record, line

NAME = "reprints.jsonl"
ONCE = "once.jsonl"

_INSTEAD = ("other_page", "other_line", "other_id", "other_block", "index", "relation")

Key = tuple[str, Any, Any]
"""The page, article and block of a text."""


class Reprints(Output):
    """Remembers every block and leftover of all pages, and compares them when all are known.

    ``index`` is the path of an index and how many texts it held when the run began; with ``sets_aside``
    articles are given once more, without the blocks that are reprints.
    """

    def __init__(self, index: tuple[str, int] | None = None, *, sets_aside: bool = False) -> None:
        self._index = index
        self._sets_aside = sets_aside
        self._prints: list[Print] = []
        self._places: list[Record] = []
        self._articles: list[Record] = []
        self.records: list[Record] = []
        """What the file holds, once it is made."""

    def page(self, opened: Opened) -> Iterator[Piece]:
        found = list(_texts(opened))
        paper = paper_of(opened.source.tree)
        self._prints += [Print(opened.entry["path"], paper, text) for text, _ in found]
        self._places += [place for _, place in found]
        if self._sets_aside:
            self._articles += [_of(opened, article) for article in opened.records("articles")]
        yield from ()

    def finish(self) -> Iterator[Piece]:
        held = Held([one.text for one in self._prints])
        found: list[Reprint | Older] = list(reprints(self._prints, held))
        if self._index is not None:
            path, before = self._index
            names = [place["id"] for place in self._places]
            with opened_index(Path(path), to_write=False) as index:
                found += older(self._prints, names, held, index, before)
        found.sort(key=lambda one: (one.copy, isinstance(one, Older)))
        self.records = [self._record(one) for one in found]
        yield Piece(NAME, b"".join(map(line, self.records)))
        if self._sets_aside:
            yield Piece(ONCE, b"".join(map(line, _once(self._articles, self.records))))

    def _record(self, found: Reprint | Older) -> Record:
        if isinstance(found, Older):
            place = found.place
            other: Record = {
                "other_page": place["file"],
                "other_span": None,
                "other_line": place["line"],
                "other_column": None,
                "other_id": place.get("id"),
                "other_block": None,
                "index": found.number,
            }
        else:
            other = {f"other_{name}": value for name, value in self._places[found.kept].items()}
        return {
            **self._places[found.copy],
            **other,
            "relation": found.relation.value,
            "kind": found.kind.value,
            "similarity": round(found.similarity, DECIMALS),
        }


def _of(opened: Opened, article: Record) -> Record:
    """Of an article what ``once.jsonl`` says of it."""
    return {
        "id": article["id"],
        "page": opened.entry["path"],
        "blocks": [{"role": block["role"], "text": block["text"]} for block in article["blocks"]],
    }


def _once(articles: list[Record], found: list[Record]) -> Iterator[Record]:
    """The articles without the blocks that are reprints of a block of another article, or of a text of the
    index; each says what stands for it. An article of which nothing else is left has no ``blocks``."""
    instead: dict[Key, Record] = {}
    for record in found:
        # A leftover is in no article: it cannot stand for a block.
        can_stand = record["other_id"] is not None or "index" in record
        if record["kind"] == Kind.REPRINT.value and record["id"] is not None and can_stand:
            instead.setdefault((record["page"], record["id"], record["block"]), record)
    for key, record in list(instead.items()):
        # What stands for it may itself be in the index.
        other = (record["other_page"], record["other_id"], record["other_block"])
        instead[key] = instead.get(other, record)
    for article in articles:
        kept, gone = [], []
        for number, block in enumerate(article["blocks"]):
            copy = instead.get((article["page"], article["id"], number))
            if copy is None:
                kept.append({"block": number, **block})
            else:
                gone.append({"block": number, **{name: copy[name] for name in _INSTEAD if name in copy}})
        yield {
            **article,
            "text": "\n".join(block["text"] for block in kept),
            "blocks": kept,
            "set_aside": gone,
        }


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
