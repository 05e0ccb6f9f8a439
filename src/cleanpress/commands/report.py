"""``cleanpress report``: a finished folder gets a report that a browser shows."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cleanpress import options
from cleanpress.cli import EXIT_CODES


@click.command("report", epilog=EXIT_CODES)
@click.argument("out", metavar="OUT", type=click.Path())
@click.option(
    "--pictures/--no-pictures",
    default=None,
    help="Show the scans, where there are any; without either, as the folder was written.",
)
@options.input_root
@options.quiet
def command(*, out: str, pictures: bool | None, input_root: Path | None, quiet: bool) -> None:
    """Add a report to the folder OUT that run wrote: report.html, to read in a browser.

    It shows the scanned text beside the articles, where each piece came from and went, and every join, edit,
    repeat, suspect and question. The folder is proved first, and cleanpress verify proves the report with
    it. The same as run --report, without cleaning anything again.
    """
    from cleanpress.formats.add_report import add_report
    from cleanpress.formats.summary import plural
    from cleanpress.report.files import NAME

    pages = add_report(out, input_root=input_root, pictures=pictures)
    if not quiet:
        click.echo(f"{os.path.join(out, NAME)}: {plural(pages, 'page')}", err=True)
