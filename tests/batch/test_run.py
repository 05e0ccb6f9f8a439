"""Batches from outside: what is done once is not done again, and nothing is lost on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cleanpress import pipeline
from cleanpress.formats import manifest as manifests
from cleanpress.model import Page
from commandline import PAGE, Run, names, tree

STATE = ".clean.cleanpress-state"


@pytest.fixture
def scans(tmp_path: Path, run: Run) -> Path:
    """Four pages in two issues, a record among them."""
    assert run
    for number, path in enumerate(["one/01.txt", "one/02.txt", "two/01.txt"]):
        place = tmp_path / "scans" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(PAGE + f"\n第{number}号。\n", encoding="utf-8")
    record = json.dumps({"id": "p", "text": PAGE})
    (tmp_path / "scans" / "three.jsonl").write_text(f"{record}\n", encoding="utf-8")
    return tmp_path / "scans"


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pages that are cleaned from now on, in this process."""
    pages: list[str] = []
    clean_page = pipeline.clean_page

    def note(page: Page, *more: object) -> object:
        pages.append(page.source)
        return clean_page(page, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "clean_page", note)
    return pages


def test_a_folder_of_issues(run: Run, scans: Path, tmp_path: Path) -> None:
    assert run("run", "scans", "-o", "clean").code == 0
    assert run("verify", "clean").code == 0
    found = [path for path in tree(tmp_path / "clean") if path.endswith(".md")]
    assert {str(Path(path).parent) for path in found} == {
        "articles/one/01",
        "articles/one/02",
        "articles/two/01",
        "articles/three/p",
    }
    # A record is proved from its file, too.
    (scans / "three.jsonl").write_text(json.dumps({"id": "p", "text": PAGE + "x"}), encoding="utf-8")
    assert "three.jsonl#p: the input is not the one that was cleaned" in run("verify", "clean").out


@pytest.mark.usefixtures("scans")
def test_the_number_of_processes_makes_no_difference(run: Run, tmp_path: Path) -> None:
    (tmp_path / "scans" / "empty.txt").touch()
    (tmp_path / "scans" / "binary.txt").write_bytes(bytes(range(256)) * 9)
    # Quiet: how often it is told how a run goes on depends on the clock.
    alone = run("run", "scans", "-o", "one", "-j", "1", "-q")
    several = run("run", "scans", "-o", "several", "-j", "3", "-q")
    assert alone.code == several.code == 1
    assert tree(tmp_path / "one") == tree(tmp_path / "several")
    assert sorted(alone.err.splitlines()) == sorted(several.err.splitlines())
    assert names(tmp_path) == ["one", "page.txt", "scans", "several"]


@pytest.mark.usefixtures("scans")
def test_what_has_not_changed_is_not_cleaned_again(run: Run, tmp_path: Path, cleaned: list[str]) -> None:
    (tmp_path / "scans" / "empty.txt").touch()
    first = run("run", "scans", "-o", "clean")
    assert len(cleaned) == 4
    before = tree(tmp_path / "clean")
    inode = (tmp_path / "clean").stat().st_ino
    again = run("run", "scans", "-o", "clean")
    assert (again.code, len(cleaned)) == (first.code, 4) == (1, 4)
    assert again.err.endswith("; nothing has changed since\n")
    assert tree(tmp_path / "clean") == before
    assert (tmp_path / "clean").stat().st_ino == inode


def test_only_what_has_changed_is_cleaned(run: Run, scans: Path, tmp_path: Path, cleaned: list[str]) -> None:
    run("run", "scans", "-o", "clean")
    (scans / "one" / "02.txt").write_text("新的一页，写的是船。", encoding="utf-8")
    (scans / "one" / "03.txt").write_text("又一页，写的是灯。", encoding="utf-8")
    (scans / "two" / "01.txt").unlink()
    cleaned.clear()
    assert run("run", "scans", "-o", "clean").code == 0
    assert cleaned == ["scans/one/02.txt", "scans/one/03.txt"]
    assert run("verify", "clean").code == 0
    run("run", "scans", "-o", "anew")
    assert tree(tmp_path / "clean") == tree(tmp_path / "anew")


