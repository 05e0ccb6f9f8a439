from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cleanpress.errors import OutputError
from cleanpress.formats import manifest as manifests
from cleanpress.formats.folder import StagedFolder


def fill(path: Path, content: str) -> None:
    """A folder as cleanpress writes one, with one output."""
    path.mkdir(exist_ok=True)
    (path / "articles.jsonl").write_text(content)
    digest, size = manifests.digest_of(path / "articles.jsonl")
    outputs = [{"path": "articles.jsonl", "sha256": digest, "bytes": size}]
    (path / "manifest.json").write_bytes(manifests.dump(manifests.build({}, [], outputs)))


def write(out: Path, content: str, *, overwrite: bool = False) -> StagedFolder:
    with StagedFolder(out, overwrite=overwrite) as staged:
        fill(staged.path, content)
        staged.commit()
    return staged


def content(out: Path) -> str:
    return (out / "articles.jsonl").read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_folder_and_its_parents(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "clean", "one")
    assert content(tmp_path / "a" / "b" / "clean") == "one"
    assert names(tmp_path / "a" / "b") == ["clean"]


def test_nothing_is_seen_before_the_commit(tmp_path: Path) -> None:
    with StagedFolder(tmp_path / "clean") as staged:
        fill(staged.path, "one")
        assert not (tmp_path / "clean").exists()
        staged.commit()
        assert content(tmp_path / "clean") == "one"


def test_without_commit_nothing_remains_not_even_parents(tmp_path: Path) -> None:
    with StagedFolder(tmp_path / "a" / "b" / "clean") as staged:
        fill(staged.path, "one")
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_nothing_but_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    write(tmp_path / "clean", "one")

    def break_off() -> None:
        with StagedFolder(tmp_path / "clean") as staged:
            fill(staged.path, "two")
            raise error

    with pytest.raises(error):
        break_off()
    assert content(tmp_path / "clean") == "one"
    assert names(tmp_path) == ["clean"]


def test_our_own_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path / "clean", "one")
    write(tmp_path / "clean", "two")
    assert content(tmp_path / "clean") == "two"
    assert names(tmp_path) == ["clean"]


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    write(tmp_path / "clean", "one")
    assert content(tmp_path / "clean") == "one"
    assert names(tmp_path) == ["clean"]


def test_the_new_folder_has_ordinary_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    write(tmp_path / "clean", "one")
    assert (tmp_path / "clean").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    "touch",
    [
        lambda out: (out / "notes.txt").write_text("mine"),
        lambda out: (out / "articles.jsonl").write_text("corrected by hand"),
        lambda out: (out / "articles.jsonl").unlink(),
        lambda out: (out / "manifest.json").unlink(),
        lambda out: (out / "manifest.json").write_text("{}"),
        lambda out: (out / "link").symlink_to("articles.jsonl"),
    ],
)
def test_a_folder_that_somebody_touched_is_refused_or_moved_aside(tmp_path: Path, touch: object) -> None:
    out = tmp_path / "clean"
    write(out, "one")
    assert callable(touch)
    touch(out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(OutputError, match="--overwrite"):
        write(out, "two")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    staged = write(out, "two", overwrite=True)
    assert content(out) == "two"
    aside = tmp_path / "clean.before-1"
    assert staged.moved_aside == aside
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == before
    assert names(tmp_path) == ["clean", "clean.before-1"]


def test_what_is_moved_aside_never_meets_what_was_moved_before(tmp_path: Path) -> None:
    out = tmp_path / "clean"
    for number in ("1", "2", "3"):
        out.mkdir(exist_ok=True)
        (out / "mine.txt").write_text(number)
        write(out, "new", overwrite=True)
    found = [(tmp_path / f"clean.before-{number}" / "mine.txt").read_text() for number in (1, 2, 3)]
    assert found == ["1", "2", "3"]


def test_overwrite_replaces_our_own_folder_without_moving_it_aside(tmp_path: Path) -> None:
    write(tmp_path / "clean", "one")
    assert write(tmp_path / "clean", "two", overwrite=True).moved_aside is None
    assert names(tmp_path) == ["clean"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_file_is_refused(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "clean").write_text("a file")
    with pytest.raises(OutputError, match="is a file; name a folder"):
        write(tmp_path / "clean", "one", overwrite=overwrite)
    assert (tmp_path / "clean").read_text() == "a file"
    assert names(tmp_path) == ["clean"]


def test_a_file_where_a_parent_is_meant(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(OutputError, match="a file stands where a folder is meant"):
        write(tmp_path / "file" / "clean", "one")
    assert names(tmp_path) == ["file"]


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="name is too long"):
        write(tmp_path / ("x" * 300), "one")


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_place_inside_a_folder_of_ours_is_refused(tmp_path: Path, overwrite: bool) -> None:
    write(tmp_path / "clean", "one")
    before = names(tmp_path / "clean")
    (tmp_path / "link").symlink_to(tmp_path / "clean")
    for place in (tmp_path / "clean" / "sub", tmp_path / "clean" / "a" / "b", tmp_path / "link" / "sub"):
        with pytest.raises(OutputError, match=r"is inside .*clean, a folder that cleanpress wrote"):
            write(place, "two", overwrite=overwrite)
    assert names(tmp_path / "clean") == before
    assert names(tmp_path) == ["clean", "link"]


def test_a_check_refuses_what_entering_refuses_and_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "clean", "one")
    (tmp_path / "file").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "note").touch()
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked").chmod(0o500)
    places = [tmp_path / place for place in ("clean/sub", "file", "file/sub/folder", "other")]
    if not os.access(tmp_path / "locked", os.W_OK):
        places.append(tmp_path / "locked" / "sub")
    for place in places:
        with pytest.raises(OutputError) as refused:
            write(place, "two")
        with pytest.raises(OutputError) as checked:
            StagedFolder(place).check()
        assert str(checked.value) == str(refused.value)
    StagedFolder(tmp_path / "other", overwrite=True).check()
    # What a run left that was killed between its two moves stays for the next one.
    (tmp_path / "clean").rename(tmp_path / ".clean.cleanpress-old")
    StagedFolder(tmp_path / "clean").check()
    assert names(tmp_path) == [".clean.cleanpress-old", "file", "locked", "other"]


