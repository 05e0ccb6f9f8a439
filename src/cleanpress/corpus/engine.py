"""Where tasks run: in this process, or in several."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


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