@pytest.mark.usefixtures("scans")
def test_other_settings_clean_everything_again(run: Run, tmp_path: Path, cleaned: list[str]) -> None:
    run("run", "scans", "-o", "clean")
    run("run", "scans", "-o", "clean", "--script", "keep")
    assert len(cleaned) == 8
    run("run", "scans", "-o", "anew", "--script", "keep")
    assert tree(tmp_path / "clean") == tree(tmp_path / "anew")


@pytest.mark.usefixtures("scans")
def test_a_tree_that_is_named_otherwise(run: Run, tmp_path: Path, cleaned: list[str]) -> None:
    run("run", "scans", "-o", "clean")
    cleaned.clear()
    assert run("run", "scans/one/01.txt", "-o", "clean").code == 0
    assert cleaned == []
    assert names(tmp_path / "clean" / "articles") == ["01"]
    assert run("verify", "clean").code == 0


@pytest.mark.parametrize("version", ["0.0.0", None])
@pytest.mark.usefixtures("scans")
def test_nothing_is_taken_from_another_version(
    run: Run, tmp_path: Path, cleaned: list[str], version: str | None
) -> None:
    run("run", "scans", "-o", "clean")
    path = tmp_path / "clean" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["version"] = version
    path.write_bytes(manifests.dump(manifest))
    cleaned.clear()
    assert run("run", "scans", "-o", "clean").code == 0
    assert len(cleaned) == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["inputs"][0]["sizes"].update(articles=0),
        lambda m: m["inputs"][0].pop("sizes"),
        lambda m: m["totals"].update(articles=99),
        lambda m: m.update(inputs=None),
        lambda m: m["outputs"][0].pop("bytes"),
    ],
)
@pytest.mark.usefixtures("scans")
def test_nothing_is_taken_by_a_manifest_that_was_changed(
    run: Run, tmp_path: Path, cleaned: list[str], change: object
) -> None:
    run("run", "scans", "-o", "clean")
    before = tree(tmp_path / "clean")
    path = tmp_path / "clean" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)  # type: ignore[operator]
    path.write_bytes(manifests.dump(manifest))
    cleaned.clear()
    assert run("run", "scans", "-o", "clean", "--overwrite").code == 0
    assert len(cleaned) == 4
    assert tree(tmp_path / "clean") == before


