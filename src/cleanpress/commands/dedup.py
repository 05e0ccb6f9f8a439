"""``cleanpress dedup``: a corpus in, what is no copy out."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import click

from cleanpress import options
from cleanpress.cli import EXIT_CODES, FINDING
from cleanpress.errors import CleanpressError, OutputError, UsageError

_MOST_TOLD = 20
"""Lines that are no records that are told one by one; all are in ``unread.jsonl``."""


@click.command("dedup", epilog=EXIT_CODES)
@click.argument("corpus", metavar="CORPUS...", nargs=-1, required=True, type=click.Path(readable=False))
@options.folder_out(required=True)
@click.option(
    "--text-key", default="text", show_default=True, help="The field of a JSON record that is compared."
)
@click.option("--id-key", help="The field that names a JSON record; it is quoted in what was removed.")
@click.option(
    "--unit",
    type=click.Choice(["document", "paragraph"]),
    help="What is compared: records and whole text files, or their lines. Without it, records of JSON and "
    "Parquet, and lines of text files.",
)
@click.option(
    "--index",
    "index_path",
    metavar="PATH",
    type=click.Path(),
    help="An index of earlier texts: copies of those are set aside as well, and what stays is added to it. "
    "It is made where there is none.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="ray: on a Ray cluster, whose nodes all see the folder that OUT is in. The result is the same.",
)
@click.option(
    "--ray-address",
    metavar="ADDRESS",
    help="The cluster: ray://HOST:PORT, HOST:PORT, or auto; without it one is begun here for the run.",
)
@click.option(
    "--memory",
    metavar="SIZE",
    default="2G",
    show_default=True,
    help="What all processes together may use of it, as 500M or 2G.",
)
@options.jobs
@click.option("--overwrite", is_flag=True, help="Move aside a folder OUT that is not cleanpress's own.")
@options.quiet
def command(
    *,
    corpus: tuple[str, ...],
    out: str,
    text_key: str,
    id_key: str | None,
    unit: str | None,
    index_path: str | None,
    engine: str,
    ray_address: str | None,
    memory: str,
    jobs: int,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Set aside the copies in a corpus, also those that OCR read differently.

    CORPUS is JSON Lines (.jsonl, .ndjson) or text with a paragraph a line, as it is or compressed (.gz,
    .zst), or Parquet. OUT will hold what is kept, byte for byte, and say of everything else of what it is a
    copy. A line that is no record stays where it was and is told, with exit code 1. An interrupted run,
    started again, goes on where it was.
    """
    from cleanpress.batch.processors import one_thread_each, processors

    # Before numpy is imported: processes share the work, and a process with one thread can be copied.
    os.environ.update(one_thread_each())

    from cleanpress.batch.find import refuse_inside, sorted_unique
    from cleanpress.corpus.dedup import Corpus, add_to_index, find_copies
    from cleanpress.corpus.engine import cluster, workers
    from cleanpress.corpus.index import opened
    from cleanpress.corpus.memory import parsed
    from cleanpress.corpus.progress import reporting
    from cleanpress.corpus.read import Shape, Unit
    from cleanpress.corpus.write import unread_of, write
    from cleanpress.formats.folder import StagedFolder
    from cleanpress.formats.read import require_file
    from cleanpress.formats.summary import plural

    if ray_address is not None and engine != "ray":
        raise UsageError("--ray-address says where --engine ray runs; give that as well")
    paths = sorted_unique(corpus)
    for path in paths:
        require_file(path)
        refuse_inside(path, out)
    if index_path is not None and Path(index_path).resolve().is_relative_to(Path(out).resolve()):
        raise UsageError(
            f"{index_path}: an index cannot be in the folder {out}, which is replaced as a whole"
        )
    place = Path(os.path.abspath(out))
    if not place.name:
        raise UsageError(f"{out}: is no place for a folder")
    state = place.with_name(f".{place.name}.cleanpress-dedup")
    whole = Corpus(tuple(paths), Shape(text_key, id_key, None if unit is None else Unit(unit)))
    bound = parsed(memory)
    # On a cluster each process may use all of it.
    processes = 1 if engine == "ray" else jobs or processors()

    with (
        # Before anything else has threads.
        cluster(ray_address) if engine == "ray" else workers(processes) as run,
        nullcontext() if index_path is None else opened(Path(index_path), to_write=True) as index,
        StagedFolder(out, overwrite=overwrite) as folder,
        reporting(quiet=quiet) as report,
    ):
        try:
            outcome = find_copies(
                whole,
                state,
                processes,
                report,
                bound=bound,
                index=index,
                engine=nullcontext(run),
            )
        except CleanpressError:
            # What was read can be gone on with, when what is wrong has been changed.
            if not (state / "texts").exists():
                shutil.rmtree(state, ignore_errors=True)
            raise
        except OSError as error:
            raise OutputError(f"{state}: cannot be written: {error.strerror or error}") from None
        manifest = write(folder.path, whole, outcome, report, index=index_path)
        folder.commit()
        if index is not None:
            add_to_index(index, whole, outcome, state)
    told = list(islice(unread_of(whole, outcome), _MOST_TOLD))
    shutil.rmtree(state, ignore_errors=True)
    totals = manifest["totals"]
    if not quiet:
        click.echo(
            f"{out}: {plural(totals['records'], 'record')}, {totals['kept']:,} kept, "
            f"{totals['removed']:,} set aside as copies",
            err=True,
        )
    if told:
        _tell_unread(told, totals["unread"], out)
        sys.exit(FINDING)


def _tell_unread(some: list[dict[str, Any]], count: int, out: str) -> None:
    """Say which lines are no records, the first of them one by one."""
    for record in some:
        click.echo(f"cleanpress: {record['file']}:{record['line']}: {record['reason']}", err=True)
    many = "1 line is no record" if count == 1 else f"{count:,} lines are no records"
    click.echo(
        f"cleanpress: {many}, compared with nothing and left in place; see {out}/unread.jsonl", err=True
    )
