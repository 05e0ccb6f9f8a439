"""The command line from outside: arguments in, exit codes, lines and folders out."""

from __future__ import annotations

import hashlib
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
    for command in (["verify"], ["diff"], ["report"]):
        ended = run(*command, "../clean", "--input-root", "nowhere")
        assert ended.code == 2
        assert_one_line(ended, "nowhere: there is no such folder")


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
