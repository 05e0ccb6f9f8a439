"""Inspect: what in the finished articles looks wrong and is not for a rule to change.

Each rule reads the paragraphs of an article as a reader sees them, torn pieces healed, and names doubts.
What the rules are for, with examples, is data (``data/inspect/rules.toml``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence

from cleanpress.edited import EditedText, render
from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Article, Block, Leftover, Role, Span, Suspect
from cleanpress.stages.inspect.doubled import doubled_word
from cleanpress.stages.inspect.doubt import Doubt, Paragraph
from cleanpress.stages.inspect.lost import lost_character, lost_mark
from cleanpress.stages.inspect.marks import clashing_marks, doubtful_dash, doubtful_dot, unpaired_mark
from cleanpress.stages.inspect.script import doubtful_script
from cleanpress.stages.inspect.undecoded import doubtful_encoding

__all__ = ["DOUBTERS", "inspect", "paragraphs_of"]

Doubter = Callable[[Sequence[Paragraph], LanguageModel], Iterable[Doubt]]

DOUBTERS: dict[str, Doubter] = {
    "lost-character": lost_character,
    "doubtful-encoding": doubtful_encoding,
    "lost-mark": lost_mark,
    "unpaired-mark": unpaired_mark,
    "clashing-marks": clashing_marks,
    "doubtful-dot": doubtful_dot,
    "doubtful-dash": doubtful_dash,
    "doubtful-script": doubtful_script,
    "doubled-word": doubled_word,
}
"""The rules by name, in the order they run."""


def inspect(
    articles: Sequence[Article],
    leftovers: Sequence[Leftover],
    edited: EditedText,
    model: LanguageModel,
    rules_off: frozenset[str] = frozenset(),
    *,
    short: frozenset[int] = frozenset(),
) -> tuple[Suspect, ...]:
    """The places of a page's articles and unplaced leftovers that are doubted, in the order of the page.

    ``short`` are the offsets of the page at which lines end that lack one cell.
    """
    texts = [paragraphs_of(article, edited, short) for article in articles]
    texts += [
        (Paragraph(render(edited.original, edited.edits, leftover.span), (leftover.span,), True, True),)
        for leftover in leftovers
        if leftover.role is not Role.FURNITURE
    ]
    found: dict[Span, Suspect] = {}
    for paragraphs in texts:
        for name, doubter in DOUBTERS.items():
            if name not in rules_off:
                for doubt in doubter(paragraphs, model):
                    for suspect in _on_page(paragraphs[doubt.paragraph], doubt, name, edited):
                        found.setdefault(suspect.span, suspect)
    return tuple(found[span] for span in sorted(found))


def paragraphs_of(
    article: Article, edited: EditedText, short: frozenset[int] = frozenset()
) -> tuple[Paragraph, ...]:
    """The paragraphs of an article, with what is known about their torn ends and the lines they stood in."""
    gaps = {(gap.block, gap.side) for gap in article.gaps}
    found = []
    for k, block in enumerate(article.blocks):
        seams, tears = _seams(block, edited)
        found.append(
            Paragraph(
                block.text,
                block.spans,
                (k, "before") in gaps,
                (k, "after") in gaps,
                tuple(seams),
                block.role is Role.PARAGRAPH,
                tears,
                frozenset(at for at, end in seams.items() if end in short),
            )
        )
    return tuple(found)


def _seams(block: Block, edited: EditedText) -> tuple[dict[int, int], tuple[int, ...]]:
    """The offsets of a block's text at which printed lines or torn pieces meet, each with the offset of the
    page at which the line or piece above ends; and those of torn pieces alone."""
    found: dict[int, int] = {}
    tears: list[int] = []
    position = 0
    for span in block.spans:
        low = edited.to_text(span.start)
        k = bisect_left(edited.edits, span.start, key=lambda edit: edit.span.start)
        while k < len(edited.edits) and edited.edits[k].span.end <= span.end:
            place = edited.edits[k].span
            if "line-break" in edited.edits[k].rule.split("+"):
                found[position + edited.to_text(place.end) - low] = place.start
            k += 1
        position += edited.to_text(span.end) - low
        found[position] = span.end
        tears.append(position)
    found.pop(position, None)
    return found, tuple(tears[:-1])


def _on_page(paragraph: Paragraph, doubt: Doubt, rule: str, edited: EditedText) -> Iterator[Suspect]:
    """The doubt as a suspect of the page; none where it stands in two places of print, or in none."""
    position = 0
    for span in paragraph.spans:
        low = edited.to_text(span.start)
        length = edited.to_text(span.end) - low
        start, end = doubt.start - position, doubt.end - position
        if start >= 0 and end <= length:
            place = Span(edited.to_page(low + start), edited.to_page(low + end - 1) + 1)
            try:
                seen = render(edited.original, edited.edits, place)
            except ValueError:
                return  # One of several characters that an edit put there: the place has no text of its own.
            if seen == paragraph.text[doubt.start : doubt.end]:
                yield Suspect(place, seen, doubt.alternatives, rule, doubt.confidence, doubt.reason)
            return
        position += length
