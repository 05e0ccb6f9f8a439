"""Marks lost at the ends of lines: how many are found where they were, and asked for where none was.

    python benchmarks/noise_lost_marks.py [--fold FOLD] [--pages N]

In text: from each paragraph of clean news two marks are taken out, and four places between two letters are
asked, too (seed 2). In columns: pages of clean articles are set in lines and read with losses
(simulate/typeset.py), ``line-end-mark`` puts marks back, and where it is not sure ``lost-mark`` reports
lines that are short. The thresholds of ``lost-mark`` and ``line-end-mark`` were set on the fold ``fit``;
``test`` measures.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter

from cleanpress.language.marks import AROUND, gains_of_marks
from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.lost import SURE_OF_SHORT
from cleanpress.stages.segment.line_marks import lost_marks, short_lines
from cleanpress.stages.segment.lines import measure_columns, split_lines
from cleanpress.stages.segment.unwrap import group_lines
from corpora import FOLDS, articles
from simulate.typeset import pages

MARKS = "，。、"


def in_text(fold: str) -> None:
    """What the language model gains by marks, where one was taken out and where none was."""
    model, rng = LanguageModel.load(), random.Random(2)
    lost: list[tuple[str, str]] = []
    marks: list[str] = []
    whole: list[tuple[str, str]] = []
    for article in articles("news", "web", folds=(fold,)):
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


def in_columns(fold: str, count: int) -> None:
    """Marks that are put back where a line of a column is short of one."""
    model = LanguageModel.load()
    print(
        "| pages | lines | of them lost a mark | put back | where one was lost | and the right one "
        "| short and reported | where one was lost |"
    )
    print("|---" * 8 + "|")
    for feature in ("plain", "ragged", "everything"):
        seen: Counter[str] = Counter()
        for _, lines in pages(fold, feature, count, 5):
            text = "\n".join(f"\n{line.text}" if line.blank_above else line.text for line in lines)
            printed = split_lines(text)
            columns = measure_columns(printed)
            inside = [
                k for first, last in group_lines(printed, columns, model) for k in range(first, last - 1)
            ]
            short = short_lines(printed, columns, inside)
            found = lost_marks(printed, short, model)
            seen["lines"] += len(lines)
            seen["lost"] += sum(line.lost != "" for line in lines)
            seen["back"] += len(found)
            seen["rightly"] += sum(lines[k].lost != "" for k in found)
            seen["right"] += sum(lines[k].lost == mark for k, (mark, _) in found.items())
            asked = [k for k in short if k not in found]
            sides = [(printed[k].text[-AROUND:], printed[k + 1].text[:AROUND]) for k in asked]
            gains = gains_of_marks(sides, model) if sides else []
            doubted = [k for k, gain in zip(asked, gains, strict=True) if max(gain.values()) > SURE_OF_SHORT]
            seen["doubted"] += len(doubted)
            seen["doubted rightly"] += sum(lines[k].lost != "" for k in doubted)
        print(
            f"| {feature} | {seen['lines']:,} | {seen['lost']:,} | {seen['back']:,} | {seen['rightly']:,} "
            f"| {seen['right']:,} | {seen['doubted']:,} | {seen['doubted rightly']:,} |"
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fold", choices=FOLDS, default="test")
    parser.add_argument("--pages", type=int, default=60, help="pages of each kind")
    args = parser.parse_args()
    in_text(args.fold)
    in_columns(args.fold, args.pages)


if __name__ == "__main__":
    main()
