"""Entries bound to a page: each stage is told what was decided, before it decides anything itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rapidfuzz.distance import Indel

from cleanpress.decisions.entries import Entry, Kind, Quote
from cleanpress.decisions.places import Letters, Pieces, letters_of, on_page
from cleanpress.edited import Change, EditedText, render
from cleanpress.model import Decision, Fragment, Role, Ruling, Span

RULE = "decision"
"""The rule of an edit that a person decided."""

SOURCE = "human"
"""The source of a decision that comes from an entry."""

_LINE_END = re.compile(r"\s*[\r\n]\s*")


class Binder:
    """The entries about one page, on their way through the stages.

    ``decisions`` holds what they became, in the order of the stages; ``warnings`` says of each entry that
    could not be bound why. Without entries every method gives back what it was given.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._readings: tuple[Letters, ...] = ()
        self.decisions: list[Decision] = []
        self.warnings: list[str] = []

    def read(self, edited: EditedText) -> EditedText:
        """The text (as the rules left it) with the readings that were decided."""
        if not self._entries:
            return edited
        earlier = [Letters(edited)]
        if edited.edits:
            earlier.append(Letters(EditedText(edited.original)))
        for entry in self._of(Kind.READING):
            places = _places(edited, earlier, entry.quotes[0])
            if len(places) != 1:
                self._warn(entry, entry.quotes[0], len(places), "places")
                continue
            read = _read_as(edited, *places[0], entry)
            if read is None:
                self.warnings.append(f"{self._name(entry)}: leaves nothing of a line; quote less of the page")
                continue
            edited, span, text = read
            self._decide(entry, Ruling.READING, span, None, text)
        self._readings = (Letters(edited), *earlier)
        return edited

    def furnish(self, fragments: Sequence[Fragment]) -> tuple[Fragment, ...]:
        """The fragments, with those that were decided to be page furniture."""
        found = list(fragments)
        pieces = Pieces([fragment.span for fragment in found])
        for entry in self._of(Kind.FURNITURE):
            wanted = pieces.quoted(entry.quotes[0], self._readings)
            # The same line printed twice is furniture twice.
            if not wanted or len({letters_of(found[k].text) for k in wanted}) > 1:
                self._warn(entry, entry.quotes[0], len(wanted), "pieces")
                continue
            for k in wanted:
                found[k] = replace(found[k], role=Role.FURNITURE, open_head=0.0, open_tail=0.0)
                self._decide(entry, Ruling.FURNITURE, found[k].span)
        return tuple(found)

    def keep(self, fragments: Sequence[Fragment]) -> frozenset[int]:
        """The fragments, by their places, that no copy may stand for."""
        pieces = Pieces([fragment.span for fragment in fragments])
        kept: set[int] = set()
        for entry in self._of(Kind.KEEP):
            k = self._one(entry, entry.quotes[0], pieces)
            if k is not None:
                kept.add(k)
                self._decide(entry, Ruling.KEEP, fragments[k].span)
        return frozenset(kept)

    def order(self, fragments: Sequence[Fragment]) -> tuple[Decision, ...]:
        """What was decided about the order of the fragments that remain."""
        by_place = sorted(fragments, key=lambda fragment: fragment.span)
        pieces = Pieces([fragment.span for fragment in by_place])
        start = len(self.decisions)
        for entry in self._entries:
            if entry.kind not in {Kind.JOIN, Kind.APART, Kind.BEGINS}:
                continue
            found = [self._one(entry, quote, pieces) for quote in entry.quotes]
            spans = [by_place[k].span for k in found if k is not None]
            if len(spans) < len(entry.quotes):
                continue
            if len(spans) == 2 and spans[0] == spans[1]:
                self.warnings.append(f"{self._name(entry)}: both quotations stand in one piece of the page")
                continue
            for ruling in _rulings(entry):
                self._decide(entry, ruling, spans[0], spans[1] if len(spans) == 2 else None)
        return tuple(self.decisions[start:])

    def take_back(self, disobeyed: Sequence[Decision]) -> None:
        """Take back, with a warning, what could not be obeyed."""
        names = {entry.key: self._name(entry) for entry in self._entries}
        self.decisions = [decision for decision in self.decisions if decision not in disobeyed]
        for decision in dict.fromkeys(disobeyed):
            self.warnings.append(
                f"{names[decision.key]}: could not be obeyed; it contradicts another decision, or the pieces "
                "are too far apart"
            )

    def _of(self, kind: Kind) -> list[Entry]:
        return [entry for entry in self._entries if entry.kind is kind]

    def _one(self, entry: Entry, quote: Quote, pieces: Pieces) -> int | None:
        found = pieces.quoted(quote, self._readings)
        if len(found) == 1:
            return found[0]
        self._warn(entry, quote, len(found), "pieces")
        return None

    def _decide(
        self, entry: Entry, ruling: Ruling, span: Span, other: Span | None = None, text: str = ""
    ) -> None:
        decision = Decision(ruling, span, other, SOURCE, entry.by or entry.file, str(entry), entry.key, text)
        # The same entry may stand in two files.
        if decision not in self.decisions:
            self.decisions.append(decision)

    def _warn(self, entry: Entry, quote: Quote, count: int, what: str) -> None:
        if count == 0 and entry.is_general:
            # It may be meant for another page; whoever sees all pages warns where it is bound on none.
            return
        problem = (
            f"{count} {what} of the page read {quote}; quote more of it, or what is printed right before it "
            "(after)"
            if count
            else f"nothing on the page reads {quote}; mend the entry or remove it"
        )
        self.warnings.append(f"{self._name(entry)}: {problem}")

    def _name(self, entry: Entry) -> str:
        return f"{entry.file}: {entry}"


