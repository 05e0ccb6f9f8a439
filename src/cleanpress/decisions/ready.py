"""Ready-made entries: what to write into ``decisions.toml`` to answer a question that a page leaves open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from cleanpress.decisions.entries import TABLE, Kind, Quote
from cleanpress.decisions.places import Letters, Pieces, letters_of
from cleanpress.edited import EditedText
from cleanpress.model import Question, Repeat, Result, Span, Suspect

LENGTHS = (12, 18, 27, 40, 60, 90)
"""Letters that are quoted: as few as tell the piece apart from all others, else the whole piece."""

MOST_PLACES = 20
"""A quotation that stands on the page more often than this is not looked into: it tells nothing apart."""

CONTEXTS = (8, 16, 32, 64)
"""Letters of what is printed before a piece that are quoted where its own do not tell it apart."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An entry as text. ``answer`` says what it decides (``follows``, ``precedes``, ``apart``, ``begins``,
    ``one paragraph``, ``new paragraph``, ``keep``, ``reading``), ``candidate`` the place of the candidate
    that it chooses, or of the alternative that it reads."""

    answer: str
    candidate: int | None
    entry: str


class Entries:
    """The entries for one page, as far as its pieces can be told apart by what they read."""

    def __init__(self, result: Result) -> None:
        self._result = result
        self._page = PurePath(result.page.source.replace("\\", "/")).name

    @cached_property
    def _letters(self) -> Letters:
        return Letters(EditedText(self._result.page.text, self._result.edits))

    @cached_property
    def _placed(self) -> Pieces:
        """The pieces that an order can be decided of: what is in articles, and what was left over."""
        return Pieces(sorted([*self._in_articles(), *(left.span for left in self._result.leftovers)]))

    @cached_property
    def _printed(self) -> Pieces:
        """All pieces, copies included."""
        copies = (repeat.span for repeat in self._result.repeats)
        leftovers = (left.span for left in self._result.leftovers)
        return Pieces(sorted([*self._in_articles(), *copies, *leftovers]))

    def _in_articles(self) -> Iterator[Span]:
        return (s for article in self._result.articles for block in article.blocks for s in block.spans)

    def answers(self, question: Question) -> list[Ready]:
        """An entry for each answer to a question, in the order of its candidates; then that none is right."""
        kind, here = question.kind, question.span
        if kind == "paragraph":
            pair = here, question.candidates[0]
            found = [
                self._ready("one paragraph", 0, Kind.JOIN, pair, "paragraph = true"),
                self._ready("new paragraph", 0, Kind.JOIN, pair, "paragraph = false"),
            ]
        elif kind == "untitled":
            found = [
                self._ready("precedes", k, Kind.JOIN, (candidate, here))
                for k, candidate in enumerate(question.candidates)
            ]
            found.append(self._ready("begins", None, Kind.BEGINS, (here,)))
        elif kind in {"join", "cut"}:
            found = [
                self._ready("follows", k, Kind.JOIN, (here, candidate))
                for k, candidate in enumerate(question.candidates)
            ]
            found.append(self._ready("apart", 0, Kind.APART, (here, question.candidates[0])))
        else:
            found = []
        return [entry for entry in found if entry is not None]

    def copy_kept(self, repeat: Repeat) -> Ready | None:
        """The entry that keeps a copy which was set aside."""
        quote = self._quote(repeat.span, self._printed)
        return None if quote is None else Ready("keep", None, self._entry(Kind.KEEP, [quote]))

    @property
    def page(self) -> str:
        """The page as an entry names it: its file's name, as TOML."""
        return _string(self._page)

    def quotation(self, span: Span) -> str | None:
        """A piece as an entry quotes it, as TOML; ``None`` where it cannot be told apart from others."""
        quote = self._quote(span, self._placed)
        return None if quote is None else _quoted(quote)

    def readings(self, suspect: Suspect) -> list[Ready]:
        """An entry for each alternative of a suspect, and for what stands there."""
        letters = self._letters
        start, end = letters.range_of(suspect.span)
        text = letters.edited.text
        low, high = letters.edited.to_text(suspect.span.start), letters.edited.to_text(suspect.span.end)
        for around in CONTEXTS:
            first, last = max(0, start - around), min(len(letters.key), end + around)
            if first == last:
                return []
            begin, stop = letters.in_text(first, last)
            quote = Quote(text[begin:stop])
            if low < begin or high > stop or not quote.text.isprintable():
                continue
            if sum(1 for _ in letters.find(quote)) == 1:
                read = [*suspect.alternatives, suspect.text]
                return [
                    Ready(
                        "reading",
                        k if k < len(suspect.alternatives) else None,
                        self._entry(
                            Kind.READING,
                            [quote],
                            f"as = {_string(text[begin:low] + reading + text[high:stop])}",
                        ),
                    )
                    for k, reading in enumerate(read)
                ]
        return []

    def _ready(
        self, answer: str, candidate: int | None, kind: Kind, spans: Sequence[Span], more: str = ""
    ) -> Ready | None:
        """An entry about pieces; of two the end of the first is quoted, and the beginning of the second."""
        quotes = [
            self._quote(span, self._placed, from_end=len(spans) == 2 and k == 0)
            for k, span in enumerate(spans)
        ]
        found = [quote for quote in quotes if quote is not None]
        if len(found) < len(quotes):
            return None
        return Ready(answer, candidate, self._entry(kind, found, more))

    def _quote(self, span: Span, pieces: Pieces, *, from_end: bool = False) -> Quote | None:
        """The shortest quotation that only this piece can be meant by; ``None`` where there is none."""
        letters = self._letters
        start, end = letters.range_of(span)
        number = pieces.holding(span)
        if start == end or number is None:
            return None
        lengths = [length for length in LENGTHS if length < end - start]
        for length in [*lengths, end - start]:
            quote = self._excerpt(*((end - length, end) if from_end else (start, start + length)))
            if self._is_rare(quote) and pieces.quoted(quote, [letters]) == [number]:
                return quote
        if not self._is_rare(quote):
            return None
        for length in CONTEXTS:
            if start:
                before = letters.in_text(max(0, start - length), start)
                context = _one_line(letters.edited.text[slice(*before)])
                quote = Quote(quote.text, after=context)
                if pieces.quoted(quote, [letters]) == [number]:
                    return quote
        return None

    def _is_rare(self, quote: Quote) -> bool:
        return self._letters.key.letters.count(letters_of(quote.text)) <= MOST_PLACES

    def _excerpt(self, start: int, end: int) -> Quote:
        low, high = self._letters.in_text(start, end)
        return Quote(_one_line(self._letters.edited.text[low:high]))

    def _entry(self, kind: Kind, quotes: Sequence[Quote], more: str = "") -> str:
        said = [_quoted(quote) for quote in quotes]
        value = f"[\n  {said[0]},\n  {said[1]},\n]" if len(said) == 2 else said[0]
        lines = [f"[[{TABLE}]]", f"page = {self.page}", f"{kind} = {value}", more]
        return "\n".join(line for line in lines if line) + "\n"


def _one_line(text: str) -> str:
    """A quotation of what can be printed: nothing else counts, but for letters."""
    return "".join(c if c.isprintable() else " " for c in text)


def _quoted(quote: Quote) -> str:
    if not quote.after:
        return _string(quote.text)
    return f"{{ text = {_string(quote.text)}, after = {_string(quote.after)} }}"


def _string(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for the delete character, and for halves of
    surrogate pairs, which TOML has not."""
    shown = text.encode("utf-8", "replace").decode()
    return json.dumps(shown, ensure_ascii=False).replace("\x7f", "\\u007f")
