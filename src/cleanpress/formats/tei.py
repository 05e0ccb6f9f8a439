"""``tei/<page>.xml``: a page as TEI P5, for editions and readers of the digital humanities.

https://tei-c.org/release/doc/tei-p5-doc/en/html/ -- elements of the modules core, header and textstructure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

import cleanpress
from cleanpress.formats.outputs import Opened, Output, Piece, Record
from cleanpress.model import Role

# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets), and what a parser would read as a line end.
_NOT_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Tei(Output):
    """A file for each page, a ``div`` for each article, an element for each block."""

    def page(self, opened: Opened) -> Iterator[Piece]:
        yield Piece(f"tei/{opened.folder}.xml", "".join(_document(opened)).encode())


def text(content: str) -> str:
    """As the text of an element; what XML cannot hold becomes U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", content))


def attribute(content: str) -> str:
    """As the quoted value of an attribute."""
    return quoteattr(_NOT_XML.sub("\ufffd", content))


def _document(opened: Opened) -> Iterator[str]:
    name = opened.entry["path"]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0">\n'
    yield "<teiHeader>\n<fileDesc>\n"
    yield f"<titleStmt><title>{text(name)}</title></titleStmt>\n"
    yield "<publicationStmt><p>Made from the text of a scanned newspaper page.</p></publicationStmt>\n"
    yield (
        f"<sourceDesc><p>{text(name)}, SHA-256 {opened.entry['sha256']}, "
        f"{text(opened.entry['encoding'])}</p></sourceDesc>\n</fileDesc>\n"
    )
    yield f'<encodingDesc><appInfo><application ident="cleanpress" version="{cleanpress.__version__}">'
    yield "<label>cleanpress</label></application></appInfo></encodingDesc>\n"
    yield "</teiHeader>\n<text>\n<body>\n"
    records = opened.records("articles")
    for record in records:
        yield from _article(record)
    if not records:
        # A body must not be empty.
        yield "<div><p/></div>\n"
    yield "</body>\n</text>\n</TEI>\n"


def _article(record: Record) -> Iterator[str]:
    # An XML id must not begin with a digit.
    yield f'<div type="article" xml:id="a{record["id"]}" n="{record["position"]}" '
    yield f'cert="{record["confidence"]:g}">\n'
    blocks = record["blocks"]
    gaps = {(gap["block"], gap["side"]): gap["reason"] for gap in record["gaps"]}
    titled = True
    wrote_text = False
    for k, block in enumerate(blocks):
        content = "".join(
            [
                _gap(gaps.get((k, "before"))),
                _joined(block["text"], [join for join in record["joins"] if join["block"] == k]),
                _gap(gaps.get((k, "after"))),
            ]
        )
        role = block["role"]
        head = {"kicker": "kicker", "headline": "main", "subtitle": "sub"}.get(role)
        # Heads stand at the top of a division; a title line further down is a paragraph of its kind.
        if titled and head is not None:
            yield f'<head type="{head}">{content}</head>\n'
            continue
        if role == Role.BYLINE.value and (titled or k == len(blocks) - 1):
            yield f"<byline>{content}</byline>\n"
            continue
        titled = False
        wrote_text = True
        kind = "" if role == Role.PARAGRAPH.value else f" rend={attribute(role)}"
        yield f"<p{kind}>{content}</p>\n"
    if not wrote_text:
        yield "<p/>\n"
    yield "</div>\n"


def _joined(content: str, joins: list[Record]) -> str:
    """The text with a milestone where torn pieces were healed."""
    parts, start = [], 0
    for join in sorted(joins, key=lambda each: int(each["offset"])):
        parts.append(text(content[start : join["offset"]]))
        parts.append(f'<milestone unit="join" cert="{join["confidence"]:g}"/>')
        start = join["offset"]
    return "".join([*parts, text(content[start:])])


def _gap(reason: str | None) -> str:
    return "" if reason is None else f'<gap reason="lost"><desc>{text(reason)}</desc></gap>'
