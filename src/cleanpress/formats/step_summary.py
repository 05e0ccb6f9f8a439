"""A run in a page of Markdown, for the summary of a step on GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cleanpress.formats.markdown import escape
from cleanpress.formats.summary import plural, printable

MOST_BYTES = 1_000_000
"""What is written at most: GitHub shows nothing of a step whose summary is over 1 MiB
(https://docs.github.com/en/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary)."""

SHOWN = (
    "pages",
    "failed",
    "characters",
    "articles",
    "joins",
    "repeats",
    "edits",
    "gaps",
    "suspects",
    "questions",
)


def add_summary(path: str, overview: Mapping[str, Any], out: str) -> None:
    """Append the summary to the file that GitHub named. Raises ``OSError``."""
    place = Path(path)
    room = MOST_BYTES - (place.stat().st_size if place.exists() else 0)
    with place.open("ab") as stream:
        for line in lines_of(overview, out):
            content = f"{line}\n".encode("utf-8", "backslashreplace")
            room -= len(content)
            if room < 0:
                return
            stream.write(content)


def lines_of(overview: Mapping[str, Any], out: str) -> Iterator[str]:
    """The summary, line by line; whatever a path holds is shown as text."""
    figures = overview["figures"]
    mark = "✅" if overview["passed"] and not figures["failed"] else "❌"
    articles, pages = plural(figures.get("articles", 0), "article"), plural(figures["pages"], "page")
    yield f"## {mark} cleanpress: {articles} from {pages} in {_cell(out)}"
    yield ""
    yield "| " + " | ".join([*SHOWN, "confidence"]) + " |"
    yield "|--:" * (len(SHOWN) + 1) + "|"
    confidence = figures["confidence"]
    cells = [f"{figures.get(key, 0):,}" for key in SHOWN]
    yield "| " + " | ".join([*cells, "" if confidence is None else f"{confidence:.1%}"]) + " |"
    if overview["gates"]:
        yield from ("", "| gate | value | |", "|---|--:|---|")
        for gate in overview["gates"]:
            value = "" if gate["value"] is None else f"{gate['value']:,}"
            yield f"| {_cell(gate['gate'])} | {value} | {'❌ broken' if gate['failed'] else '✅'} |"
    if overview["failures"]:
        yield from ("", "### Could not be cleaned", "")
        for failure in overview["failures"]:
            yield f"- {_cell(failure['path'])}: {_cell(failure['error'])}"
        if figures["failed"] > len(overview["failures"]):
            yield f"- and {figures['failed'] - len(overview['failures']):,} more"
    if overview["look_first"]:
        yield from ("", "### Look here first", "", "| page | questions | gaps | suspects | confidence |")
        yield "|---|--:|--:|--:|--:|"
        for row in overview["look_first"]:
            share = "" if row["confidence"] is None else f"{row['confidence']:.1%}"
            counts = " | ".join(f"{row[key]:,}" for key in ("questions", "gaps", "suspects"))
            yield f"| {_cell(row['path'])} | {counts} | {share} |"
    yield ""


def _cell(text: str) -> str:
    return escape(printable(text))
