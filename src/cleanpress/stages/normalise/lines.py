"""Line ends: carriage returns, form feeds and the other separators become line feeds."""

from __future__ import annotations

import re

from cleanpress.edited import Change

_CARRIAGE_RETURNS = re.compile(r"\r+")
_SEPARATOR = re.compile("[\v\f\x85\u2028\u2029]")


def carriage_return(text: str) -> list[Change]:
    """Drop the carriage return of a CR/LF pair; a lone one becomes a line feed.

    Several before one line feed come from a CR/LF file that was converted twice: one line end.
    """
    found = []
    for match in _CARRIAGE_RETURNS.finditer(text):
        start, end = match.span()
        after = "" if text.startswith("\n", end) else "\n" * (end - start)
        found.append(Change(start, end, after, "carriage-return"))
    return found


def line_separator(text: str) -> list[Change]:
    """Form feed, vertical tab, next line, line and paragraph separator become a line feed."""
    return [Change(m.start(), m.end(), "\n", "line-separator") for m in _SEPARATOR.finditer(text)]
