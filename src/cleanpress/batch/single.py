"""One page from standard input to standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import BinaryIO

from cleanpress.batch.work import failure, require_stages
from cleanpress.config import Config
from cleanpress.decisions.entries import digest
from cleanpress.errors import CleanpressError, InputError, UsageError
from cleanpress.formats.decisions import DecisionFiles
from cleanpress.formats.markdown import article_markdown
from cleanpress.formats.outputs import Opened
from cleanpress.formats.parts import Part, part_of
from cleanpress.formats.sources import Source, page_of

NAME = "-"
FORMATS = ("markdown", "jsonl", "tei")


def format_of(formats: Sequence[str]) -> str:
    """The one format that is asked for. Raises ``UsageError`` for several, or one that is no text."""
    chosen = [name for name in formats if name != "jsonl"] or list(formats[:1])
    if len(chosen) != 1 or chosen[0] not in FORMATS:
        raise UsageError(
            f"standard input is written in one format, {', '.join(FORMATS)}, not {', '.join(chosen)}"
        )
    return chosen[0]


def clean_stream(config: Config, stream: BinaryIO, asked: str) -> tuple[Part, bytes]:
    """Clean what ``stream`` holds; answers with the page's part and what is to be printed."""
    from cleanpress.pipeline import clean_page

    data = stream.read(config.max_bytes + 1)
    if not data:
        raise InputError(f"{NAME}: is empty")
    if len(data) > config.max_bytes:
        raise InputError(
            f"{NAME}: holds more bytes than a page may ({config.max_bytes:,}); split it, or raise --max-bytes"
        )
    source = Source.of(NAME)
    try:
        page = page_of(source, data, config.encoding)
        require_stages(config)
        # What is beside standard input is nobody's page: only a file that is named is followed.
        decisions = DecisionFiles(config.decisions)
        entries = decisions.about(NAME, NAME) if config.decisions is not None else ()
        part = part_of(clean_page(page, config, None, entries), source, digest(entries))
        opened = Opened(part, "page", lambda: page)
        return part, b"".join(_printed(opened, part, asked))
    except CleanpressError:
        raise
    except Exception as error:
        raise failure(NAME, error) from error


def _printed(opened: Opened, part: Part, asked: str) -> list[bytes]:
    if asked == "jsonl":
        return [part.lines["articles"]]
    if asked == "tei":
        from cleanpress.formats.tei import Tei

        return [piece.content for piece in Tei().page(opened)]
    articles = [article_markdown(article) for article in opened.articles]
    return ["\n---\n\n".join(articles).encode("utf-8", "backslashreplace")]


def write_out(content: bytes) -> None:
    """To standard output, as bytes: the same whatever the terminal's encoding."""
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
