"""Marks lost at the ends of lines: how many are found where they were, and asked for where none was.

    python benchmarks/noise_lost_marks.py [--fold FOLD]

From each paragraph of clean news two marks are taken out, and four places between two letters are asked, too
(seed 2). The threshold of ``lost-mark`` was set on the fold ``fit``; ``test`` measures.
"""

from __future__ import annotations

import argparse
import random

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.lost import AROUND, gains_of_marks
from corpora import FOLDS, articles

MARKS = "，。、"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fold", choices=FOLDS, default="test")
    args = parser.parse_args()
    model, rng = LanguageModel.load(), random.Random(2)
    lost: list[tuple[str, str]] = []
    marks: list[str] = []
    whole: list[tuple[str, str]] = []
    for article in articles("news", "web", folds=(args.fold,)):
        for text in article.paragraphs:
            places = range(AROUND, len(text) - AROUND)
            at_marks = [
                i for i in places if text[i] in MARKS and text[i + 1].isalnum() and text[i - 1].isalnum()
            ]
            for i in rng.sample(at_marks, min(2, len(at_marks))):
                lost.append((text[i - AROUND : i], text[i + 1 : i + 1 + AROUND]))
                marks.append(text[i])
            inside = [i for i in places if text[i].isalnum() and text[i - 1].isalnum()]
            whole += [
                (text[i - AROUND : i], text[i : i + AROUND]) for i in rng.sample(inside, min(4, len(inside)))
            ]
    found, false = gains_of_marks(lost, model), gains_of_marks(whole, model)
    print(f"{len(lost):,} marks taken out, {len(whole):,} places without a mark")
    print("| nats | marks found | first alternative right | asked for in vain, of 1,000 |")
    print("|---" * 4 + "|")
    for least in (0, 1, 2, 3, 4, 5, 6):
        hits = [k for k, gains in enumerate(found) if max(gains.values()) > least]
        right = sum(max(found[k], key=found[k].__getitem__) == marks[k] for k in hits)
        vain = sum(max(gains.values()) > least for gains in false)
        print(
            f"| {least} | {len(hits) / len(lost):.3f} | {right / len(hits):.3f} "
            f"| {1000 * vain / len(whole):.1f} |"
        )


if __name__ == "__main__":
    main()
