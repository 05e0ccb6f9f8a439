"""Batches that are killed: does the next run always end with the same bytes?

    python benchmarks/batch_kills.py [--kills 200] [--pages 12] [--seed 0]

A batch runs undisturbed once. Then, again and again, the same batch is started with one process or several,
over nothing or over the folder of an older state of the input, and killed with SIGKILL, up to three times in
a row; the next run must end with the bytes of the undisturbed one and leave nothing else. One kill in four
comes at any moment; the others wait until the run has finished some pages, and come at a random moment
then, so that the next run has pages to go on with. After each kill nothing half-written may stand at the
output: it is absent, the older folder, or the new one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.context import ForkProcess
from pathlib import Path
from random import Random

from cleanpress.batch.processors import one_thread_each

# Before numpy is imported.
os.environ.update(one_thread_each())

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cleanpress import clean, cli
from cleanpress.batch.work import require_stages
from cleanpress.config import Config
from cleanpress.formats import manifest as manifests
from page_speed import make_page

AIMED = 0.75
"""Share of the kills that wait for finished pages."""

RUN = ["cleanpress", "run", "pages", "-o", "out", "-q", "--format", "tei", "-j"]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder; nothing where there is no folder."""
    return {path: file.read_bytes() for path, file in manifests.files(folder).items()}


def started(folder: Path, jobs: int) -> ForkProcess:
    """The batch, in a process of its own that has everything loaded: kills should meet work, not imports."""
    process = multiprocessing.get_context("fork").Process(target=_command, args=(folder, jobs))
    process.start()
    return process


def _command(folder: Path, jobs: int) -> None:
    os.chdir(folder)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 -- until the process ends
    sys.argv = [*RUN, str(jobs)]
    cli.main()


def finished(folder: Path, jobs: int) -> None:
    """Run the batch to its end."""
    process = started(folder, jobs)
    process.join()
    if process.exitcode:
        raise SystemExit("a run that nobody disturbed has failed")


class Trial:
    """A folder with pages, what an older state of them gives, and what the state that is run gives."""

    def __init__(self, folder: Path, pages: int) -> None:
        self.folder = folder
        (folder / "pages").mkdir()
        for number in range(pages):
            text = make_page(6, seed=number)
            (folder / "pages" / f"{number:02d}.txt").write_text(text, encoding="utf-8")
        last = folder / "pages" / f"{pages - 1:02d}.txt"
        text = last.read_text(encoding="utf-8")
        last.write_text("灯又亮了起来，船靠岸了。\n", encoding="utf-8")
        finished(folder, 1)
        shutil.move(folder / "out", folder / "kept-old")
        self.old = tree(folder / "kept-old")
        last.write_text(text, encoding="utf-8")
        began = time.perf_counter()
        finished(folder, 1)
        self.seconds = time.perf_counter() - began
        self.span = self.seconds
        self.new = tree(folder / "out")
        self.seen: Counter[str] = Counter()
        self.pages = pages
        self.kills = self.wrong = self.kept = 0

    def once(self, rng: Random) -> None:
        """Kill the batch up to three times, and have the next run end it."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        if rng.random() < 0.5:
            shutil.copytree(self.folder / "kept-old", self.folder / "out")
        for _ in range(rng.randint(1, 3)):
            self._kill(rng)
        finished(self.folder, rng.choice((1, 1, 1, 2)))
        left = sorted(path.name for path in self.folder.iterdir())
        if tree(self.folder / "out") != self.new or left != ["kept-old", "out", "pages"]:
            print(f"kill {self.kills}: the next run ended with other bytes, or left something: {left}")
            self.wrong += 1

    def _kill(self, rng: Random) -> None:
        before = self._finished()
        process = started(self.folder, rng.choice((1, 1, 1, 2, 3)))
        aimed = rng.random() < AIMED
        if aimed:
            # At least one page more than the last run left, if there is one.
            due = min(before + rng.randint(1, 3), self.pages)
            while process.is_alive() and self._finished() < due:
                time.sleep(0.003)
        # Once pages are finished the end is near: of the span of a run a page takes this much.
        time.sleep(rng.uniform(0, self.span / self.pages if aimed else self.span))
        ended = not process.is_alive()
        if not aimed:
            # Runs over pages that are kept are shorter: most kills should meet a run that is not at its end.
            self.span *= 0.9 if ended else 1.03
        process.kill()
        process.join()
        self.kills += not ended
        stands = tree(self.folder / "out")
        if stands and stands not in (self.old, self.new):
            print(f"kill {self.kills}: what stands there is neither the old folder nor the new one")
            self.wrong += 1
        state = "nothing" if not stands else "old" if stands == self.old else "new"
        kept = self._finished() > 0
        # With the new folder in its place there is nothing left to go on with.
        self.kept += kept and not ended and state != "new"
        at = "after its end" if ended else f"{state} stands there, {'some' if kept else 'no'} pages are kept"
        self.seen[at] += 1

    def _finished(self) -> int:
        """How many pages are marked as finished, for the next run."""
        return sum(1 for _ in (self.folder / ".out.cleanpress-state").glob("*.part"))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    require_stages(Config())
    clean("灯又亮了起来，船靠岸了。")
    rng = Random(args.seed)
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name), args.pages)
        while trial.kills < args.kills:
            trial.once(rng)
            print(f"\r{trial.kills} kills, {trial.wrong} wrong", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        print(f"{trial.kills} kills in a run of {trial.seconds:.1f} s; {trial.wrong} went wrong")
        print(f"{trial.kept} of them left finished pages that the next run went on with")
        for what, count in sorted(trial.seen.items()):
            print(f"  {count:4}  {what}")
    sys.exit(1 if trial.wrong else 0)


if __name__ == "__main__":
    main()
