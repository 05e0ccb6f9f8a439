"""``cleanpress train``: a language model of one's own archive."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from cleanpress import options
from cleanpress.cli import EXIT_CODES
from cleanpress.errors import InputError, OutputError


@click.command("train", epilog=EXIT_CODES)
@click.argument("corpora", metavar="CORPUS...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="MODEL",
    required=True,
    type=click.Path(path_type=Path),
    callback=options.no_stream(),
    help="The file to write.",
)
@click.option(
    "--order",
    type=click.IntRange(2, 5),
    default=5,
    show_default=True,
    help="Longest n-gram, in characters.",
)
@click.option(
    "--megabytes",
    type=click.FloatRange(min=0.1),
    default=9.0,
    show_default=True,
    help="Drop what matters least until the model is about this small.",
)
@click.option("--encoding", metavar="NAME", default="utf-8-sig", help="Of the corpus files; else UTF-8.")
@click.option("-q", "--quiet", is_flag=True, help="Do not report progress.")
def command(
    *, corpora: tuple[Path, ...], output: Path, order: int, megabytes: float, encoding: str, quiet: bool
) -> None:
    """Train a character language model on clean text.

    CORPUS is plain text (a paragraph a line) or JSON lines (*.jsonl) with `paragraphs` or `text`, gzipped
    or not. The model is given to `cleanpress run` with --model. Nothing of the text itself is stored but
    counts of short character sequences. Training takes about 150 bytes of memory and 3 microseconds a
    character; the same text gives the same file.
    """
    from cleanpress.formats.read import require_file
    from cleanpress.language.corpus import read_paragraphs
    from cleanpress.language.storage import to_bytes
    from cleanpress.language.train import Recipe, simplified_characters, train

    def say(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    if not output.parent.is_dir():
        raise OutputError(f"{output}: there is no folder {output.parent}")
    for path in corpora:
        require_file(path)
    paragraphs: list[str] = []
    for path in corpora:
        before = len(paragraphs)
        paragraphs.extend(read_paragraphs(path, encoding))
        say(f"{path}: {len(paragraphs) - before:,} paragraphs")
    recipe = Recipe(order=order, megabytes=megabytes)
    try:
        model = train(paragraphs, simplified_characters(), recipe, say)
    except ValueError as error:
        raise InputError(f"{', '.join(map(str, corpora))}: {error}") from None
    data = to_bytes(model)
    write_whole(output, data)
    say(f"{output}: {len(data) / 1e6:.1f} MB")


def write_whole(path: Path, data: bytes) -> None:
    """Write the file whole or not at all. Raises ``OutputError``."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            # A temporary file is private; the model is as open as the user's other files.
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None
