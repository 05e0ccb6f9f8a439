"""``cleanpress diff``: what was changed, place by place or rule by rule."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleanpress import options
from cleanpress.cli import EXIT_CODES

if TYPE_CHECKING:
    from rich.text import Text

    from cleanpress.formats.changes import ShownEdit


@click.command("diff", epilog=EXIT_CODES)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--rule", "names", metavar="NAME", multiple=True, help="Only edits of this rule; may be given again."
)
@click.option(
    "--by",
    type=click.Choice(["place", "rule"]),
    default="place",
    show_default=True,
    help="In the order of the pages, or rule by rule.",
)
@click.option("--all", "structural", is_flag=True, help="Also the line ends that were folded.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text, or the edits and their number by rule as JSON.",
)
@click.option("--reasons", is_flag=True, help="Also how sure each edit is, and why it was made.")
@options.input_root
def command(
    *,
    out: Path,
    names: tuple[str, ...],
    by: str,
    structural: bool,
    form: str,
    reasons: bool,
    input_root: Path | None,
) -> None:
    """Show every change of the text that a run wrote to OUT.

    Each is one line: page:line:column: rule: the print around it, with [before -> after] in its place;
    spaces, line ends and characters without ink are made visible. In colour on a terminal. The line ends
    that were folded are only counted unless --all or --rule asks for them. With --reasons each line ends
    with the confidence, from 0 to 1, and the reason of the edit, or of its rule where the edit has none of
    its own; JSON always has both. Text around a change needs the input; without it the changes are shown
    alone.
    """
    from cleanpress.errors import UsageError
    from cleanpress.formats.changes import EDITS, as_written, chosen, require_manifest, shown_edits
    from cleanpress.formats.manifest import CHANGED
    from cleanpress.formats.summary import plural
    from cleanpress.rulebook import rulebook

    manifest = require_manifest(out)
    if unknown := sorted(set(names) - set(rulebook())):
        raise UsageError(f"there is no rule {unknown[0]!r}; cleanpress rules lists them")
    if not as_written(out, manifest):
        click.echo(
            f"cleanpress: {out / EDITS}: {CHANGED}: these are not the edits that the run made; "
            "cleanpress verify says more",
            err=True,
        )
    missing: list[str] = []
    tally: Counter[str] = Counter()
    folded: Counter[str] = Counter()
    edits = chosen(shown_edits(out, manifest, input_root or Path(), missing), names, structural, folded)
    if form == "json":
        found = [record(edit) for edit in edits]
        tally.update(name for edit in found for name in edit["rule"].split("+"))
        rules = [
            {"rule": name, "version": rule.version, "reason": rule.reason, "edits": tally[name]}
            for name, rule in rulebook().items()
            if tally[name]
        ]
        listed = {"rules": rules, "edits": found, "folded": folded.total()}
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        show = _coloured if sys.stdout.isatty() else _plain
        order = {name: k for k, name in enumerate(rulebook())}
        if by == "rule":
            edits = iter(sorted(edits, key=lambda edit: order.get(edit.rules[0], len(order))))
        number = show(edits, by == "rule", reasons, tally)
        counts = ", ".join(f"{name} {count:,}" for name, count in tally.most_common())
        click.echo(f"{out}: {plural(number, 'edit')}{f' ({counts})' if counts else ''}", err=True)
        if folded:
            left_out = plural(folded.total(), "folded line end")
            click.echo(f"{out}: {left_out} left out (--all shows all)", err=True)
    for reason in missing:
        click.echo(f"cleanpress: {reason}; its edits are shown without the print around them", err=True)


def record(edit: ShownEdit) -> dict[str, Any]:
    """An edit as JSON: as in ``edits.jsonl``, with the print around it."""
    return {
        "page": edit.page,
        "span": list(edit.span),
        "line": edit.line,
        "column": edit.column,
        "rule": edit.rule,
        "before": edit.before,
        "after": edit.after,
        "confidence": edit.confidence,
        "reason": edit.reason,
        "left": edit.left,
        "right": edit.right,
    }


def _parts(edit: ShownEdit) -> tuple[str, str, str, str]:
    """What is shown of an edit: left of it, before, after, right of it."""
    from cleanpress.formats.changes import visible

    return visible(edit.left or ""), visible(edit.before), visible(edit.after), visible(edit.right or "")


def _plain(edits: Iterable[ShownEdit], headings: bool, reasons: bool, tally: Counter[str]) -> int:
    number, heading = 0, ""
    for edit in edits:
        number += 1
        if headings and edit.rules[0] != heading:
            heading = edit.rules[0]
            click.echo(f"# {_heading(heading)}")
        tally.update(edit.rules)
        left, before, after, right = _parts(edit)
        click.echo(f"{edit.place}: {edit.rule}: {left}[{before} -> {after}]{right}{_why(edit, reasons)}")
    return number


def _why(edit: ShownEdit, reasons: bool) -> str:
    """How sure an edit is and why, where that is asked for: `` (0.98: reason)``."""
    from cleanpress.rulebook import rulebook

    if not reasons:
        return ""
    rules = (rulebook().get(name) for name in edit.rules)
    reason = edit.reason or " ".join(rule.reason for rule in rules if rule is not None)
    return f" ({edit.confidence:g}{': ' if reason else ''}{reason})"


def _heading(name: str) -> str:
    from cleanpress.rulebook import rulebook

    rule = rulebook().get(name)
    return f"{name} {rule.version}: {rule.reason}" if rule else name


def _coloured(edits: Iterable[ShownEdit], headings: bool, reasons: bool, tally: Counter[str]) -> int:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    number, heading, page = 0, "", ""
    for edit in edits:
        number += 1
        if headings and edit.rules[0] != heading:
            heading = edit.rules[0]
            console.print(Text(_heading(heading), style="bold"), soft_wrap=True)
        elif not headings and edit.page != page:
            page = edit.page
            console.print(Text(page, style="bold"), soft_wrap=True)
        tally.update(edit.rules)
        console.print(_line(edit, headings, reasons), soft_wrap=True)
    return number


def _line(edit: ShownEdit, headings: bool, reasons: bool) -> Text:
    from rich.text import Text

    left, before, after, right = _parts(edit)
    where = edit.place if headings else f"{edit.line}:{edit.column}"
    return Text.assemble(
        (f"  {where}", "cyan"),
        ("" if headings else f" {edit.rule}", "dim"),
        f"  {left}",
        (before, "red strike"),
        (after, "bold green"),
        right,
        (_why(edit, reasons), "dim"),
    )
