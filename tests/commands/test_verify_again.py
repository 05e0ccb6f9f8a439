"""``cleanpress verify --again``: a record that accounts for a page need not be this program's."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from commandline import Run, tree

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


def test_the_inputs_are_looked_for_where_run_found_them(run: Run, folder: Path) -> None:
    ended = run("verify", folder.name, "--again", "--input-root", ".")
    assert ended.code == 2
    assert "--again looks for the inputs from the current folder" in ended.err


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
