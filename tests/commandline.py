"""The command line as tests see it: arguments in, an exit code and lines out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cleanpress.formats import manifest as manifests

PAGE = """海港夜航恢复

本报记者 林一

昨天夜里,海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮。

今年的鱼比去年多，码头上的人也比去年多，冰库里早已堆得满满当当。
"""
PROGRAM = "from cleanpress.cli import main; main()"


@dataclass
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


def tree(folder: Path) -> dict[str, bytes]:
    return {path: file.read_bytes() for path, file in manifests.files(folder).items()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_one_line(outcome: Outcome, message: str) -> None:
    """A failure is one clear line that names the program, and nothing on standard output."""
    # After an interruption an empty line comes first, so that the message is not behind the terminal's ^C.
    lines = outcome.err.strip().splitlines()
    assert outcome.out == ""
    assert message in lines[0]
    assert lines[0].startswith("cleanpress: ")
    assert lines[1:] in ([], ["cleanpress: no page could be cleaned; nothing was written"])
