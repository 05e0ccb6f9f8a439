"""Findings for code hosts: SARIF 2.1.0, and the summary of a step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleanpress.config import Config
from cleanpress.formats import sarif
from cleanpress.formats.step_summary import MOST_BYTES, add_summary, lines_of
from cleanpress.formats.write import OutputFolder
from commandline import PAGE, Run
from handmade import TEXT, handmade
from official import sarif_schema


def log(root: Path, names: tuple[str, ...] = ("港口.txt",)) -> dict[str, Any]:
    """The findings of a folder with pages made by hand, and one that failed."""
    failed = "坏 页#1.txt"
    with OutputFolder(root / "clean", sorted([failed, *names]), Config()) as folder:
        for name in sorted([failed, *names]):
            if name == failed:
                folder.fail(failed, "is empty")
            else:
                folder.add(handmade(name))
        folder.commit()
    sarif.write_sarif(folder.inputs, root / "clean", str(root / "out.sarif"))
    read: dict[str, Any] = json.loads((root / "out.sarif").read_bytes())
    return read


def test_the_essentials_of_the_standard(tmp_path: Path) -> None:
    found = log(tmp_path)
    assert (found["version"], found["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    [run] = found["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "cleanpress"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    assert run["columnKind"] == "unicodeCodePoints"
    marks = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        [location] = result["locations"]
        artifact = location["physicalLocation"]["artifactLocation"]
        assert artifact["uri"].isascii()
        assert artifact["uriBaseId"] in run["originalUriBaseIds"]
        region = location["physicalLocation"].get("region", {"startLine": 1})
        assert min(region.values()) >= 1
        marks.add(result["partialFingerprints"]["cleanpress/v1"])
    assert len(marks) == len(run["results"])


def test_the_official_schema_accepts_it(tmp_path: Path) -> None:
    schema = sarif_schema()
    found = log(tmp_path, ("港口.txt", "<b>\u202e.txt", "a\nb.txt"))
    assert [error.message for error in schema.iter_errors(found)] == []
    found["runs"][0]["results"][0]["level"] = "grave"
    assert not schema.is_valid(found)


def test_findings_stand_at_their_place(tmp_path: Path) -> None:
    results = log(tmp_path)["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["failed-page", "gap", "suspect", "question"]
    failed, gap, *_, question = results
    place = failed["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%E5%9D%8F%20%E9%A1%B5%231.txt"
    assert "region" not in place
    lines = TEXT.splitlines()
    for result, start in ((gap, "工人们说"), (question, "昨天夜里，")):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert lines[region["startLine"] - 1][region["startColumn"] - 1 :].startswith(start)


def test_no_more_than_a_code_host_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 3)
    [run] = log(tmp_path)["runs"]
    assert len(run["results"]) == 3
    [said] = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("1 more findings are left out")


def test_a_run_writes_it(run: Run, tmp_path: Path) -> None:
    record = json.dumps({"id": "x", "text": PAGE + "\n\n船长说，明天还要再去一趟，因为"})
    (tmp_path / "pages.jsonl").write_text(f"\n{record}\n", encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    assert run("run", "pages.jsonl", "empty.txt", "-o", "clean", "--sarif", "found.sarif").code == 1
    results = json.loads((tmp_path / "found.sarif").read_bytes())["runs"][0]["results"]
    assert results[0]["message"]["text"] == "is empty"
    for result in results[1:]:
        # A record has one line in its file; where in its text is said in words.
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "pages.jsonl"
        assert place["region"] == {"startLine": 2}
        assert result["message"]["text"].startswith("pages.jsonl#x:")
    before = (tmp_path / "found.sarif").read_bytes()
    (tmp_path / "found.sarif").unlink()
    run("run", "pages.jsonl", "empty.txt", "-o", "clean", "--sarif", "found.sarif")
    assert (tmp_path / "found.sarif").read_bytes() == before
    # Also where nothing could be cleaned.
    assert run("run", "empty.txt", "-o", "none", "--sarif", "none.sarif").code == 1
    [only] = json.loads((tmp_path / "none.sarif").read_bytes())["runs"][0]["results"]
    assert only["ruleId"] == "failed-page"


def test_a_place_that_it_may_not_have(run: Run) -> None:
    outcome = run("run", "page.txt", "-o", "clean", "--sarif", "clean/found.sarif")
    assert outcome.code == 2
    assert "lies in clean" in outcome.err
    outcome = run("run", "page.txt", "-o", "clean", "--sarif", "nowhere/found.sarif", "-q")
    assert outcome.code == 2
    assert outcome.err.startswith("cleanpress: nowhere/found.sarif: cannot be written")


OVERVIEW: dict[str, Any] = {
    "figures": {"pages": 2, "failed": 30, "articles": 3, "gaps": 1, "confidence": 0.912},
    "gates": [
        {"gate": "gaps>0", "value": 1, "failed": True},
        {"gate": "joins<1", "value": 2, "failed": False},
    ],
    "passed": False,
    "failures": [{"path": "a|b<script>.txt", "error": "is\nempty"}],
    "look_first": [{"path": "p.txt", "questions": 2, "gaps": 1, "suspects": 0, "confidence": None}],
}


def test_the_summary_of_a_step() -> None:
    lines = list(lines_of(OVERVIEW, "clean"))
    assert lines[0] == "## ❌ cleanpress: 3 articles from 2 pages in clean"
    assert "| gaps\\>0 | 1 | ❌ broken |" in lines
    assert "- a\\|b\\<script\\>.txt: is·empty" in lines
    assert "- and 29 more" in lines
    assert "| p.txt | 2 | 1 | 0 |  |" in lines


def test_the_summary_keeps_within_the_limit(tmp_path: Path) -> None:
    place = tmp_path / "summary.md"
    place.write_bytes(b"x" * (MOST_BYTES - 100) + b"\n")
    add_summary(str(place), OVERVIEW, "clean")
    assert MOST_BYTES - 100 < place.stat().st_size <= MOST_BYTES
    assert place.read_bytes().endswith(b"\n")


def test_a_run_adds_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    run("run", "page.txt", "-o", "clean")
    run("run", "page.txt", "-o", "clean")
    assert (tmp_path / "step.md").read_text(encoding="utf-8").count(
        "## ✅ cleanpress: 1 article from 1 page"
    ) == 2
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    outcome = run("run", "page.txt", "-o", "other", "-q")
    assert outcome.code == 0
    assert "cannot be written" in outcome.err
