"""How a batch goes on, on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from cleanpress.batch.run import Batch, Listener, Plan
from cleanpress.formats.summary import plural, printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from cleanpress.decisions import Entry

INTERVAL = 10.0
"""Seconds between two lines where there is no terminal."""

WORTH_A_LINE = 20
"""Pages from which a run is long enough to say how it goes on, and what is done already."""


class Telling(Listener):
    """Tells what went wrong as it happens, and how far the batch is; use as a context.

    With ``quiet`` only what went wrong; with ``verbose`` also each page that is done.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._total = self._done = 0
        self._began = self._told = 0.0

    def __enter__(self) -> Telling:
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop()

    def planned(self, batch: Batch, plan: Plan) -> None:
        """Begin, where there is something to be cleaned."""
        self._total, self._done = len(plan.todo), 0
        self._began = self._told = time.monotonic()
        known = len(plan.reused) + len(plan.kept)
        if self.quiet or not self._total:
            return
        if known and len(batch.sources) >= WORTH_A_LINE:
            self._say(f"{plural(self._total, 'page')} to clean, {plural(known, 'page')} done already")
        if sys.stderr.isatty():
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("cleaning", total=self._total)

    def failed(self, name: str, reason: str) -> None:
        """Said also where all else is quiet."""
        self._say(f"cleanpress: {printable(name)}: {reason}")
        self._advance()

    def done(self, name: str) -> None:
        """A page more."""
        if self.verbose and not self.quiet:
            self._say(f"{printable(name)}: cleaned")
        self._advance()

    def assembling(self) -> None:
        """The bar has done its work."""
        self._stop()

    def unfollowed(self, entry: Entry) -> None:
        """A decision that was about nothing."""
        where = f"{printable(entry.file)}:{entry.line}"
        self._say(f"cleanpress: {where}: {entry}: was followed on no page; mend or remove it")

    def _advance(self) -> None:
        self._done += 1
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=min(self._done, self._total))
            return
        now = time.monotonic()
        if self.quiet or now - self._told < INTERVAL or self._done >= self._total:
            return
        self._told = now
        rate = self._done / (now - self._began)
        left = _duration((self._total - self._done) / rate)
        self._say(f"{self._done:,} of {plural(self._total, 'page')}, {rate:.1f} pages/s, about {left} left")

    def _say(self, line: str) -> None:
        # On a terminal the bar stays below what is said.
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, file=sys.stderr, flush=True)  # noqa: T201

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f} pages/s" if task.speed else "", style="progress.data.speed")

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages"),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return plural(minutes, "minute") if minutes else f"{seconds:.0f} s"
