"""Remake the packaged character language model.

    python benchmarks/train_language.py [-o MODEL]

Takes under a minute and 1.5 GB on one core. The same corpora give the same bytes; the model card beside
the packaged model says where they are from.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from cleanpress.language.storage import to_bytes
from cleanpress.language.train import Recipe, simplified_characters, train
from corpora import articles

MODEL = Path(__file__).resolve().parents[1] / "src" / "cleanpress" / "data" / "language" / "characters.ngram"
WEIGHTS = {"news": 1, "web": 2, "encyclopedia": 2}
"""Each text is counted so often: broadcast news is three quarters of the corpora and repeats itself.

Twice for the others gains 1.5 points of a hundred on their torn sentences and costs none on news; four
times loses three.
"""


def training_text() -> list[str]:
    """Titles and paragraphs of the fold ``train``, each a paragraph of its own."""
    return [
        text
        for name, weight in WEIGHTS.items()
        for _ in range(weight)
        for article in articles(name, folds=("train",))
        for text in (article.title, *article.paragraphs)
    ]


def main() -> None:
    """Train, write, say what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, default=MODEL)
    options = parser.parse_args()
    model = train(training_text(), simplified_characters(), Recipe(), lambda s: print(s, file=sys.stderr))
    data = to_bytes(model)
    options.output.write_bytes(data)
    print(f"{options.output.name}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
