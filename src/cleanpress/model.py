"""The values that flow through cleanpress.

Everything is derived from one immutable thing, ``Page.text``. A stage never changes text: it returns
*edits* (spans of the page and what stands there instead) and *decisions* (which spans make which
article). All spans count Unicode code points of ``Page.text``, half-open: ``text[start:end]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points of ``Page.text``."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


class Box(NamedTuple):
    """A rectangle on the image of a page, in its pixels: x to the right, y down, from the upper left corner.

    ``x0`` and ``y0`` are the first column and row of the image that belong to it, ``x1`` and ``y1`` the first
    that do not, so that ``x1 - x0`` is its width. Where a file measures in another unit, in that unit.
    """

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class LayoutWord:
    """What an engine read as one piece, at ``span``; ``confidence`` is 0..1 where the engine gives one."""

    span: Span
    box: Box
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class LayoutLine:
    """A line of print: one line of ``Page.text``.

    ``page`` counts the images of the input from 1. The figures are measured in ``size``, the size of the type
    in pixels (the advance of a full-width character): ``indent`` from the left edge of the column to the
    line, ``room`` from the line to the column's right edge, ``above`` from the line before it in the column
    (0 for the first). ``block`` numbers the pieces of columns in reading order, from 0: lines of one block
    were set under each other in one type size. ``group`` numbers what stands under one headline, by the
    boxes alone. ``title`` says that the line stands in a block of headlines. Where lines run down the page,
    left means above.
    """

    span: Span
    box: Box
    page: int
    size: float
    block: int
    group: int
    title: bool = False
    indent: float = 0.0
    room: float = 0.0
    above: float = 0.0
    words: tuple[LayoutWord, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImage:
    """One image of an input: its size in pixels (0: unknown), its file's name where the input says it.

    ``vertical`` says that its lines run down the page, and from right to left. ``unit`` is ``pixel``, but
    where an ALTO file measures in ``mm10`` (tenths of a millimetre) or ``inch1200`` (1,200th of an inch): it
    does not say how many of these a pixel is, so that sizes and boxes stay in them.
    """

    width: int
    height: int
    name: str = ""
    vertical: bool = False
    unit: str = "pixel"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the lines of a page stand on its images; ``lines`` are in the order of ``Page.text``."""

    lines: tuple[LayoutLine, ...]
    images: tuple[PageImage, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was decoded; nothing after the decode stage changes it.

    ``source`` is the input path as the user gave it, ``encoding`` the name that Python's codecs know,
    ``sha256`` the hex digest of the input's bytes, ``text`` every character those bytes decode to
    except a leading byte order mark. Carriage returns and form feeds are still in ``text``.

    An input with coordinates has a ``layout``. Its ``encoding`` names the reader (``alto``, ``hocr``, …)
    and its ``text`` is what that reader makes of the bytes: a line of print a line, a block of lines under a
    blank line.
    """

    text: str
    source: str
    encoding: str
    sha256: str
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to the page's text: ``before`` stood at ``span``, ``after`` stands there now.

    ``rule`` names the rule; where several rules met in one place their names are joined with ``+`` in
    the order they ran. An insertion has an empty span. The edits of a page never overlap; they are
    sorted by span. ``confidence`` is a probability in 0..1.
    """

    span: Span
    before: str
    after: str
    rule: str
    confidence: float = 1.0
    reason: str = ""


class Role(StrEnum):
    """What a fragment is on the page."""

    KICKER = "kicker"
    HEADLINE = "headline"
    SUBTITLE = "subtitle"
    BYLINE = "byline"
    SUBHEAD = "subhead"
    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    JUMP = "jump"
    FURNITURE = "furniture"


TITLE_ROLES = frozenset({Role.KICKER, Role.HEADLINE, Role.SUBTITLE})
"""Roles that make up a title block; a byline may follow it or sign off the end."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the page that was printed in one place: a line of a title, a (torn) paragraph.

    ``span`` is one contiguous range of ``Page.text``; ``text`` is that range with the page's edits
    applied (what a reader sees), with no line break in it. ``open_head`` and ``open_tail`` are
    probabilities in 0..1 that the piece starts, or ends, in the middle of a sentence or paragraph.
    ``block`` numbers the run of lines between blank lines that the fragment was printed in.
    """

    span: Span
    text: str
    role: Role
    open_head: float = 0.0
    open_tail: float = 0.0
    block: int = 0


class Relation(StrEnum):
    """How a copy relates to the text that is kept."""

    EXACT = "exact"
    NEAR = "near"
    TRUNCATED = "truncated"
    CONTAINED = "contained"
    LOOPED = "looped"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A copy that is set aside: ``span`` is printed again at ``kept`` (both spans of the page).

    ``similarity`` is 0..1 over the comparison keys (letters and digits only) of the copy and the part
    of the kept text it matches. ``reason`` says why the other copy was kept.
    """

    span: Span
    kept: Span
    relation: Relation
    similarity: float
    rule: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One line of an article: a title line, a byline, a subhead or a whole (healed) paragraph.

    ``text`` is the concatenation of ``spans``, each with the page's edits applied.
    """

    role: Role
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Two torn pieces healed inside block ``block`` (index into ``Article.blocks``).

    ``left`` and ``right`` are the spans that now meet; ``offset`` is the place in ``Block.text``.
    """

    block: int
    offset: int
    left: Span
    right: Span
    confidence: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Text is missing at the end (``side="after"``) or start (``"before"``) of block ``block``."""

    block: int
    side: str
    reason: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article in reading order. Title lines come first; a sign-off byline stays at the end."""

    blocks: tuple[Block, ...]
    joins: tuple[Join, ...] = ()
    gaps: tuple[Gap, ...] = ()
    confidence: float = 1.0

    @property
    def text(self) -> str:
        """The whole article, a block a line."""
        return "\n".join(block.text for block in self.blocks)

    def first(self, role: Role) -> str | None:
        """The text of the article's blocks of that role, joined by a space; ``None`` without any."""
        found = [block.text for block in self.blocks if block.role is role]
        return " ".join(found) or None


@dataclass(frozen=True, slots=True)
class Leftover:
    """A span that no article took: page furniture, or text whose place is not known."""

    span: Span
    role: Role
    reason: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """A place a human should look at: what is asked, where, and what could be the answer."""

    kind: str
    span: Span
    text: str
    candidates: tuple[Span, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Suspect:
    """A reading that may be wrong and was not changed.

    ``text`` is what a reader sees of ``span`` (a span of the page, its edits applied), ``alternatives`` what
    may have been printed instead, the likeliest first (none where only the fault is known). ``rule`` names
    the rule that doubts, ``confidence`` is its probability in 0..1 that ``text`` is misread.
    """

    span: Span
    text: str
    alternatives: tuple[str, ...]
    rule: str
    confidence: float
    reason: str = ""


class Ruling(StrEnum):
    """What can be decided about two pieces of a page (about one, for ``BEGINS``)."""

    FOLLOWS = "follows"
    """``other`` comes right after ``span``."""
    APART = "apart"
    """``other`` does not come right after ``span``."""
    BEGINS = "begins"
    """Nothing that is on the page comes before ``span``: an article begins there, or its head is lost."""
    ONE_PARAGRAPH = "one paragraph"
    """``other`` comes right after ``span`` and goes on in the same paragraph."""
    NEW_PARAGRAPH = "new paragraph"
    """Where ``other`` comes right after ``span``, it begins a paragraph."""
    KEEP = "keep"
    """No copy stands for ``span``: of the prints of a passage this one is kept."""
    READING = "reading"
    """``span`` reads as ``text`` says, white space aside."""
    FURNITURE = "furniture"
    """``span`` belongs to no article."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A ruling that binds the stages.

    ``span`` and ``other`` are spans of the page, each a whole fragment but for a ``READING``, the only ruling
    that writes text: ``text``. ``source`` says where the decision comes from: ``human`` from an entry of
    ``decisions.toml``, ``ask`` from a chat model, which only chooses among the page's own pieces. ``by`` says
    who took it (the person or the file, the model's name as its server gives it), ``question`` what was
    asked or decided; ``key`` is the hash of the entry, or that under which the answer is kept.
    """

    ruling: Ruling
    span: Span
    other: Span | None
    source: str
    by: str
    question: str
    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A cleaned page: everything needed to write the output and to prove that nothing was lost."""

    page: Page
    articles: tuple[Article, ...]
    repeats: tuple[Repeat, ...]
    leftovers: tuple[Leftover, ...]
    edits: tuple[Edit, ...]
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    decisions: tuple[Decision, ...] = ()
    suspects: tuple[Suspect, ...] = ()
