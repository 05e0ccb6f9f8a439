"""Clean articles to train, fit and measure on, in three folds that never mix.

The texts live outside the repository (see docs/design.md, "Data"). A fold is decided by the hash of
an article's id, so that every script agrees on it: models are trained on ``train`` (80 %), weights
that combine the models' answers are fitted on ``fit`` (10 %), figures are measured on ``test`` (10 %).
Articles that stand on a development page are in no fold: 103 of the web corpus stand on ``torn-dev``,
and a model that had read them would flatter every figure measured there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPORA = SHARED / "corpora"
FOLDS = ("train", "fit", "test")


@dataclass(frozen=True)
class CleanArticle:
    """A clean article: its title and its paragraphs, as published."""

    id: str
    title: str
    paragraphs: tuple[str, ...]
    source: str


def fold_of(article_id: str) -> str:
    """The fold of an article: 80 % ``train``, 10 % ``fit``, 10 % ``test``, by a stable hash of its id."""
    bucket = hashlib.blake2b(article_id.encode(), digest_size=4).digest()[0] % 10
    return {8: "fit", 9: "test"}.get(bucket, "train")


@cache
def on_development_pages() -> frozenset[str]:
    """Ids of the articles that stand on the development pages; empty where those pages are not."""
    found: set[str] = set()
    for gold in sorted((SHARED / "pages").glob("*-dev/*.gold.json")):
        found.update(article["id"] for article in json.loads(gold.read_text(encoding="utf-8"))["articles"])
    return frozenset(found)


def articles(*names: str, folds: tuple[str, ...] = FOLDS, root: Path = CORPORA) -> Iterator[CleanArticle]:
    """The articles of the named corpora (``news``, ``web``, ``encyclopedia``) that lie in ``folds``.

    Raises ``FileNotFoundError`` naming the missing file.
    """
    for name in names:
        with gzip.open(root / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if fold_of(record["id"]) in folds and record["id"] not in on_development_pages():
                    yield CleanArticle(record["id"], record["title"], tuple(record["paragraphs"]), name)
