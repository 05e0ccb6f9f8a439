"""What the repeats stage does to whole pages: letters lost, excess left, copies kept in their right place.

    python benchmarks/repeats_pages.py [--show] [SET ...]

Reads the development pages beside the repository and measures against their gold, letters only:

lost    share of the gold's 8-letter windows that stood in the fragments before and stand in none after
        (a window counts as standing if six of its letters in eight do, so that noise is no loss)
fewer   share of the windows that an article prints twice itself and of which one print was set aside
excess  letters that remain / letters of the gold - 1, furniture left out
place   of the copies whose two prints have different neighbours, the share of those kept in the print
        that follows, or is followed by, what follows or precedes it in the gold

Then the pages of samples/ as one page, printed once and over and over: what remains should not grow, and
what it costs only as the page does.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from cleanpress.model import Fragment, Role
from cleanpress.stages.normalise import normalise
from cleanpress.stages.repeats import RepeatDecision, find_repeats
from cleanpress.stages.repeats.index import permutations
from cleanpress.stages.segment import segment

PAGES = Path(__file__).resolve().parents[2] / "shared" / "pages"
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PRINTS = (1, 2, 5, 20)
SETS = ("seed", "torn-dev", "tidy-dev", "scan-dev")
WINDOW = 8


@dataclass
class Figures:
    """Sums over the pages of a set."""

    pages: int = 0
    windows: int = 0
    lost: int = 0
    fewer: int = 0
    gold: int = 0
    before: int = 0
    after: int = 0
    seconds: float = 0.0
    places: list[bool] = field(default_factory=list)


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def windows(text: str) -> list[str]:
    return [text[k : k + WINDOW] for k in range(0, max(len(text) - WINDOW + 1, 1), 4)]


def stands(window: str, pieces: str) -> bool:
    return window in pieces or fuzz.partial_ratio(window, pieces, score_cutoff=74) >= 74


def printed_pieces(article: dict[str, Any]) -> list[str]:
    """The blocks of an article, cut where the page tore them: a window over a tear stood nowhere before."""
    pieces = []
    for i, block in enumerate(article["blocks"]):
        cuts = sorted(offset for at, offset in article.get("tears", []) if at == i)
        pieces += [block[a:b] for a, b in zip([0, *cuts], [*cuts, len(block)], strict=True)]
    return pieces


def lost_windows(
    gold: dict[str, Any], before: Sequence[str], after: Sequence[str]
) -> tuple[list[str], list[str], int]:
    """Windows of the gold that stand nowhere any more, or less often than in the gold; how many it has."""
    wanted = [w for article in gold["articles"] for p in printed_pieces(article) for w in windows(letters(p))]
    had, has = "\0".join(before), "\0".join(after)
    lost, fewer = [], []
    for window, count in Counter(wanted).items():
        short = min(count, had.count(window)) - has.count(window)
        if not has.count(window) and stands(window, had) and not stands(window, has):
            lost.append(window)
        elif short > 0 and count > 1:
            fewer.extend([window] * short)
    return lost, fewer, len(wanted)


def right_places(
    gold: dict[str, Any], fragments: Sequence[Fragment], decision: RepeatDecision
) -> list[tuple[bool, str]]:
    """For each remaining fragment with an echo elsewhere: whether it has the gold's neighbours, not the echo.

    Prints with nothing but prints of the same run between them stand in one place and are not judged.
    """
    order = ["".join(letters(block) for block in article["blocks"]) for article in gold["articles"]]
    copies = {i for k, echoes in decision.echoes.items() for i in (*echoes, decision.origin[k])}

    def meets(left: int, right: int) -> bool:
        if left < 0 or right >= len(fragments):
            return False
        seam = letters(fragments[left].text)[-6:] + letters(fragments[right].text)[:6]
        return any(fuzz.partial_ratio(seam, text, score_cutoff=80) >= 80 for text in order)

    def fits(i: int) -> int:
        return meets(i - 1, i) + meets(i, i + 1)

    verdicts = []
    for k, echoes in decision.echoes.items():
        own = decision.origin[k]
        apart = [e for e in echoes if any(i not in copies for i in range(min(e, own), max(e, own)))]
        if apart and fits(own) != max(map(fits, apart)):
            verdicts.append((fits(own) > max(map(fits, apart)), fragments[own].text[:12]))
    return verdicts


def measure(path: Path, gold: dict[str, Any], figures: Figures, show: bool) -> None:
    segmentation = segment(normalise(path.read_text(encoding="utf-8")))
    fragments = segmentation.fragments
    start = time.process_time()
    decision = find_repeats(fragments, segmentation.edited)
    figures.seconds += time.process_time() - start
    before = [letters(f.text) for f in fragments if f.role is not Role.FURNITURE]
    after = [letters(f.text) for f in decision.fragments if f.role is not Role.FURNITURE]
    lost, fewer, wanted = lost_windows(gold, before, after)
    total = sum(len(letters(block)) for article in gold["articles"] for block in article["blocks"])
    # Furniture that the segment stage took for text is not this stage's excess.
    missed = [letters(text) for text in gold["furniture"] if letters(text) in before]
    spare = sum(map(len, missed))
    figures.pages += 1
    figures.windows += wanted
    figures.lost += len(lost)
    figures.fewer += len(fewer)
    figures.gold += total
    figures.before += sum(map(len, before)) - spare
    figures.after += sum(map(len, after)) - spare
    places = right_places(gold, fragments, decision)
    figures.places += [right for right, _ in places]
    if show:
        excess = (sum(map(len, after)) - spare) / total - 1
        wrong = [text for right, text in places if not right]
        print(f"{path.stem}: excess {excess:+.4f} lost {lost} fewer {fewer[:4]} misplaced {wrong}")
        for repeat in decision.repeats:
            copy = segmentation.edited.original[repeat.span.start : repeat.span.end].replace("\n", "/")
            how = f"{repeat.span.start:6} {repeat.kept.start:6} {repeat.relation:9} {repeat.similarity:.2f}"
            print(f"   {how} {copy[:24]}…{copy[-10:]} | {repeat.reason}")


def print_over_and_over() -> None:
    """What remains of the sample pages printed several times, and what finding that costs."""
    page = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.txt")))
    print("\nprinted  fragments   remain  letters  skipped        ms  ms/fragment")
    for prints in PRINTS:
        segmentation = segment(normalise(page * prints))
        start = time.process_time()
        decision = find_repeats(segmentation.fragments, segmentation.edited)
        ms = 1000 * (time.process_time() - start)
        count = len(segmentation.fragments)
        left = sum(len(letters(fragment.text)) for fragment in decision.fragments)
        print(
            f"{prints:7} {count:10} {len(decision.fragments):8} {left:8} {decision.skipped:8} "
            f"{ms:9.1f} {ms / count:12.2f}"
        )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--show", action="store_true", help="print every page and every copy")
    args = parser.parse_args(argv)
    permutations()  # imports datasketch, which takes longer than a page
    if PAGES.is_dir():
        measure_sets(args.sets, args.show)
    else:
        print(f"skipped: no development pages at {PAGES}")
    print_over_and_over()
    return 0


def measure_sets(names: Sequence[str], show: bool) -> None:
    print("set         pages      lost     fewer  excess before    after     place  ms/page")
    for name in names:
        figures = Figures()
        for path in sorted((PAGES / name).glob("*.gold.json")):
            gold = json.loads(path.read_text(encoding="utf-8"))
            measure(path.with_name(path.name.replace(".gold.json", ".txt")), gold, figures, show)
        shares = [figures.lost / figures.windows, figures.fewer / figures.windows]
        excess = [count / figures.gold - 1 for count in (figures.before, figures.after)]
        place = f"{sum(figures.places)} of {len(figures.places)}"
        print(
            f"{name:10} {figures.pages:6}   {shares[0]:.5f}   {shares[1]:.5f}        {excess[0]:+.4f}  "
            f"{excess[1]:+.4f}  {place:>8}   {1000 * figures.seconds / figures.pages:6.1f}"
        )


if __name__ == "__main__":
    sys.exit(main())
