"""``cleanpress verify``: the proof of a finished folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cleanpress import options
from cleanpress.cli import EXIT_CODES, FINDING


@click.command("verify", epilog=EXIT_CODES)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@options.input_root
@click.option(
    "--again",
    is_flag=True,
    help="Also clean the inputs again and compare: what was decided is what this version decides.",
)
@options.quiet
def command(*, out: Path, input_root: Path | None, again: bool, quiet: bool) -> None:
    """Prove that nothing was lost or invented in a folder that run (or dedup) wrote.

    Reads the inputs again and derives everything anew from the record: every character of a page must be
    in an article, a repeat, a leftover or an edit, every character of an article must come from the page
    or an edit, and no file may have been changed. Each finding is one line on standard output:
    file:line: page:line:column: what is wrong.

    That the record accounts for the pages does not say who decided what is in it: that this program did,
    only --again proves. It cleans the inputs once more with the folder's settings, those too that could not
    be cleaned, and every file must come out the same, byte for byte.
    """
    from cleanpress.formats.summary import plural, printable
    from cleanpress.verification import verify

    report = verify(out, input_root=input_root)
    findings = [str(finding) for finding in report.findings]
    if again and not findings:
        from cleanpress.batch.again import differences_from_again
        from cleanpress.formats.changes import require_manifest

        findings = differences_from_again(out, require_manifest(out), input_root)
    for finding in findings:
        click.echo(printable(finding))
    if findings:
        click.echo(f"cleanpress: {out}: {plural(len(findings), 'finding')}", err=True)
        sys.exit(FINDING)
    if not quiet and "records" in report.totals:
        click.echo(
            f"{out}: proved: each of {plural(report.totals['records'], 'record')} is kept as it was "
            f"({report.totals['kept']:,}) or named as a copy of one that is "
            f"({report.totals['removed']:,})"
        )
    elif not quiet:
        failed = report.totals.get("failed", 0)
        unread = "" if again else ", and no attempt was made again"
        total = {key: plural(number, key.removesuffix("s")) for key, number in report.totals.items()}
        click.echo(
            f"{out}: proved: {total['articles']} from {total['pages']}; each of {total['characters']} "
            f"is in an article, a copy set aside ({total['repeats']}), a leftover ({total['leftovers']}) "
            f"or an edit ({total['edits']}), and every file is what these give"
            + (f"; {plural(failed, 'page')} could not be cleaned{unread}" if failed else "")
            + (
                "; cleaned again, every file is the same"
                if again
                else "; who decided it, only --again proves"
            )
        )
