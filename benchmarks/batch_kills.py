"""Batches that are killed: does the next run always end with the same bytes?

    python benchmarks/batch_kills.py [--kills 200] [--pages 12] [--seed 0]

A batch runs undisturbed once. Then, again and again, the same batch is started with one process or several,
over nothing or over the folder of an older state of the input, and killed with SIGKILL at a random moment, up
to three times in a row; the next run must end with the bytes of the undisturbed one and leave nothing else.
After each kill nothing half-written may stand at the output: it is absent, the older folder, or the new one.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cleanpress.formats import manifest as manifests
from page_speed import make_page

RUN = [sys.executable, "-m", "cleanpress", "run", "pages", "-o", "out", "-q", "--format", "tei", "-j"]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder; nothing where there is no folder."""
    return {path: file.read_bytes() for path, file in manifests.files(folder).items()}


def started(folder: Path, jobs: int) -> subprocess.Popen[bytes]:
    """The batch, in a process of its own."""
    return subprocess.Popen([*RUN, str(jobs)], cwd=folder, stderr=subprocess.DEVNULL)


def finished(folder: Path, jobs: int) -> None:
    """Run the batch to its end."""
    if started(folder, jobs).wait():
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
        self.kills = self.wrong = 0

    def once(self, rng: Random) -> None:
        """Kill the batch up to three times, and have the next run end it."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        if rng.random() < 0.5:
            shutil.copytree(self.folder / "kept-old", self.folder / "out")
        for _ in range(rng.randint(1, 3)):
            self._kill(rng.choice((1, 1, 2, 3)), rng.uniform(0, self.span))
        finished(self.folder, rng.choice((1, 2)))
        left = sorted(path.name for path in self.folder.iterdir())
        if tree(self.folder / "out") != self.new or left != ["kept-old", "out", "pages"]:
            print(f"kill {self.kills}: the next run ended with other bytes, or left something: {left}")
            self.wrong += 1

    def _kill(self, jobs: int, after: float) -> None:
        process = started(self.folder, jobs)
        time.sleep(after)
        ended = process.poll() is not None
        # Runs over pages that are kept are shorter: most kills should meet a run that is not at its end.
        self.span *= 0.9 if ended else 1.03
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.kills += not ended
        stands = tree(self.folder / "out")
        if stands and stands not in (self.old, self.new):
            print(f"kill {self.kills}: what stands there is neither the old folder nor the new one")
            self.wrong += 1
        state = "nothing" if not stands else "old" if stands == self.old else "new"
        kept = any((self.folder / ".out.cleanpress-state").glob("*.part"))
        at = "after its end" if ended else f"{state} stands there, {'some' if kept else 'no'} pages are kept"
        self.seen[at] += 1


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = Random(args.seed)
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name), args.pages)
        while trial.kills < args.kills:
            trial.once(rng)
            print(f"\r{trial.kills} kills, {trial.wrong} wrong", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        print(f"{trial.kills} kills in a run of {trial.seconds:.1f} s; {trial.wrong} went wrong")
        for what, count in sorted(trial.seen.items()):
            print(f"  {count:4}  {what}")
    sys.exit(1 if trial.wrong else 0)


if __name__ == "__main__":
    main()
