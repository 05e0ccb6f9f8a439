"""Options that several commands have, written once, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from cleanpress.errors import UsageError

_Place = TypeVar("_Place", str, Path, str | None)


def _folder(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """The folder, if it is one: else each input would be said to be missing."""
    if value is not None and not value.is_dir():
        raise UsageError(f"{value}: there is no such folder")
    return value


def no_stream(instead: str = "") -> Callable[[click.Context, click.Parameter, _Place], _Place]:
    """The callback of an option that names what is written: ``-`` is refused, which the user means for
    standard output. ``instead`` is a sentence that says how to have it there."""

    def check(context: click.Context, parameter: click.Parameter, value: _Place) -> _Place:
        if value is not None and str(value) == "-":
            raise UsageError(
                f"{parameter.opts[0]} -: is not written to standard output; name a place "
                f"(./- for one called -){instead}"
            )
        return value

    return check


def folder_out(
    *, required: bool = False, instead: str = ""
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option ``-o``: the folder that is written; ``instead`` as of ``no_stream``."""
    return click.option(
        "-o",
        "--output",
        "out",
        metavar="OUT",
        required=required,
        type=click.Path(),
        callback=no_stream(instead),
        help="The folder to write.",
    )


jobs = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that work; 0: one for each processor that may be used.",
)
"""``jobs``: how many processes; 0 stands for as many as there are processors."""

input_root = click.option(
    "--input-root",
    metavar="DIR",
    type=click.Path(path_type=Path),
    callback=_folder,
    help="Where the paths of the inputs begin; without it, the current folder.",
)
"""``input_root``: the folder from which the recorded paths count, or ``None``."""

quiet = click.option("-q", "--quiet", is_flag=True, help="Only say what went wrong.")
"""``quiet``: whether only what went wrong is said."""
