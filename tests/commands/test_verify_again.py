"""``cleanpress verify --again``: a record that accounts for a page need not be this program's."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from cleanpress.batch.again import differences
from commandline import Run, assert_one_line, tree

PAGE = "港口添新灯\n\n昨夜，旧码头的灯全部换新，船家说看得清缆桩了。\n\n灯下有人钓鱼，也有人看潮。\n"


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """A finished folder of one page, and one page that could not be cleaned."""
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    assert run("run", "page.txt", "empty.txt", "-o", "clean", "-q").code == 1
    return tmp_path / "clean"


def forge(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of the folder, and the manifest so that it knows nothing of it."""
    path = folder / name
    data = path.read_text(encoding="utf-8").replace(old, new)
    path.write_text(data, encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for output in manifest["outputs"]:
        if output["path"] == name:
            output["sha256"] = hashlib.sha256(data.encode()).hexdigest()
            output["bytes"] = len(data.encode())
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def test_an_honest_folder_comes_out_the_same(run: Run, folder: Path) -> None:
    ended = run("verify", folder.name, "--again")
    assert ended.code == 0
    assert "1 page could not be cleaned; cleaned again, every file is the same" in ended.out


def test_what_was_said_otherwise_is_found(run: Run, folder: Path) -> None:
    said = '"confidence": 1.0'
    name = next(n for n in ("edits.jsonl",) if said in (folder / n).read_text(encoding="utf-8"))
    forge(folder, name, said, '"confidence": 0.5')
    assert run("verify", folder.name).code == 0
    ended = run("verify", folder.name, "--again")
    assert ended.code == 1
    assert "edits.jsonl:1: is not what comes out when the inputs are cleaned again" in ended.out


def test_a_rule_that_does_not_exist_is_a_finding(run: Run, folder: Path) -> None:
    forge(folder, "edits.jsonl", '"rule": "block-break"', '"rule": "no-such-rule"')
    ended = run("verify", folder.name)
    assert ended.code == 1
    assert "there is no rule 'no-such-rule'" in ended.out


def test_without_again_it_is_said_what_is_not_proved(run: Run, folder: Path) -> None:
    said = run("verify", folder.name).out
    assert "1 page could not be cleaned, and no attempt was made again; who decided it, only --again" in said


def test_the_inputs_may_have_moved_as_a_whole(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folder.parent / "elsewhere"
    other.mkdir()
    monkeypatch.chdir(other)
    ended = run("verify", "../clean", "--again", "--input-root", "..")
    assert ended.code == 0
    assert Path.cwd() == other
    lost = run("verify", "../clean")
    assert lost.code == 1
    assert "(looked from .; --input-root names another folder)" in lost.out
    assert_one_line(
        run("verify", "../clean", "--again", "--input-root", "none"), "none: there is no such folder"
    )


def test_a_file_that_is_not_made_again_and_one_that_is_missing(folder: Path) -> None:
    again = folder.parent / "again"
    shutil.copytree(folder, again)
    (folder / "here").mkdir()
    (folder / "here" / "only.md").write_text("", encoding="utf-8")
    (again / "there").mkdir()
    (again / "there" / "only.md").write_text("", encoding="utf-8")
    assert list(differences(folder, again)) == [
        "here/only.md: is not made again",
        "there/only.md: is made again, and is missing",
    ]


def test_another_build_of_the_version_is_no_finding(run: Run, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["configuration"]["code"] = "0" * 16
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    assert run("verify", folder.name).code == 0
    for command in (("verify", folder.name, "--again"), ("undo", folder.name, "--rule", "dash")):
        ended = run(*command)
        assert (ended.code, ended.out) == (2, "")
        assert "was made by another build of version" in ended.err


def test_another_version_may_have_had_other_rules(run: Run, folder: Path) -> None:
    forge(folder, "edits.jsonl", '"rule": "block-break"', '"rule": "no-such-rule"')
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["version"] = "0.0.1"
    manifest["inputs"][1]["rules"] = {"no-such-rule": manifest["inputs"][1]["rules"].pop("block-break")}
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    ended = run("verify", folder.name)
    assert "there is no rule" not in ended.out


def test_a_decision_taken_since_is_not_followed_by_undo(run: Run, folder: Path) -> None:
    decided = '[[decision]]\nfurniture = "灯下有人钓鱼，也有人看潮"\n'
    folder.with_name("decisions.toml").write_text(decided, encoding="utf-8")
    before = tree(folder)
    ended = run("undo", folder.name, "--rule", "dash")
    assert ended.code == 2
    assert "what people decided about it has changed" in ended.err
    assert tree(folder) == before


def test_undo_ends_as_run_does_where_a_page_could_not_be_cleaned(run: Run, folder: Path) -> None:
    ended = run("undo", folder.name, "--rule", "dash")
    assert ended.code == 1
    assert "1 page could not be cleaned, as before" in ended.err


def test_undo_judges_the_gates_of_the_folder(run: Run, folder: Path) -> None:
    assert run("run", "page.txt", "-o", folder.name, "--fail-on", "edits>0", "-q").code == 1
    ended = run("undo", folder.name, "--rule", "dash", "-q")
    assert ended.code == 1
    assert ended.err.startswith("cleanpress: edits>0: it is ")


def test_undo_says_how_inputs_that_lie_elsewhere_are_found(run: Run, folder: Path) -> None:
    folder.with_name("page.txt").unlink()
    ended = run("undo", folder.name, "--rule", "dash")
    assert ended.code == 1
    where = "(looked from .; --input-root names another folder); nothing was changed"
    assert f"page.txt: the input: there is no such file {where}" in ended.err
