"""What a page costs, by its number of fragments, and where the time goes.

    python benchmarks/page_speed.py [--largest N] [--plot FILE.svg]

Pages are made of the project's own sample articles, cut and repeated with other figures so that no paragraph
is a copy of another. Prints processor seconds per stage after imports and one warm-up page, and the ratio
to ``str.split`` + ``str.join`` over the same text a hundred times, which tells machines apart.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

from cleanpress.language import LanguageModel
from cleanpress.pipeline import heap_from
from cleanpress.stages.normalise import normalise
from cleanpress.stages.reassemble import reassemble
from cleanpress.stages.repeats import find_repeats
from cleanpress.stages.segment import segment

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "articles"
SIZES = (10, 30, 60, 120, 240, 500, 1000, 2000, 5000)
T = TypeVar("T")


def make_page(fragments: int, seed: int = 7) -> str:
    """A page of about so many fragments: sample paragraphs whose characters are shuffled clause by clause."""
    rng = Random(seed)
    paragraphs: list[str] = []
    for path in sorted(SAMPLES.glob("*.json")):
        for blocks in json.loads(path.read_text(encoding="utf-8"))["articles"].values():
            paragraphs += [text for role, text in blocks if role == "paragraph"]
    long = [p for p in paragraphs if len(p) > 40]
    page = []
    for k in range(fragments):
        clauses = rng.choice(long).rstrip("。").split("，")
        rng.shuffle(clauses)
        mixed = [rng.choice(rng.choice(long).rstrip("。").split("，")) for _ in range(4)]
        page.append("，".join([*clauses[:3], *mixed, f"这是第{k}处"]) + "。")
    return "\n\n".join(page)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Processor seconds of a call, and its result."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def measure(text: str) -> dict[str, float]:
    """Processor seconds by stage."""
    model = LanguageModel.load()
    seconds = {}
    seconds["normalise"], edited = timed(lambda: normalise(text))
    seconds["segment"], found = timed(lambda: segment(edited))
    seconds["repeats"], decision = timed(lambda: find_repeats(found.fragments, found.edited))
    seconds["reassemble"], _ = timed(lambda: reassemble(heap_from(decision), model))
    yardstick, _ = timed(lambda: [" ".join(text.split("，")) for _ in range(100)])
    seconds["yardstick"] = yardstick
    seconds["fragments"] = float(len(found.fragments))
    return seconds


def draw(rows: list[dict[str, float]], path: Path) -> None:
    """Seconds against fragments, both logarithmic."""
    import math

    size, margin = 260, 50
    points = [(r["fragments"], sum(r[s] for s in STAGES)) for r in rows]
    low_x, high_x = 1.0, 4.0
    low_y, high_y = -2.0, 2.5

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - low_x) / (high_x - low_x)
        up = (math.log10(max(y, 1e-3)) - low_y) / (high_y - low_y)
        return margin + across * size, margin + (1 - up) * size

    total = size + 2 * margin
    box = f'viewBox="0 0 {total} {total}" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}><rect width="100%" height="100%" fill="#fff"/>',
        f'<rect x="{margin}" y="{margin}" width="{size}" height="{size}" fill="none" stroke="#888"/>',
        f'<text x="{margin}" y="{margin - 14}">processor seconds against fragments of a page</text>',
    ]
    for x in (10, 100, 1000, 10000):
        parts.append(f'<text x="{at(x, 1)[0] - 12:.0f}" y="{margin + size + 18}">{x}</text>')
    for y in (0.01, 0.1, 1, 10, 100):
        parts.append(f'<text x="8" y="{at(10, y)[1] + 4:.0f}">{y}</text>')
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in (at(x, y) for x, y in points))
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>')
    parts += [f'<circle cx="{at(x, y)[0]:.1f}" cy="{at(x, y)[1]:.1f}" r="3"/>' for x, y in points]
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


STAGES = ("normalise", "segment", "repeats", "reassemble")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--largest", type=int, default=1000, help="fragments of the largest page")
    parser.add_argument("--plot", type=Path, help="draw seconds against fragments")
    args = parser.parse_args()
    measure(make_page(20))
    rows = [measure(make_page(n)) for n in SIZES if n <= args.largest]
    print("| fragments | " + " | ".join(STAGES) + " | all, s | ms a fragment | yardstick, s |")
    print("|---" * 8 + "|")
    for row in rows:
        whole = sum(row[stage] for stage in STAGES)
        print(
            f"| {row['fragments']:.0f} | "
            + " | ".join(f"{row[s]:.3f}" for s in STAGES)
            + f" | {whole:.3f} | {1000 * whole / row['fragments']:.1f} | {row['yardstick']:.3f} |"
        )
    if args.plot:
        draw(rows, args.plot)


if __name__ == "__main__":
    main()
