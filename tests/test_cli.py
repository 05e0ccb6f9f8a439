"""The command line from outside: arguments in, exit codes, lines and folders out."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cleanpress
from cleanpress import cli, pipeline
from cleanpress.errors import UsageError
from cleanpress.model import Page, Result
from commandline import PAGE, PROGRAM, Run, assert_one_line, names, tree

# Good input


def test_run_and_verify(run: Run, tmp_path: Path) -> None:
    outcome = run("run", "page.txt", "-o", "clean")
    assert (outcome.code, outcome.out) == (0, "")
    assert "page.txt: 1 article" in outcome.err
    assert outcome.err.endswith(f"all {len(PAGE)} characters accounted for\n")
    [article] = map(json.loads, (tmp_path / "clean" / "articles.jsonl").read_text().splitlines())
    assert article["title"] == "海港夜航恢复"
    assert "昨天夜里，海港的灯" in article["text"]
    outcome = run("verify", "clean")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("clean: proved: 1 article from 1 page; ")
    assert outcome.out.count("\n") == 1
    outcome = run("verify", "-q", "clean")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_verify_names_what_is_wrong(run: Run, tmp_path: Path) -> None:
    run("run", "page.txt", "-o", "clean")
    [markdown] = (tmp_path / "clean" / "articles" / "page").iterdir()
    markdown.write_text("gone\n")
    outcome = run("verify", "clean")
    assert outcome.code == 1
    assert outcome.out.splitlines()[0].startswith("articles/page/01-海港夜航恢复.md: was changed")
    assert outcome.err == "cleanpress: clean: 2 findings\n"


def test_verify_from_elsewhere(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("run", "page.txt", "-o", "clean")
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    assert run("verify", "../clean").code == 1
    assert run("verify", "../clean", "--input-root", "..").code == 0


def test_quiet_says_nothing(run: Run) -> None:
    outcome = run("run", "page.txt", "-o", "clean", "-q")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_verbose_counts_edits_by_rule(run: Run) -> None:
    assert "edits by " in run("run", "page.txt", "-o", "clean", "-v").err


def test_two_runs_give_the_same_bytes_and_replace_each_other(run: Run, tmp_path: Path) -> None:
    run("run", "page.txt", "-o", "one")
    before = tree(tmp_path / "one")
    assert run("run", "page.txt", "-o", "one").code == 0
    run("run", "page.txt", "-o", "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two") == before


def test_the_order_of_arguments_does_not_matter(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "page.txt").write_text(PAGE.replace("海港", "果园"))
    run("run", "page.txt", "b/page.txt", "-o", "one")
    run("run", "b/page.txt", "page.txt", "./page.txt", "b/page.txt", "-o", "two")
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_bytes())
    assert [entry["path"] for entry in manifest["inputs"]] == ["b/page.txt", "page.txt"]
    again = json.loads((tmp_path / "two" / "manifest.json").read_bytes())
    assert [entry["path"] for entry in again["inputs"]] == ["./page.txt", "b/page.txt"]
    run("run", "b/page.txt", "page.txt", "b/page.txt", "-o", "three")
    assert tree(tmp_path / "one") == tree(tmp_path / "three")


def test_hash_seeds_do_not_matter(run: Run, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", PROGRAM, "run", "page.txt", "-q", "-o", f"seed-{seed}"]
        subprocess.run(command, check=True, env=environment, cwd=tmp_path)
    assert tree(tmp_path / "seed-1") == tree(tmp_path / "seed-2")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings(run: Run, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "page.txt").write_text(PAGE, encoding=encoding)
    assert run("run", "page.txt", "-o", "clean").code == 0
    assert run("verify", "clean").code == 0
    assert "船一艘接一艘" in (tmp_path / "clean" / "articles.jsonl").read_text()


def test_an_encoding_can_be_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("短文", encoding="gb18030")
    assert run("run", "page.txt", "-o", "clean", "--encoding", "gb18030").code == 0
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["inputs"][0]["encoding"] == "gb18030"
    assert manifest["configuration"]["encoding"] == "gb18030"
    assert run("run", "page.txt", "-o", "clean", "--encoding", "ascii").code == 1


def test_rules_can_be_turned_off(run: Run, tmp_path: Path) -> None:
    off = ["--rule-off", "half-width-mark", "--rule-off", "dash", "--rule-off", "dash"]
    assert run("run", "page.txt", "-o", "clean", *off).code == 0
    [article] = map(json.loads, (tmp_path / "clean" / "articles.jsonl").read_text().splitlines())
    assert "昨天夜里,海港的灯" in article["text"]
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["configuration"]["rules_off"] == ["dash", "half-width-mark"]
    assert run("verify", "clean").code == 0


def test_the_manifest_says_which_model_was_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpus.txt").write_text("海港的灯亮了，船靠岸了。\n" * 50, encoding="utf-8")
    assert run("train", "-q", "corpus.txt", "-o", "own.ngram", "--order", "2").code == 0
    digest = hashlib.sha256((tmp_path / "own.ngram").read_bytes()).hexdigest()
    assert run("run", "page.txt", "-o", "clean", "--model", "own.ngram").code == 0
    configuration = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())["configuration"]
    assert (configuration["model"], configuration["model_sha256"]) == ("own.ngram", digest)
    (tmp_path / "own.ngram").unlink()
    assert run("verify", "clean").code == 0
    assert run("run", "page.txt", "-o", "clean").code == 0
    configuration = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())["configuration"]
    assert (configuration["model"], configuration["model_sha256"]) == (None, None)
    assert list(configuration) == sorted(configuration)


def test_scripts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("漁港的燈又亮了起來，船一艘接一艘地靠岸，工人們忙到了天亮。")
    run("run", "page.txt", "-o", "kept")
    assert "漁港的燈" in (tmp_path / "kept" / "articles.jsonl").read_text()
    run("run", "page.txt", "-o", "turned", "--script", "simplified")
    assert "渔港的灯" in (tmp_path / "turned" / "articles.jsonl").read_text()
    assert run("verify", "turned").code == 0


# Bad input: one clear line, a documented exit code, nothing written


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
        (["verify", "nowhere"], "nowhere: there is no such folder"),
        (["verify", "page.txt"], "page.txt: there is no such folder"),
    ],
)
def test_wrong_use(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert_one_line(outcome, message)
    assert names(tmp_path) == ["page.txt"]


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


# The place of the output


def test_a_foreign_folder_is_refused_and_moved_aside_when_told_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "thesis.doc").write_text("mine")
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 2
    assert_one_line(outcome, "clean: is not empty and was not written by cleanpress")
    assert names(tmp_path / "clean") == ["thesis.doc"]
    outcome = run("run", "page.txt", "-o", "clean", "--overwrite")
    assert outcome.code == 0
    assert "cleanpress: what stood at clean is now clean.before-1" in outcome.err
    assert (tmp_path / "clean.before-1" / "thesis.doc").read_text() == "mine"
    assert run("verify", "clean").code == 0


def test_what_was_corrected_by_hand_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    run("run", "page.txt", "-o", "clean")
    (tmp_path / "clean" / "articles.jsonl").write_text("corrected")
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 2
    assert_one_line(outcome, "clean: was touched since cleanpress wrote it: articles.jsonl was changed")
    assert (tmp_path / "clean" / "articles.jsonl").read_text() == "corrected"


def test_an_input_inside_the_output_is_refused(run: Run, tmp_path: Path) -> None:
    run("run", "page.txt", "-o", "clean")
    shutil.copy("page.txt", "clean/page.txt")
    outcome = run("run", "clean/page.txt", "-o", "clean", "--overwrite")
    assert outcome.code == 2
    assert_one_line(outcome, "clean: holds the input clean/page.txt")
    assert (tmp_path / "clean" / "page.txt").read_text() == PAGE


def test_an_output_beside_and_below_the_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    shutil.copy("page.txt", "scans/page.txt")
    assert run("run", "scans/page.txt", "-o", "scans/deep/clean").code == 0
    assert names(tmp_path / "scans" / "deep") == ["clean"]


@pytest.mark.parametrize("code", [13, 28, 30])
def test_a_place_that_cannot_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    plain = Path.open

    def fail(path: Path, mode: str = "r", *arguments: object, **more: object) -> object:
        if "x" in mode:
            raise OSError(code, os.strerror(code))
        return plain(path, mode, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", fail)
    outcome = run("run", "page.txt", "-o", "deep/clean")
    assert outcome.code == 2
    assert_one_line(outcome, "deep/clean: cannot be written: ")
    assert names(tmp_path) == ["page.txt"]


# Help, and being interrupted


def test_help_imports_nothing_heavy() -> None:
    heavy = {"numpy", "scipy", "rapidfuzz", "datasketch", "opencc", "ftfy", "rich", "charset_normalizer"}
    for arguments in (["--help"], ["-h"], ["--version"], ["run", "--help"], ["verify", "-h"]):
        shown = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", PROGRAM, *arguments],
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        imported = {line.rpartition("|")[2].strip().split(".")[0] for line in shown.stderr.splitlines()}
        assert not imported & heavy
        assert shown.stdout


def test_help_lists_every_command_and_the_exit_codes(run: Run) -> None:
    shown = run("--help")
    assert shown.code == 0
    for name, line in cli.COMMANDS.items():
        assert f"  {name}" in shown.out
        assert line in " ".join(shown.out.split())
        assert "Exit codes:" in run(name, "--help").out
    assert "Exit codes:" in shown.out


def test_every_command_module_is_on_the_list() -> None:
    modules = Path(cli.__file__).with_name("commands").glob("[!_]*.py")
    assert {module.stem for module in modules} == set(cli.COMMANDS)


def test_the_version(run: Run) -> None:
    assert run("--version").out == f"cleanpress {cleanpress.__version__}\n"


def test_an_interruption_leaves_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "clean_page", interrupt)
    outcome = run("run", "page.txt", "-o", "clean")
    assert outcome.code == 130
    assert_one_line(outcome, "cleanpress: interrupted; nothing is left half-written")
    assert names(tmp_path) == ["page.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_a_real_interruption(run: Run, tmp_path: Path) -> None:
    slow = (
        "import signal, sys, time; sys.argv[0] = 'cleanpress'\n"
        # Whoever runs the tests in the background makes children ignore the signal.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from cleanpress import cli, pipeline\n"
        "pipeline.clean_page = lambda *_: (print('ready', flush=True), time.sleep(60))\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", slow, "run", "page.txt", "-o", "clean"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert ".clean.cleanpress-new" in names(tmp_path)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "cleanpress: interrupted; nothing is left half-written"
    assert names(tmp_path) == ["page.txt"]


def test_a_reader_that_has_gone_is_no_error_of_ours(run: Run, tmp_path: Path) -> None:
    run("run", "page.txt", "-o", "clean")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        verified = subprocess.run(
            [sys.executable, "-c", PROGRAM, "verify", "clean"],
            check=False,
            cwd=tmp_path,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert "Traceback" not in verified.stderr
