"""How long ``cleanpress --help`` takes, as a multiple of starting Python for nothing.

A ratio, because seconds say more about the machine than about the program. Also names what help imports,
so that a heavy module that creeps in is seen by its name.

    python benchmarks/startup.py [--rounds 20]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

HEAVY = ("numpy", "scipy", "rapidfuzz", "datasketch", "opencc", "ftfy", "rich", "charset_normalizer")
CLEANPRESS = "from cleanpress.cli import main; main()"
"""What the installed command is: a script that does just this."""

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import click": ["-c", "import click"],
    "cleanpress --help": ["-c", CLEANPRESS, "--help"],
    "cleanpress run --help": ["-c", CLEANPRESS, "run", "--help"],
    "cleanpress --version": ["-c", CLEANPRESS, "--version"],
}


def seconds(command: list[str]) -> float:
    """Wall-clock time of one start."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def heavy_imports(command: list[str]) -> list[str]:
    """The heavy packages that a start imports."""
    traced = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    modules = {line.rpartition("|")[2].strip().split(".")[0] for line in traced.stderr.splitlines()}
    return sorted(modules & set(HEAVY))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        # Taken in turn, so that a busy moment of the machine hits all of them alike.
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    base = statistics.median(times["python -c pass"])
    for name, command in COMMANDS.items():
        median = statistics.median(times[name])
        heavy = ", ".join(heavy_imports(command)) or "none"
        print(f"{name:24} {median * 1000:7.1f} ms  {median / base:5.2f} x  heavy imports: {heavy}")


if __name__ == "__main__":
    main()
