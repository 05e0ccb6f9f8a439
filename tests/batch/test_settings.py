"""Settings from files: found from the input upwards, overridden by options, wrong ones named."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cleanpress.batch.settings import SETTINGS, config_of, find, in_force, load
from cleanpress.config import Config
from cleanpress.errors import UsageError
from commandline import Run


@pytest.fixture
def scans(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert run
    monkeypatch.chdir(tmp_path)
    (tmp_path / "archive" / "2026" / "06").mkdir(parents=True)
    (tmp_path / "archive" / "2026" / "06" / "01.txt").write_text("灯亮了，船来了。", encoding="utf-8")
    (tmp_path / "archive" / "2026" / "07.txt").write_text("梨黄了，人来了。", encoding="utf-8")
    return tmp_path / "archive"


def write(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_the_nearest_file_above_the_input_counts(scans: Path) -> None:
    assert find(["archive/2026/06/01.txt"]).path is None
    write(scans / "cleanpress.toml", 'script = "keep"')
    assert find(["archive/2026/06/01.txt"]).values == {"script": "keep"}
    assert find(["archive"]).path == "archive/cleanpress.toml"
    write(scans / "2026" / "pyproject.toml", "[tool.other]\nx = 1")
    assert find(["archive/2026/06"]).values == {"script": "keep"}
    write(scans / "2026" / "pyproject.toml", "[tool.cleanpress]\nmax_bytes = 9")
    assert find(["archive/2026/06/none-*.txt"]).values == {"max_bytes": 9}
    write(scans / "2026" / "cleanpress.toml", "report = true")
    assert find(["archive/2026/06"]).values == {"report": True}
    # What is above one of two inputs only is not for both.
    assert find(["archive/2026/06", "archive"]).values == {"script": "keep"}


def test_options_override_files_and_files_defaults(scans: Path) -> None:
    write(scans / "cleanpress.toml", 'script = "keep"\njobs = 2\nfail_on = ["gaps>0"]')
    found = in_force(find(["archive"]), {"script": "auto"})
    assert found["script"] == ("auto", "command line")
    assert found["jobs"] == (2, "archive/cleanpress.toml")
    assert found["fail_on"] == (("gaps>0",), "archive/cleanpress.toml")
    assert found["memory"].origin == "default"


def test_defaults_are_those_of_the_configuration() -> None:
    assert config_of({name: setting.default for name, setting in SETTINGS.items()}) == Config()


def test_paths_count_from_the_file(scans: Path) -> None:
    write(scans / "cleanpress.toml", 'model = "own.ngram"\ndecisions = "../d.toml"')
    assert find(["archive/2026"]).values == {"model": "archive/own.ngram", "decisions": "d.toml"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('scirpt = "keep"', "there is no setting 'scirpt'; the nearest is 'script'"),
        ('rule-off = ["dash"]', "there is no setting 'rule-off'; the nearest is 'rules_off'"),
        ('ask = "http://localhost"', "there is no setting 'ask'"),
        ('script = "runes"', "script: there is no script 'runes'"),
        ("script = 1", "script must be a text"),
        ("jobs = -1", "jobs must be a whole number from 0"),
        ("max_bytes = true", "max_bytes must be a whole number from 1"),
        ('report = "yes"', "report must be true or false"),
        ("rules_off = [1]", "rules_off must be a list of texts"),
        ('rules_off = "dash"', 'rules_off must be a list of texts; write ["dash"]'),
        ('fail_on = "gaps>0"', 'fail_on must be a list of texts; write ["gaps>0"]'),
        ('formats = "tei"', 'formats must be a list of texts; write ["tei"]'),
        ('formats = ["docx"]', "formats: there is no format 'docx'"),
        ('fail_on = ["typos>1"]', "fail_on: there is nothing called 'typos'"),
        ("script = ", "is not TOML"),
        ("[tool.cleanpress]\nscript = 'keep'", "there is no setting 'tool'"),
    ],
)
def test_what_is_wrong_in_a_file(run: Run, scans: Path, content: str, message: str) -> None:
    write(scans / "cleanpress.toml", content)
    for command in (["run", "archive", "-o", "clean"], ["config", "archive"]):
        outcome = run(*command)
        assert outcome.code == 2
        assert outcome.err.startswith(f"cleanpress: archive/cleanpress.toml: {message}")
        assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("name", SETTINGS)
def test_no_key_takes_a_value_of_another_kind(tmp_path: Path, name: str) -> None:
    """Neither tables nor times are a value of any key, and one text is no list."""
    kinds = {
        str: ("1", "true", "[]"),
        bool: ('"true"', "1"),
        int: ('"1"', "true", "1.0"),
        tuple: ('"x"', "1"),
    }
    default = SETTINGS[name].default
    wrong = kinds[str if default is None else type(default)]
    for value in (*wrong, "{}", "2026-06-12", "[[]]"):
        with pytest.raises(UsageError, match=f"{name} must be "):
            load(write(tmp_path / "cleanpress.toml", f"{name} = {value}"))


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(str(tmp_path / "none.toml"))
    named = load(write(tmp_path / "pyproject.toml", "[tool.other]"))
    assert named is not None
    assert named.values == {}


def test_a_broken_project_of_others_is_not_our_affair(scans: Path) -> None:
    write(scans / "pyproject.toml", "[tool.other\n")
    assert find(["archive"]).path is None
    write(scans / "pyproject.toml", "[tool.cleanpress\n")
    with pytest.raises(UsageError, match="is not TOML"):
        find(["archive"])


def test_a_run_obeys_its_file(run: Run, scans: Path, tmp_path: Path) -> None:
    write(scans / "cleanpress.toml", 'formats = ["tei"]\nfail_on = ["articles>1"]\nscript = "keep"')
    outcome = run("run", "archive", "-o", "clean")
    assert outcome.code == 1
    assert "articles>1: it is 2" in outcome.err
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["configuration"]["script"] == "keep"
    assert manifest["configuration"]["formats"] == ["jsonl", "tei"]
    outcome = run("run", "archive", "-o", "clean", "--script", "auto", "--fail-on", "articles>5")
    assert outcome.code == 0
    manifest = json.loads((tmp_path / "clean" / "manifest.json").read_bytes())
    assert manifest["configuration"]["script"] == "auto"
    other = write(tmp_path / "other.toml", 'script = "simplified"')
    assert run("run", "archive", "-o", "other", "--config", other).code == 0
    manifest = json.loads((tmp_path / "other" / "manifest.json").read_bytes())
    assert manifest["configuration"]["script"] == "simplified"


def test_config_shows_what_is_in_force(run: Run, scans: Path) -> None:
    write(scans / "cleanpress.toml", 'script = "keep"\nrules_off = ["dash"]')
    shown = run("config", "archive/2026")
    assert (shown.code, shown.err) == (0, "")
    lines = {line.split(" = ")[0]: line for line in shown.out.splitlines()}
    assert lines["script"].split() == ["script", "=", '"keep"', "#", "archive/cleanpress.toml"]
    assert lines["jobs"].endswith("# default")
    # What is shown is such a file, and says the same.
    values = tomllib.loads(shown.out)
    assert values["rules_off"] == ["dash"]
    assert set(values) == {name for name in SETTINGS if SETTINGS[name].default is not None}
    assert run("config").out.count("# default") == len(SETTINGS)
