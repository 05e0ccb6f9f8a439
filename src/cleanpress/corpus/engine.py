"""Where tasks run: in this process, in several, or on a cluster.

What tasks share lies in the state folder, which all of them must see; what they give back is small.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from cleanpress.errors import OutputError, UsageError
from cleanpress.extras import install

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
    """A way to run tasks: here, or in so many processes, of which this is one."""
    if jobs <= 1:
        yield map
        return
    # Fresh processes: what is forked from a threaded parent can hang.
    with multiprocessing.get_context("spawn").Pool(jobs - 1) as pool:
        yield _Shared(pool, jobs - 1)


class _Shared:
    """Tasks go to the pool while it has little to do, and are done here while it has enough."""

    def __init__(self, pool: Any, others: int) -> None:
        self.pool = pool
        # One that runs and one that waits: nobody runs dry while a task is done here.
        self.most = 2 * others

    def __call__(self, task: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        source = iter(items)
        waiting: deque[Callable[[], R]] = deque()
        given: list[Any] = []
        while True:
            given = [result for result in given if not result.ready()]
            for item in islice(source, self.most - len(given)):
                result = self.pool.apply_async(task, (item,))
                given.append(result)
                waiting.append(result.get)
            own = list(islice(source, 1))
            if own:
                done = task(own[0])
                waiting.append(lambda done=done: done)  # type: ignore[misc]
            # What is ready is handed on, so that results do not pile up behind a slow one.
            while waiting and (not own or len(waiting) > 2 * self.most):
                yield waiting.popleft()()
            if not own:
                return


@contextmanager
def cluster(address: str | None) -> Iterator[Run]:
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
        yield _OnRay(ray)
    finally:
        ray.shutdown()


def _knock(address: str | None) -> None:
    """Raise ``OSError`` where nobody listens at an address: Ray itself would wait for minutes."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()


def _call(task: Callable[[T], R], item: T) -> R:
    return task(item)


class _OnRay:
    """Some tasks more than there are processors are under way; what a node that dies took along is done
    again on another."""

    def __init__(self, ray: Any) -> None:
        self.ray = ray
        self.remote = ray.remote(num_cpus=1, max_retries=_TRIES)(_call)

    def __call__(self, task: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        source = iter(items)
        # The task may be large, and is the same for all.
        shared = self.ray.put(task)
        most = 2 * max(1, int(self.ray.cluster_resources().get("CPU", 1)))
        waiting = deque(self.remote.remote(shared, item) for item in islice(source, most))
        while waiting:
            try:
                done = self.ray.get(waiting.popleft())
            except self.ray.exceptions.RayTaskError as error:
                # What went wrong in the task, not where.
                raise error.cause from None
            except self.ray.exceptions.RayError as error:
                reason = str(error).splitlines()[0]
                raise OutputError(f"the Ray cluster gave up ({reason}); started again, it goes on") from None
            yield done
            waiting.extend(self.remote.remote(shared, item) for item in islice(source, 1))


def require_shared(run: Run, folder: Path) -> None:
    """Raise ``UsageError`` where a node of a cluster does not see a folder that this process sees."""
    if not isinstance(run, _OnRay):
        return
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    token = uuid.uuid4().hex
    file = folder / "seen"
    file.write_text(token)
    sees = run.ray.remote(num_cpus=0)(_sees)
    for node in [node for node in run.ray.nodes() if node["Alive"]]:
        here = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        if run.ray.get(sees.options(scheduling_strategy=here).remote(file)) != token:
            raise UsageError(
                f"{folder}: node {node['NodeManagerAddress']} does not see it; OUT must be in a folder that "
                "all nodes share"
            )


def _sees(file: Path) -> str | None:
    try:
        return file.read_text()
    except OSError:
        return None
