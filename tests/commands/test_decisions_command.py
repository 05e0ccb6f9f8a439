"""Decisions on the command line: the file beside a page, one that is named, runs again, and the proof."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commandline import Run

ENTRY = '[[decision]]\npage = "page.txt"\nreading = "忙到了天亮"\nas = "忙到了天明"\n'


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("out", f"{name}.jsonl").read_text("utf-8").splitlines()]


def test_the_file_beside_the_page_is_followed_and_proved(run: Run) -> None:
    Path("decisions.toml").write_text(ENTRY, encoding="utf-8")
    assert run("run", "page.txt", "-o", "out").code == 0
    (decision,) = records("decisions")
    assert (decision["source"], decision["by"], decision["text"]) == ("human", "decisions.toml", "忙到了天明")
    assert "忙到了天明" in records("articles")[0]["text"]
    assert run("verify", "out").code == 0


def test_a_file_that_is_named_is_followed_too(run: Run) -> None:
    Path("elsewhere").mkdir()
    Path("elsewhere/ours.toml").write_text(ENTRY, encoding="utf-8")
    assert run("run", "page.txt", "-o", "out", "--decisions", "elsewhere/ours.toml").code == 0
    assert [decision["by"] for decision in records("decisions")] == ["elsewhere/ours.toml"]
    assert run("verify", "out").code == 0
    missing = run("run", "page.txt", "-o", "out", "--decisions", "nowhere.toml")
    assert missing.code == 2
    assert "nowhere.toml: does not exist" in missing.err


def test_a_page_is_cleaned_again_when_what_is_decided_of_it_changes(run: Run) -> None:
    Path("other.txt").write_text("山坡上的梨黄了，村里人提着篮子上山。\n", encoding="utf-8")
    run("run", "page.txt", "other.txt", "-o", "out")
    Path("decisions.toml").write_text(ENTRY, encoding="utf-8")
    stale = run("verify", "out")
    assert stale.code == 1
    assert "page.txt: what people decided about the page is not what was followed" in stale.out
    assert "other.txt" not in stale.out
    assert run("run", "page.txt", "other.txt", "-o", "out").code == 0
    assert len(records("decisions")) == 1
    assert run("verify", "out").code == 0
    again = run("run", "page.txt", "other.txt", "-o", "out")
    assert "nothing has changed" in again.err
    Path("decisions.toml").write_text("# moved\n\n" + ENTRY, encoding="utf-8")
    assert "nothing has changed" in run("run", "page.txt", "other.txt", "-o", "out").err


def test_a_decision_that_nobody_took_is_noticed(run: Run) -> None:
    Path("decisions.toml").write_text(ENTRY, encoding="utf-8")
    run("run", "page.txt", "-o", "out")
    place = Path("out/decisions.jsonl")
    key = records("decisions")[0]["key"]
    place.write_bytes(place.read_bytes().replace(key.encode(), b"0" * 32))
    assert "nobody decided that" in run("verify", "out").out


def test_a_file_that_is_not_as_it_should_be_stops_the_run(run: Run) -> None:
    Path("decisions.toml").write_text(ENTRY.replace("as =", "at ="), encoding="utf-8")
    outcome = run("run", "page.txt", "-o", "out")
    assert outcome.code == 2
    assert outcome.err == (
        "cleanpress: decisions.toml:4: at: is no key of an entry with 'reading'; did you mean 'as'?\n"
    )
    assert not Path("out").exists()
    Path("decisions.toml").write_bytes(b"\xff\xfe")
    assert "decisions.toml: is not UTF-8" in run("run", "page.txt", "-o", "out").err


def test_what_is_followed_on_no_page_is_told(run: Run) -> None:
    Path("decisions.toml").write_text('[[decision]]\nbegins = "没有的文字"\n', encoding="utf-8")
    outcome = run("run", "page.txt", "-o", "out", "-q")
    assert outcome.code == 0
    assert outcome.err == (
        "cleanpress: decisions.toml:1: begins “没有的文字”: was followed on no page; mend or remove it\n"
    )


def test_a_report_with_the_run_is_that_of_the_command(run: Run) -> None:
    assert run("run", "page.txt", "-o", "out", "--report").code == 0
    assert run("verify", "out").code == 0
    run("run", "page.txt", "-o", "later")
    run("report", "later")
    files = [sorted(p.relative_to(o) for p in Path(o).rglob("*")) for o in ("out", "later")]
    assert files[0] == files[1]
    assert Path("out/report.html").read_bytes() == Path("later/report.html").read_bytes()
    assert Path("out/manifest.json").read_bytes() == Path("later/manifest.json").read_bytes()
    assert run("run", "page.txt", "-o", "out").code == 0
    assert not Path("out/report.html").exists()
