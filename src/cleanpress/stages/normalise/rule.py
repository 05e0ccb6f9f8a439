"""What a rule is to a reader: its name, version, reason, examples and counter-examples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the normalise stage as ``data/normalise/rules.toml`` describes it.

    ``examples`` are pairs of text before and after, ``unchanged`` texts that every rule leaves alone.
    """

    name: str
    version: int
    family: str
    reason: str
    examples: tuple[tuple[str, str], ...]
    unchanged: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in the order they run."""
    import tomllib

    table = files("cleanpress").joinpath("data/normalise/rules.toml").read_text(encoding="utf-8")
    return tuple(
        Rule(
            row["name"],
            row["version"],
            row["family"],
            row["reason"],
            tuple((before, after) for before, after in row["examples"]),
            tuple(row["unchanged"]),
        )
        for row in tomllib.loads(table)["rule"]
    )
