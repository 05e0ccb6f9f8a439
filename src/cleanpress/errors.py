"""The errors a user can meet. Each carries one clear line: what is wrong, where, what to do."""

from __future__ import annotations


class CleanpressError(Exception):
    """Base class. ``str(error)`` is the line the user sees."""


class InputError(CleanpressError):
    """The input cannot be read as a page (missing, binary, empty, no known encoding)."""


class OutputError(CleanpressError):
    """The output cannot be written, or the output folder belongs to something else."""


class UsageError(CleanpressError):
    """The command or the configuration asks for something that does not exist."""
