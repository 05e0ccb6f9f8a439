"""One simulated page: what is printed, and the truth about it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from cleanpress.model import Role, Span
from corpora import CleanArticle
from simulate.columns import Piece, Run, line_breaks, pour
from simulate.compose import SetArticle, compose, in_traditional
from simulate.disorder import add_furniture, add_jump, add_junk, disorder, lose, repeat
from simulate.noise import Wear, shared_lookalikes, small_lookalikes
from simulate.settings import PageStyle, Settings, draw_style


@dataclass(frozen=True, slots=True)
class PrintedPiece:
    """A piece as it stands in the page's text, with the truth about it.

    ``span`` is its range of the page text (line breaks and indent of its later lines included), ``lines``
    the range of each printed line. ``article`` and ``block`` point into the gold (``""`` and -1 for
    furniture); ``start`` and ``end`` count characters of that gold block. ``torn_head`` and ``torn_tail``
    say that the article as published goes on in mid-block before or after the piece: printed elsewhere,
    or lost. ``copy`` marks what is printed again; its original is printed too.
    """

    span: Span
    lines: tuple[Span, ...]
    article: str
    block: int
    start: int
    end: int
    role: Role
    torn_head: bool
    torn_tail: bool
    copy: bool

    def record(self) -> dict[str, Any]:
        """The piece as plain JSON values."""
        return {
            "span": list(self.span),
            "lines": [list(line) for line in self.lines],
            "article": self.article,
            "block": self.block,
            "start": self.start,
            "end": self.end,
            "role": self.role.value,
            "torn_head": self.torn_head,
            "torn_tail": self.torn_tail,
            "copy": self.copy,
        }


@dataclass(frozen=True, slots=True)
class SimulatedPage:
    """A page's text, its gold (the format of ``cleanpress evaluate``), and every printed piece in order."""

    text: str
    gold: dict[str, Any]
    pieces: tuple[PrintedPiece, ...]
    style: PageStyle


def simulate_page(
    articles: Sequence[CleanArticle], rng: Random, settings: Settings | None = None, name: str = "page"
) -> SimulatedPage:
    """Print a page of these articles, torn as ``settings`` say; the state of ``rng`` decides all of it."""
    settings = settings or Settings()
    style = draw_style(settings, rng)
    composed = [compose(a, style, rng) for a in articles]
    if style.traditional:
        composed = [in_traditional(a) for a in composed]
    runs = [run for article in composed for run in pour(article, style, rng)]
    runs = lose(add_jump(runs, style, rng), style, rng)
    gold = _gold(name, composed, runs)
    runs = add_furniture(repeat(disorder(runs, style, rng), style, rng), style, rng)
    runs = add_junk(runs, style, rng)
    gold["furniture"] = [p.text for run in runs for p in run.pieces if p.block < 0]
    lookalikes = shared_lookalikes() if settings.shared_lookalikes else small_lookalikes()
    text, printed = _print(runs, style, Wear(style, lookalikes, rng), rng)
    return SimulatedPage(text, gold, _label(printed, gold, composed), style)


# --- truth ----------------------------------------------------------------------------------------------


def _gold(name: str, articles: Sequence[SetArticle], runs: Sequence[Run]) -> dict[str, Any]:
    """What of each article is on the page, in reading order. ``_from`` maps its blocks to the set article."""
    printed: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for run in runs:
        for piece in run.pieces:
            printed.setdefault((piece.article, piece.block), []).append((piece.start, piece.end))
    out = []
    for article in articles:
        blocks: list[str] = []
        tears: list[list[int]] = []
        gaps: list[bool] = []
        origin: list[tuple[int, int]] = []
        lost = False
        for index, block in enumerate(article.blocks):
            position = 0
            for start, end in sorted(printed.get((article.id, index), [])):
                if start > position:
                    lost = True
                if start == position and start > 0:
                    tears.append([len(blocks) - 1, start - origin[-1][1]])
                    blocks[-1] += block.text[start:end]
                else:
                    gaps.append(lost and bool(blocks))
                    blocks.append(block.text[start:end])
                    origin.append((index, start))
                    lost = False
                position = end
            lost = lost or position < len(block.text)
        if blocks:
            out.append(
                {
                    "id": article.id,
                    "title": article.title,
                    "blocks": blocks,
                    "gap_before": gaps,
                    "tears": tears,
                    "_from": origin,
                }
            )
    return {"page": name, "articles": out, "furniture": []}


