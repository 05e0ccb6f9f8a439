"""What a run says when it is done: short, on standard error, beautiful on a terminal and plain elsewhere."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanpress.formats.places import Places
from cleanpress.formats.records import counts
from cleanpress.model import Result, Span

if TYPE_CHECKING:
    from rich.console import Console

LOOKS = 8
"""How many places to look at are shown unless all are asked for."""

LISTED = 20
"""How many pages get a line of their own unless all are asked for."""

FLANK = 12
"""Characters of text shown on each side of a place."""


@dataclass(frozen=True, slots=True)
class Look:
    """A place that deserves a human's look."""

    source: str
    line: int
    column: int
    what: str
    text: str

    @property
    def place(self) -> str:
        """``page.txt:12:1``, which editors and terminals can open."""
        return f"{self.source}:{self.line}:{self.column}"


class Summary:
    """Collects what is worth saying about each page; keeps no text but a few characters a place."""

    def __init__(self, out: str, *, verbose: bool = False) -> None:
        self.out = out
        self.verbose = verbose
        self.pages: list[tuple[str, dict[str, int]]] = []
        self.failures: list[tuple[str, str]] = []
        self.warnings: list[tuple[str, str]] = []
        self.looks: list[Look] = []
        self.more = 0
        self.rules: Counter[str] = Counter()

    def add(self, result: Result) -> None:
        """A page that was cleaned."""
        entry = {
            "path": result.page.source,
            "counts": counts(result),
            "warnings": result.warnings,
            "rules": Counter(edit.rule for edit in result.edits),
        }
        self.note(entry, looks(result))

    def note(self, entry: Mapping[str, Any], places: Sequence[Look] = ()) -> None:
        """A page that was cleaned, by its entry in the manifest and the places that deserve a look."""
        self.pages.append((entry["path"], entry["counts"]))
        self.warnings += [(entry["path"], warning) for warning in entry["warnings"]]
        shown = len(places) if self.verbose else max(0, LOOKS - len(self.looks))
        self.looks += places[:shown]
        self.more += len(places[shown:])
        self.rules.update(entry["rules"])

    def fail(self, source: str, reason: str) -> None:
        """A page that could not be cleaned."""
        self.failures.append((source, reason))

    def show(self) -> None:
        """Print to standard error: in colour on a terminal, in plain lines where there is none."""
        if sys.stderr.isatty():
            from rich.console import Console

            self.show_on(Console(stderr=True, highlight=False))
        else:
            print("\n".join(self.plain()), file=sys.stderr)  # noqa: T201

    def plain(self) -> list[str]:
        """The summary as lines without decoration."""
        lines = [f"{source}: {sentence(count)}" for source, count in self._listed()]
        lines += [f"{source}: warning: {printable(warning)}" for source, warning in self.warnings]
        lines += [f"{look.place}: {look.what}: {look.text}" for look in self.looks]
        if self.more:
            lines.append(f"{self.more:,} more places deserve a look (-v shows all)")
        if self.verbose:
            lines += [f"edits by {rule}: {count:,}" for rule, count in self.rules.most_common()]
        lines.append(self.last_line())
        return [printable(line) for line in lines]

    def _listed(self) -> list[tuple[str, dict[str, int]]]:
        """The pages that get a line of their own: of a large batch only what went wrong is worth reading."""
        return self.pages if self.verbose or len(self.pages) <= LISTED else []

    def last_line(self) -> str:
        """What was written, and the promise."""
        articles = sum(count["articles"] for _, count in self.pages)
        characters = sum(count["characters"] for _, count in self.pages)
        failed = f"; {plural(len(self.failures), 'page')} could not be cleaned" if self.failures else ""
        return (
            f"{self.out}: {plural(articles, 'article')} from {plural(len(self.pages), 'page')}, "
            f"all {characters:,} characters accounted for{failed}"
        )

    def show_on(self, console: Console) -> None:
        """The summary for a terminal. Text of the page is never read as markup."""
        from rich import box
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        table.add_column("page", overflow="fold")
        for heading in ("articles", "healed", "repeats", "gaps", "edits", "leftovers"):
            table.add_column(heading, justify="right")
        for source, count in self._listed():
            figures = [count[key] for key in ("articles", "joins", "repeats", "gaps", "edits", "leftovers")]
            cells = [Text(f"{figure:,}", style="" if figure else "dim") for figure in figures]
            if count["gaps"]:
                cells[3].stylize("yellow")
            table.add_row(Text(printable(source), style="cyan"), *cells)
        if table.rows:
            console.print(table)
        for source, warning in self.warnings:
            console.print(
                Text.assemble(("warning ", "yellow"), (printable(source), "cyan"), f" {printable(warning)}")
            )
        if self.looks:
            console.print(Text("Deserves a look", style="bold"))
            for look in self.looks:
                # The place stays whole, so that a terminal or an editor can open it; the text gets a line
                # of its own, so that a long path leaves it room.
                place, what = (
                    Text(f"  {printable(look.place)}  ", style="cyan"),
                    Text(look.what, style="yellow"),
                )
                console.print(place + what, soft_wrap=True)
                console.print(Padding(Text(look.text), (0, 0, 0, 4)))
            if self.more:
                console.print(Text(f"  and {self.more:,} more; -v shows all", style="dim"))
            console.print()
        if self.verbose:
            for rule, number in self.rules.most_common():
                console.print(Text(f"  {number:>8,}  {rule}", style="dim"))
            console.print()
        mark = ("! ", "bold yellow") if self.failures else ("✓ ", "bold green")
        console.print(Text.assemble(mark, printable(self.last_line())))


def sentence(count: dict[str, int]) -> str:
    """The figures of a page in words."""
    return ", ".join(
        [
            plural(count["articles"], "article"),
            f"{plural(count['joins'], 'tear')} healed",
            f"{plural(count['repeats'], 'repeat')} set aside",
            plural(count["edits"], "edit"),
            plural(count["gaps"], "gap"),
            plural(count["leftovers"], "leftover"),
            plural(count["suspects"], "suspect"),
        ]
    )


def looks(result: Result) -> list[Look]:
    """The places of a page that deserve a look, in the order of the page: open questions and gaps."""
    places = Places(result.page.text)
    found: list[tuple[Span, str, str]] = []
    for article in result.articles:
        for gap in article.gaps:
            block = article.blocks[gap.block]
            after = gap.side == "after"
            text = f"…{block.text[-FLANK:]}[…]" if after else f"[…]{block.text[:FLANK]}…"
            found.append((block.spans[-1 if after else 0], "text is missing", text))
    for question in result.questions:
        sure = f"{question.confidence:.0%} sure"
        answer = {
            "join": f"joined, {sure}",
            "paragraph": f"joined to one paragraph, {sure}",
            "untitled": "no headline",
        }.get(question.kind, "left apart")
        found.append((question.span, answer, question.text))
    return [
        Look(result.page.source, *places.of(span.start), printable(what), printable(text))
        for span, what, text in sorted(found)
    ]


def plural(number: int, noun: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def printable(text: str) -> str:
    """``text`` without anything that could move the cursor or colour the terminal."""
    return "".join(character if character.isprintable() else "·" for character in text)
