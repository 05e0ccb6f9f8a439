"""How many processes are worth starting."""

from __future__ import annotations

import os


def processors() -> int:
    """The processors this process may use, where the system tells; else all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