def _label(
    printed: Sequence[tuple[Piece, Span, tuple[Span, ...]]],
    gold: dict[str, Any],
    articles: Sequence[SetArticle],
) -> tuple[PrintedPiece, ...]:
    """Pieces with their place in the gold instead of their place in the set article."""
    origins = {a["id"]: a.pop("_from") for a in gold["articles"]}
    lengths = {(a.id, k): len(b.text) for a in articles for k, b in enumerate(a.blocks)}
    out = []
    for piece, span, lines in printed:
        if piece.block < 0:
            out.append(
                PrintedPiece(span, lines, "", -1, 0, len(piece.text), piece.role, False, False, piece.copy)
            )
            continue
        origin = origins[piece.article]
        at = bisect_left(origin, (piece.block, piece.start + 1)) - 1
        shift = origin[at][1]
        out.append(
            PrintedPiece(
                span,
                lines,
                piece.article,
                at,
                piece.start - shift,
                piece.end - shift,
                piece.role,
                piece.start > 0,
                piece.end < lengths[piece.article, piece.block],
                piece.copy,
            )
        )
    return tuple(out)


# --- print ----------------------------------------------------------------------------------------------


def _print(
    runs: Sequence[Run], style: PageStyle, wear: Wear, rng: Random
) -> tuple[str, list[tuple[Piece, Span, tuple[Span, ...]]]]:
    out: list[str] = []
    length = 0
    printed = []
    reading: dict[tuple[str, int, int], str] = {}
    previous: Piece | None = None
    for run in runs:
        # Half of the copies are read afresh; the others repeat the engine's own output.
        fresh = run.kind == "copy" and rng.random() < 0.5
        for place, piece in enumerate(run.pieces):
            if previous is not None:
                separator = _separator(previous, piece, place == 0, style, rng)
                out.append(separator)
                length += len(separator)
            lines = _printed_lines(piece, style, wear, {} if fresh else reading, rng)
            spans = []
            for k, (lead, line) in enumerate(lines):
                out.append(lead + line)
                spans.append(Span(length + len(lead), length + len(lead) + len(line)))
                length += len(lead) + len(line)
                if k + 1 < len(lines):
                    gap = "\n\n" if style.blank_inside and rng.random() < style.blank_inside else "\n"
                    out.append(gap)
                    length += len(gap)
            printed.append((piece, Span(spans[0].start, spans[-1].end), tuple(spans)))
            previous = piece
    return "".join(out) + "\n", printed


def _separator(previous: Piece, piece: Piece, new_run: bool, style: PageStyle, rng: Random) -> str:
    if new_run:
        blank = rng.random() < style.blank_between_runs
        extra = rng.choice([1, 2, 3]) if rng.random() < style.extra_blanks else 0
        return "\n" * (1 + blank + extra)
    if piece.role in (Role.KICKER, Role.HEADLINE, Role.SUBTITLE, Role.BYLINE):
        return "\n\n" if rng.random() < style.blank_in_title else "\n"
    return "\n\n" if style.blank_between_paragraphs else "\n"


def _printed_lines(
    piece: Piece, style: PageStyle, wear: Wear, reading: dict[tuple[str, int, int], str], rng: Random
) -> list[tuple[str, str]]:
    """The piece's lines as printed, each with the white space before it; at least one, none empty."""
    indented = piece.role is Role.PARAGRAPH and piece.start == 0 and piece.block >= 0
    if style.wrapped and piece.role in (Role.PARAGRAPH, Role.SUBHEAD, Role.CAPTION):
        ends = line_breaks(piece.text, style.width, 2 if indented else 0)
    elif piece.role is Role.HEADLINE and len(piece.text) > 12 and rng.random() < style.headline_on_two_lines:
        space = piece.text.find(" ", 5)
        ends = [space + 1 if space > 0 else len(piece.text) // 2, len(piece.text)]
    else:
        ends = [len(piece.text)]
    lines = []
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        worn = []
        for offset in range(start, end):
            key = (piece.article, piece.block, piece.start + offset)
            if piece.block < 0 or key not in reading:
                reading[key] = wear.character(
                    piece.text[offset], piece.article, style.wrapped and offset + 1 == end
                )
            worn.append(reading[key])
        line = "".join(worn).strip()
        if line:
            lines.append((style.indent if indented and start == 0 else "", line))
    # Everything was misread as nothing: the engine prints the first character after all.
    return lines or [("", piece.text[:1])]
