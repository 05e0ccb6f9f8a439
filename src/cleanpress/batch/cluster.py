"""Pages as tasks of a cluster: each is cleaned where there is room, and its part is kept where it always is.

The folder that ``OUT`` is in and those of the inputs must be seen by all nodes under the same names.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cleanpress
from cleanpress.batch.pool import Done, Orders, reason_of
from cleanpress.batch.work import Worker
from cleanpress.corpus.engine import Lost, OnRay, require_shared
from cleanpress.errors import CleanpressError, UsageError
from cleanpress.formats.sources import Source
from cleanpress.formats.write import code

TRIES = 3
"""How often a page is tried again whose process died: with its node, or by the page's own fault."""


def clean_on(cluster: OnRay, sources: Sequence[Source], orders: Orders) -> Iterator[Done]:
    """As ``pool.clean_all``, on a cluster. Raises ``UsageError`` too where a node does not see what this
    process sees, or has another version or build of cleanpress."""
    orders.state.path.mkdir(exist_ok=True)
    require_shared(cluster, orders.state.path)
    task = _Task(orders, os.getcwd(), cleanpress.__version__, code())
    for done in cluster.each(task, sources, tries=TRIES):
        if isinstance(done, Lost):
            yield Done(done.item, None, f"the process that cleaned it died on the cluster ({done.reason})")
        elif done.unseen is not None and os.path.exists(done.source.file):
            raise UsageError(
                f"{done.source.file}: node {done.unseen} does not see it; the inputs must be in folders that "
                "all nodes share"
            )
        else:
            yield Done(done.source, done.key, done.reason)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a page, as ``Done``; ``unseen`` names the node where its file is not to be seen."""

    source: Source
    key: str | None
    reason: str | None = None
    unseen: str | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """Cleans a page, on whatever node; paths count from ``folder``."""

    orders: Orders
    folder: str
    version: str
    code: str

    def __call__(self, source: Source) -> _Answer:
        worker = _worker(self)
        try:
            return _Answer(source, worker.clean(source))
        except UsageError:
            raise
        except CleanpressError as error:
            unseen = None if os.path.exists(source.file) else socket.gethostname()
            return _Answer(source, None, reason_of(source, str(error)), unseen)


_at_work: tuple[_Task, Worker] | None = None
"""The worker of this process: what all pages need is loaded once."""


def _worker(task: _Task) -> Worker:
    global _at_work  # noqa: PLW0603 -- a process of the cluster serves one run
    if _at_work is None or _at_work[0] != task:
        node = socket.gethostname()
        if cleanpress.__version__ != task.version:
            raise UsageError(
                f"node {node} has cleanpress {cleanpress.__version__}, this is {task.version}; "
                "install the same on all"
            )
        if code() != task.code:
            raise UsageError(
                f"node {node} has another build of cleanpress {task.version}; install the same on all"
            )
        try:
            os.chdir(task.folder)
        except OSError:
            raise UsageError(
                f"{task.folder}: node {node} does not see it; run from a folder that all nodes share"
            ) from None
        orders = task.orders
        _at_work = task, Worker(orders.config, orders.settings, orders.state, orders.asking)
    return _at_work[1]
