"""``cleanpress run``: pages in, the folder of their articles out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleanpress.cli import EXIT_CODES, FINDING
from cleanpress.config import MAX_BYTES, SCRIPTS, Config
from cleanpress.errors import CleanpressError, InputError, OutputError, UsageError

if TYPE_CHECKING:
    from cleanpress.adjudicate import Adviser
    from cleanpress.formats.write import OutputFolder
    from cleanpress.model import Result


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
    ask: str | None,
    ask_model: str | None,
    ask_cache: str | None,
    ask_timeout: float,
    overwrite: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Clean scanned newspaper pages.

    INPUT is a text file as OCR gave it. OUT will hold articles.jsonl, a Markdown file for each article,
    and the record of everything that was changed, set aside or left over. It appears whole or not at
    all; a folder that an earlier run wrote is replaced.
    """
    from cleanpress.formats.read import require_file
    from cleanpress.formats.summary import Summary
    from cleanpress.formats.write import OutputFolder

    config = Config(
        script=script,
        encoding=encoding,
        rules_off=tuple(sorted(set(rules_off))),
        max_bytes=max_bytes,
        model=model,
        ask_model=ask_model,
    )
    adviser = adviser_for(ask, ask_model, ask_cache, ask_timeout)
    sources = sorted_unique(inputs)
    for source in sources:
        require_file(source)
        refuse_inside(source, out)
    require_stages(config)
    summary = Summary(out, verbose=verbose)
    with OutputFolder(out, sources, config, overwrite=overwrite) as folder:
        for source in sources:
            try:
                result = clean_file(source, config, adviser)
                add(folder, result)
            except OutputError:
                raise
            except CleanpressError as error:
                reason = str(error).removeprefix(f"{source}: ")
                folder.fail(source, reason)
                summary.fail(source, reason)
                click.echo(f"cleanpress: {source}: {reason}", err=True)
            else:
                summary.add(result)
        if summary.pages:
            folder.commit()
    if not summary.pages:
        click.echo("cleanpress: no page could be cleaned; nothing was written", err=True)
        sys.exit(FINDING)
    if folder.moved_aside:
        click.echo(f"cleanpress: what stood at {out} is now {folder.moved_aside}", err=True)
    if not quiet:
        summary.show()
    if summary.failures:
        sys.exit(FINDING)


def require_stages(config: Config) -> None:
    """Load what every page needs before the first one: a fault of the installation, a file that is no
    language model or a rule that does not exist is one ``UsageError``, not a failure of each page."""
    from cleanpress.language.encoder import FragmentEncoder
    from cleanpress.language.ngram import LanguageModel
    from cleanpress.stages.normalise import normalise
    from cleanpress.stages.reassemble.score import Scorer

    try:
        normalise("", script=config.script, rules_off=frozenset(config.rules_off))
        LanguageModel.load(Path(config.model) if config.model is not None else None)
        FragmentEncoder.load()
        Scorer.load()
    except CleanpressError:
        raise
    except Exception as error:
        raise UsageError(
            f"the data files of cleanpress are damaged or missing ({described(error)}); install it again"
        ) from error


def adviser_for(url: str | None, model: str | None, cache: str | None, timeout: float) -> Adviser | None:
    """Who answers open questions; ``None`` for nobody. Raises ``UsageError`` for half of a request."""
    if url is None and model is None:
        if cache is not None:
            raise UsageError("--ask-cache says where answers are kept; --ask URL says whom to ask")
        return None
    if url is None or model is None:
        raise UsageError(
            "--ask URL and --ask-model NAME go together: the server, and the model it is asked for"
        )
    from cleanpress.adjudicate.endpoint import Endpoint
    from cleanpress.adjudicate.memory import Memory

    endpoint = Endpoint(url, model, os.environ.get("CLEANPRESS_ASK_KEY") or None, timeout)
    folder = Path(cache) if cache is not None else Path(click.get_app_dir("cleanpress")) / "answers"
    return Memory(endpoint, model, folder)


def clean_file(source: str, config: Config, adviser: Adviser | None = None) -> Result:
    """One page from its file to its result. Raises ``CleanpressError`` with one clear line."""
    from cleanpress.formats.read import read_bytes
    from cleanpress.pipeline import clean_page
    from cleanpress.stages.decode import decode

    try:
        data = read_bytes(source, max_bytes=config.max_bytes)
        return clean_page(decode(data, encoding=config.encoding, source=source), config, adviser)
    except CleanpressError:
        raise
    except Exception as error:
        raise failure(source, error) from error


def add(folder: OutputFolder, result: Result) -> None:
    """Write a page. Raises ``CleanpressError``, and ``OSError`` where the folder cannot be written."""
    try:
        folder.add(result)
    except (CleanpressError, OSError):
        raise
    except Exception as error:
        raise failure(result.page.source, error) from error


def failure(source: str, error: Exception) -> InputError:
    """A page must never stop the others, not even by an error of ours or for want of memory."""
    return InputError(f"{source}: cleanpress failed ({described(error)}); please report it with the page")


def described(error: Exception) -> str:
    """An error that was not foreseen, in one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def sorted_unique(paths: Iterable[str]) -> list[str]:
    """The paths in order, each file once: the output must not depend on the order of arguments."""
    found: dict[str, str] = {}
    for path in sorted(paths):
        found.setdefault(os.path.normpath(path), path)
    return list(found.values())


def refuse_inside(source: str, out: str) -> None:
    """Raise ``OutputError`` where replacing ``out`` would take the input away with it."""
    place, input_place = os.path.realpath(out), os.path.realpath(source)
    if input_place == place:
        raise OutputError(f"{out}: is the input; name another folder")
    if Path(input_place).is_relative_to(place):
        raise OutputError(f"{out}: holds the input {source}; name another folder")
