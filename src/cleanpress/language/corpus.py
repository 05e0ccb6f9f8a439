"""Read the text that a model is trained on: plain text or JSON lines, gzipped or not."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

from cleanpress.errors import InputError, UsageError


def read_paragraphs(path: Path, encoding: str = "utf-8-sig") -> Iterator[str]:
    """The paragraphs of one corpus file.

    ``*.jsonl`` holds an object a line with ``paragraphs`` (a list of texts) or ``text`` (split at line
    ends), and perhaps a ``title``, which is a paragraph of its own. Any other file is plain text, a
    paragraph a line. ``.gz`` behind either is unpacked. Blank paragraphs are left out.

    Raises ``InputError`` naming the file, and the line where one is at fault; ``UsageError`` for an encoding
    that does not exist.
    """
    is_json = path.name.removesuffix(".gz").endswith(".jsonl")
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding=encoding) as lines:
            for number, line in enumerate(lines, start=1):
                found = _paragraphs_of(line, f"{path}, line {number}") if is_json else [line]
                yield from (text for text in map(str.strip, found) if text)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not {error.encoding} text; name its encoding with --encoding") from None
    except LookupError:
        raise UsageError(f"there is no text encoding {encoding!r}; name another with --encoding") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _paragraphs_of(line: str, place: str) -> list[str]:
    if not line.strip():
        return []
    try:
        record = json.loads(line)
    except ValueError:
        raise InputError(f"{place}: not JSON") from None
    except RecursionError:
        raise InputError(f"{place}: nested too deeply") from None
    if not isinstance(record, dict):
        raise InputError(f"{place}: not a JSON object")
    title, paragraphs, text = record.get("title"), record.get("paragraphs"), record.get("text")
    found = [title] if isinstance(title, str) else []
    if isinstance(paragraphs, list) and all(isinstance(p, str) for p in paragraphs):
        return found + paragraphs
    if isinstance(text, str):
        return found + text.splitlines()
    raise InputError(f"{place}: neither `paragraphs` (a list of texts) nor `text`")
