"""``cleanpress undo``: the folder is what it had been without the rule, or stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanpress.commands.run import command as run
from cleanpress.commands.undo import command
from cleanpress.errors import InputError, UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.verification import verify

PAGE = """海港夜航恢复

昨天夜里,海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮.

今年的鱼比去年多...码头上的人也比去年多，冰\u200b库里早已堆得满满当当。
"""


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("page.txt").write_text(PAGE, encoding="utf-8")
    Path("pages.jsonl").write_text(json.dumps({"id": "a", "text": PAGE * 2}) + "\n", encoding="utf-8")
    clean("clean")
    return Path("clean")


def clean(out: str, *options: str) -> None:
    arguments = ["page.txt", "pages.jsonl", "-o", out, *options]
    assert CliRunner().invoke(run, arguments, catch_exceptions=False).exit_code == 0


def undo(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["clean", *arguments], catch_exceptions=False)


def tree(folder: str | Path) -> dict[str, bytes]:
    return {path: file.read_bytes() for path, file in manifests.files(Path(folder)).items()}


def test_the_folder_is_what_a_run_without_the_rule_writes(out: Path) -> None:
    result = undo("--rule", "ellipsis", "--rule", "full-stop")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "clean: ellipsis: 3 edits taken back",
        "clean: full-stop: 3 edits taken back",
    ]
    clean("other", "--rule-off", "ellipsis", "--rule-off", "full-stop")
    assert tree("clean") == tree("other")
    assert verify(out).findings == []
    assert "天亮.\n今年的鱼比去年多...码头" in json.loads(tree(out)["articles.jsonl"].split(b"\n")[0])["text"]


def test_the_inputs_may_lie_elsewhere(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean("other", "--rule-off", "ellipsis")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = tree(tmp_path / "clean")
    undo_there = ["../clean", "--rule", "ellipsis"]
    with pytest.raises(InputError, match=r"--input-root names another folder.*nothing was changed"):
        CliRunner().invoke(command, undo_there, catch_exceptions=False)
    with pytest.raises(UsageError, match="nowhere: there is no such folder"):
        CliRunner().invoke(command, [*undo_there, "--input-root", "nowhere"], catch_exceptions=False)
    assert tree(tmp_path / "clean") == before
    result = CliRunner().invoke(command, [*undo_there, "--input-root", ".."], catch_exceptions=False)
    assert result.stderr == "../clean: ellipsis: 3 edits taken back\n"
    assert Path.cwd() == tmp_path / "here"
    assert tree(tmp_path / "clean") == tree(tmp_path / "other")
    assert list(Path().iterdir()) == []


def test_what_the_settings_name_is_looked_for_there_too(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("all.toml").write_text(
        '[[decision]]\npage = "page.txt"\nfurniture = "海港夜航恢复"\n', encoding="utf-8"
    )
    clean("decided", "--decisions", "all.toml", "--rule-off", "ellipsis")
    clean("clean", "--decisions", "all.toml")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    arguments = ["../clean", "--rule", "ellipsis", "--input-root", ".."]
    assert CliRunner().invoke(command, arguments, catch_exceptions=False).exit_code == 0
    assert tree(tmp_path / "clean") == tree(tmp_path / "decided")


def test_rules_are_taken_back_one_after_the_other(out: Path) -> None:
    undo("--rule", "ellipsis")
    assert undo("--rule", "full-stop", "-q").stderr == ""
    clean("other", "--rule-off", "ellipsis", "--rule-off", "full-stop")
    assert tree("clean") == tree("other")


def test_a_rule_that_changed_nothing(out: Path) -> None:
    assert undo("--rule", "dash").stderr == "clean: dash: 0 edits taken back\n"


def test_nothing_is_changed_unless_all_is_as_it_was(out: Path) -> None:
    before = tree(out)
    with pytest.raises(UsageError, match="unknown rule 'none'"):
        undo("--rule", "none")
    with pytest.raises(UsageError, match="'block-break' cannot be switched off"):
        undo("--rule", "block-break")
    Path("page.txt").write_text(PAGE + "多一行。\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"page\.txt: the input is not the one that was cleaned"):
        undo("--rule", "dash")
    Path("page.txt").write_text(PAGE, encoding="utf-8")
    assert tree(out) == before
    (out / "edits.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"edits\.jsonl was changed after it was written"):
        undo("--rule", "dash")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("version", "0.0.1", r"was written by version 0\.0\.1"),
        ("ask_model", "m", "answers of a chat model bind its articles"),
        ("model_sha256", "0", "its language model is another now"),
        ("max_bytes", None, "its settings are damaged"),
    ],
)
def test_a_folder_of_other_settings_is_refused(out: Path, key: str, value: object, message: str) -> None:
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (manifest if key == "version" else manifest["configuration"])[key] = value
    (out / "manifest.json").write_bytes(manifests.dump(manifest))
    before = tree(out)
    with pytest.raises(UsageError, match=message):
        undo("--rule", "dash")
    assert tree(out) == before
