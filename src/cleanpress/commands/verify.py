"""``cleanpress verify``: the proof of a finished folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cleanpress.cli import EXIT_CODES, FINDING


@click.command("verify", epilog=EXIT_CODES)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--input-root",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the paths of the inputs begin; without it, the current folder.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only say what is wrong.")
def command(*, out: Path, input_root: Path | None, quiet: bool) -> None:
    """Prove that nothing was lost or invented in a folder that run (or dedup) wrote.

    Reads the inputs again and derives everything anew from the record: every character of a page must be
    in an article, a repeat, a leftover or an edit, every character of an article must come from the page
    or an edit, and no file may have been changed. Each finding is one line on standard output:
    file:line: page:line:column: what is wrong.
    """
    from cleanpress.formats.summary import plural, printable
    from cleanpress.verification import verify

    report = verify(out, input_root=input_root)
    for finding in report.findings:
        click.echo(printable(str(finding)))
    if report.findings:
        click.echo(f"cleanpress: {out}: {plural(len(report.findings), 'finding')}", err=True)
        sys.exit(FINDING)
    if not quiet and "records" in report.totals:
        click.echo(
            f"{out}: proved: each of {plural(report.totals['records'], 'record')} is kept as it was "
            f"({report.totals['kept']:,}) or named as a copy of one that is "
            f"({report.totals['removed']:,})"
        )
    elif not quiet:
        total = {key: plural(number, key.removesuffix("s")) for key, number in report.totals.items()}
        click.echo(
            f"{out}: proved: {total['articles']} from {total['pages']}; each of {total['characters']} "
            f"is in an article, a copy set aside ({total['repeats']}), a leftover ({total['leftovers']}) "
            f"or an edit ({total['edits']}), and every file is what these give"
        )
