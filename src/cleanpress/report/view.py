"""A result as the report shows it: lines of the page on one side, articles on the other.

Both sides are made of the same **pieces**, the spans that the ledger knows: a span of an article's block, a
copy set aside, a leftover. A piece has a number, in the order of the page, by which the two sides find each
other. Nothing here is text of our own: words are in ``words.toml``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleanpress.decisions.ready import Entries
from cleanpress.edited import render
from cleanpress.formats import records
from cleanpress.formats.places import Places
from cleanpress.model import Article, Join, Question, Result, Role, Span
from cleanpress.report.across import Jump
from cleanpress.report.marks import Marks, Run, folds
from cleanpress.report.pieces import Piece, look_of, pieces_of
from cleanpress.report.sheet import Sheet, sheets_of

EXCERPT = 28
"""Characters of a piece that a question quotes: about two printed lines."""

AROUND = 12
"""Characters of the page on each side of a suspect."""

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line: of a piece (``first`` and ``last``: where that begins and ends), or of none."""

    piece: Piece | None
    runs: tuple[Run, ...]
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page as it came; ``target`` is the first piece on it."""

    number: int
    segments: tuple[Segment, ...]
    target: Piece | None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece inside a block, with its edits applied; ``join`` heals it to the part before it."""

    piece: Piece
    runs: tuple[Run, ...]
    join: Join | None


@dataclass(frozen=True, slots=True)
class BlockView:
    """A line of an article; ``lost_before`` and ``lost_after`` are the reasons of its gaps."""

    number: int
    role: Role
    parts: tuple[Part, ...]
    lost_before: str | None
    lost_after: str | None


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with its number from 0; ``id`` is its record's."""

    number: int
    id: str
    title: str | None
    confidence: float
    blocks: tuple[BlockView, ...]

    @property
    def look(self) -> str:
        """The class that gives the article its colour."""
        return look_of(self.number)


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer to a question: ``answer`` as in ``decisions.ready`` (empty for a candidate that no entry
    can be written for), the candidate that it chooses quoted where the two would meet, and the entry."""

    answer: str
    piece: Piece | None
    quoted: str
    entry: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question: the piece asked about (``None`` where the record names a span that is no piece), quoted
    where an answer would meet it, and the answers."""

    number: int
    question: Question
    line: int
    column: int
    piece: Piece | None
    here: str
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything the report shows of one page."""

    result: Result
    places: Places
    pieces: tuple[Piece, ...]
    lines: tuple[Line, ...]
    articles: tuple[ArticleView, ...]
    questions: tuple[QuestionView, ...]
    sheets: tuple[Sheet, ...]
    jumps: dict[Span, Jump]
    entries: Entries
    counts: dict[str, int]
    rules: tuple[tuple[str, int], ...]

    @property
    def folded(self) -> int:
        """Edits that only fold the ends of lines."""
        return sum(folds(edit.rule) for edit in self.result.edits)

    def pieces_in(self, span: Span) -> list[Piece]:
        """The pieces that share a character with the span."""
        k = max(0, bisect_right(self.pieces, span.start, key=lambda piece: piece.span.start) - 1)
        found = []
        while k < len(self.pieces) and self.pieces[k].span.start < span.end:
            if self.pieces[k].span.end > span.start:
                found.append(self.pieces[k])
            k += 1
        return found

    def around(self, span: Span) -> tuple[str, str]:
        """What the page reads before and behind a span, a few characters each, line ends left out."""
        text = self.result.page.text
        before = "".join(text[max(0, span.start - AROUND) : span.start].splitlines())
        return before, "".join(text[span.end : span.end + AROUND].splitlines())

    def text_of(self, span: Span) -> str:
        """What a reader sees of a piece's span."""
        return render(self.result.page.text, self.result.edits, span)


