"""How many processes are worth starting."""

from __future__ import annotations

import os

LIBRARIES = ("OMP", "OPENBLAS", "MKL")
"""Whose threads are asked for by environment variables."""


def one_thread_each() -> dict[str, str]:
    """What the environment says so that libraries of numbers use one thread: the matrices are small, the
    processes many, and a sum must not depend on how many threads it was split over."""
    return {f"{library}_NUM_THREADS": "1" for library in LIBRARIES}


def processors() -> int:
    """The processors this process may use, where the system tells; else all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
