"""A folder is changed by hand in every way that can be thought of; each must be noticed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from cleanpress.config import Config
from cleanpress.errors import UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.write import OutputFolder
from cleanpress.verification import verify
from forgeries import BAD, FORGERIES, OTHER, SOURCE, drop, of_manifest, put, seal
from handmade import TEXT, handmade


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two inputs and what was written of them; a third could not be read."""
    root = tmp_path_factory.mktemp("made")
    for source in (SOURCE, OTHER):
        (root / source).write_text(TEXT, encoding="utf-8", newline="")
    with OutputFolder(root / "clean", [BAD, SOURCE, OTHER], Config()) as folder:
        folder.fail(BAD, "is empty")
        folder.add(handmade(SOURCE))
        folder.add(handmade(OTHER))
        folder.commit()
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it to play with."""
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


def findings(root: Path) -> list[str]:
    return [str(finding) for finding in verify(root / "clean", input_root=root).findings]


def test_a_good_folder_is_proved(root: Path) -> None:
    report = verify(root / "clean", input_root=root)
    assert report.findings == []
    assert report.totals["articles"] == 4
    assert report.totals["failed"] == 1
    assert report.totals["characters"] == 2 * len(TEXT)


def test_paths_are_looked_for_from_the_current_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert verify(Path("clean")).findings == []


def test_sealing_an_untouched_folder_changes_nothing(root: Path) -> None:
    before = (root / "clean" / "manifest.json").read_bytes()
    seal(root)
    assert (root / "clean" / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_is_noticed_by_its_hash_and_without_it_by_the_ledger(what: str, root: Path) -> None:
    forge, message = FORGERIES[what]
    forge(root)
    assert findings(root)
    seal(root)
    found = findings(root)
    assert any(message in finding for finding in found), found
    assert not any("SHA-256" in finding for finding in found)


def test_every_single_line_matters(root: Path) -> None:
    for name in ("articles", "repeats", "edits", "leftovers"):
        original = (root / "clean" / f"{name}.jsonl").read_bytes()
        for number in range(len(original.splitlines())):
            drop(name, number)(root)
            seal(root)
            assert findings(root), (name, number)
            (root / "clean" / f"{name}.jsonl").write_bytes(original)
    seal(root)
    assert findings(root) == []


def test_another_input_is_noticed(root: Path) -> None:
    (root / SOURCE).write_text(TEXT.replace("灯", "船", 1), encoding="utf-8", newline="")
    assert findings(root) == [
        "manifest.json: 港口.txt: the input is not the one that was cleaned (its SHA-256 differs)"
    ]
    seal(root)
    assert any("block 4" in finding for finding in findings(root))


@pytest.mark.parametrize("place", [("inputs", 1), ("outputs", 0)])
def test_another_hash_is_noticed(root: Path, place: tuple[str, int]) -> None:
    of_manifest(put(*place, "sha256", to="0" * 64))(root)
    assert any("SHA-256" in finding for finding in findings(root))


def test_a_missing_input_is_named_with_advice(root: Path) -> None:
    (root / SOURCE).unlink()
    [finding] = findings(root)
    assert "港口.txt: the input: there is no such file" in finding
    assert "--input-root" in finding


@pytest.mark.parametrize(
    "path", ["articles.jsonl", "edits.jsonl", "questions.jsonl", "articles/港口/02-果园采摘.md"]
)
def test_a_missing_file_is_noticed(root: Path, path: str) -> None:
    (root / "clean" / path).unlink()
    assert f"{path}: is missing" in findings(root)


def test_a_missing_manifest_is_noticed(root: Path) -> None:
    (root / "clean" / "manifest.json").unlink()
    assert findings(root) == ["manifest.json: is missing; without it nothing can be proved"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"generator": "other"}', b"\xff", b"[" * 100_000])
def test_a_manifest_that_is_none_is_noticed(root: Path, content: bytes) -> None:
    (root / "clean" / "manifest.json").write_bytes(content)
    [finding] = findings(root)
    assert "is not a manifest of cleanpress" in finding


@pytest.mark.parametrize(
    "path", ["notes.txt", "articles/港口/03-more.md", "articles/more/01-a.md", ".hidden"]
)
def test_an_added_file_is_noticed(root: Path, path: str) -> None:
    (root / "clean" / path).parent.mkdir(exist_ok=True)
    (root / "clean" / path).write_text("more")
    assert findings(root) == [f"{path}: is not a file of this run"]
    of_manifest(lambda m: m["outputs"].append({"path": path, "sha256": "", "bytes": 0}))(root)
    seal(root)
    assert any("does not come from any page" in finding for finding in findings(root))


def test_a_file_taken_off_the_list_is_noticed(root: Path) -> None:
    of_manifest(lambda m: m["outputs"].pop())(root)
    found = findings(root)
    assert any("is not listed" in finding for finding in found), found


def test_a_link_in_place_of_a_file_is_noticed(root: Path) -> None:
    path = root / "clean" / "edits.jsonl"
    path.rename(root / "edits.jsonl")
    path.symlink_to(root / "edits.jsonl")
    assert "edits.jsonl: is not a plain file" in findings(root)


def test_a_folder_that_is_none_is_wrong_use(root: Path) -> None:
    with pytest.raises(UsageError, match="there is no such folder"):
        verify(root / "nowhere")


def test_a_later_format_is_refused(root: Path) -> None:
    of_manifest(put("format", to=2))(root)
    with pytest.raises(UsageError, match="format 2"):
        verify(root / "clean")


@pytest.mark.parametrize("file", ["articles.jsonl", "repeats.jsonl", "edits.jsonl", "leftovers.jsonl"])
def test_no_byte_can_be_changed_unseen_by_the_hash(root: Path, file: str) -> None:
    content = (root / "clean" / file).read_bytes()
    for at in range(0, len(content), 211):
        (root / "clean" / file).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert findings(root), at


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
@pytest.mark.parametrize("place", ["pipe", "/dev/zero", ".", "nul\0byte"])
def test_an_input_that_is_no_file_is_not_waited_for(root: Path, place: str) -> None:
    os.mkfifo(root / "pipe")
    manifest = json.loads((root / "clean" / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["inputs"]:
        if entry["path"] == SOURCE:
            entry["path"] = place
    manifest["inputs"].sort(key=lambda entry: entry["path"])
    (root / "clean" / "manifest.json").write_bytes(manifests.dump(manifest))
    assert any("the input: " in finding for finding in findings(root))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_manifest_that_is_a_pipe_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    [finding] = verify(tmp_path).findings
    assert "is not a manifest of cleanpress" in finding.message


def test_an_input_is_read_up_to_the_limit_of_the_run(root: Path) -> None:
    manifest = json.loads((root / "clean" / "manifest.json").read_text(encoding="utf-8"))
    for limit, expected in ((10, 2), (10**9, 0), ("no", 0), (0, 0), (None, 0)):
        manifest["configuration"]["max_bytes"] = limit
        (root / "clean" / "manifest.json").write_bytes(manifests.dump(manifest))
        assert sum("more than a page may" in finding for finding in findings(root)) == expected
