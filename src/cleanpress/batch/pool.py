"""Pages through one process or several, and what came of each."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cleanpress
from cleanpress.batch.processors import one_thread_each
from cleanpress.batch.state import State
from cleanpress.batch.work import Asking, Worker
from cleanpress.config import Config
from cleanpress.errors import CleanpressError, UsageError
from cleanpress.formats.sources import Source

LEAST_MEMORY = 256
"""MiB that a process may allocate with its libraries and tables and a page to clean; with 200 the largest
sample page fails, with 160 libraries do not start."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a page: the ``key`` under which it is kept, or why it could not be cleaned."""

    source: Source
    key: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """What every worker is told. ``settings`` are those that a page's part depends on; ``memory`` is in MiB,
    0 for no limit, and holds for processes of their own only."""

    config: Config
    settings: dict[str, Any]
    state: State
    asking: Asking | None
    memory: int


def clean_all(sources: Sequence[Source], orders: Orders, jobs: int) -> Iterator[Done]:
    """Clean the pages, in this process or in ``jobs`` others, in the order in which they are done.

    A process that dies takes one page with it, which has failed; another one goes on. Raises
    ``UsageError`` and ``OSError`` for what concerns every page. Leaving the iterator ends the processes.
    """
    jobs = min(jobs, len(sources))
    if jobs > 1:
        if 0 < orders.memory < LEAST_MEMORY:
            raise UsageError(
                f"--memory {orders.memory} is too little: a process that cleans pages needs "
                f"{LEAST_MEMORY} MiB at the least; give that or more, or 0 for no limit"
            )
        yield from _Pool(orders, jobs).run(sources)
        return
    if not sources:
        return
    worker = Worker(orders.config, orders.settings, orders.state, orders.asking)
    for source in sources:
        try:
            yield Done(source, worker.clean(source))
        except UsageError:
            raise
        except CleanpressError as error:
            yield Done(source, None, reason_of(source, str(error)))


class _Pool:
    """A thread for each process; each asks for the next page when its process has answered."""

    def __init__(self, orders: Orders, jobs: int) -> None:
        self.jobs = jobs
        self.first = json.dumps(
            {
                "config": asdict(orders.config),
                "settings": orders.settings,
                "state": str(orders.state.path),
                "asking": asdict(orders.asking) if orders.asking else None,
                "memory": orders.memory,
            }
        )
        self.tasks: queue.SimpleQueue[Source | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Done | Exception] = queue.SimpleQueue()
        self.processes: set[subprocess.Popen[bytes]] = set()
        self.guard = threading.Lock()
        self.over = False

    def run(self, sources: Sequence[Source]) -> Iterator[Done]:
        for source in sources:
            self.tasks.put(source)
        for _ in range(self.jobs):
            self.tasks.put(None)
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(self.jobs)]
        for thread in threads:
            thread.start()
        try:
            for _ in sources:
                outcome = self.done.get()
                if isinstance(outcome, Exception):
                    raise outcome
                yield outcome
        finally:
            with self.guard:
                self.over = True
                for process in self.processes:
                    process.kill()
            for thread in threads:
                thread.join()

    def _serve(self) -> None:
        process: _Process | None = None
        try:
            while not self.over and (source := self.tasks.get()) is not None:
                if process is None:
                    process = _Process(self)
                answer = process.ask(source)
                if "fatal" in answer:
                    number = answer.get("errno")
                    what = answer["fatal"]
                    self.done.put(UsageError(what) if number is None else OSError(number, what))
                    return
                if "died" in answer:
                    process = None
                    self.done.put(Done(source, None, answer["died"]))
                elif "failed" in answer:
                    self.done.put(Done(source, None, reason_of(source, answer["failed"])))
                else:
                    self.done.put(Done(source, answer["key"]))
        except Exception as error:
            self.done.put(error)
        finally:
            if process is not None:
                process.close()


class _Process:
    """A worker in a process of its own."""

    def __init__(self, pool: _Pool) -> None:
        self.pool = pool
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the process
        # The same cleanpress as this one, installed or not.
        paths = [str(Path(cleanpress.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        with pool.guard:
            self.process = subprocess.Popen(
                # -P: what lies in the current folder, a user's archive, must not be taken for a module.
                [sys.executable, "-P", "-m", "cleanpress.batch.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                env={**os.environ, **one_thread_each(), "PYTHONPATH": os.pathsep.join(paths)},
            )
            pool.processes.add(self.process)
            if pool.over:
                self.process.kill()
        self._say(pool.first)
        if not self._answer():
            what = f"a process for pages {_ending(self.process.wait())}{self._said()}"
            self.close()
            raise UsageError(what)

    def ask(self, source: Source) -> dict[str, Any]:
        """The answer for a page; ``died`` and how where there will be none."""
        self._say(json.dumps(asdict(source)))
        if answer := self._answer():
            return answer
        code = self.process.wait()
        said = self._said()
        self.close()
        return {"died": f"the process that cleaned it {_ending(code)}{said}"}

    def close(self) -> None:
        """End the process, if it has not ended."""
        with self.pool.guard:
            self.pool.processes.discard(self.process)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            try:
                if stream is not None:
                    stream.close()
            except BrokenPipeError:
                continue

    def _answer(self) -> dict[str, Any] | None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        answer: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
        return answer

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            # It has died; that there is no answer will tell.
            return

    def _said(self) -> str:
        """The last line that the process printed: most likely what it died of."""
        self.errors.seek(0)
        lines = self.errors.read()[-2000:].decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f" ({last})" if last else ""


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return f"was killed ({name}{', perhaps for want of memory' if name == 'SIGKILL' else ''})"


def reason_of(source: Source, message: str) -> str:
    """Why a page could not be cleaned, without its name before it."""
    return message.removeprefix(f"{source.name}: ").removeprefix(f"{source.file}: ")
