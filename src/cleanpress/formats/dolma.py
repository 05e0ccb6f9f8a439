"""``dolma/``: articles as documents and what is known of them as attributes, for tools that build corpora.

The layout of the Dolma toolkit (https://github.com/allenai/dolma/blob/main/docs/data-format.md): documents
have ``id``, ``text``, ``source`` and ``metadata``; a file of attributes has a line for each document in the
same order, with spans ``[start, end, score]`` that count code points of ``text``.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleanpress.formats.outputs import Opened, Output, Piece, Record
from cleanpress.formats.records import line

DOCUMENTS = "dolma/documents/articles.jsonl"
ATTRIBUTES = "dolma/attributes/cleanpress/articles.jsonl"
SOURCE = "cleanpress"


class Dolma(Output):
    """Two files that have a line for each article."""

    def begin(self) -> Iterator[Piece]:
        yield Piece(DOCUMENTS, b"", more=True)
        yield Piece(ATTRIBUTES, b"", more=True)

    def page(self, opened: Opened) -> Iterator[Piece]:
        for record in opened.records("articles"):
            yield Piece(DOCUMENTS, line(_document(record, opened)), more=True)
            yield Piece(ATTRIBUTES, line(_attributes(record)), more=True)


def _document(record: Record, opened: Opened) -> Record:
    return {
        "id": record["id"],
        "text": record["text"],
        "source": SOURCE,
        "metadata": {
            "page": record["page"],
            "page_sha256": opened.entry["sha256"],
            **{
                key: record[key]
                for key in ("position", "title", "kicker", "subtitle", "byline", "confidence")
            },
        },
    }


def _attributes(record: Record) -> Record:
    starts, start = [], 0
    for block in record["blocks"]:
        starts.append(start)
        start += len(block["text"]) + 1
    ends = [start + len(block["text"]) for start, block in zip(starts, record["blocks"], strict=True)]
    roles: dict[str, list[list[float]]] = {}
    for k, block in enumerate(record["blocks"]):
        roles.setdefault(f"cleanpress__{block['role']}", []).append([starts[k], ends[k], 1.0])
    joins = [
        [
            starts[join["block"]] + join["offset"] - 1,
            starts[join["block"]] + join["offset"] + 1,
            join["confidence"],
        ]
        for join in record["joins"]
    ]
    gaps = []
    for gap in record["gaps"]:
        at = starts[gap["block"]] if gap["side"] == "before" else ends[gap["block"]]
        gaps.append([at, at, 1.0])
    return {
        "id": record["id"],
        "source": SOURCE,
        "attributes": {
            "cleanpress__confidence": [[0, len(record["text"]), record["confidence"]]],
            "cleanpress__join": joins,
            "cleanpress__gap": gaps,
            **dict(sorted(roles.items())),
        },
    }
