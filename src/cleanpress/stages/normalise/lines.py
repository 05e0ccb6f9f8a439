"""Line ends: carriage returns, form feeds and the other separators become line feeds."""

from __future__ import annotations

import re

from cleanpress.edited import Change

# Several carriage returns before one line feed come from a CRLF file converted twice: one line end.
_CARRIAGE_RETURN = re.compile(r"\r+(?=\n)|\r")
_SEPARATOR = re.compile("[\v\f\x85\u2028\u2029]")


def carriage_return(text: str) -> list[Change]:
    """Drop the carriage return of a CR/LF pair; a lone one becomes a line feed."""
    found = []
    for match in _CARRIAGE_RETURN.finditer(text):
        after = "" if text.startswith("\n", match.end()) else "\n"
        found.append(Change(match.start(), match.end(), after, "carriage-return"))
    return found


def line_separator(text: str) -> list[Change]:
    """Form feed, vertical tab, next line, line and paragraph separator become a line feed."""
    return [Change(m.start(), m.end(), "\n", "line-separator") for m in _SEPARATOR.finditer(text)]
