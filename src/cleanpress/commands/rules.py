"""``cleanpress rules``: what each rule is for."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from cleanpress.cli import EXIT_CODES
from cleanpress.rulebook import Rule


@click.command("rules", epilog=EXIT_CODES)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for eyes, or everything about the rules as JSON.",
)
def command(names: tuple[str, ...], form: str) -> None:
    """List the rules whose names stand in the record, in the order they run: all of them, or those named.

    Name, version and reason of each, with an example of what it does: of text that it changes (a -> b) or
    of a part that it reports (a: b?). A rule is switched off with cleanpress run --rule-off NAME, unless it
    is marked as always on.
    """
    from cleanpress.errors import UsageError
    from cleanpress.rulebook import rulebook

    book = rulebook()
    for name in names:
        if name not in book:
            raise UsageError(f"there is no rule {name!r}; the rules are {', '.join(book)}")
    rules = [book[name] for name in names] if names else list(book.values())
    if form == "json":
        click.echo(json.dumps([record(rule) for rule in rules], ensure_ascii=False, indent=1))
    elif sys.stdout.isatty():
        _show(rules)
    else:
        for rule in rules:
            click.echo("\n".join(lines(rule, every=bool(names))))


def record(rule: Rule) -> dict[str, Any]:
    """A rule as JSON."""
    return {
        "name": rule.name,
        "version": rule.version,
        "stage": rule.stage,
        "family": rule.family,
        "reason": rule.reason,
        "optional": rule.optional,
        "examples": [{"before": before, "after": after} for before, after in rule.examples],
        "reports": [{"text": text, "suspect": part} for text, part in rule.reports],
        "unchanged": list(rule.unchanged),
    }


def lines(rule: Rule, *, every: bool) -> list[str]:
    """A rule in plain lines, with its first example or ``every`` example and counter-example."""
    from cleanpress.formats.changes import visible

    always = "" if rule.optional else ", always on"
    shown = [f"{visible(before)} -> {visible(after)}" for before, after in rule.examples]
    shown += [f"{visible(text)}: {visible(part)}?" for text, part in rule.reports]
    if every:
        shown += [f"{visible(text)} stays" for text in rule.unchanged]
    return [
        f"{rule.name} {rule.version} ({rule.family}{always}): {rule.reason}",
        *(f"    {line}" for line in (shown if every else shown[:1])),
    ]


def _show(rules: list[Rule]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for rule in rules:
        head, *examples = lines(rule, every=len(rules) == 1)
        title, _, reason = head.partition(": ")
        console.print(Text.assemble((title, "bold cyan"), f"  {reason}"), soft_wrap=True)
        for example in examples:
            console.print(Text(example, style="dim"), soft_wrap=True)