def _rulings(entry: Entry) -> list[Ruling]:
    match entry.kind, entry.paragraph:
        case Kind.JOIN, True:
            return [Ruling.ONE_PARAGRAPH]
        case Kind.JOIN, False:
            return [Ruling.FOLLOWS, Ruling.NEW_PARAGRAPH]
        case Kind.JOIN, _:
            return [Ruling.FOLLOWS]
        case Kind.APART, _:
            return [Ruling.APART]
    return [Ruling.BEGINS]


def _places(edited: EditedText, earlier: Sequence[Letters], quote: Quote) -> list[tuple[int, int]]:
    """The places of a quotation, as ranges of the text: of the first reading that has it.

    What only an earlier reading has is looked for where that stood; what an edit made of it in one with its
    neighbours cannot be read for itself.
    """
    letters = Letters(edited)
    if places := [letters.in_text(*place) for place in letters.find(quote)]:
        return places
    for letters in earlier:
        spans = [letters.on_page(*place) for place in letters.find(quote)]
        if spans:
            ranges = ((edited.to_text(span.start), edited.to_text(span.end), span) for span in spans)
            return [
                (low, high) for low, high, span in ranges if low < high and on_page(edited, low, high) == span
            ]
    return []


def _read_as(edited: EditedText, low: int, high: int, entry: Entry) -> tuple[EditedText, Span, str] | None:
    """The text with what an entry reads at a range of it; also the span of the page, marks that the entry
    quotes included, and what stands there now. Only the characters that differ are changed, and no line end
    is. ``None`` where nothing would be left of a line."""
    low, high, reading = _with_marks(edited.text, low, high, entry)
    changes = _changes(*_one_line(edited.text, low, high), reading, entry.note)
    if changes is None:
        return None
    read = edited.apply(changes)
    span = on_page(read, low, high + len(read.text) - len(edited.text))
    return read, span, _LINE_END.sub("", render(read.original, read.edits, span))


def _changes(text: str, offsets: Sequence[int], reading: str, reason: str) -> list[Change] | None:
    """What makes ``text`` read as ``reading``; ``offsets`` say where each of its characters stands.

    ``None`` where a whole line would go: its letters would belong to nothing. At the beginning of a line
    something is put in, or taken away, together with the character behind it, since alone it would belong
    to what ends there, and that is not the line.
    """
    after = list(text)
    starts = [k for k in range(len(text)) if k == 0 or offsets[k - 1] + 1 != offsets[k]]
    begin = frozenset(starts)
    # What both have in common stays; of what stands between, a character takes the place of a character.
    blocks = Indel.opcodes(text, reading).as_matching_blocks()
    at, to = 0, 0
    for block in blocks:
        new = reading[to : block.b]
        if at < block.a:
            after[at : block.a] = [new[k : k + 1] for k in range(block.a - at)]
            after[block.a - 1] += new[block.a - at :]
        elif new and at in begin:
            after[at] = new + after[at]
        elif new:
            after[at - 1] += new
        at, to = block.a + block.size, block.b + block.size
    changes: list[Change] = []
    for start, end in pairwise([*starts, len(text)]):
        first = next((k for k in range(start, end) if after[k].strip()), None)
        if first is None:
            return None
        # White space at the ends of a line is part of the line end, which is not the reading's.
        last = next(k for k in range(end - 1, first - 1, -1) if after[k].strip() or k == first)
        after[last] = after[last].rstrip()
        after[last + 1 : end] = [""] * (end - last - 1)
        runs = [(start, first + 1), *((k, k + 1) for k in range(first + 1, end))]
        for low, high in runs:
            wanted = after[first].lstrip() if low == start else after[low]
            if wanted == text[low:high]:
                continue
            if changes and changes[-1].end == offsets[low]:
                whole = changes[-1].after + wanted
                changes[-1] = replace(changes[-1], end=offsets[high - 1] + 1, after=whole)
            else:
                changes.append(Change(offsets[low], offsets[high - 1] + 1, wanted, RULE, 1.0, reason))
    return changes


def _with_marks(text: str, start: int, end: int, entry: Entry) -> tuple[int, int, str]:
    """The place with the marks at its ends that the entry quotes and the page has; and what it reads.

    Marks that are quoted and not there are left out of the reading too: they are no change.
    """
    quoted, reading = entry.quotes[0].text, entry.reading
    head = quoted[: next(k for k, c in enumerate(quoted) if c.isalnum())]
    tail = quoted[len(quoted) - next(k for k, c in enumerate(reversed(quoted)) if c.isalnum()) :]
    if head and text.endswith(head, 0, start):
        start -= len(head)
    else:
        reading = reading.removeprefix(head)
    if tail and text.startswith(tail, end):
        end += len(tail)
    else:
        reading = reading.removesuffix(tail)
    return start, end, reading


def _one_line(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """A stretch of the text without its line ends, and where each character of it stood."""
    offsets = list(range(start, end))
    for match in reversed([*_LINE_END.finditer(text, start, end)]):
        del offsets[match.start() - start : match.end() - start]
    return "".join([text[k] for k in offsets]), offsets
