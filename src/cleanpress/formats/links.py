"""``links.jsonl``: articles that go on on another page of their issue."""

from __future__ import annotations

from collections.abc import Iterator

from cleanpress.formats.outputs import Opened, Output, Piece
from cleanpress.formats.records import Record, line
from cleanpress.issues import BACK, Cue, Link, cue_in, link, page_number, target_of, way_of
from cleanpress.model import Role

NAME = "links.jsonl"
TORN = 60
"""Characters that are remembered on the torn side of a jump line."""


class Links(Output):
    """Remembers the jump lines of all pages, and links them when all are known."""

    def __init__(self) -> None:
        self._cues: list[Cue] = []
        self._pages: list[tuple[str, tuple[str, int]]] = []
        self.records: list[Record] = []
        """What the file holds, once it is made."""

    def page(self, opened: Opened) -> Iterator[Piece]:
        numbered = page_number(opened.source.tree)
        if numbered is not None:
            cues = list(_cues(opened, *numbered))
            self._pages.append(numbered)
            self._cues += cues
        yield from ()

    def finish(self) -> Iterator[Piece]:
        self.records = [_record(each) for each in link(self._cues, self._pages)]
        yield Piece(NAME, b"".join(map(line, self.records)))


def cues_of(opened: Opened) -> list[Cue]:
    """The jump lines of a page; none of a page that is not one of an issue."""
    numbered = page_number(opened.source.tree)
    return [] if numbered is None else list(_cues(opened, *numbered))


def _cues(opened: Opened, issue: str, number: tuple[str, int]) -> Iterator[Cue]:
    for article in opened.records("articles"):
        blocks = article["blocks"]
        for k, block in enumerate(blocks):
            match = cue_in(block["text"], whole=block["role"] == Role.JUMP.value)
            if match is None:
                continue
            way = way_of(match)
            if way == BACK:
                rest = [block["text"][match.end() :], *(each["text"] for each in blocks[k + 1 :])]
                torn = next((text for text in rest if text.strip()), "")[:TORN]
            else:
                rest = [*(each["text"] for each in blocks[:k]), block["text"][: match.start()]]
                torn = next((text for text in reversed(rest) if text.strip()), "")[-TORN:]
            yield Cue(
                page=opened.entry["path"],
                issue=issue,
                number=number,
                id=article["id"],
                way=way,
                text=match[0],
                target=target_of(match),
                span=tuple(block["spans"][0 if way == BACK else -1]),
                line=block["line"],
                column=block["column"],
                torn=torn,
                title=article["title"] or "",
            )


def _record(found: Link) -> Record:
    cue, other = found.cue, found.other
    return {
        "page": cue.page,
        "span": list(cue.span),
        "line": cue.line,
        "column": cue.column,
        "id": cue.id,
        "relation": cue.way,
        "cue": cue.text,
        "issue_page": f"{cue.target[0]}{cue.target[1]}",
        "other_page": other.page if other else None,
        "other_id": other.id if other else None,
        "other_span": list(other.span) if other else None,
        "confidence": found.confidence,
        "reason": found.reason,
    }