def test_a_place_inside_a_folder_with_a_manifest_of_others_is_taken(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "an application"}')
    write(tmp_path / "clean", "one")
    assert content(tmp_path / "clean") == "one"


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "clean").symlink_to("real")
    write(tmp_path / "clean", "one")
    assert (tmp_path / "clean").is_symlink()
    assert content(tmp_path / "real") == "one"


def test_a_mount_point_is_refused_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clean").mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda _: True)
    with pytest.raises(OutputError, match=r"is a mount point.*; name a folder inside it"):
        write(tmp_path / "clean", "one")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_place_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(OutputError, match=r"cannot be written: .*; nothing was changed"):
        write(tmp_path / "a" / "clean", "one")
    assert names(tmp_path) == []


def test_when_the_move_fails_the_old_folder_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "clean", "one")
    rename = os.rename

    def fail_on_the_new(source: Path, target: Path) -> None:
        if source.name.endswith("-new"):
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail_on_the_new)
    with pytest.raises(OutputError, match="no space is left"):
        write(tmp_path / "clean", "two")
    assert content(tmp_path / "clean") == "one"
    assert names(tmp_path) == ["clean"]


def test_what_a_killed_run_left_is_taken_away(tmp_path: Path) -> None:
    fill(tmp_path / ".clean.cleanpress-new", "half")
    (tmp_path / ".clean.cleanpress-new" / "articles").mkdir()
    (tmp_path / ".clean.cleanpress-new" / "articles" / "old.md").touch()
    write(tmp_path / "clean", "one")
    assert names(tmp_path) == ["clean"]
    assert names(tmp_path / "clean") == ["articles.jsonl", "manifest.json"]


def test_a_run_killed_between_the_two_moves_is_undone(tmp_path: Path) -> None:
    fill(tmp_path / ".clean.cleanpress-old", "one")
    fill(tmp_path / ".clean.cleanpress-new", "two")
    with StagedFolder(tmp_path / "clean"):
        assert content(tmp_path / "clean") == "one"
    assert content(tmp_path / "clean") == "one"
    assert names(tmp_path) == ["clean"]


def test_a_run_killed_after_the_moves_leaves_the_new_folder(tmp_path: Path) -> None:
    fill(tmp_path / "clean", "two")
    fill(tmp_path / ".clean.cleanpress-old", "one")
    write(tmp_path / "clean", "three")
    assert content(tmp_path / "clean") == "three"
    assert names(tmp_path) == ["clean"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no locks on folders there")
def test_two_runs_to_one_place_do_not_meet(tmp_path: Path) -> None:
    with StagedFolder(tmp_path / "clean") as first:
        fill(first.path, "one")
        with pytest.raises(OutputError, match="another run is writing there"):
            write(tmp_path / "clean", "two")
        first.commit()
    assert content(tmp_path / "clean") == "one"
    write(tmp_path / "clean", "two")
    assert content(tmp_path / "clean") == "two"


def test_a_folder_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with StagedFolder(tmp_path / "clean") as staged:
        fill(staged.path, "one")
        (tmp_path / "clean").mkdir()
        (tmp_path / "clean" / "mine.txt").write_text("mine")
        with pytest.raises(OutputError, match="was not written by cleanpress"):
            staged.commit()
    assert (tmp_path / "clean" / "mine.txt").read_text() == "mine"
    assert names(tmp_path) == ["clean"]


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """On a file system of 64 KiB, where the system lets us have one."""
    if shutil.which("mount") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this system lets nobody mount a small file system")
    try:
        write(disk / "clean", "one")
        with pytest.raises(OutputError, match="no space is left on the device; nothing was changed"):
            write(disk / "clean", "x" * 100_000)
        assert content(disk / "clean") == "one"
        assert names(disk) == ["clean"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