@pytest.mark.usefixtures("scans")
def test_an_interrupted_run_keeps_what_is_finished(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean_page = pipeline.clean_page

    def interrupt(page: Page, *more: object) -> object:
        if page.source == "scans/two/01.txt":
            raise KeyboardInterrupt
        return clean_page(page, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "clean_page", interrupt)
    outcome = run("run", "scans", "-o", "clean")
    assert outcome.code == 130
    assert "cleanpress: 3 finished pages are kept; run again to go on" in outcome.err
    assert names(tmp_path) == [STATE, "page.txt", "scans"]
    pages: list[str] = []

    def note(page: Page, *more: object) -> object:
        pages.append(page.source)
        return clean_page(page, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "clean_page", note)
    damaged = sorted((tmp_path / STATE).iterdir())[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert run("run", "scans", "-o", "clean").code == 0
    assert len(pages) == 2  # The one that was interrupted, and the one whose file was damaged since.
    run("run", "scans", "-o", "anew")
    assert tree(tmp_path / "clean") == tree(tmp_path / "anew")
    assert names(tmp_path) == ["anew", "clean", "page.txt", "scans"]


WORKER = """
import os, signal, sys
from cleanpress import pipeline
clean_page = pipeline.clean_page
def fatal(page, *more):
    if "第1号" in page.text:
        {death}
    return clean_page(page, *more)
pipeline.clean_page = fatal
"""


@pytest.mark.parametrize(
    ("death", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "was killed (SIGKILL, perhaps for want of memory)"),
        ("print('out of luck', file=sys.stderr); os._exit(3)", "ended with exit code 3 (out of luck)"),
        ("bytearray(1 << 40)", "cleanpress failed (MemoryError); please report it with the page"),
        ("print('noise'); os.write(1, b'noise'); raise KeyError('k')", "cleanpress failed (KeyError: 'k')"),
    ],
)
@pytest.mark.usefixtures("scans")
@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_a_page_that_kills_its_process_takes_no_other_with_it(
    *, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, death: str, reason: str
) -> None:
    # Whatever Python starts in that folder reads this file first.
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(WORKER.format(death=death), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)
    outcome = run("run", "scans", "-o", "clean", "-j", "2", "-q")
    assert outcome.code == 1
    assert (
        f"cleanpress: scans/one/02.txt: {'' if 'cleanpress' in reason else 'the process that cleaned it '}"
        in (outcome.err)
    )
    assert reason in outcome.err
    assert outcome.err.count("\n") == 1
    monkeypatch.delenv("PYTHONPATH")
    assert run("verify", "clean").code == 0
    # The page is tried again: what killed it may have been the machine's doing.
    assert run("run", "scans", "-o", "clean").code == 0
    run("run", "scans", "-o", "anew")
    assert tree(tmp_path / "clean") == tree(tmp_path / "anew")


@pytest.mark.usefixtures("scans")
def test_what_lies_in_the_current_folder_is_not_taken_for_a_module(run: Run, tmp_path: Path) -> None:
    for name in ("json", "queue", "cleanpress", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')", encoding="utf-8")
    assert run("run", "scans", "-o", "clean", "-j", "2", "-q").code == 0


@pytest.mark.usefixtures("scans")
def test_nothing_is_taken_from_another_state_of_the_program(
    run: Run, cleaned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("run", "scans", "-o", "clean")
    monkeypatch.setattr("cleanpress.formats.write.code", lambda: "other")
    cleaned.clear()
    assert run("run", "scans", "-o", "clean").code == 0
    assert len(cleaned) == 4


@pytest.mark.usefixtures("scans")
def test_what_a_run_left_that_was_killed_at_its_very_end_goes(run: Run, tmp_path: Path) -> None:
    run("run", "scans", "-o", "clean")
    (tmp_path / STATE).mkdir()
    (tmp_path / STATE / "0.part").touch()
    assert run("run", "scans", "-o", "clean").code == 0
    assert names(tmp_path) == ["clean", "page.txt", "scans"]


@pytest.mark.usefixtures("scans")
def test_processes_that_cannot_start_are_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text("import os; os._exit(4)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)
    outcome = run("run", "scans", "-o", "clean", "-j", "2")
    assert outcome.code == 2
    assert outcome.err == "cleanpress: a process for pages ended with exit code 4\n"
    assert names(tmp_path) == ["page.txt", "scans", "site"]


@pytest.mark.usefixtures("scans")
@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_a_killed_run_is_finished_by_the_next_to_the_same_bytes(run: Run, tmp_path: Path) -> None:
    run("run", "scans", "-o", "whole")
    for jobs in ("1", "2"):
        seen = set()
        for number in range(12):
            shutil.rmtree(tmp_path / "clean", ignore_errors=True)
            command = [sys.executable, "-m", "cleanpress", "run", "scans", "-o", "clean", "-q", "-j", jobs]
            with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(timeout=0.3 + 0.15 * number)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
            seen.add(frozenset(names(tmp_path)))
            if (tmp_path / "clean").exists():
                assert tree(tmp_path / "clean") == tree(tmp_path / "whole")
                break
        assert run("run", "scans", "-o", "clean", "-q").code == 0
        assert tree(tmp_path / "clean") == tree(tmp_path / "whole")
        assert names(tmp_path) == ["clean", "page.txt", "scans", "whole"]


@pytest.mark.usefixtures("scans")
def test_too_little_memory_is_said_before_anything_begins(run: Run) -> None:
    outcome = run("run", "scans", "-o", "clean", "-j", "2", "--memory", "100", "-q")
    assert outcome.code == 2
    assert "--memory 100 is too little: a process that cleans pages needs 256 MiB" in outcome.err
    assert outcome.err.count("\n") == 1
