"""Reasons of the record in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import cleanpress
from cleanpress.report.reasons import reason_in_both
from cleanpress.report.render import words

CASES = {
    "unlikely where it stands": "此字在此处不通",
    "“ opens inside another “": "“ 在另一个 “ 之内又起",
    "落地 stands twice and is seldom doubled": "落地 连出两次，而此词很少叠用",
    "the prints differ, and a name is not changed by the language model alone": (
        "几处印文不同，仅凭语言模型，人名不予改动"
    ),
    "{0} is not closed": "{0} 没有收尾",
    "unlikely where it stands; “ is not closed": "此字在此处不通；“ 没有收尾",
}


@pytest.mark.parametrize("reason", CASES)
def test_a_reason_is_said_in_both_languages(reason: str) -> None:
    assert reason_in_both(reason, words()) == [reason, CASES[reason]]


def test_what_no_table_knows_stays_as_it_is() -> None:
    assert reason_in_both("somebody's own words", words()) == ["somebody's own words"] * 2
    assert reason_in_both("", words()) == ["", ""]


def literal(node: ast.expr) -> str | None:
    """A text of the source, with ``{}`` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "{}" for part in node.values)
    return None


def test_every_reason_of_inspection_is_known_in_chinese() -> None:
    """Whoever doubts a reading says why in a literal: none of them may be missing in ``words.toml``."""
    found = set()
    for path in sorted((Path(cleanpress.__file__).parent / "stages" / "inspect").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Doubt":
                found.add(literal(node.args[-1]))
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
                found.add(literal(node.value))
    known = {re.sub(r"\{\d\}", "{}", key) for key in (*words()["reason"], *words()["said"])}
    assert len(found) >= 8
    assert found - {None} - known == set()
