"""Every rule whose name may stand in the record: what it is for, with examples, as data.

A stage that has rules describes them in ``data/STAGE/rules.toml``, in the order in which they run. The
examples and counter-examples there are tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cleanpress.errors import UsageError

STAGES = ("normalise", "decisions", "segment", "repeats", "restore", "reassemble", "inspect")
"""The stages that may have rules, in the order they run."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the table of its stage describes it.

    ``examples`` are pairs of text before and after, ``reports`` pairs of a text and the part of it that the
    rule reports as a suspect, ``unchanged`` texts that every rule leaves alone. ``version`` is raised when
    the rule's outcome changes. ``optional`` says whether the rule can be switched off by its name.
    """

    name: str
    version: int
    stage: str
    family: str
    reason: str
    examples: tuple[tuple[str, str], ...]
    reports: tuple[tuple[str, str], ...]
    unchanged: tuple[str, ...]
    optional: bool


@cache
def rules_of(stage: str) -> tuple[Rule, ...]:
    """The rules of one stage in the order they run; none where the stage has no table."""
    import tomllib

    table = files("cleanpress").joinpath(f"data/{stage}/rules.toml")
    if not table.is_file():
        return ()
    return tuple(
        Rule(
            row["name"],
            row["version"],
            stage,
            row["family"],
            row["reason"],
            tuple((before, after) for before, after in row.get("examples", ())),
            tuple((text, part) for text, part in row.get("reports", ())),
            tuple(row.get("unchanged", ())),
            row.get("optional", True),
        )
        for row in tomllib.loads(table.read_text(encoding="utf-8"))["rule"]
    )


@cache
def rulebook() -> dict[str, Rule]:
    """All rules by name, in the order they run."""
    return {rule.name: rule for stage in STAGES for rule in rules_of(stage)}


def require_optional(names: Iterable[str]) -> None:
    """Raise ``UsageError`` where one of the names is no rule, or a rule that cannot be switched off."""
    for name in sorted(set(names)):
        rule = rulebook().get(name)
        if rule is None:
            known = ", ".join(rule.name for rule in rulebook().values() if rule.optional)
            raise UsageError(f"unknown rule {name!r}; the rules are {known}")
        if not rule.optional:
            raise UsageError(f"the rule {name!r} cannot be switched off: {rule.reason}")
