"""``cleanpress config``: the settings that are in force, and where each comes from."""

from __future__ import annotations

import json
from typing import Any

import click

from cleanpress.cli import EXIT_CODES


@click.command("config", epilog=EXIT_CODES)
@click.argument("inputs", metavar="[INPUT...]", nargs=-1, type=click.Path(readable=False))
@click.option("--config", "path", metavar="FILE", type=click.Path(), help="Take the settings of this file.")
def command(*, inputs: tuple[str, ...], path: str | None) -> None:
    """Show the settings that a run over INPUT would have, and where each comes from.

    Settings stand in cleanpress.toml or, under [tool.cleanpress], in pyproject.toml; the file is looked for
    from the input upwards, without INPUT from the current folder. Options of run override it. What is
    printed is such a file.
    """
    from cleanpress.batch.settings import File, find, in_force, load

    file = load(path) if path is not None else find(inputs)
    for name, (value, origin) in in_force(file or File(), {}).items():
        shown = f"# {name} is not set" if value is None else f"{name} = {_toml(value)}"
        click.echo(f"{shown:45}  # {origin}")


def _toml(value: Any) -> str:
    # Texts, numbers, flags and lists of texts are written as JSON writes them.
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
