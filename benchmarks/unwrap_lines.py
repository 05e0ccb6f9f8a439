"""Line unwrapping, measured line by line: which printed line goes on from the one above it.

    python benchmarks/unwrap_lines.py [--pages N] [--fold FOLD] [--seed N] [--show N]

Pages of clean articles are set in columns and read as an engine reads them (simulate/typeset.py). Of every
two lines without a blank line between them it is known whether they are of one block.
Prints for each kind of difficulty how many breaks between paragraphs were run together (of 1,000 such
breaks) and how many lines of one paragraph were torn apart (of 1,000 such lines). Across a blank line the
reassembly decides; those are not counted.
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise

from cleanpress.edited import EditedText
from cleanpress.stages.segment import segment
from corpora import FOLDS
from simulate.typeset import FEATURES, SetLine, Setting, pages


def judge(lines: Sequence[SetLine]) -> list[tuple[int, bool, bool]]:
    """For each line with one right below it: its index, whether the two are of one block, whether of one
    fragment."""
    printed = [("\n" if line.blank_above and k else "") + line.text + "\n" for k, line in enumerate(lines)]
    ends = list(accumulate(map(len, printed)))
    fragments = segment(EditedText("".join(printed))).fragments
    starts = [fragment.span.start for fragment in fragments]
    of = [bisect_right(starts, end - 2) - 1 for end in ends]
    return [
        (k, upper.block == lower.block, of[k] == of[k + 1])
        for k, (upper, lower) in enumerate(pairwise(lines))
        if not lower.blank_above
    ]


def show(setting: Setting, lines: Sequence[SetLine], k: int, together: bool) -> None:
    """Print a mistake with the lines around it."""
    print("--", "run together" if not together else "torn apart", setting)
    for j in range(max(0, k - 3), min(len(lines), k + 5)):
        print("  >" if j == k else "   ", "~" if lines[j].blank_above else " ", lines[j].text)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=60, help="pages of each difficulty")
    parser.add_argument("--fold", choices=FOLDS, default="test")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="mistakes shown of each difficulty")
    parser.add_argument("--feature", choices=FEATURES, help="only this difficulty")
    args = parser.parse_args()
    print("| | breaks run together, ‰ | lines torn apart, ‰ | breaks | lines |")
    print("|---" * 5 + "|")
    for feature in [args.feature] if args.feature else FEATURES:
        seen: Counter[tuple[bool, bool]] = Counter()
        shown = 0
        for setting, lines in pages(args.fold, feature, args.pages, args.seed):
            for k, one_block, together in judge(lines):
                seen[one_block, together] += 1
                if one_block != together and shown < args.show:
                    show(setting, lines, k, one_block)
                    shown += 1
        breaks, inside = seen[False, True] + seen[False, False], seen[True, True] + seen[True, False]
        print(
            f"| {feature} | {1000 * seen[False, True] / max(1, breaks):.1f} "
            f"| {1000 * seen[True, False] / max(1, inside):.1f} | {breaks:,} | {inside:,} |"
        )


if __name__ == "__main__":
    main()
