"""A result as the records of the output folder, and back: what docs/output.md describes.

One record is one line of a JSONL file. Keys stand in the order of the documentation, text is UTF-8 and
not escaped, confidences have four decimals: the same result gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from cleanpress.decisions.ready import Entries
from cleanpress.edited import render
from cleanpress.formats.places import Places
from cleanpress.layout.places import boxes_of
from cleanpress.model import Block, Layout, Result, Role, Span

Record = dict[str, Any]

TITLE = Role.HEADLINE
DECIMALS = 4
CONTEXT = 12
"""Characters of the page shown on each side of a suspect, white space included."""
# Line separators that JSON leaves as they are but `str.splitlines` breaks at.
_SEPARATORS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def line(record: Record) -> bytes:
    """A record as a line of JSONL, ``\\n`` included.

    A lone surrogate (a byte of a file name that is not UTF-8) is written as a JSON escape.
    """
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
    return text.translate(_SEPARATORS).encode("utf-8", "backslashreplace") + b"\n"


def article_ids(result: Result) -> list[str]:
    """A stable id for each article: 16 hex digits of BLAKE2b over page, NUL and text.

    The second article of a page with the very same text hashes ``NUL 2`` behind it, and so on.
    """
    seen: Counter[str] = Counter()
    ids = []
    for article in result.articles:
        seen[article.text] += 1
        parts = [result.page.source, article.text]
        if seen[article.text] > 1:
            parts.append(str(seen[article.text]))
        content = "\0".join(parts).encode("utf-8", "surrogatepass")
        ids.append(hashlib.blake2b(content, digest_size=8).hexdigest())
    return ids


def articles(result: Result, places: Places) -> Iterator[Record]:
    """A record for each article, in the order of the page's result."""
    ids = article_ids(result)
    for position, (article, identity) in enumerate(zip(result.articles, ids, strict=True), start=1):
        yield {
            "page": result.page.source,
            "id": identity,
            "position": position,
            "title": article.first(TITLE),
            "kicker": article.first(Role.KICKER),
            "subtitle": article.first(Role.SUBTITLE),
            "byline": article.first(Role.BYLINE),
            "text": article.text,
            "blocks": [_block(block, places, result.page.layout) for block in article.blocks],
            "joins": [
                {
                    "block": join.block,
                    "offset": join.offset,
                    "left": list(join.left),
                    "right": list(join.right),
                    "confidence": _rounded(join.confidence),
                }
                for join in article.joins
            ],
            "gaps": [{"block": gap.block, "side": gap.side, "reason": gap.reason} for gap in article.gaps],
            "confidence": _rounded(article.confidence),
        }


def repeats(result: Result, places: Places) -> Iterator[Record]:
    """A record for each copy that was set aside."""
    for repeat in result.repeats:
        kept_line, kept_column = places.of(repeat.kept.start)
        yield {
            **_where(result, repeat.span, places),
            "relation": repeat.relation.value,
            "rule": repeat.rule,
            "before": _raw(result, repeat.span),
            "kept": list(repeat.kept),
            "kept_line": kept_line,
            "kept_column": kept_column,
            "after": _raw(result, repeat.kept),
            "similarity": _rounded(repeat.similarity),
            "confidence": _rounded(repeat.similarity),
            "reason": repeat.reason,
        }


def edits(result: Result, places: Places) -> Iterator[Record]:
    """A record for each edit of the page, those inside repeats and leftovers included."""
    takers = sorted(
        [
            *((s, "article") for article in result.articles for block in article.blocks for s in block.spans),
            *((repeat.span, "repeat") for repeat in result.repeats),
            *((leftover.span, "leftover") for leftover in result.leftovers),
        ]
    )
    starts = [span.start for span, _ in takers]
    for edit in result.edits:
        # An insertion belongs to the span that it ends, not to the one that begins there.
        at = edit.span.start if len(edit.span) else max(0, edit.span.start - 1)
        k = bisect_right(starts, at) - 1
        inside = k >= 0 and edit.span.end <= takers[k][0].end
        yield {
            **_where(result, edit.span, places),
            "in": takers[k][1] if inside else "between",
            "rule": edit.rule,
            "before": edit.before,
            "after": edit.after,
            "confidence": _rounded(edit.confidence),
            "reason": edit.reason,
        }


