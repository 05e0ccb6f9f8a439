"""``cleanpress run``: pages in, the folder of their articles out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleanpress.cli import EXIT_CODES, FINDING
from cleanpress.config import MAX_BYTES, SCRIPTS, Config
from cleanpress.errors import UsageError

if TYPE_CHECKING:
    from cleanpress.batch.run import Outcome
    from cleanpress.batch.work import Asking
    from cleanpress.decisions import Entry


@click.command("run", epilog=EXIT_CODES)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(readable=False))
@click.option(
    "-o", "--output", "out", metavar="OUT", required=True, type=click.Path(), help="The folder to write."
)
@click.option("--encoding", metavar="NAME", help="The encoding of the input; without it, it is found out.")
@click.option(
    "--script",
    type=click.Choice(SCRIPTS),
    default="auto",
    show_default=True,
    help="auto: stray characters to the page's own script; keep: as printed.",
)
@click.option(
    "--rule-off",
    "rules_off",
    metavar="NAME",
    multiple=True,
    help="A rule of normalisation that must not run; may be given again. The names stand in edits.jsonl.",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    default=MAX_BYTES,
    show_default=True,
    metavar="N",
    help="Refuse an input that is larger.",
)
@click.option(
    "--model",
    metavar="PATH",
    type=click.Path(),
    help="A language model of your own, made by cleanpress train; without it, the packaged one.",
)
@click.option(
    "--decisions",
    metavar="FILE",
    type=click.Path(),
    help="What people decided about the pages, beside the decisions.toml in each page's folder.",
)
@click.option("--report/--no-report", help="Also write report.html, to read in a browser.")
@click.option(
    "--ask",
    metavar="URL",
    help="Put open questions to an OpenAI-compatible chat server, as multiple choice. The key, if it needs "
    "one, comes from CLEANPRESS_ASK_KEY.",
)
@click.option("--ask-model", metavar="NAME", help="The model that --ask asks for.")
@click.option(
    "--ask-cache",
    metavar="DIR",
    type=click.Path(),
    help="Where answers are kept, so that a rerun asks nobody; without it, cleanpress's folder of this user.",
)
@click.option(
    "--ask-timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    help="How long --ask waits for one answer.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that clean pages; 0: one for each processor that may be used.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=0),
    default=2048,
    show_default=True,
    metavar="MIB",
    help="What each of several processes may allocate, in MiB; 0: no limit.",
)
@click.option(
    "--format",
    "formats",
    metavar="NAME",
    multiple=True,
    help="What the folder holds beside the record: markdown (the default), tei, dolma, parquet; jsonl for "
    "the record alone. May be given again.",
)
@click.option(
    "--fail-on",
    metavar="BOUNDS",
    multiple=True,
    help="End with exit code 1 where one holds: 'gaps>0,suspects>50,confidence<0.8'; what was written stays.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Move aside a folder OUT that is not cleanpress's own; it is never deleted.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only say what went wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Say more: every place to look at, edits by rule.")
def command(
    *,
    inputs: tuple[str, ...],
    out: str,
    encoding: str | None,
    script: str,
    rules_off: tuple[str, ...],
    max_bytes: int,
    model: str | None,
    decisions: str | None,
    report: bool,
    ask: str | None,
    ask_model: str | None,
    ask_cache: str | None,
    ask_timeout: float,
    jobs: int,
    memory: int,
    formats: tuple[str, ...],
    fail_on: tuple[str, ...],
    overwrite: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Clean scanned newspaper pages.

    INPUT is a file as OCR gave it (text, ALTO, hOCR), a folder with all such files below it, a pattern such
    as 'scans/**/*.txt', or a JSON Lines file with a page a line (id, text). OUT will hold articles.jsonl, a
    Markdown file for each article, and the record of everything that was changed, set aside or left over.
    It appears whole or not at all; a folder that an earlier run wrote is replaced, and pages that have not
    changed since are not cleaned again. A run that was killed goes on where it was.
    """
    from cleanpress.batch.find import find
    from cleanpress.batch.processors import processors
    from cleanpress.batch.run import Batch, Listener, run
    from cleanpress.batch.state import State
    from cleanpress.formats.outputs import DEFAULT_FORMATS, require_formats
    from cleanpress.formats.summary import printable
    from cleanpress.gates import gates_of

    config = Config(
        script=script,
        encoding=encoding,
        rules_off=tuple(sorted(set(rules_off))),
        max_bytes=max_bytes,
        model=model,
        ask_model=ask_model,
        decisions=decisions,
        report=report,
        formats=tuple(sorted({"jsonl", *formats})) if formats else DEFAULT_FORMATS,
        fail_on=tuple(str(gate) for gate in gates_of(fail_on)),
    )
    require_formats(config.formats)
    asking = asking_of(ask, ask_model, ask_cache, ask_timeout)
    if asking is not None:
        asking.adviser()

    class Saying(Listener):
        def failed(self, name: str, reason: str) -> None:
            click.echo(f"cleanpress: {printable(name)}: {reason}", err=True)

        def unfollowed(self, entry: Entry) -> None:
            where = f"{printable(entry.file)}:{entry.line}"
            click.echo(f"cleanpress: {where}: {entry}: was followed on no page; mend or remove it", err=True)

    found = find(inputs, out)
    batch = Batch(found.sources, out, config, jobs or processors(), memory, asking, overwrite)
    try:
        outcome = run(batch, Saying(), verbose=verbose)
    except BaseException:
        if finished := len(State.beside(out)):
            click.echo(f"cleanpress: {finished:,} finished pages are kept; run again to go on", err=True)
        raise
    _show(outcome, out, quiet=quiet)
    for gate in outcome.broken:
        click.echo(f"cleanpress: {gate['gate']}: it is {gate['value']:,}", err=True)
    if outcome.summary.failures or outcome.broken:
        sys.exit(FINDING)


def _show(outcome: Outcome, out: str, *, quiet: bool) -> None:
    """What came of a run, on standard error."""
    if not outcome.summary.pages:
        click.echo("cleanpress: no page could be cleaned; nothing was written", err=True)
        return
    if outcome.moved_aside:
        click.echo(f"cleanpress: what stood at {out} is now {outcome.moved_aside}", err=True)
    if quiet:
        return
    if outcome.unchanged:
        click.echo(f"{outcome.summary.last_line()}; nothing has changed since", err=True)
    else:
        outcome.summary.show()


def asking_of(url: str | None, model: str | None, cache: str | None, timeout: float) -> Asking | None:
    """Who answers open questions; ``None`` for nobody. Raises ``UsageError`` for half of a request."""
    if url is None and model is None:
        if cache is not None:
            raise UsageError("--ask-cache says where answers are kept; --ask URL says whom to ask")
        return None
    if url is None or model is None:
        raise UsageError(
            "--ask URL and --ask-model NAME go together: the server, and the model it is asked for"
        )
    from cleanpress.batch.work import Asking

    folder = Path(cache) if cache is not None else Path(click.get_app_dir("cleanpress")) / "answers"
    return Asking(url, model, str(folder), timeout)
