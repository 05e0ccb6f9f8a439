"""``cleanpress rules``."""

from __future__ import annotations

import json

from click.testing import CliRunner

from cleanpress.commands.rules import command
from cleanpress.rulebook import rulebook


def test_rules_are_listed_in_the_order_they_run_with_an_example() -> None:
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 0
    heads = [line for line in result.output.splitlines() if not line.startswith("    ")]
    assert [head.split(" ")[0] for head in heads] == list(rulebook())
    assert "    等等... -> 等等……" in result.output.splitlines()


def test_a_rule_that_is_named_shows_everything() -> None:
    lines = CliRunner().invoke(command, ["ellipsis"]).output.splitlines()
    assert lines[0].startswith("ellipsis ")
    assert "    Wait... stays" in lines


def test_rules_that_are_always_on_are_marked() -> None:
    assert "line-break 1 (lines, always on)" in CliRunner().invoke(command, ["line-break"]).output


def test_json_holds_everything() -> None:
    found = json.loads(CliRunner().invoke(command, ["--format", "json"]).output)
    assert [rule["name"] for rule in found] == list(rulebook())
    ellipsis = next(rule for rule in found if rule["name"] == "ellipsis")
    assert ellipsis["stage"] == "normalise"
    assert {"before": "等等...", "after": "等等……"} in ellipsis["examples"]
    assert "Wait..." in ellipsis["unchanged"]
