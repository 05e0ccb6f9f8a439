"""Input that nobody wants, and places that cannot be written: each behaves as docs/output.md says."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cleanpress import pipeline
from cleanpress.batch import run as batch_run
from cleanpress.batch.state import State
from cleanpress.formats import sources
from cleanpress.formats.outputs import FORMATS
from commandline import PAGE, Run, names, tree

TITLES = {
    "a path": "../../etc/passwd",
    "a device": "CON",
    "too long": "长" * 300,
    "emoji": "🚀🎉 航天 👩‍🚀",
    "right to left": "\u202e港口夜航\u2066恢复\u200f",
    "markup": "<img src=x onerror=alert(1)>",
    "a shell": "$(touch pwned); `x` & 'y' | rm -rf ~",
    "a template": "{{ 7*7 }}{% raw %}",
    "a link": "[x](javascript:alert(1))",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_hostile_titles(run: Run, tmp_path: Path, title: str) -> None:
    text = (
        f"{title}\n\n本报记者 林一\n\n昨天夜里，海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮。\n"
    )
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    every = [part for name in FORMATS for part in ("--format", name)]
    assert run("run", "page.txt", "-o", "clean", "--report", "--sarif", "found.sarif", *every).code == 0
    assert run("verify", "clean").code == 0
    assert names(tmp_path) == ["clean", "found.sarif", "page.txt"]
    for path in tree(tmp_path / "clean"):
        for name in path.split("/"):
            assert len(name.encode()) <= 120
            assert not set(name) & set('\\:*?"<>|')
            assert not any(unicodedata.category(character)[0] == "C" for character in name)
    ElementTree.fromstring((tmp_path / "clean" / "tei" / "page.xml").read_bytes())
    report = (tmp_path / "clean" / "report.html").read_text(encoding="utf-8")
    assert "<img src=x" not in report
    [markdown] = (tmp_path / "clean" / "articles" / "page").iterdir()
    assert "<img" not in markdown.read_text(encoding="utf-8").replace("\\<img", "")


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot exist there")
def test_hostile_file_names(run: Run, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    hostile = [
        "CON.txt",
        "-rf.txt",
        "a\nb.txt",
        "\u202etxt.txt",
        "🚀.txt",
        "<b>.txt",
        "|.txt",
        "长" * 80 + ".txt",
    ]
    for number, name in enumerate(hostile):
        (scans / name).write_text(PAGE + f"\n第{number}号。\n", encoding="utf-8")
    broken = os.fsdecode(b"\xff\xfe.txt")
    (scans / broken).write_text(PAGE, encoding="utf-8")
    outcome = run("run", "scans", "-o", "clean", "-v", "--format", "tei", "--report", "-j", "2")
    assert outcome.code == 0
    # A line is a page: no name breaks it, and none reaches the terminal as it is.
    assert "a·b.txt: cleaned" in outcome.err
    assert "\u202e" not in outcome.err
    proof = run("verify", "clean")
    assert (proof.code, proof.err) == (0, "")
    assert len(list((tmp_path / "clean" / "tei").iterdir())) == len(hostile) + 1


def test_inputs_of_one_name(run: Run, tmp_path: Path) -> None:
    for number, path in enumerate(["a/page.txt", "b/page.txt", "b/page.text", "b/Page.txt"]):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(PAGE + f"\n第{number}号。\n", encoding="utf-8")
    assert run("run", "a/page.txt", "b/page.txt", "b/page.text", "b/Page.txt", "-o", "clean").code == 0
    assert run("verify", "clean").code == 0
    assert names(tmp_path / "clean" / "articles") == ["Page-2", "page", "page-3", "page-4"]
    records = (tmp_path / "clean" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(record)["page"] for record in records}) == 4


def test_links_that_loop(run: Run, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "page.txt").write_text(PAGE, encoding="utf-8")
    os.symlink(scans, scans / "again")
    os.symlink("self.txt", scans / "self.txt")
    os.symlink("nowhere", scans / "broken.txt")
    outcome = run("run", "scans", "-o", "clean", "-q")
    assert outcome.code == 1
    assert outcome.err.splitlines() == [
        "cleanpress: scans/broken.txt: there is no such file",
        f"cleanpress: scans/self.txt: {os.strerror(errno.ELOOP)}",
    ]
    assert run("verify", "clean").code == 0


def test_a_folder_that_may_not_be_searched(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scans = tmp_path / "scans"
    (scans / "locked").mkdir(parents=True)
    (scans / "page.txt").write_text(PAGE, encoding="utf-8")
    search = os.scandir

    def refuse(path: Any) -> Any:
        # Permissions would not stop the tests of an administrator.
        if str(path).endswith("locked"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return search(path)

    monkeypatch.setattr(os, "scandir", refuse)
    reason = f"cannot be searched: {os.strerror(errno.EACCES)}"
    outcome = run("run", "scans", "-o", "clean", "-q")
    assert (outcome.code, outcome.err) == (1, f"cleanpress: scans/locked: {reason}\n")
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["totals"]["failed"] == manifest["totals"]["pages"] == 1
    assert run("verify", "clean").code == 0
    again = run("run", "scans", "-o", "clean")
    assert again.code == 1
    assert again.err.endswith("nothing has changed since\n")
    named = run("run", "scans/locked", "-o", "other")
    assert (named.code, named.err) == (2, f"cleanpress: scans/locked: {reason}\n")


def test_an_output_inside_the_input(run: Run, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "page.txt").write_text(PAGE, encoding="utf-8")
    assert run("run", "scans", "-o", "scans/clean").code == 0
    before = tree(scans / "clean")
    again = run("run", "scans", "-o", "scans/clean")
    assert (again.code, tree(scans / "clean")) == (0, before)
    assert again.err.endswith("nothing has changed since\n")
    assert run("verify", "scans/clean").code == 0


def test_a_file_that_changes_between_planning_and_cleaning(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = batch_run.plan

    def then_change(*arguments: Any) -> Any:
        found = plan(*arguments)
        (tmp_path / "page.txt").write_text("另一页，写的是船。", encoding="utf-8")
        return found

    monkeypatch.setattr(batch_run, "plan", then_change)
    # What was read is what was cleaned and what is recorded.
    assert run("run", "page.txt", "-o", "clean").code == 0
    assert run("verify", "clean").code == 0
    assert "写的是船" in (tmp_path / "clean" / "articles.jsonl").read_text(encoding="utf-8")


def test_a_file_that_changes_before_its_report(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.txt").write_text(PAGE + "\n第1号。\n", encoding="utf-8")
    clean_page = pipeline.clean_page

    def then_change(page: Any, *more: Any) -> Any:
        result = clean_page(page, *more)
        if page.source == "other.txt":
            (tmp_path / "other.txt").write_text("另一页，写的是船。", encoding="utf-8")
        return result

    monkeypatch.setattr(pipeline, "clean_page", then_change)
    outcome = run("run", "page.txt", "other.txt", "-o", "clean", "--report", "-q")
    assert outcome.code == 1
    assert outcome.err == (
        "cleanpress: other.txt: the input is not the one that was cleaned (its SHA-256 differs)\n"
    )
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert run("verify", "clean").code == 0
    assert run("run", "page.txt", "other.txt", "-o", "clean", "--report", "-q").code == 0
    assert run("verify", "clean").code == 0


def test_a_file_that_never_rests(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cleanpress.formats import read

    states = iter(range(1000))
    monkeypatch.setattr(read, "_state", lambda _: (next(states), 0))
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 1
    assert "cleanpress: page.txt: changes while it is read; run again when it is finished" in outcome.err
    assert names(tmp_path) == ["page.txt"]


def test_records_that_change_between_planning_and_cleaning(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_text("".join(json.dumps({"id": k, "text": PAGE}) + "\n" for k in "ab"), encoding="utf-8")
    content_of = sources.content_of
    calls = []

    def then_change(*arguments: Any, **more: Any) -> bytes:
        calls.append(arguments)
        if len(calls) == 3:  # Both are planned.
            path.write_text(json.dumps({"id": "c", "text": "短"}) + "\n", encoding="utf-8")
        return content_of(*arguments, **more)

    monkeypatch.setattr("cleanpress.batch.run.content_of", then_change)
    monkeypatch.setattr("cleanpress.batch.work.content_of", then_change)
    outcome = run("run", "pages.jsonl", "-o", "clean", "-q")
    # What was read is what is recorded; where nothing stands any more, the page has failed.
    assert outcome.code == 1
    assert outcome.err == "cleanpress: pages.jsonl#b: is not a JSON object\n"
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert run("verify", "clean").code == 0
    assert "短" in (tmp_path / "clean" / "articles.jsonl").read_text(encoding="utf-8")


# Places that cannot be written


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_a_state_that_cannot_be_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(State, "keep", fail)
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 2
    assert outcome.err.startswith("cleanpress: clean: cannot be written: ")
    assert outcome.err.endswith("; nothing was changed\n")
    assert outcome.err.count("\n") == 1
    assert names(tmp_path) == ["page.txt"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_where_the_state_should_be(run: Run, tmp_path: Path, jobs: str) -> None:
    (tmp_path / ".clean.cleanpress-state").write_text("mine")
    (tmp_path / "other.txt").write_text(PAGE + "\n第1号。\n", encoding="utf-8")
    outcome = run("run", "page.txt", "other.txt", "-o", "clean", "-j", jobs)
    assert outcome.code == 2
    assert outcome.err == (
        "cleanpress: clean: cannot be written: a file stands where a folder is meant; nothing was changed\n"
    )
    assert names(tmp_path) == [".clean.cleanpress-state", "other.txt", "page.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits are another matter there")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_disk_that_is_full_on_the_way(run: Run, tmp_path: Path, jobs: str) -> None:
    """No file may grow over 8 KiB: small pages are kept, the large one cannot be."""
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in range(3):
        (scans / f"{number}.txt").write_text("短文一篇。", encoding="utf-8")
    lines = [
        f"第{hashlib.sha256(str(k).encode()).hexdigest()[:6]}号，海港的灯又亮了起来。" for k in range(99)
    ]
    (scans / "9.txt").write_text("\n\n".join(lines), encoding="utf-8")
    limited = subprocess.run(
        ["bash", "-c", 'ulimit -f 8; "$0" -m cleanpress run scans -o clean -q -j "$1"', sys.executable, jobs],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert limited.returncode == 2
    first, second = limited.stderr.splitlines()
    assert first == "cleanpress: 3 finished pages are kept; run again to go on"
    assert second.startswith("cleanpress: clean: cannot be written: ")
    assert names(tmp_path) == [".clean.cleanpress-state", "page.txt", "scans"]
    assert run("run", "scans", "-o", "clean", "-q").code == 0
    assert run("run", "scans", "-o", "anew", "-q").code == 0
    assert tree(tmp_path / "clean") == tree(tmp_path / "anew")
    assert names(tmp_path) == ["anew", "clean", "page.txt", "scans"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_place(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "locked"
    place.mkdir(mode=0o555)
    outcome = run("run", "page.txt", "-o", "locked/clean")
    assert outcome.code == 2
    assert "locked/clean: cannot be written: you may not write there; nothing was changed" in outcome.err
    place.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_in_a_folder_is_a_page_that_failed_and_nobody_waits_for_it(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "page.txt").write_text(PAGE, encoding="utf-8")
    for name in ("pipe.txt", "pipe.jsonl", "pipe.xml", "pipe.pdf"):
        os.mkfifo(scans / name)
    # In a process of its own: one that waits for a pipe is ended from outside.
    command = [sys.executable, "-m", "cleanpress", "run", "scans", "-o", "clean"]
    ended = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False, encoding="utf-8"
    )
    assert ended.returncode == 1
    for name in ("pipe.txt", "pipe.jsonl"):
        assert f"cleanpress: scans/{name}: is not a regular file" in ended.stderr
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["totals"]["pages"] == 1
