"""Bytes from a path, or one clear line that says why not."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from cleanpress.errors import InputError, UsageError

ATTEMPTS = 3
"""How often a file is read that changes meanwhile."""


def require_file(path: str | os.PathLike[str]) -> None:
    """Raise ``UsageError`` unless ``path`` names a file: what is wrong there is wrong on the command line."""
    shown = os.fspath(path)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise UsageError(f"{shown}: there is no such file") from None
    except PermissionError:
        raise UsageError(f"{shown}: you may not look there") from None
    except (OSError, ValueError) as error:
        # ELOOP, ENAMETOOLONG, ENOTDIR; a NUL in a name is a ValueError.
        raise UsageError(f"{shown}: {getattr(error, 'strerror', None) or error}") from None
    if stat.S_ISDIR(mode):
        try:
            os.scandir(path).close()
        except OSError as error:
            raise UsageError(f"{shown}: cannot be searched: {error.strerror or error}") from None
        raise UsageError(
            f"{shown}: is a folder; name the files in it, for example {os.path.join(shown, '*.txt')}"
        )
    if not stat.S_ISREG(mode):
        raise UsageError(f"{shown}: is not a regular file")


def read_bytes(path: str | os.PathLike[str], *, max_bytes: int | None = None) -> bytes:
    """The whole content of a file. Raises ``InputError`` where it cannot be read, is empty or too large.

    A file that is written to meanwhile is read again; one that keeps changing is refused.
    """
    shown = os.fspath(path)
    try:
        for _ in range(ATTEMPTS):
            with Path(path).open("rb") as stream:
                before = _state(stream)
                data = stream.read() if max_bytes is None else stream.read(max_bytes + 1)
                if _state(stream) == before:
                    break
        else:
            raise InputError(f"{shown}: changes while it is read; run again when it is finished")
    except FileNotFoundError:
        raise InputError(f"{shown}: there is no such file") from None
    except PermissionError:
        raise InputError(f"{shown}: you may not read it") from None
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {error.strerror or error}") from None
    if not data:
        raise InputError(f"{shown}: is empty")
    if max_bytes is not None and len(data) > max_bytes:
        size = os.path.getsize(path)
        raise InputError(
            f"{shown}: holds {size:,} bytes, more than a page may ({max_bytes:,}); "
            "split it, or raise --max-bytes"
        )
    return data


def _state(stream: BinaryIO) -> tuple[int, int]:
    """Size and time of the last change: what a writer cannot leave as they are."""
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns
