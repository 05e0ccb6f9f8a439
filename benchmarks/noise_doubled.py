"""Doubled characters and words: how many clean ones are doubted, how many read twice are found.

    python benchmarks/noise_doubled.py [--fold FOLD]

Counts the doubts that ``doubled-word`` raises in clean news and local news of a fold, and finds of words that
are doubled there at random, one a paragraph (seed 1). The thresholds were set on the fold ``fit``; ``test``
measures.
"""

from __future__ import annotations

import argparse
import random
import re

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.doubled import doubled_word
from cleanpress.stages.inspect.doubt import Paragraph
from corpora import FOLDS, articles

SIZES = (1, 2, 3, 4)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fold", choices=FOLDS, default="test")
    parser.add_argument("--show", action="store_true", help="print what is doubted in clean text")
    args = parser.parse_args()
    model, rng = LanguageModel.load(), random.Random(1)
    texts = [p for a in articles("news", "web", folds=(args.fold,)) for p in a.paragraphs if len(p) > 30]
    characters = sum(map(len, texts))
    clean = list(doubled_word([Paragraph(text) for text in texts], model))
    for doubt in clean if args.show else ():
        text = texts[doubt.paragraph]
        print(
            text[max(0, doubt.start - 8) : doubt.start], text[doubt.start : doubt.end], text[doubt.end :][:8]
        )
    for size in SIZES:
        false = sum(doubt.end - doubt.start == 2 * size for doubt in clean)
        doubled, places = [], []
        for text in texts:
            at = rng.randrange(5, len(text) - 10)
            word = text[at : at + size]
            before, behind = text[at - size : at], text[at + size : at + 2 * size]
            if re.fullmatch("[\u4e00-\u9fff]+", word) and word not in (before, behind):
                doubled.append(Paragraph(text[:at] + word + text[at:]))
                places.append(at)
        found = {
            d.paragraph for d in doubled_word(doubled, model) if d.start <= places[d.paragraph] + size < d.end
        }
        print(
            f"{size} characters: {false} doubts in {characters:,} clean characters, "
            f"{len(found) / len(doubled):.3f} of {len(doubled):,} found"
        )


if __name__ == "__main__":
    main()
