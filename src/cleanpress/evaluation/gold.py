"""Gold pages: which text makes which article, in which order, and where it was torn.

A gold page is JSON: ``{"page": stem, "articles": [{"id", "title", "blocks": [str], "tears": [[block,
offset]], "gap_before": [bool]}], "furniture": [str]}``. ``tears`` are places inside a block (offset in
characters) where the page tore it; ``gap_before[i]`` says that text is missing between blocks ``i-1``
and ``i``. ``tears``, ``gap_before`` and ``furniture`` may be left out.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleanpress.errors import InputError


def letters(text: str) -> str:
    """What is compared: letters and digits in one width, without marks and white space."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article as it should come out: its blocks in reading order."""

    id: str
    blocks: tuple[str, ...]
    tears: tuple[tuple[int, int], ...] = ()
    gap_before: tuple[bool, ...] = ()

    def pieces(self) -> list[tuple[str, bool]]:
        """The printed pieces in reading order: the letters of each (none is empty), and whether text is
        missing before it."""
        out: list[tuple[str, bool]] = []
        lost = False
        for index, block in enumerate(self.blocks):
            offsets = sorted(offset for at, offset in self.tears if at == index)
            lost = lost or bool(self.gap_before and self.gap_before[index])
            for start, end in zip([0, *offsets], [*offsets, len(block)], strict=True):
                piece = letters(block[start:end])
                if piece:
                    out.append((piece, lost and bool(out)))
                    lost = False
        return out


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page's name (its file's stem) and its articles."""

    name: str
    articles: tuple[GoldArticle, ...]


def parse_gold(record: Any, source: str = "gold") -> GoldPage:
    """A gold page from its JSON values. Raises ``InputError`` naming ``source`` and what is wrong."""
    try:
        articles = []
        for article in record["articles"]:
            blocks = tuple(map(_text, article["blocks"]))
            tears = tuple((_whole(at), _whole(offset)) for at, offset in article.get("tears") or ())
            gaps = tuple(map(bool, article.get("gap_before") or ()))
            if gaps and len(gaps) != len(blocks):
                raise ValueError(
                    f"article {article['id']!r} has {len(blocks)} blocks but {len(gaps)} gap_before"
                )
            if any(not (0 <= at < len(blocks) and 0 < offset < len(blocks[at])) for at, offset in tears):
                raise ValueError(f"article {article['id']!r} has a tear outside its blocks")
            articles.append(GoldArticle(str(article["id"]), blocks, tears, gaps))
        page = GoldPage(Path(_text(record["page"])).stem, tuple(articles))
    except KeyError as error:
        raise InputError(f"{source}: not a gold page: {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{source}: not a gold page: {error}") from error
    if not any(article.pieces() for article in page.articles):
        raise InputError(f"{source}: not a gold page: no article has any letters")
    return page


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"expected a whole number, found {value!r}")
    return value


def read_gold(path: Path) -> GoldPage:
    """The gold page in a file. Raises ``InputError``."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except RecursionError:
        raise InputError(f"{path}: not a gold page: it is nested too deeply") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON in UTF-8: {error}") from error
    return parse_gold(record, str(path))
