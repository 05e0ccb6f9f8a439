"""Bad input to ``cleanpress run``: one clear line, a documented exit code, nothing written."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from cleanpress import pipeline
from cleanpress.errors import UsageError
from cleanpress.model import Page, Result
from commandline import PAGE, Run, assert_one_line, names


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "page.txt: is empty"),
        (b"\xef\xbb\xbf", "page.txt: "),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "page.txt: "),
        (bytes(range(256)) * 99, "page.txt: "),
        (b"\x00" * 5000, "page.txt: "),
        ("中文".encode() + b"\xff\xfe\xfd\x80\x81" * 9, "page.txt: "),
    ],
    ids=["empty", "only a mark", "image", "every byte", "only NUL", "no encoding"],
)
def test_a_page_that_is_none(run: Run, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "page.txt").write_bytes(content)
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 1
    assert_one_line(outcome, message)
    assert names(tmp_path) == ["page.txt"]


def test_an_unreadable_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Path.open

    def refuse(path: Path, *arguments: object, **more: object) -> object:
        if path.name == "page.txt":
            raise PermissionError(13, "Permission denied")
        return plain(path, *arguments, **more)  # type: ignore[call-overload]

    # The tests may run as root, whom no file mode stops.
    monkeypatch.setattr(Path, "open", refuse)
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 1
    assert_one_line(outcome, "page.txt: you may not read it")
    assert names(tmp_path) == ["page.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "none.txt", "-o", "clean"], "none.txt: there is no such file"),
        (["run", "page.txt", "none.txt", "-o", "clean"], "none.txt: there is no such file"),
        (["run", "*.scan", "-o", "clean"], "*.scan: there is no file or folder of that pattern"),
        (["run", "page.txt", "-o", "page.txt"], "page.txt: is the input; name another folder"),
        (["run", "page.txt", "-o", "."], ".: holds the input page.txt; name another folder"),
        (["run", "page.txt", "-o", "page.txt/clean"], "page.txt/clean: cannot be written"),
        (["run", "page.txt", "-o", "clean", "--encoding", "klingon"], "there is no text encoding 'klingon'"),
        (["run", "page.txt", "-o", "clean", "--encoding", "base64"], "there is no text encoding 'base64'"),
        (
            ["run", "page.txt", "-o", "clean", "--rule-off", "none"],
            "unknown rule 'none'; the rules are script, mojibake-latin,",
        ),
        (["run", "page.txt", "-o", "clean", "--model", "none"], "none: "),
        (["run", "page.txt", "-o", "clean", "--model", "page.txt"], "page.txt: "),
        (["run", "page.txt", "-o", "x" * 300], "the name is too long"),
        (["run", "page.txt", "-o", "-"], "-o -: is not written to standard output; name a place"),
        (["run", "page.txt", "-o", "-"], "cleanpress run - < page.txt, without -o, writes the articles"),
        (["run", "-", "-o", "-"], "-o -: is not written to standard output"),
        (["run", "page.txt", "-o", "clean", "--sarif", "-"], "--sarif -: is not written to standard output"),
        (["dedup", "page.txt", "-o", "-"], "-o -: is not written to standard output"),
        (["train", "page.txt", "-o", "-"], "-o -: is not written to standard output"),
        (["verify", "nowhere"], "nowhere: there is no such folder"),
        (["verify", "page.txt"], "page.txt: there is no such folder"),
    ],
)
def test_wrong_use(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert_one_line(outcome, message)
    assert names(tmp_path) == ["page.txt"]


def test_a_folder_may_be_called_like_the_stream(run: Run, tmp_path: Path) -> None:
    assert run("run", "page.txt", "-o", "./-", "-q").code == 0
    assert names(tmp_path) == ["-", "page.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "page.txt"],
        ["run", "-o", "clean"],
        ["run", "page.txt", "-o", "clean", "--script", "runes"],
        ["run", "page.txt", "-o", "clean", "--max-bytes", "0"],
        ["run", "page.txt", "-o", "clean", "--colour"],
        ["fly"],
        [],
    ],
)
def test_wrong_arguments(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Usage: cleanpress" in outcome.err
    assert names(tmp_path) == ["page.txt"]


def test_a_page_that_is_too_large(run: Run, tmp_path: Path) -> None:
    outcome = run("run", "page.txt", "-o", "clean", "--max-bytes", "100")
    assert outcome.code == 1
    assert_one_line(outcome, "more than a page may (100); split it, or raise --max-bytes")
    assert names(tmp_path) == ["page.txt"]


def test_a_page_of_fifty_million_bytes_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "page.txt").open("wb") as stream:
        stream.truncate(50_000_000)
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 1
    assert_one_line(outcome, "page.txt: holds 50,000,000 bytes, more than a page may")
    assert names(tmp_path) == ["page.txt"]


def test_one_line_of_a_million_characters(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("灯又亮了起来，船靠岸了。" * 84_000, encoding="utf-8")
    assert run("run", "page.txt", "-o", "clean", "-q").code == 0
    assert run("verify", "clean").code == 0


def test_a_page_with_some_nul(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE.replace("灯", "灯\0"), encoding="utf-8")
    assert run("run", "page.txt", "-o", "clean").code == 0
    assert run("verify", "clean").code == 0
    assert "\\u0000" not in (tmp_path / "clean" / "articles.jsonl").read_text()
    assert "\\u0000" in (tmp_path / "clean" / "edits.jsonl").read_text()


@pytest.mark.parametrize("text", ["The lights of the harbour.\n", "1234\n", "Огни гавани\n"])
def test_a_page_with_no_chinese_is_cleaned_with_a_warning(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 0
    assert "page.txt: warning: " in outcome.err
    assert run("verify", "clean").code == 0


@pytest.mark.parametrize("text", [" \n \n", "\n", "。", "\f"])
def test_a_page_of_nothing_much(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    assert run("run", "page.txt", "-o", "clean").code == 0
    assert run("verify", "clean").code == 0


def test_a_bad_page_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    outcome = run("run", "page.txt", "empty.txt", "-o", "clean")
    assert outcome.code == 1
    assert "cleanpress: empty.txt: is empty" in outcome.err
    assert "1 page could not be cleaned" in outcome.err
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["inputs"][0] == {"path": "empty.txt", "error": "is empty"}
    assert manifest["totals"]["articles"] == 1
    assert run("verify", "clean").code == 0


def test_an_error_of_ours_does_not_stop_the_others(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.txt").write_text(PAGE)
    clean_page = pipeline.clean_page

    def fail_once(page: Page, config: object, *_: object) -> Result:
        if page.source == "other.txt":
            raise IndexError("out of range")
        return clean_page(page, config)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "clean_page", fail_once)
    outcome = run("run", "page.txt", "other.txt", "-o", "clean")
    assert outcome.code == 1
    assert "other.txt: cleanpress failed (IndexError: out of range); please report it" in outcome.err
    assert names(tmp_path / "clean" / "articles") == ["page"]


@pytest.mark.parametrize(
    ("place", "error", "message"),
    [
        ("cleanpress.formats.sources.page_from", RecursionError("too deep"), "RecursionError: too deep"),
        ("cleanpress.pipeline.clean_page", MemoryError(), "MemoryError"),
        (
            "cleanpress.pipeline.clean_page",
            OSError(5, "Input/output error"),
            "OSError: [Errno 5] Input/output error",
        ),
        ("cleanpress.formats.parts.require", KeyError("a\nb"), r"KeyError: 'a\nb'"),
        ("cleanpress.formats.outputs.markdown_files", MemoryError(), "MemoryError"),
        ("cleanpress.formats.parts.input_record", ValueError("one\ntwo"), "ValueError: one two"),
    ],
)
def test_no_step_of_a_page_stops_the_others(
    *, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception, message: str
) -> None:
    (tmp_path / "other.txt").write_text(PAGE + "\n完。\n", encoding="utf-8")
    module, name = place.rsplit(".", 1)
    real = getattr(importlib.import_module(module), name)
    calls: list[object] = []

    def fail_first(*arguments: object, **more: object) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            raise error
        return real(*arguments, **more)

    monkeypatch.setattr(place, fail_first)
    outcome = run("run", "page.txt", "other.txt", "-o", "clean", "-q")
    assert outcome.code == 1
    assert (
        outcome.err
        == f"cleanpress: other.txt: cleanpress failed ({message}); please report it with the page\n"
    )
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert names(tmp_path / "clean" / "articles") == ["page"]
    assert run("verify", "clean").code == 0


@pytest.mark.parametrize(
    ("loader", "error", "message"),
    [
        (
            "cleanpress.stages.reassemble.score.Scorer.load",
            UsageError("weights do not fit"),
            "weights do not fit",
        ),
        (
            "cleanpress.language.encoder.FragmentEncoder.load",
            FileNotFoundError(2, "gone", "dense.npz"),
            "install it again",
        ),
        ("cleanpress.language.encoder.FragmentEncoder.load", KeyError("tail_topic"), "install it again"),
        ("cleanpress.language.ngram.LanguageModel.load", UsageError("no such model"), "no such model"),
    ],
)
def test_a_broken_installation_is_found_once_before_any_page(
    *, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loader: str, error: Exception, message: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    (tmp_path / "other.txt").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(loader, fail)
    outcome = run("run", "page.txt", "other.txt", "-o", "clean")
    assert outcome.code == 2
    assert_one_line(outcome, message)
    assert outcome.err.count("\n") == 1
    assert names(tmp_path) == ["other.txt", "page.txt"]


def test_a_broken_ledger_is_never_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "clean_page", lambda page, *_: Result(page, (), (), (), ()))
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 1
    assert_one_line(outcome, "page.txt: the ledger is broken, an error of cleanpress: please report it")
    assert names(tmp_path) == ["page.txt"]
