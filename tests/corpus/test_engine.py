"""Tasks in several processes: every item once, results in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cleanpress.corpus.engine import workers
from cleanpress.errors import InputError, OutputError


def square(number: int) -> int:
    if number < 0:
        raise InputError(f"{number}: is negative")
    return number * number


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_order(jobs: int) -> None:
    with workers(jobs) as run:
        for count in (0, 1, 50):
            assert list(run(square, iter(range(count)))) == [k * k for k in range(count)]
        with pytest.raises(InputError, match="-3: is negative"):
            list(run(square, [1, 2, -3, 4]))


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_worker_is_one_line() -> None:
    with pytest.raises(OutputError, match="a worker process was killed"), workers(2) as run:
        list(run(die, [1, 2, 3]))


COPIED = """
import os
from cleanpress.corpus import engine
assert engine._is_alone() == (os.sys.platform == "linux")
with engine.workers(2) as run:
    assert list(run(abs, [-1, -2, -3])) == [1, 2, 3]
with engine.workers(2) as run:
    print(*run(own_number, range(2)), flush=True)
    os.kill(os.getpid(), 9)
"""


def test_workers_end_with_the_process_that_began_them() -> None:
    # In a process with one thread, of which workers are copies.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    program = COPIED.replace("import os\n", "import os\ndef own_number(_): return os.getpid()\n", 1)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    for pid in set(ended.stdout.split()):
        for _ in range(500):
            if not Path(f"/proc/{pid}").exists():
                break
            time.sleep(0.02)
        else:
            pytest.fail(f"worker {pid} outlives its parent")
