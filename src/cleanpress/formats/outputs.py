"""What stands in a folder beside the record, all of it made from the record page by page.

An output gives *pieces*, and does not know where they go: ``write`` puts them into files, ``verification``
compares them with the files that are there. To add one, write a class like those here and name it in
``outputs_of``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cleanpress.errors import UsageError
from cleanpress.formats import parse
from cleanpress.formats.markdown import article_markdown
from cleanpress.formats.names import article_name
from cleanpress.formats.parts import Entry, Part
from cleanpress.formats.pictures import pictures_of, pictures_shown
from cleanpress.formats.sources import Source
from cleanpress.model import Article, Layout, Page, Result, Role, Span

if TYPE_CHECKING:
    from cleanpress.report.across import Jump

FORMATS = ("jsonl", "markdown", "tei", "alto", "page", "dolma", "parquet")
"""What ``--format`` can ask for. The record itself, ``jsonl``, is always there: the proof needs it."""

Pictures = Callable[[Source, Layout, str], tuple[str, ...]]
"""Gives the pictures of a page's images for the report's file at a path: addresses, ``""`` for none."""

DEFAULT_FORMATS = ("jsonl", "markdown")

Record = dict[str, Any]


class Piece(NamedTuple):
    """A file of the folder by its path and content, or ``more`` of one that pieces before it began."""

    path: str
    content: bytes
    more: bool = False


class Opened:
    """A page that was cleaned, as outputs see it: read back from its lines only as far as it is looked at.

    ``folder`` is the page's place in the tree of the output. ``page`` reads the input again, and raises
    ``InputError`` where that has changed.
    """

    def __init__(self, part: Part, folder: str, page: Callable[[], Page]) -> None:
        self.entry = part.entry
        self.source = Source.from_record(part.entry)
        self.folder = folder
        self._part = part
        self._page = page

    def records(self, name: str) -> list[Record]:
        """The page's records of a file, in order."""
        return [parse.record_of(line) for line in self._part.lines[name].splitlines()]

    @cached_property
    def articles(self) -> list[Article]:
        """The page's articles."""
        return self._part.articles()

    @cached_property
    def result(self) -> Result:
        """Everything about the page, its text included."""
        return self._part.result(self._page())


class Output:
    """Makes files from pages, one after the other; this one makes none."""

    wrong = "does not show what the records hold"
    """What a file of it is that is another than it should be."""

    of_version = False
    """Whether another version may make it in another way: it is for eyes."""

    def begin(self) -> Iterator[Piece]:
        """Before the first page."""
        yield from ()

    def page(self, opened: Opened) -> Iterator[Piece]:
        """A page that was cleaned. What is remembered of it must not change before all pieces are made."""
        yield from ()

    def failed(self, entry: Entry) -> Iterator[Piece]:
        """A page that could not be cleaned."""
        yield from ()

    def finish(self) -> Iterator[Piece]:
        """After the last page."""
        yield from ()

    def write_to(self, folder: Path) -> Iterator[str]:
        """Files that another library writes, from the record files of ``folder``; gives their paths."""
        yield from ()

    def problems_of(self, folder: Path) -> Iterator[tuple[str, str]]:
        """Those files, each with what is wrong with it or ``""``. Their bytes are the library's affair."""
        yield from ()


class Markdown(Output):
    """``articles/<page>/<nn>-<title>.md``: an article a file."""

    wrong = "does not show the article that articles.jsonl holds"

    def page(self, opened: Opened) -> Iterator[Piece]:
        yield from map(
            Piece._make, ((*file, False) for file in markdown_files(opened.articles, opened.folder))
        )


class Reported(Output):
    """``report.html`` and its pages. Of the outputs ``before`` it shows what leads from page to page."""

    of_version = True

    def __init__(self, sources: Sequence[Source], pictures: Pictures, before: Sequence[Output]) -> None:
        from cleanpress.report.files import ReportFiles

        self._files = ReportFiles([source.name for source in sources])
        self._pictures = pictures
        self._before = before

    def page(self, opened: Opened) -> Iterator[Piece]:
        layout = opened.result.page.layout
        pictures = self._pictures(opened.source, layout, self._files.next) if layout is not None else ()
        yield Piece(*self._files.page(opened.result, pictures, _jumps(opened)))

    def failed(self, entry: Entry) -> Iterator[Piece]:
        yield Piece(*self._files.failed(entry["path"], entry["error"]))

    def finish(self) -> Iterator[Piece]:
        from cleanpress.formats.links import Links
        from cleanpress.formats.reprints import Reprints

        links = [record for output in self._before if isinstance(output, Links) for record in output.records]
        reprints = [
            record for output in self._before if isinstance(output, Reprints) for record in output.records
        ]
        for path, content in self._files.index(links, reprints):
            yield Piece(path, content)


