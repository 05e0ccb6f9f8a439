"""Where tasks run: in this process, in several, or on a cluster, for the steps of dedup and the pages of run.

What tasks share lies in the state folder, which all of them must see; what they give back is small.
"""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from cleanpress.corpus.keys import table
from cleanpress.errors import OutputError, UsageError
from cleanpress.extras import install
from cleanpress.stages.repeats.index import permutations

T = TypeVar("T")
R = TypeVar("R")

_PATIENCE = 10.0
"""Seconds in which a cluster must answer at all."""

_TRIES = 20
"""How often a task is done again whose node died."""


class Run(Protocol):
    """Runs a task on every item, a few at a time; results come in the order of the items."""

    def __call__(self, task: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Apply ``task``, which must be importable, to ``items``."""


@contextmanager
def workers(jobs: int) -> Iterator[Run]:
    """A way to run tasks: here, or in so many processes beside this one, which then only hands out.

    They begin with the block. Raises ``OutputError`` where one of them is killed.
    """
    if jobs <= 1:
        yield map
        return
    # What all tasks look up is made once where processes are copies of this one.
    table()
    permutations()
    way = multiprocessing.get_context("fork" if _is_alone() else "spawn")
    pool = ProcessPoolExecutor(jobs, way, _begin)
    try:
        # All begin at once, and before this process has threads.
        for _ in range(jobs):
            pool.submit(os.getpid)
        yield _Processes(pool, jobs)
    except BrokenProcessPool:
        raise OutputError(
            "a worker process was killed, perhaps because memory ran out; started again, it goes on"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _is_alone() -> bool:
    """Whether this process has one thread, and can be copied: a lock that another held would stay locked in
    the copy. Where that cannot be told, processes begin anew, which takes longer."""
    if sys.platform != "linux":
        return False
    # A thread that was waited for, such as the last pool's, is listed for a moment after its end.
    for _ in range(20):
        if len(os.listdir("/proc/self/task")) == 1:
            return True
        if threading.active_count() > 1:
            return False
        time.sleep(0.005)
    return False


def _begin() -> None:
    """In a new worker: it ends with the process that began it, and leaves an interrupt to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # One that begins anew has its libraries before the first task comes.
    importlib.import_module("cleanpress.corpus.dedup")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _Processes:
    """Some tasks more than there are processes wait in one queue, from which each takes the next."""

    def __init__(self, pool: ProcessPoolExecutor, jobs: int) -> None:
        self.pool = pool
        self.most = 4 * jobs

    def __call__(self, task: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        source = iter(items)
        waiting: deque[Future[R]] = deque()
        try:
            while True:
                waiting.extend(
                    self.pool.submit(task, item) for item in islice(source, self.most - len(waiting))
                )
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def reads_for_itself(run: Run) -> bool:
    """Whether tasks can read files that this process sees, and are not done in it."""
    return isinstance(run, _Processes)


@contextmanager
def cluster(address: str | None) -> Iterator[OnRay]:
    """A way to run tasks on a Ray cluster (needs the extra ``ray``): at an address, ``auto`` for one that
    runs on this machine, or ``None`` for one that is begun here and ends with the run.

    Raises ``UsageError`` where there is none.
    """
    try:
        import ray
    except ImportError:
        raise UsageError(f"--engine ray needs the package ray: {install('ray')}") from None
    options: dict[str, Any] = {"address": address}
    # Ray would tell its makers how it is used.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is None:
        # Nobody outside this machine is listened to.
        options = {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    try:
        _knock(address)
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"there is no Ray cluster at {address or 'this machine'}: {reason}") from None
    try:
        yield OnRay(ray)
    finally:
        ray.shutdown()


def _knock(address: str | None) -> None:
    """Raise ``OSError`` where nobody listens at an address: Ray itself would wait for minutes."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()


def _call(task: Callable[[T], R], item: T) -> R:
    return task(item)


@dataclass(frozen=True, slots=True)
class Lost:
    """A task of which every process died that ran it, and how."""

    item: Any
    reason: str


class OnRay:
    """Some tasks more than there are processors are under way; what a node that dies took along is done
    again on another."""

    def __init__(self, ray: Any) -> None:
        self.ray = ray

    def __call__(self, task: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        for done in self.each(task, items):
            if isinstance(done, Lost):
                raise _gave_up(done.reason)
            yield done

    def each(
        self, task: Callable[[T], R], items: Iterable[T], /, *, tries: int = _TRIES
    ) -> Iterator[R | Lost]:
        """As a call, but a task whose process dies is tried again ``tries`` times, then told, and the others
        go on."""
        source = iter(items)
        remote = self.ray.remote(num_cpus=1, max_retries=tries)(_call)
        # The task may be large, and is the same for all.
        shared = self.ray.put(task)
        most = 2 * max(1, int(self.ray.cluster_resources().get("CPU", 1)))
        waiting = deque((item, remote.remote(shared, item)) for item in islice(source, most))
        errors = self.ray.exceptions
        while waiting:
            item, promise = waiting.popleft()
            done: R | Lost
            try:
                done = self.ray.get(promise)
            except errors.RayTaskError as error:
                # What went wrong in the task, not where.
                raise error.cause from None
            except (errors.WorkerCrashedError, errors.OutOfMemoryError) as error:
                done = Lost(item, _first_line(error))
            except errors.RayError as error:
                raise _gave_up(_first_line(error)) from None
            yield done
            waiting.extend((item, remote.remote(shared, item)) for item in islice(source, 1))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _gave_up(reason: str) -> OutputError:
    return OutputError(f"the Ray cluster gave up ({reason}); started again, it goes on")


def require_shared(run: Run, folder: Path) -> None:
    """Raise ``UsageError`` where a node of a cluster does not see a folder that this process sees."""
    if not isinstance(run, OnRay):
        return
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    token = uuid.uuid4().hex
    file = folder / "seen"
    file.write_text(token)
    sees = run.ray.remote(num_cpus=0)(_sees)
    try:
        for node in [node for node in run.ray.nodes() if node["Alive"]]:
            here = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            if run.ray.get(sees.options(scheduling_strategy=here).remote(file)) != token:
                raise UsageError(
                    f"{folder}: node {node['NodeManagerAddress']} does not see it; OUT must be in a folder "
                    "that all nodes share"
                )
    finally:
        file.unlink()


def _sees(file: Path) -> str | None:
    try:
        return file.read_text()
    except OSError:
        return None
