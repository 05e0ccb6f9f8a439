"""What a repository brings for CI: the action runs, the hooks name commands, the image is built with care."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cleanpress import cli
from commandline import PAGE, Run

ROOT = Path(__file__).resolve().parents[1]


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def options_of(run: Run, command: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", run(command, "--help").out))


def test_the_action_is_composite_and_its_scripts_take_nothing_by_substitution() -> None:
    action = load("action.yml")
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"]
        else:
            assert re.fullmatch(r"[\w./-]+@v\d+", step["uses"])
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(action["inputs"])


@pytest.fixture
def step(tmp_path: Path) -> Any:
    """Run the action's own script, as a runner would."""
    action = load("action.yml")
    [script] = [each for each in action["runs"]["steps"] if each.get("id") == "clean"]
    tools = tmp_path / "tools"
    tools.mkdir()
    program = tools / "cleanpress"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cleanpress "$@"\n', encoding="utf-8")
    program.chmod(0o755)

    def call(**inputs: str) -> tuple[int, str]:
        values = {name: str(each.get("default", "")) for name, each in action["inputs"].items()} | inputs
        environment = {
            name: values[re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value)[1]]  # type: ignore[index]
            for name, value in script["env"].items()
        }
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script["run"]],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                **environment,
                "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(tmp_path / "outputs"),
                "GITHUB_STEP_SUMMARY": str(tmp_path / "step.md"),
            },
        )
        return done.returncode, done.stderr + done.stdout

    return call


@pytest.mark.skipif(sys.platform == "win32", reason="the script is for bash")
def test_the_script_of_the_action(step: Any, tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "$(touch pwned).txt").write_text(PAGE, encoding="utf-8")
    code, said = step(input="a b.txt\n$(touch pwned).txt\n", sarif="found.sarif", jobs="1")
    assert code == 0, said
    assert "clean: proved" in said
    assert not (tmp_path / "pwned").exists()
    assert (tmp_path / "clean" / "report.html").is_file()
    assert (tmp_path / "found.sarif").is_file()
    assert (tmp_path / "outputs").read_text(encoding="utf-8").splitlines() == [
        "folder=clean",
        "summary=clean/summary.json",
    ]
    assert "## ✅ cleanpress" in (tmp_path / "step.md").read_text(encoding="utf-8")
    code, said = step(input="a b.txt", jobs="1", **{"fail-on": "articles>0"})
    assert code == 1
    assert "articles>0: it is 1" in said
    assert json.loads((tmp_path / "clean" / "summary.json").read_bytes())["passed"] is False
    assert step(input="none.txt", jobs="1")[0] == 2


def test_hooks_name_commands_and_options_that_exist(run: Run) -> None:
    hooks = load(".pre-commit-hooks.yaml")
    assert len({hook["id"] for hook in hooks}) == len(hooks)
    for hook in hooks:
        program, command, *options = hook["entry"].split()
        assert program == "cleanpress"
        assert command in cli.COMMANDS
        assert {option for option in options if option.startswith("-")} <= options_of(run, command)


def test_what_the_page_on_ci_shows_exists(run: Run) -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    assert all(map(yaml.safe_load, blocks))
    calls = re.findall(r"cleanpress (run|verify) ([^\n`|]*)", page)
    assert len(calls) >= 6
    for command, rest in calls:
        assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", rest)) <= options_of(run, command)
    [workflow] = [
        block
        for block in re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
        if "OWNER/cleanpress@" in block
    ]
    [used] = [
        each["with"]
        for each in yaml.safe_load(workflow)["jobs"]["clean"]["steps"]
        if each["uses"].startswith("OWNER/cleanpress@")
    ]
    assert set(used) <= set(load("action.yml")["inputs"])


def test_the_image_is_built_with_care() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    images = [rest.split()[0] for word, rest in steps if word == "FROM"]
    # Pinned, not by root, nothing left of downloads, the form of an entry point that gets signals.
    assert all(":" in image and not image.endswith(":latest") for image in images)
    assert [rest for word, rest in steps if word == "USER"] == ["10001:10001"]
    assert all("--no-cache-dir" in rest for word, rest in steps if word == "RUN" and "pip install" in rest)
    assert all(json.loads(rest) for word, rest in steps if word in {"ENTRYPOINT", "CMD"})
    assert not any(word == "ADD" for word, _ in steps)
    assert all(rest.split()[-1].startswith("/") for word, rest in steps if word == "WORKDIR")
    for word, rest in steps:
        if word == "COPY" and "--from" not in rest:
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources)
