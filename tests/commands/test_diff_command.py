"""``cleanpress diff``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanpress.commands.diff import command
from cleanpress.commands.run import command as run
from cleanpress.errors import InputError, UsageError
from cleanpress.formats.changes import visible
from cleanpress.rulebook import rulebook

PAGE = """海港夜航恢复

昨天夜里,海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮.

今年的鱼比去年多...码头上的人也比去年多，冰\u200b库里早已堆得满满当当。
"""


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("page.txt").write_text(PAGE, encoding="utf-8")
    assert CliRunner().invoke(run, ["page.txt", "-o", "clean"], catch_exceptions=False).exit_code == 0
    return tmp_path / "clean"


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


def test_a_change_is_a_line_with_the_print_around_it(out: Path) -> None:
    result = diff(str(out))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "page.txt:3:5: half-width-mark: 夜航恢复⏎⏎昨天夜里[, -> ，]海港的灯又亮了起来，",
        "page.txt:3:34: full-stop: 岸，工人们忙到了天亮[. -> 。]⏎⏎今年的鱼比去年多",
        "page.txt:5:9: ellipsis: ⏎⏎今年的鱼比去年多[... -> ……]码头上的人也比去年多",
        "page.txt:5:24: invisible-character: 上的人也比去年多，冰[<U+200B> -> ]库里早已堆得满满当当",
    ]
    counted, left_out = result.stderr.splitlines()
    assert counted.endswith(": 4 edits (half-width-mark 1, full-stop 1, ellipsis 1, invisible-character 1)")
    assert left_out.endswith(": 3 folded line ends left out (--all shows all)")


def test_rule_by_rule_in_the_order_they_run(out: Path) -> None:
    lines = diff(str(out), "--by", "rule").stdout.splitlines()
    heads = [line for line in lines if line.startswith("# ")]
    assert [head.split(" ")[1] for head in heads] == [
        "invisible-character",
        "half-width-mark",
        "ellipsis",
        "full-stop",
    ]
    assert len(lines) == 8


def test_one_rule_and_the_line_ends(out: Path) -> None:
    assert len(diff(str(out), "--rule", "ellipsis").stdout.splitlines()) == 1
    every = diff(str(out), "--all")
    assert every.stdout.count("block-break: ") == 3
    for shown in (every, diff(str(out), "--rule", "ellipsis")):
        assert "left out" not in shown.stderr
    assert diff(str(out), "--rule", "block-break").stdout.count("[⏎⏎ -> ]") == 2
    assert diff(str(out), "--rule", "dash").stdout == ""


def test_reasons_of_the_edit_or_of_its_rule(out: Path) -> None:
    lines = diff(str(out), "--reasons").stdout.splitlines()
    rule = rulebook()["ellipsis"].reason
    assert lines[2].startswith("page.txt:5:9: ellipsis: ⏎⏎今年的鱼比去年多[... -> ……]")
    assert lines[2].endswith(f" (1: {rule})")
    records = [json.loads(line) for line in (out / "edits.jsonl").read_bytes().splitlines()]
    own = [{**record, "confidence": 0.75, "reason": "so the other print reads"} for record in records]
    (out / "edits.jsonl").write_text("\n".join(map(json.dumps, own)), encoding="utf-8")
    lines = diff(str(out), "--reasons").stdout.splitlines()
    assert len(lines) == 4
    assert all(line.endswith(" (0.75: so the other print reads)") for line in lines)
    assert "0.75" not in diff(str(out)).stdout


def test_json(out: Path) -> None:
    found = json.loads(diff(str(out), "--format", "json").stdout)
    assert [rule["rule"] for rule in found["rules"]] == [
        "invisible-character",
        "half-width-mark",
        "ellipsis",
        "full-stop",
    ]
    assert found["folded"] == 3
    every = json.loads(diff(str(out), "--format", "json", "--all").stdout)
    assert (len(every["edits"]), every["folded"]) == (7, 0)
    edit = found["edits"][1]
    assert (edit["before"], edit["after"], edit["line"], edit["column"]) == (".", "。", 3, 34)
    assert PAGE[slice(*edit["span"])] == "."
    assert edit["right"].startswith("\n\n今年")


def test_without_the_input_changes_stand_alone(out: Path) -> None:
    Path("page.txt").unlink()
    result = diff(str(out), "--rule", "ellipsis")
    assert result.stdout == "page.txt:5:9: ellipsis: [... -> ……]\n"
    assert "cleanpress: page.txt: the input: there is no such file" in result.stderr
    Path("there").mkdir()
    Path("there/page.txt").write_text(PAGE, encoding="utf-8")
    assert "去年多[... -> ……]码头" in diff(str(out), "--rule", "ellipsis", "--input-root", "there").stdout


def test_what_is_no_folder_of_a_run_is_refused(out: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        diff("nowhere")
    with pytest.raises(UsageError, match="not a folder that cleanpress run wrote"):
        diff(".")
    with pytest.raises(UsageError, match="cleanpress rules lists them"):
        diff(str(out), "--rule", "none")
    (out / "edits.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"edits\.jsonl:1: .*verify says more"):
        diff(str(out))


def test_a_record_that_was_changed_by_hand_is_said_to_be(out: Path) -> None:
    assert "was changed" not in diff(str(out)).stderr
    record = (out / "edits.jsonl").read_text(encoding="utf-8")
    (out / "edits.jsonl").write_text(record.replace("……", "、、"), encoding="utf-8")
    for form in ("text", "json"):
        changed = diff(str(out), "--format", form)
        warning = changed.stderr.splitlines()[0]
        assert warning.startswith(f"cleanpress: {out / 'edits.jsonl'}: was changed after it was written")
        assert (changed.exit_code, "、、" in changed.stdout) == (0, True)
    (out / "edits.jsonl").unlink()
    with pytest.raises(InputError, match=r"edits\.jsonl: cannot be read"):
        diff(str(out))


def test_every_character_can_be_seen() -> None:
    assert visible("a \u3000\n\r\t\u200b\ufeff\u0301甲") == "a␣□⏎␍⇥<U+200B><U+FEFF><U+0301>甲"
