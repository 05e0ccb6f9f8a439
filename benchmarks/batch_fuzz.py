"""The whole command on input that nobody would print: no traceback, and a proof each time.

    python benchmarks/batch_fuzz.py [--inputs 20000] [--seed 0]

Batches of pages are made by hypothesis: bytes, text of any characters, and text that looks like a page and is
broken in places, in several encodings, as files of strange names and as records; the settings vary, too. Each
batch goes through ``cleanpress run`` in this process, and what it wrote through ``cleanpress verify``.
Whatever comes, the exit code is a documented one, nothing but lines is said, no exception leaves the command,
and what was written is proved.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from cleanpress import cli

LINES = (
    "海港夜航恢复",
    "本报记者 林一",
    "昨天夜里,海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天",
    "亮。今年的鱼比去年多，码头上的人也比去年多，",
    "　　園子裏的梨黃了，一筐一筐地運下山去",
    "（下转第二版）",
    "（上接第一版）",
    "2026年6月12日 星期五 第03版",
    "■ 要闻",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "CON",
    "\u202e倒着走\u200b",
    "🚀" * 9,
    "",
    "\f",
    "１２３.４５％",
    "“他说：‘好’",
    "㈠ ㎡ ﹝",
)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "big5", "utf-16")
NAMES = (
    "01.txt",
    "02.txt",
    "a b.txt",
    "CON.txt",
    "-rf.txt",
    "页.txt",
    "<b>.txt",
    "x.md.txt",
    "A.TXT",
    "a.txt",
)

page_like = st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=25).map("\n".join)
texts = page_like | st.text(max_size=200)


@dataclass(frozen=True)
class Case:
    """Files by name, records, and options of a run."""

    files: dict[str, bytes]
    records: list[object]
    options: list[str]

    def __len__(self) -> int:
        return len(self.files) + len(self.records)


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """What a file holds."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=300))
    text = draw(texts)
    data = text.encode(draw(st.sampled_from(ENCODINGS)), "ignore")
    if draw(st.integers(0, 5)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=5)) + data[at:]
    return data


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A batch and its settings."""
    files = draw(st.dictionaries(st.sampled_from(NAMES), contents(), max_size=8))
    record = st.fixed_dictionaries({"text": texts}, optional={"id": st.text(max_size=8) | st.integers(0, 9)})
    records: list[object] = draw(st.lists(record | st.just({}) | st.just(7), max_size=8))
    options = []
    if draw(st.booleans()):
        options += ["--script", draw(st.sampled_from(("keep", "simplified", "traditional")))]
    if draw(st.integers(0, 3)) == 0:
        options += ["--report"]
    if draw(st.integers(0, 3)) == 0:
        options += ["--rule-off", draw(st.sampled_from(("dash", "half-width-mark")))]
    if draw(st.integers(0, 5)) == 0:
        options += ["--encoding", draw(st.sampled_from(("utf-8", "gb18030", "utf-7", "latin-1")))]
    for name in draw(st.sets(st.sampled_from(("jsonl", "markdown", "tei", "dolma")))):
        options += ["--format", name]
    if draw(st.booleans()):
        options += ["--sarif", "found.sarif", "--fail-on", "gaps>0,confidence<0.5"]
    return Case(files, records, options)


def call(*arguments: str) -> tuple[int, str]:
    """The command in this process: its exit code and all that it said."""
    said = io.StringIO()
    with mock.patch.object(sys, "argv", ["cleanpress", *arguments]):
        try:
            with redirect_stdout(said), redirect_stderr(said):
                cli.main()
        except SystemExit as stop:
            return int(stop.code or 0), said.getvalue()
    raise AssertionError("the command did not end by an exit code")


def check(case: Case) -> str:
    """Run a batch, and prove what it wrote; answers with what came of it. Raises ``AssertionError``."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            Path("scans").mkdir()
            for name, content in case.files.items():
                Path("scans", name).write_bytes(content)
            if case.records:
                lines = "".join(json.dumps(record) + "\n" for record in case.records)
                Path("scans", "pages.jsonl").write_text(lines, encoding="utf-8")
            code, said = call("run", "scans", "-o", "clean", *case.options)
            assert code in {0, 1, 2}, said
            # What is said quotes pages, and hypothesis writes words of our messages into them: a message of
            # the command itself begins a line.
            for line in said.splitlines():
                assert not line.startswith("Traceback"), said
                assert not (line.startswith("cleanpress: ") and "please report it" in line), said
            if not Path("clean").exists():
                assert code, said
                return "nothing could be cleaned" if code == 1 else "wrong use"
            proof, found = call("verify", "clean")
            assert proof == 0, found
            assert sorted(path.name for path in Path().iterdir()) in (
                ["clean", "scans"],
                ["clean", "found.sarif", "scans"],
            )
            again, said = call("run", "scans", "-o", "clean", *case.options)
            assert again == code
            assert "nothing has changed since" in said, said
            return "proved" if code == 0 else "proved, with findings"
        finally:
            os.chdir(before)
            shutil.rmtree(Path(folder, "scans"), ignore_errors=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=20_000, help="pages, at least")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    seen: Counter[str] = Counter()
    pages = rounds = 0

    def count(case: Case) -> None:
        nonlocal pages
        seen[check(case)] += 1
        pages += len(case)
        print(f"\r{pages:,} inputs", end="", file=sys.stderr, flush=True)

    while pages < args.inputs:
        # Nothing is remembered between rounds, and what fails is made smaller.
        strict = settings(
            max_examples=200,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        seed(args.seed + rounds)(strict(given(cases())(count)))()
        rounds += 1
        print(f"\r{pages:,} inputs in {sum(seen.values()):,} runs, {rounds} rounds", flush=True)
    print(file=sys.stderr)
    print(f"{pages:,} inputs in {sum(seen.values()):,} runs, no traceback, everything written was proved")
    for what, number in sorted(seen.items()):
        print(f"  {number:6,}  {what}")


if __name__ == "__main__":
    main()