def _jumps(opened: Opened) -> list[Jump]:
    """The jump lines of a page, for its report."""
    from cleanpress.formats.links import cues_of
    from cleanpress.report.across import ONWARD, Jump

    return [
        Jump(Span(*cue.span), cue.way == ONWARD, f"{cue.target[0]}{cue.target[1]}", cue.id)
        for cue in cues_of(opened)
    ]


def markdown_files(articles: Sequence[Article], folder: str) -> list[tuple[str, bytes]]:
    """Path in the output folder and content of each article's Markdown file."""
    count = len(articles)
    return [
        (
            f"articles/{folder}/{article_name(position, count, article.first(Role.HEADLINE))}",
            article_markdown(article).encode("utf-8", "backslashreplace"),
        )
        for position, article in enumerate(articles, start=1)
    ]


def report_for(
    configuration: Mapping[str, Any], sources: Sequence[Source], root: Path, before: Sequence[Output]
) -> Output:
    """The report for a finished folder; the inputs are looked for in ``root``, ``before`` are its other
    outputs."""

    def pictures(source: Source, layout: Layout, path: str) -> tuple[str, ...]:
        return pictures_of(source, layout, root)

    return _reported(configuration, sources, pictures, before)


def _reported(
    configuration: Mapping[str, Any], sources: Sequence[Source], pictures: Pictures, before: Sequence[Output]
) -> Reported:
    shown = configuration.get("pictures", True)
    return Reported(sources, pictures if shown else lambda source, layout, path: (), before)


def outputs_of(
    configuration: Mapping[str, Any], sources: Sequence[Source], finished: Path | None = None
) -> list[Output]:
    """The outputs that a configuration asks for. Raises ``UsageError`` where a library is missing.

    ``finished`` is the folder that they stand in already, where they are made once more to compare.
    """
    from cleanpress.formats.links import Links
    from cleanpress.formats.overview import Overview

    asked = configuration.get("formats", DEFAULT_FORMATS)
    found: list[Output] = []
    if "markdown" in asked:
        found.append(Markdown())
    if "tei" in asked:
        from cleanpress.formats.tei import Tei

        found.append(Tei())
    if "alto" in asked:
        from cleanpress.formats.alto import Alto

        found.append(Alto())
    if "page" in asked:
        from cleanpress.formats.page_xml import PageXml

        found.append(PageXml())
    if "dolma" in asked:
        from cleanpress.formats.dolma import Dolma

        found.append(Dolma())
    if "parquet" in asked:
        from cleanpress.formats.parquet import Parquet

        found.append(Parquet())
    found.append(Links())
    if configuration.get("repeats_scope") == "run":
        from cleanpress.formats.reprints import Reprints

        index = configuration.get("repeats_index")
        before = int(configuration.get("repeats_index_texts") or 0)
        found.append(
            Reprints(
                None if index is None else (index, before),
                sets_aside=configuration.get("reprints") == "set-aside",
            )
        )
    if configuration.get("report"):

        def pictures(source: Source, layout: Layout, path: str) -> tuple[str, ...]:
            if finished is None:
                return pictures_of(source, layout)
            return pictures_shown(finished / path, len(layout.images))

        found.append(_reported(configuration, sources, pictures, tuple(found)))
    # The last, since it cannot fail: a page that another one fails at must not be counted.
    found.append(Overview(configuration))
    return found


def require_formats(names: Sequence[str]) -> None:
    """Raise ``UsageError`` for a format that does not exist, or that needs a library which is not there."""
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"there is no format {name!r}; choose of {', '.join(FORMATS)}")
    if "parquet" in names:
        from cleanpress.formats.parquet import library

        library()