def page_view(result: Result, pictures: Sequence[str] = (), jumps: Sequence[Jump] = ()) -> PageView:
    """The view of a page whose ledger holds. ``pictures`` are addresses of what its images look like,
    ``jumps`` its jump lines."""
    places = Places(result.page.text)
    pieces = pieces_of(result, places)
    by_span = {piece.span: piece for piece in pieces}
    marks = Marks(result.page.text, result.edits, [suspect.span for suspect in result.suspects])
    entries = Entries(result)
    ids = records.article_ids(result)
    rules = Counter(name for edit in result.edits for name in edit.rule.split("+"))
    return PageView(
        result,
        places,
        pieces,
        tuple(_lines(result.page.text, pieces, marks)),
        tuple(_article(k, ids[k], article, by_span, marks) for k, article in enumerate(result.articles)),
        tuple(_question(result, k, by_span, places, entries) for k in range(len(result.questions))),
        sheets_of(result, pieces, pictures),
        {jump.span: jump for jump in jumps},
        entries,
        records.counts(result),
        tuple(sorted(rules.items(), key=lambda item: (folds(item[0]), -item[1], item[0]))),
    )


def _lines(text: str, pieces: Sequence[Piece], marks: Marks) -> Iterator[Line]:
    """Every line of the page, cut where pieces begin and end."""
    k = 0
    for number, match in enumerate(_LINE.finditer(text), start=1):
        start, end = match.span(1)
        if number > 1 and start == len(text):
            return  # Behind the last line end there is no line.
        segments: list[Segment] = []
        target = None
        position = start
        while k < len(pieces) and pieces[k].span.start < match.end():
            piece = pieces[k]
            low, high = max(piece.span.start, start), min(piece.span.end, end)
            if low > position:
                segments.append(Segment(None, tuple(marks.raw(Span(position, low)))))
            ends_here = piece.span.end <= match.end()
            if high > low:
                target = target or piece
                runs = tuple(marks.raw(Span(low, high)))
                # The line end belongs to an edit; where it is part of the piece, the piece ends behind it.
                segments.append(Segment(piece, runs, low == piece.span.start, ends_here))
                position = high
            if not ends_here:
                break
            k += 1
        runs = tuple(_line_end(marks.raw(Span(position, match.end())), position, marks))
        if runs:
            segments.append(Segment(None, runs))
        yield Line(number, tuple(segments), target)


def _line_end(runs: Iterator[Run], start: int, marks: Marks) -> Iterator[Run]:
    """The last runs of a line without its end; an edit shows where it begins, not on each line it takes."""
    for run in runs:
        text = run.text.rstrip("\r\n")
        if text or (run.edit is not None and marks.start_of(run.edit) >= start):
            yield Run(text, run.edit, run.suspect)


def _article(
    number: int, identity: str, article: Article, by_span: dict[Span, Piece], marks: Marks
) -> ArticleView:
    joins = {(join.block, join.left, join.right): join for join in article.joins}
    gaps = {(gap.block, gap.side): gap.reason for gap in article.gaps}
    blocks = []
    for b, block in enumerate(article.blocks):
        parts = []
        for k, span in enumerate(block.spans):
            join = joins.get((b, block.spans[k - 1], span)) if k else None
            parts.append(Part(by_span[span], tuple(marks.cleaned(span)), join))
        blocks.append(BlockView(b, block.role, tuple(parts), gaps.get((b, "before")), gaps.get((b, "after"))))
    return ArticleView(number, identity, article.first(records.TITLE), article.confidence, tuple(blocks))


def _question(
    result: Result, number: int, by_span: dict[Span, Piece], places: Places, entries: Entries
) -> QuestionView:
    question = result.questions[number]
    backwards = question.kind == "untitled"

    def quoted(span: Span, *, end: bool) -> str:
        if span not in by_span:
            text = result.page.text[span.start : span.end]
        else:
            text = render(result.page.text, result.edits, span)
        if len(text) <= EXCERPT:
            return text
        return "…" + text[-EXCERPT:] if end else text[:EXCERPT] + "…"

    def answer(name: str, candidate: int | None, entry: str) -> AnswerView:
        if candidate is None:
            return AnswerView(name, None, "", entry)
        span = question.candidates[candidate]
        return AnswerView(name, by_span.get(span), quoted(span, end=backwards), entry)

    ready = entries.answers(question)
    known = {choice.candidate for choice in ready if choice.answer != "apart"}
    answers = [answer("", k, "") for k in range(len(question.candidates)) if k not in known]
    answers += [answer(choice.answer, choice.candidate, choice.entry) for choice in ready]
    return QuestionView(
        number,
        question,
        *places.of(question.span.start),
        by_span.get(question.span),
        quoted(question.span, end=not backwards),
        tuple(answers),
    )
