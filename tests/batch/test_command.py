"""What else ``run`` can do: rehearse, tell how it goes on, clean standard input."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cleanpress.batch import progress
from cleanpress.batch.progress import Telling
from cleanpress.batch.run import Batch, Plan
from cleanpress.config import Config
from cleanpress.formats.sources import Source
from commandline import PAGE, Run, names


@pytest.fixture
def scans(tmp_path: Path, run: Run) -> Path:
    assert run
    (tmp_path / "scans").mkdir()
    for number in range(3):
        (tmp_path / "scans" / f"{number}.txt").write_text(PAGE + f"\n第{number}号。\n", encoding="utf-8")
    (tmp_path / "scans" / "notes.doc").touch()
    return tmp_path / "scans"


def test_a_rehearsal_changes_nothing(run: Run, scans: Path, tmp_path: Path) -> None:
    first = run("run", "scans", "-o", "clean", "--dry-run")
    assert (first.code, first.err) == (0, "")
    assert first.out == (
        "clean: 3 pages: 3 would be cleaned, 0 are done already, 0 cannot be read; "
        "1 other file would be passed over\n"
    )
    assert names(tmp_path) == ["page.txt", "scans"]
    run("run", "scans", "-o", "clean", "-q")
    (scans / "1.txt").write_text("改了，船来了。", encoding="utf-8")
    (scans / "2.txt").write_text("", encoding="utf-8")
    shown = run("run", "scans", "-o", "clean", "-n", "-v")
    planned = "1 would be cleaned, 1 are done already, 1 cannot be read"
    assert shown.out.splitlines() == [
        "scans/0.txt: done already",
        "scans/1.txt: would be cleaned",
        "scans/2.txt: cannot be cleaned: is empty",
        "scans/notes.doc: would be passed over",
        f"clean: 3 pages: {planned}; 1 other file would be passed over",
    ]


@pytest.mark.usefixtures("scans")
def test_a_rehearsal_refuses_what_a_run_refuses(run: Run, tmp_path: Path) -> None:
    run("run", "scans", "-o", "clean", "-q")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note").touch()
    for arguments in (["-o", "clean/sub"], ["-o", "mine"], ["-o", "clean", "--sarif", "clean/x.sarif"]):
        refused = run("run", "scans", *arguments)
        rehearsed = run("run", "scans", *arguments, "--dry-run")
        assert (refused.code, refused.out) == (2, "")
        assert rehearsed == refused
    assert run("run", "scans", "-o", "mine", "--overwrite", "--dry-run").code == 0
    assert names(tmp_path / "mine") == ["note"]


@pytest.mark.usefixtures("scans")
def test_verbose_names_every_page_and_what_was_passed_over(run: Run) -> None:
    lines = run("run", "scans", "-o", "clean", "-v").err.splitlines()
    assert "scans/0.txt: cleaned" in lines
    assert "scans/notes.doc: passed over, it is of no kind that is read" in lines


def telling(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, **more: bool) -> tuple[Telling, io.StringIO]:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    return Telling(**more), stream


def plan_of(count: int, done: int = 0) -> tuple[Batch, Plan]:
    sources = [Source.of(f"{number}.txt") for number in range(count + done)]
    reused = {source.name for source in sources[count:]}
    return Batch(sources, "clean", Config()), Plan(None, reused=reused, todo=sources[:count])


def test_lines_come_now_and_then_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 3))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
    with telling(monkeypatch, terminal=False)[0] as told:
        told.planned(*plan_of(100, 20))
        for number in range(100):
            told.done(f"{number}.txt")
    lines = sys.stderr.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "100 pages to clean, 20 pages done already"
    assert lines[1] == "4 of 100 pages, 0.3 pages/s, about 5 minutes left"
    assert len(lines) == 25


def test_quiet_says_only_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    told, stream = telling(monkeypatch, terminal=True, quiet=True, verbose=True)
    with told:
        told.planned(*plan_of(30))
        told.done("1.txt")
        told.failed("2\x1b[2J.txt", "is empty")
    assert stream.getvalue() == "cleanpress: 2·[2J.txt: is empty\n"


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    told, stream = telling(monkeypatch, terminal=True)
    with told:
        told.planned(*plan_of(4))
        told.done("0.txt")
        told.failed("[bold]1.txt", "is empty")
        told.done("2.txt")
        told.assembling()
    assert "cleanpress: [bold]1.txt: is empty" in stream.getvalue()
    assert "3/4" in stream.getvalue()
    assert " pages/s" in stream.getvalue()


def feed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    class Stdin:
        buffer = io.BytesIO(content)

    monkeypatch.setattr(sys, "stdin", Stdin())


def test_a_page_from_standard_input(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, PAGE.encode("gb18030"))
    outcome = run("run", "-")
    assert outcome.code == 0
    assert outcome.out.startswith("# 海港夜航恢复\n\n*本报记者 林一*\n\n昨天夜里，")
    assert outcome.err.endswith(f"-: 1 article from 1 page, all {len(PAGE)} characters accounted for\n")
    feed(monkeypatch, PAGE.encode())
    outcome = run("run", "-", "--format", "jsonl", "-q")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["title"] == "海港夜航恢复"
    feed(monkeypatch, PAGE.encode())
    assert ElementTree.fromstring(run("run", "-", "--format", "tei").out).tag.endswith("TEI")
    assert names(tmp_path) == ["page.txt"]


@pytest.mark.parametrize(
    ("content", "arguments", "code", "message"),
    [
        (b"", [], 1, "-: is empty"),
        (b"AT&TFORM", [], 1, "-: this is a DjVu document"),
        (b"x" * 20, ["--max-bytes", "10"], 1, "-: holds more bytes than a page may (10)"),
        (PAGE.encode(), ["-o", "clean"], 2, "it goes with no other input"),
        (PAGE.encode(), ["page.txt"], 2, "it goes with no other input"),
        (PAGE.encode(), ["--format", "dolma"], 2, "standard input is written in one format"),
        (PAGE.encode(), ["--format", "tei", "--format", "markdown"], 2, "in one format"),
        (PAGE.encode(), ["--fail-on", "articles>0", "-q"], 1, "articles>0: it is 1"),
    ],
)
def test_standard_input_that_does_not_go(
    *,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    feed(monkeypatch, content)
    outcome = run("run", "-", *arguments)
    assert outcome.code == code
    assert outcome.err.startswith("cleanpress: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
