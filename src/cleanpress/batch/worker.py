"""A process that cleans pages for a batch: tasks come as lines of JSON on standard input, answers go out.

Started by ``pool`` as ``python -m cleanpress.batch.worker``. The first line says how to work, each further
one names a page. When the input ends the process ends at once, so that no worker outlives a batch that was
killed.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from cleanpress.errors import CleanpressError, UsageError


def main() -> None:
    """Answers: ``key`` of a page that was cleaned, ``failed`` with the reason of one that could not be, or
    ``fatal`` with what concerns every page."""
    # The batch decides what an interruption means; it reaches all processes of the terminal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The channel of answers is ours alone: what a library prints must not stand between them.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    orders = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    _limit_memory(orders["memory"])

    from cleanpress.batch.state import State
    from cleanpress.batch.work import Asking, Worker
    from cleanpress.config import Config
    from cleanpress.formats.sources import Source

    config: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in orders["config"].items()
    }
    asking = Asking(**orders["asking"]) if orders["asking"] else None
    worker = Worker(Config(**config), orders["settings"], State(Path(orders["state"])), asking)
    answers.write(b'{"ready": true}\n')
    while True:
        answer: dict[str, Any]
        try:
            answer = {"key": worker.clean(Source(**json.loads(tasks.get())))}
        except UsageError as error:
            answer = {"fatal": str(error)}
        except CleanpressError as error:
            answer = {"failed": str(error)}
        except OSError as error:
            answer = {"errno": error.errno, "fatal": error.strerror or str(error)}
        answers.write(json.dumps(answer).encode() + b"\n")


def _listen(stream: BinaryIO, tasks: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        tasks.put(line)
    os._exit(0)


def _limit_memory(mebibytes: int) -> None:
    """Bound what the process may allocate: want of memory is then an error of one page."""
    if mebibytes <= 0 or sys.platform == "win32":
        return
    import resource

    # Data, not address space: files that are mapped (the models) are shared and cost nothing.
    limit = mebibytes << 20
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


if __name__ == "__main__":
    main()