def leftovers(result: Result, places: Places) -> Iterator[Record]:
    """A record for each span that no article took; ``after`` is what a reader sees there."""
    for leftover in result.leftovers:
        yield {
            **_where(result, leftover.span, places),
            "role": leftover.role.value,
            "rule": "furniture" if leftover.role is Role.FURNITURE else "unplaced",
            "before": _raw(result, leftover.span),
            "after": render(result.page.text, result.edits, leftover.span),
            "confidence": _rounded(leftover.confidence),
            "reason": leftover.reason,
        }


def questions(result: Result, places: Places) -> Iterator[Record]:
    """A record for each place that deserves a human's look."""
    entries = Entries(result)
    for question in result.questions:
        yield {
            **_where(result, question.span, places),
            "kind": question.kind,
            "text": question.text,
            "candidates": [
                {"span": list(span), "line": places.of(span.start)[0], "column": places.of(span.start)[1]}
                for span in question.candidates
            ],
            "confidence": _rounded(question.confidence),
            "entries": [
                {"answer": ready.answer, "candidate": ready.candidate, "entry": ready.entry}
                for ready in entries.answers(question)
            ],
        }


def suspects(result: Result, places: Places) -> Iterator[Record]:
    """A record for each reading that is doubted and stands as it was; ``context`` is the page around it."""
    for suspect in result.suspects:
        around = Span(max(0, suspect.span.start - CONTEXT), suspect.span.end + CONTEXT)
        yield {
            **_where(result, suspect.span, places),
            "rule": suspect.rule,
            "text": suspect.text,
            "alternatives": list(suspect.alternatives),
            "context": "".join(_raw(result, around).split()),
            "confidence": _rounded(suspect.confidence),
            "reason": suspect.reason,
        }


def decisions(result: Result, places: Places) -> Iterator[Record]:
    """A record for each decision of others that was obeyed."""
    for decision in result.decisions:
        yield {
            **_where(result, decision.span, places),
            "ruling": decision.ruling.value,
            "other": list(decision.other) if decision.other is not None else None,
            "source": decision.source,
            "by": decision.by,
            "question": decision.question,
            "key": decision.key,
            "text": decision.text,
        }


FILES: dict[str, Callable[[Result, Places], Iterator[Record]]] = {
    "articles": articles,
    "repeats": repeats,
    "edits": edits,
    "leftovers": leftovers,
    "questions": questions,
    "decisions": decisions,
    "suspects": suspects,
}
"""The record files, ``<name>.jsonl`` each, and what fills them."""


def counts(result: Result) -> dict[str, int]:
    """What a page's result holds, for the manifest and the summary."""
    return {
        "characters": len(result.page.text),
        "articles": len(result.articles),
        "joins": sum(len(article.joins) for article in result.articles),
        "gaps": sum(len(article.gaps) for article in result.articles),
        "repeats": len(result.repeats),
        "edits": len(result.edits),
        "leftovers": len(result.leftovers),
        "questions": len(result.questions),
        "decisions": len(result.decisions),
        "suspects": len(result.suspects),
    }


def _block(block: Block, places: Places, layout: Layout | None) -> Record:
    first = places.of(block.spans[0].start)
    record: Record = {
        "role": block.role.value,
        "text": block.text,
        "spans": [list(span) for span in block.spans],
        "line": first[0],
        "column": first[1],
    }
    if layout is not None:
        boxes = [place for span in block.spans for place in boxes_of(layout, span)]
        record["boxes"] = [[page, *box] for page, box in boxes]
    return record


def _where(result: Result, span: Span, places: Places) -> Record:
    at_line, column = places.of(span.start)
    return {"page": result.page.source, "span": list(span), "line": at_line, "column": column}


def _raw(result: Result, span: Span) -> str:
    return result.page.text[span.start : span.end]


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
