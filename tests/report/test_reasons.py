"""Reasons of the record in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import cleanpress
from cleanpress.adjudicate import _Tally
from cleanpress.adjudicate.endpoint import _SILENT
from cleanpress.report.reasons import LONGEST, reason_in_both
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
    "( is not closed; unlikely where it stands": "( 没有收尾；此字在此处不通",
    "its boxes are in mm10, as the file measures, not in pixels": "坐标单位依文件为 mm10，不是像素",
    "the page has 300 fragments and was reassembled in 2 sections; nothing is joined between sections": (
        "本版有 300 个片段，分 2 段重组，段与段之间不作接合"
    ),
    "does “…灯又亮了” go on with “起来，船…”?": "“…灯又亮了” 之后是否接 “起来，船…”？",
    "d.toml: furniture “港口; (夜”: nothing on the page reads “港口; (夜”; mend the entry or remove it": (
        "d.toml: furniture “港口; (夜”：版面上没有 “港口; (夜”；请修改或删去此条"
    ),
}


@pytest.mark.parametrize("reason", CASES)
def test_a_reason_is_said_in_both_languages(reason: str) -> None:
    assert reason_in_both(reason, words()) == [reason, CASES[reason]]


def test_what_no_table_knows_stays_as_it_is() -> None:
    assert reason_in_both("somebody's own words", words()) == ["somebody's own words"] * 2
    assert reason_in_both("", words()) == ["", ""]


def test_what_is_very_long_stays_as_it_is() -> None:
    short, long = (f"{'港' * n} stands twice and is seldom doubled" for n in (9, LONGEST))
    assert [reason_in_both(reason, words())[1] == reason for reason in (short, long)] == [False, True]


def test_what_became_of_the_questions_is_said_in_both_languages() -> None:
    tally = _Tally(asked=5, answered=2)
    tally.open.update(
        ["refused by the server (HTTP 503)", "refused by the server (HTTP 503)", "not answered in time"]
    )
    said = tally.sentence(1)
    assert reason_in_both(said, words()) == [
        said,
        (
            "5 个疑问交给了模型：答复 2 个，3 个仍未解决（1 个未按时答复；2 个被服务器拒绝（HTTP 503））；"
            "1 个裁定与其他裁定矛盾，未予采纳"
        ),
    ]
    assert reason_in_both(_Tally(1, 1).sentence(0), words())[1] == "1 个疑问交给了模型：答复 1 个"


def test_what_an_adviser_and_the_decisions_warn_of_is_known_in_chinese() -> None:
    """Every reason for no answer, and every warning about an entry, stands in a literal."""
    package = Path(cleanpress.__file__).parent
    found = {f"{{}} {_SILENT}"}
    for node in ast.walk(ast.parse((package / "adjudicate" / "endpoint.py").read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "NoAnswer"
            and literal(node.args[0])
        ):
            found.add(f"{{}} {literal(node.args[0])}")
    for node in ast.walk(ast.parse((package / "decisions" / "bind.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self.warnings.append":
            found.add(str(literal(node.args[0])))
        elif isinstance(node, ast.IfExp) and literal(node.orelse):
            found |= {f"{{}}: {literal(side)}" for side in (node.body, node.orelse)}
    found.discard("{}: {}")
    known = {re.sub(r"\{\d\}", "{}", key) for key in (*words()["reason"], *words()["said"])}
    # Whether pieces or places are meant is filled in.
    known |= {
        key.replace(what, "{}") for key in known for what in ("pieces", "places") if f"{{}} {what} of" in key
    }
    assert len(found) >= 9
    assert found - known == set()


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
