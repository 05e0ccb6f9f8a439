"""``cleanpress undo``: a finished folder as if a rule had never been."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleanpress import options
from cleanpress.cli import EXIT_CODES, FINDING
from cleanpress.config import Config
from cleanpress.errors import InputError, UsageError

if TYPE_CHECKING:
    from cleanpress.formats.manifest import Manifest


@click.command("undo", epilog=EXIT_CODES)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--rule",
    "names",
    metavar="NAME",
    multiple=True,
    required=True,
    help="The rule to take back; may be given again. cleanpress rules lists them.",
)
@options.input_root
@options.jobs
@options.quiet
def command(*, out: Path, names: tuple[str, ...], input_root: Path | None, jobs: int, quiet: bool) -> None:
    """Take everything back that a rule changed in OUT, a folder that run wrote.

    The inputs are cleaned again with the settings of the folder and the rule switched off; the folder is
    replaced as a whole, and is then, byte for byte, what cleanpress run --rule-off NAME writes. Inputs and
    folder must be as they were: otherwise nothing is changed. The inputs, and what else the settings name by
    its path, are looked for from where undo is called, or from --input-root. The gates of the folder
    (--fail-on) are judged again.
    """
    from cleanpress.batch.again import config_of, inside
    from cleanpress.batch.processors import processors
    from cleanpress.batch.run import Batch, Listener, run
    from cleanpress.formats.changes import require_manifest, shown_edits
    from cleanpress.formats.sources import Source
    from cleanpress.formats.summary import plural
    from cleanpress.gates import broken
    from cleanpress.rulebook import require_optional

    require_optional(names)
    manifest = require_manifest(out)
    config = config_of(out, manifest)
    require_as_it_was(out, manifest, config, input_root)
    tally: Counter[str] = Counter()
    for edit in shown_edits(out, manifest, input_root or Path(), []):
        tally.update(set(edit.rules) & set(names))
    without = replace(config, rules_off=tuple(sorted({*config.rules_off, *names})))
    sources = [Source.from_record(entry) for entry in manifest["inputs"]]
    place = out if input_root is None else out.absolute()
    with inside(input_root):
        outcome = run(Batch(sources, str(place), without, jobs or processors()), Listener())
    if not outcome.summary.pages:
        raise InputError(f"{out}: no page can be cleaned again; nothing was changed")
    if not quiet:
        for name in dict.fromkeys(names):
            click.echo(f"{out}: {name}: {plural(tally[name], 'edit')} taken back", err=True)
    if outcome.summary.failures:
        failed = plural(len(outcome.summary.failures), "page")
        click.echo(f"cleanpress: {out}: {failed} could not be cleaned, as before", err=True)
    for line in broken(outcome.broken):
        click.echo(f"cleanpress: {line}", err=True)
    if outcome.summary.failures or outcome.broken:
        sys.exit(FINDING)


def require_as_it_was(out: Path, manifest: Manifest, config: Config, root: Path | None) -> None:
    """Raise ``UsageError`` or ``InputError`` where folder, model or an input is not as the run left it.

    ``root`` is the folder from which the paths of the run count; ``None`` for the current one.
    """
    from cleanpress.batch.again import inside
    from cleanpress.decisions.entries import digest as digest_of
    from cleanpress.formats.again import page_again
    from cleanpress.formats.decisions import DecisionFiles
    from cleanpress.formats.manifest import differences
    from cleanpress.formats.sources import Source
    from cleanpress.formats.write import configuration

    for path, wrong in differences(out, manifest):
        raise UsageError(f"{out}: {path} {wrong}; nothing was changed")
    with inside(root):
        as_it_was = configuration(config) == manifest["configuration"]
    if not as_it_was:
        raise UsageError(f"{out}: its language model is another now; run again with --rule-off")
    decisions = DecisionFiles(config.decisions, root)
    for entry in manifest["inputs"]:
        if "error" not in entry:
            source = Source.from_record(entry)
            if digest_of(decisions.about(source.name, source.file)) != entry.get("decided", ""):
                raise UsageError(
                    f"{source.name}: what people decided about it has changed; run again with --rule-off"
                )
            try:
                page_again(entry, root or Path(), manifest)
            except InputError as error:
                raise InputError(f"{entry['path']}: {error}; nothing was changed") from None
