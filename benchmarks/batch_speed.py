"""What a batch costs: pages and characters a second, by processes; memory; a run in which nothing changed.

    python benchmarks/batch_speed.py [--pages 1000] [--jobs 1 2] [--fragments 40] [--profile]

Pages are made of the project's own sample articles (``page_speed.make_page``), each of another number of
fragments. Every run is a process of its own; peak memory is that of its largest process. The folders of all
runs are compared byte for byte. ``--profile`` says where the time of one process goes.
"""

from __future__ import annotations

import argparse
import json
import os
import pkgutil
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cleanpress.formats import manifest as manifests
from page_speed import make_page

MIB = 1024
STEPS = {
    "read": "cleanpress.batch.work.content_of",
    "decode": "cleanpress.batch.work.page_of",
    "normalise": "cleanpress.pipeline.normalise",
    "segment": "cleanpress.pipeline.segment",
    "repeats": "cleanpress.pipeline.find_repeats",
    "reassemble": "cleanpress.pipeline.reassemble",
    "restore": "cleanpress.pipeline.restore",
    "ledger": "cleanpress.formats.parts.require",
    "records, with the ledger": "cleanpress.batch.work.part_of",
    "keep the part": "cleanpress.batch.state.State.keep",
    "assemble, write, move": "cleanpress.batch.run._assemble",
}
"""Each step of a run, and the function that does it, by the name under which it is called."""


def make_pages(folder: Path, count: int, fragments: int) -> int:
    """Pages in issues of eight, as text files; answers with their characters."""
    rng = Random(1)
    characters = 0
    for number in range(count):
        text = make_page(rng.randint(fragments // 2, fragments * 3 // 2), seed=number)
        place = folder / f"issue-{number // 8:05d}" / f"{number % 8 + 1:02d}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        characters += len(text)
    return characters


def timed(folder: Path, out: str, jobs: int) -> tuple[float, float]:
    """Wall and processor seconds of a run over ``pages`` in ``folder``."""
    command = [sys.executable, "-m", "cleanpress", "run", "pages", "-o", out, "-j", str(jobs), "-q"]
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, **single})
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tree(folder: Path) -> dict[str, str]:
    """The hashes of a folder's files."""
    return {path: manifests.digest_of(file)[0] for path, file in manifests.files(folder).items()}


def profiled(folder: Path) -> list[tuple[str, float]]:
    """Processor seconds of each step of a run in this process, after one that warmed it up."""
    from cleanpress import cli

    def run(out: str) -> None:
        sys.argv = ["cleanpress", "run", "pages", "-o", out, "-q"]
        with suppress(SystemExit):
            cli.main()

    os.chdir(folder)
    run("warm")
    seconds = dict.fromkeys([*STEPS, "everything"], 0.0)

    def timed_step(name: str, step: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **more: object) -> object:
            started = time.process_time()
            try:
                return step(*arguments, **more)
            finally:
                seconds[name] += time.process_time() - started

        return call

    with ExitStack() as patches:
        for name, path in STEPS.items():
            step = pkgutil.resolve_name(path)
            patches.enter_context(mock.patch(path, timed_step(name, step)))
        timed_step("everything", run)("profiled")
    return list(seconds.items())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--fragments", type=int, default=40, help="of a page, on average")
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        characters = make_pages(folder / "pages", args.pages, args.fragments)
        print(f"{args.pages:,} pages, {characters:,} characters")
        walls: dict[int, float] = {}
        trees = []
        for jobs in args.jobs:
            walls[jobs], cpu = timed(folder, f"out-{jobs}", jobs)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MIB
            trees.append(tree(folder / f"out-{jobs}"))
            print(
                f"-j {jobs}: {walls[jobs]:.1f} s, {args.pages / walls[jobs]:.2f} pages/s, "
                f"{characters / walls[jobs]:,.0f} characters/s, {cpu:.1f} processor s "
                f"({args.pages / cpu:.2f} pages and {characters / cpu:,.0f} characters a processor second), "
                f"peak of the largest process so far {peak:.0f} MiB, "
                f"{walls[args.jobs[0]] / walls[jobs]:.2f} times as fast as -j {args.jobs[0]}"
            )
        wall, cpu = timed(folder, f"out-{args.jobs[-1]}", args.jobs[-1])
        print(f"nothing changed: {wall:.2f} s, {cpu:.2f} processor s")
        print("the same bytes:", all(each == trees[0] for each in trees))
        if args.profile:
            for step, seconds in profiled(folder):
                print(f"{step:20} {seconds:8.2f} s")
        print(json.dumps({"pages": args.pages, "seconds": walls}))


if __name__ == "__main__":
    main()
