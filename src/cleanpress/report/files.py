"""The files of the report: ``report.html``, and for more than one page a file for each beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cleanpress.formats.manifest import totals
from cleanpress.formats.records import Record, counts
from cleanpress.model import Result
from cleanpress.report.across import Jump, across_of
from cleanpress.report.index import IndexRow, Links
from cleanpress.report.render import failed_html, index_html, page_html
from cleanpress.report.view import page_view

NAME = "report.html"
FOLDER = "report"

File = tuple[str, bytes]
"""Path in the output folder, and content."""


class ReportFiles:
    """Makes the files of a run's report, page by page; of a page only its row of the index is kept.

    ``sources`` are all pages of the run in the order in which ``page`` or ``failed`` will be called, once
    each. One page is ``report.html`` itself; more are ``report/0001.html`` and so on, and ``report.html``
    lists them.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self._count = len(sources)
        self._rows: list[IndexRow] = []

    @property
    def next(self) -> str:
        """The path of the file that comes next."""
        return self._name(len(self._rows) + 1)

    def page(self, result: Result, pictures: Sequence[str] = (), jumps: Sequence[Jump] = ()) -> File:
        """The file of a page that was cleaned; its ledger must hold. ``pictures`` are addresses of what its
        images look like, ``""`` for none; ``jumps`` its jump lines."""
        confidences = [article.confidence for article in result.articles]
        path = self.next
        index = f"../{NAME}" if self._count > 1 else ""
        known = [replace(jump, href=f"{index}#{jump.row}" if index else "") for jump in jumps]
        content = page_html(page_view(result, pictures, known), self._links())
        self._rows.append(IndexRow(result.page.source, path, counts(result), min(confidences, default=None)))
        return path, content

    def failed(self, source: str, reason: str) -> File:
        """The file of a page that could not be cleaned."""
        path = self.next
        content = failed_html(source, reason, self._links())
        self._rows.append(IndexRow(source, path, error=reason))
        return path, content

    def index(self, links: Sequence[Record] = (), reprints: Sequence[Record] = ()) -> list[File]:
        """The page that lists the others, and what leads from one to another; nothing where there is only
        one."""
        if self._count == 1:
            return []
        pages = [{"error": row.error} if row.counts is None else {"counts": row.counts} for row in self._rows]
        across = across_of(links, reprints, {row.path: row.href for row in self._rows})
        return [(NAME, index_html(self._rows, totals(pages), across))]

    def _name(self, number: int) -> str:
        width = max(4, len(str(self._count)))
        return NAME if self._count == 1 else f"{FOLDER}/{number:0{width}d}.html"

    def _links(self) -> Links:
        number = len(self._rows) + 1
        if self._count == 1:
            return Links()
        beside = {n: self._name(n).removeprefix(f"{FOLDER}/") for n in (number - 1, number + 1)}
        return Links(
            number,
            self._count,
            beside[number - 1] if number > 1 else "",
            beside[number + 1] if number < self._count else "",
            f"../{NAME}",
        )
