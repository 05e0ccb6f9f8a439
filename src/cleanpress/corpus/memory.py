"""How a bound on memory is kept: what is held at once is cut to size, and what cannot be is said.

A process holds the interpreter and its libraries, a few numbers for each text of the corpus (the parent
process), and what it works on: a piece of an input, a part of a band.
"""

from __future__ import annotations

from dataclasses import dataclass

from cleanpress.errors import UsageError

DEFAULT = "2G"
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

_PROCESS = 80 << 20
"""Interpreter, numpy and rapidfuzz with their tables: 60 MB were measured."""

_LEAST = 16 << 20
"""What a process must have to work with."""

_A_TEXT = 80
"""Bytes for each text where all are looked at: hashes and an order when equal keys are grouped."""

_A_PAIR = 60
"""Bytes for each pair that shares a band: the pair, sorted, its component, and its order."""

_A_JOINED = 160
"""Bytes for each text while a part of a band is joined, table included (measured: 130)."""

_A_BYTE = 40
"""Bytes for each byte of an input's piece: JSON, text, code points and hashes of its pairs of letters."""


_TASKS = 24
"""A step is cut into some so many, where those are large enough."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be held: ``total`` bytes in all processes, ``chunk`` bytes of an input and ``joined`` texts of
    a band at once in each."""

    total: int
    processes: int
    chunk: int
    joined: int

    def require(self, texts: int, pairs: int) -> None:
        """Raise ``UsageError`` where so many texts and pairs do not fit."""
        needed = self.processes * (_PROCESS + _LEAST) + texts * _A_TEXT + pairs * _A_PAIR
        if needed > self.total:
            raise UsageError(
                f"{texts:,} texts need some {(needed >> 20) + 1:,}M of memory: give it with --memory"
            )


def parsed(text: str) -> int:
    """Bytes of an amount as ``500M`` or ``2G``. Raises ``UsageError``."""
    number, unit = (text[:-1], text[-1:].upper()) if text[-1:].upper() in _UNITS else (text, "")
    try:
        size = float(number) * _UNITS.get(unit, 1)
    except ValueError:
        size = 0.0
    if not 1 <= size < 1 << 60:
        raise UsageError(f"--memory {text}: is no amount of memory; write 500M or 2G")
    return int(size)


def portion(whole: int, most: int) -> int:
    """How much of a step is one task: so little that all processes are busy until its end, but not so little
    that handing out costs more. It depends on the work alone, so a run can go on with more processes."""
    return min(most, max(most // 8, -(-whole // _TASKS)))


def budget(total: int, jobs: int, size: int) -> Budget:
    """How so many bytes are used by so many processes, and by the one that hands out to several, for inputs
    of ``size`` bytes.

    Raises ``UsageError`` where they cannot be.
    """
    processes = jobs + (jobs > 1)
    share = total // processes - _PROCESS
    if share < _LEAST:
        least = processes * (_PROCESS + _LEAST) >> 20
        who = "one process needs" if jobs == 1 else f"{jobs} processes need"
        raise UsageError(
            f"--memory {total >> 20}M is too little: {who} {least}M at the least; give that"
            + (", or fewer processes with --jobs" if jobs > 1 else "")
        )
    return Budget(
        total,
        processes,
        min(portion(size, 1 << 22), share // (2 * _A_BYTE)),
        min(1 << 20, share // (2 * _A_JOINED)),
    )
