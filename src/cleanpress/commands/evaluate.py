"""``cleanpress evaluate``: how good the articles of a finished folder are, by your own gold."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleanpress.cli import EXIT_CODES
from cleanpress.config import MAX_BYTES
from cleanpress.errors import CleanpressError, InputError, UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.read import read_bytes, require_file
from cleanpress.formats.summary import plural

if TYPE_CHECKING:
    from rich.table import Table

    from cleanpress.evaluation import Evaluation, Figure


WIDTH = 140
"""Columns of the table where it goes to no terminal: all of it fits."""


@click.command("evaluate", epilog=EXIT_CODES)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--gold",
    "golds",
    metavar="GOLD...",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="Gold pages (*.gold.json), or folders of them.",
)
@click.argument("more", metavar="", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A table for eyes, or all figures with those of every page as JSON.",
)
@click.option(
    "--count-missing",
    is_flag=True,
    help="Count gold pages that were not run as pages without an article; without it they are left out.",
)
@click.option(
    "--seed", default=0, show_default=True, help="Of the draws behind the intervals; the same figures again."
)
def command(
    *,
    out: Path,
    golds: tuple[Path, ...],
    more: tuple[Path, ...],
    form: str,
    count_missing: bool,
    seed: int,
) -> None:
    """Measure the articles of OUT (a folder that run wrote, or its articles.jsonl) against gold pages.

    Every figure is the mean over pages with its 95 % interval; beside the output stand trivial answers
    computed from the page's text: each printed paragraph its own article, the page as one article,
    printed order, and joins by punctuation. Gold pages that were not run are named and left out; a page that
    was run and gave no article counts as empty. What each figure says: docs/evaluation.md.
    """
    from rich.console import Console

    from cleanpress.evaluation import evaluate, read_gold

    paths = gold_files([*golds, *more])
    pages = [read_gold(path) for path in paths]
    names = [page.name for page in pages]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two gold pages are called {name!r}; measure them in two runs")
    articles, sources = read_articles(out)
    texts = {}
    for path, page in zip(paths, pages, strict=True):
        text = printed_text(path, page.name, sources.get(page.name))
        if text is not None:
            texts[page.name] = text
    ran = None if count_missing else pages_of(out) | set(articles)
    if ran is not None and not any(name in ran for name in names):
        raise UsageError(f"{out}: holds none of the gold pages; run them, or name the folder that has them")
    evaluation = evaluate(pages, articles, texts, seed=seed, ran=ran)
    if form == "json":
        click.echo(json.dumps(evaluation.record(), ensure_ascii=False, indent=1))
    else:
        # Nobody reads along where there is no terminal, and no figure may be cut.
        wide = None if sys.stdout.isatty() else WIDTH
        Console(highlight=False, width=wide).print(table(evaluation))
    if evaluation.left_out:
        left = f"{plural(len(evaluation.left_out), 'gold page')} left out: {', '.join(evaluation.left_out)}"
        click.echo(f"cleanpress: not in {out}, {left} (--count-missing counts them as empty)", err=True)
    if evaluation.missing:
        missing = ", ".join(evaluation.missing)
        click.echo(f"cleanpress: no article of {missing} in {out}: counted as empty", err=True)
    if evaluation.without_text:
        click.echo(
            f"cleanpress: no text found for {', '.join(evaluation.without_text)}: the baselines leave it out",
            err=True,
        )


def gold_files(places: Sequence[Path]) -> list[Path]:
    """The gold files among ``places``, in sorted order; a folder stands for the gold files in it."""
    found: list[Path] = []
    for place in places:
        files = sorted(place.glob("*.gold.json")) if place.is_dir() else [place]
        if not files:
            raise UsageError(f"{place}: no *.gold.json in this folder")
        for file in files:
            require_file(file)
        found += files
    return sorted(set(found))


def read_articles(out: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The article texts of a folder by page name, and the page's path as the run was given it.

    Raises ``UsageError`` where there is no such file, ``InputError`` where it holds something else.
    """
    path = out / "articles.jsonl" if out.is_dir() else out
    require_file(path)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: cannot be read as articles: {error}") from error
    articles: dict[str, list[str]] = {}
    sources: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            record = json.loads(line)
            page, text = record["page"], record["text"]
            if not isinstance(page, str) or not isinstance(text, str):
                raise TypeError("page and text must be strings")
        except KeyError as error:
            raise InputError(f"{path}:{number}: not an article: {error} is missing") from error
        except (ValueError, TypeError) as error:
            raise InputError(f"{path}:{number}: not an article: {error}") from error
        except RecursionError:
            raise InputError(f"{path}:{number}: not an article: it is nested too deeply") from None
        name = Path(page).stem
        if sources.setdefault(name, page) != page:
            raise InputError(f"{path}:{number}: two pages are called {name!r}: {sources[name]} and {page}")
        articles.setdefault(name, []).append(text)
    return articles, sources


def pages_of(out: Path) -> set[str]:
    """The names of the pages that a run took, by its manifest, those that failed too; none without one."""
    manifest = manifests.load(out if out.is_dir() else out.parent) or {}
    inputs = manifest.get("inputs")
    paths = [entry.get("path") for entry in inputs if isinstance(entry, dict)] if inputs else []
    return {Path(path).stem for path in paths if isinstance(path, str)}


def printed_text(gold: Path, name: str, source: str | None) -> str | None:
    """The page as it was printed: beside its gold as NAME.txt, or where the run read it; else ``None``."""
    for path in [gold.parent / f"{name}.txt", *([Path(source)] if source else [])]:
        try:
            # The path comes from the folder's record, which may name anything: a device, a pipe.
            require_file(path)
            return read_bytes(path, max_bytes=MAX_BYTES).decode("utf-8-sig")
        except (CleanpressError, ValueError):
            # A page in another encoding or format has no baselines; the caller says so.
            continue
    return None


def table(evaluation: Evaluation) -> Table:
    """Figures as rows, the output and the baselines as columns; below each mean its interval."""
    from rich.box import SIMPLE
    from rich.table import Table

    pages = plural(len(evaluation.by_page), "page")
    grid = Table(box=SIMPLE, title=f"{pages}; mean, 95 % interval by page")
    grid.add_column("", no_wrap=True)
    for system in evaluation.systems:
        grid.add_column(system, justify="right")
    for name in next(iter(evaluation.systems.values())):
        cells = [cell(figures[name]) for figures in evaluation.systems.values()]
        grid.add_row(name.replace("_", " "), *cells)
    return grid


def cell(figure: Figure) -> str:
    """A mean with its interval below; a dash where the figure is undefined on every page."""
    if math.isnan(figure.mean):
        return "–"
    if math.isnan(figure.low):
        return f"{figure.mean:.3f}"
    return f"{figure.mean:.3f}\n[dim]{figure.low:.2f}–{figure.high:.2f}[/dim]"
