"""Options that several commands have, written once, so that they mean the same everywhere."""

from __future__ import annotations

from pathlib import Path

import click

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
    help="Where the paths of the inputs begin; without it, the current folder.",
)
"""``input_root``: the folder from which the recorded paths count, or ``None``."""

quiet = click.option("-q", "--quiet", is_flag=True, help="Only say what went wrong.")
"""``quiet``: whether only what went wrong is said."""
