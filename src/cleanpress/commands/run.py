"""``cleanpress run``: pages in, the folder of their articles out."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleanpress import options
from cleanpress.cli import EXIT_CODES, FINDING
from cleanpress.config import MAX_BYTES, REPEATS_SCOPES, REPRINTS, SCRIPTS, Config
from cleanpress.errors import UsageError

if TYPE_CHECKING:
    from cleanpress.batch.find import Found
    from cleanpress.batch.run import Batch, Outcome
    from cleanpress.batch.work import Asking


@click.command("run", epilog=EXIT_CODES)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(readable=False))
@options.folder_out(
    instead="; cleanpress run - < page.txt, without -o, writes the articles of one page to standard output"
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(),
    help="Settings; without it, cleanpress.toml or pyproject.toml is looked for from the input upwards.",
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
    help="What people decided about all pages, besides the decisions.toml in each page's folder.",
)
@click.option("--report/--no-report", help="Also write report.html, to read in a browser.")
@click.option(
    "--pictures/--no-pictures", help="Show the scans in the report, where there are any (the default)."
)
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
@options.jobs
@click.option(
    "--memory",
    type=click.IntRange(min=0),
    default=2048,
    show_default=True,
    metavar="MIB",
    help="What each of several processes may allocate, in MiB; 0: no limit.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="ray: pages are cleaned on a Ray cluster, whose nodes all see inputs and OUT. The result is "
    "the same.",
)
@click.option(
    "--ray-address",
    metavar="ADDRESS",
    help="The cluster: ray://HOST:PORT, HOST:PORT, or auto; without it one is begun here for the run.",
)
@click.option(
    "--repeats-scope",
    type=click.Choice(REPEATS_SCOPES),
    default="page",
    show_default=True,
    help="run: say in reprints.jsonl what stands on another page of the run as well; it stays where it is.",
)
@click.option(
    "--repeats-index",
    metavar="PATH",
    type=click.Path(),
    help="With --repeats-scope run: also look for each text in an index that dedup --index made; needs the "
    "extra index.",
)
@click.option(
    "--reprints",
    type=click.Choice(REPRINTS),
    default="report",
    show_default=True,
    help="With --repeats-scope run, set-aside: also write once.jsonl, the articles without their reprints.",
)
@click.option(
    "--format",
    "formats",
    metavar="NAME",
    multiple=True,
    help="What the folder holds beside the record: markdown (the default), tei, alto and page (of scans), "
    "dolma, parquet; jsonl for the record alone. May be given again.",
)
@click.option(
    "--fail-on",
    metavar="BOUNDS",
    multiple=True,
    help="End with exit code 1 where one holds: 'gaps>0,suspects>50,confidence<0.8'; what was written stays.",
)
@click.option(
    "--sarif",
    metavar="FILE",
    type=click.Path(),
    callback=options.no_stream(),
    help="Also write what deserves a look as SARIF, for code hosts that show it at its line.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Move aside a folder OUT that is not cleanpress's own; it is never deleted.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@options.quiet
@click.option(
    "-v", "--verbose", is_flag=True, help="Say more: every page, every place to look at, edits by rule."
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    inputs: tuple[str, ...],
    out: str | None,
    config_file: str | None,
    ask: str | None,
    ask_model: str | None,
    ask_cache: str | None,
    ask_timeout: float,
    engine: str,
    ray_address: str | None,
    sarif: str | None,
    overwrite: bool,
    dry_run: bool,
    quiet: bool,
    verbose: bool,
    **values: Any,
) -> None:
    """Clean scanned newspaper pages.

    INPUT is a page as OCR gave it (text, ALTO, PAGE-XML, hOCR, JSON with boxes; with the extras pdf and ocr
    also PDF and images), a folder with all such files below it, a pattern such as 'scans/**/*.txt', or a JSON
    Lines file with a page a line (id, text). OUT will hold articles.jsonl, a Markdown file for each article,
    and the record of everything that was changed, set aside or left over. It appears whole or not at all; a
    folder that an earlier run wrote is replaced, and pages that have not changed since are not cleaned again.
    A run that was killed goes on where it was.

    With - for INPUT, a page comes from standard input and its articles go to standard output.
    """
    from cleanpress.batch.processors import one_thread_each, processors

    # Before numpy is imported.
    os.environ.update(one_thread_each())

    from cleanpress.batch.find import find as find_pages
    from cleanpress.batch.run import Batch
    from cleanpress.batch.settings import File, config_of, find, in_force, load

    if ray_address is not None and engine != "ray":
        raise UsageError("--ray-address says where --engine ray runs; give that as well")
    if ask is not None and engine == "ray":
        raise UsageError("--ask does not go with --engine ray: only this machine asks the server")
    file = load(config_file) if config_file is not None else find([] if inputs == ("-",) else inputs)
    given = {name: value for name, value in values.items() if _is_given(ctx, name)}
    settings = {name: value for name, (value, _) in in_force(file or File(), given).items()}
    config = config_of(settings, ask_model=ask_model)
    asking = asking_of(ask, ask_model, ask_cache, ask_timeout)
    if "-" in inputs:
        of_a_folder = out is not None or config.report or sarif is not None or engine != "local"
        if len(inputs) > 1 or of_a_folder or asking is not None:
            raise UsageError(
                "- is one page from standard input, and its articles go to standard output: it goes with no "
                "other input, and with none of -o, --report, --sarif, --ask, --engine"
            )
        _single(config, values["formats"], quiet=quiet, verbose=verbose)
        return
    if out is None:
        raise click.UsageError("Missing option '-o' / '--output'.", ctx)

    if asking is not None:
        asking.adviser()
    found = find_pages(inputs, out)
    jobs = settings["jobs"] or processors()
    batch = Batch(found.sources, out, config, jobs, settings["memory"], asking, overwrite)
    if engine == "ray":
        from cleanpress.corpus.engine import cluster

        batch = replace(batch, engine=cluster(ray_address))
    if sarif is not None and Path(os.path.realpath(sarif)).is_relative_to(os.path.realpath(out)):
        raise UsageError(f"{sarif}: lies in {out}, which holds what a run wrote and nothing else")
    if sarif is not None and not os.access(os.path.dirname(sarif) or ".", os.W_OK):
        raise UsageError(f"{sarif}: cannot be written there; name another place for --sarif")
    if dry_run:
        _rehearse(batch, found.passed_over, verbose=verbose)
        return
    if not quiet:
        _tell(found, verbose=verbose)
    _run(batch, sarif, quiet=quiet, verbose=verbose)


def _is_given(ctx: click.Context, name: str) -> bool:
    """Whether an option was given on the command line."""
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _tell(found: Found, *, verbose: bool) -> None:
    """Name the files of folders that are not read, or read as another file: each, or how many there are."""
    from cleanpress.formats.summary import plural, printable

    for path, other in found.alike[:1]:
        more = f", and {plural(len(found.alike) - 1, 'other file')}" if len(found.alike) > 1 else ""
        pair = f"{printable(path)} and {printable(other)}{more}"
        click.echo(f"{pair}: read as pages of their own; if they are one page, name one of them", err=True)
    if verbose:
        for path in found.passed_over:
            click.echo(f"{printable(path)}: passed over, it is of no kind that is read", err=True)
        for path, instead in found.read_otherwise:
            click.echo(f"{printable(path)}: read as {printable(instead)} instead", err=True)
        for path in found.outputs:
            click.echo(f"{printable(path)}: left out, cleanpress wrote it", err=True)
        return
    count = len(found.read_otherwise)
    if count:
        what = "read as the file of the same name that says more"
        click.echo(f"{plural(count, 'other file')} {what} (-v names them)", err=True)


def _run(batch: Batch, sarif: str | None, *, quiet: bool, verbose: bool) -> None:
    from cleanpress.batch.progress import Telling
    from cleanpress.batch.run import run
    from cleanpress.batch.state import State
    from cleanpress.formats.summary import plural

    try:
        with Telling(quiet=quiet, verbose=verbose) as telling:
            outcome = run(batch, telling, verbose=verbose)
    except BaseException:
        if finished := len(State.beside(batch.out)):
            kept = "is kept" if finished == 1 else "are kept"
            click.echo(
                f"cleanpress: {plural(finished, 'finished page')} {kept}; run again to go on", err=True
            )
        raise
    _show(outcome, batch.out, quiet=quiet)
    _hand_on(outcome, batch.out, sarif)
    if _breaks(outcome.broken) or outcome.summary.failures:
        sys.exit(FINDING)


def _hand_on(outcome: Outcome, out: str, sarif: str | None) -> None:
    """What others asked for: the code host its findings, the step its summary."""
    if sarif is not None:
        from cleanpress.formats.sarif import write_sarif

        write_sarif(outcome.entries, Path(out) if outcome.summary.pages else None, sarif)
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        from cleanpress.formats.step_summary import add_summary

        try:
            add_summary(path, outcome.overview, out)
        except OSError as error:
            click.echo(f"cleanpress: {path}: cannot be written: {error.strerror or error}", err=True)


def _breaks(gates: list[dict[str, Any]]) -> bool:
    """Say which gates did not hold; whether there are any."""
    from cleanpress.gates import broken

    lines = broken(gates)
    for line in lines:
        click.echo(f"cleanpress: {line}", err=True)
    return bool(lines)


def _rehearse(batch: Batch, passed_over: list[str], *, verbose: bool) -> None:
    """Say on standard output what a run would do, and do nothing."""
    from cleanpress.batch.run import rehearse
    from cleanpress.formats.summary import plural, printable

    plan = rehearse(batch)
    if verbose:
        for source in batch.sources:
            reason = plan.failed.get(source.name)
            what = f"cannot be cleaned: {reason}" if reason else "would be cleaned"
            if source.name in plan.reused or source.name in plan.kept:
                what = "done already"
            click.echo(f"{printable(source.name)}: {what}")
        for path in passed_over:
            click.echo(f"{printable(path)}: would be passed over")
    click.echo(
        f"{batch.out}: {plural(len(batch.sources), 'page')}: {len(plan.todo):,} would be cleaned, "
        f"{len(plan.reused) + len(plan.kept):,} are done already, {len(plan.failed):,} cannot be read; "
        f"{plural(len(passed_over), 'other file')} would be passed over"
    )


def _single(config: Config, formats: tuple[str, ...], *, quiet: bool, verbose: bool) -> None:
    """One page from standard input to standard output."""
    from cleanpress.batch.single import clean_stream, format_of, write_out
    from cleanpress.formats.overview import Overview
    from cleanpress.formats.summary import Summary

    part, content = clean_stream(config, sys.stdin.buffer, format_of(formats or ("markdown",)))
    write_out(content)
    summary = Summary("-", verbose=verbose)
    summary.note(part.entry, part.looks)
    if not quiet:
        summary.show()
    overview = Overview(config.as_dict())
    overview.note(part.entry)
    if _breaks([gate for gate in overview.figures()["gates"] if gate["failed"]]):
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
