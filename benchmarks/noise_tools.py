"""Defects and cleaning tools, measured: what each fixes, leaves and damages.

    python benchmarks/noise_tools.py --peers PYTHON [--characters N] [--show]

PYTHON is an interpreter of a throw-away environment that has the peers (``pip install ftfy clean-text
jionlp autocorrect-py pangu opencc py-data-juicer``); tools that it lacks are left out. Prints two tables: the
cases of noise_cases.toml (a cell counts a tool's answers: *fixed*, *left* as it came, or *damaged*: changed
to something that was not printed, be it that what was right is changed), and what each tool changes in clean
news (../shared/corpora, fold ``test``) and how fast it is there, all in one run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz.distance import Levenshtein

import cleanpress
from cleanpress.stages.normalise import normalise
from cleanpress.stages.segment import segment
from corpora import CORPORA, articles

HERE = Path(__file__).parent
OURS = "cleanpress"
WORN = str.maketrans("，：；！？（）“”0123456789", ',:;!?()""０１２３４５６７８９')
"""Every mark halved, every quote straight, every digit full-width: more work than any page has."""


def peers(python: str, texts: Sequence[str]) -> dict[str, dict[str, object]]:
    """What the tools of another interpreter answer; see noise_peers.py."""
    found = subprocess.run(
        [python, str(HERE / "noise_peers.py")],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stderr.write("".join(f"  {line}\n" for line in found.stderr.splitlines()[-12:]))
    if found.returncode:
        sys.exit(f"{python}: noise_peers.py failed")
    answers: dict[str, dict[str, object]] = json.loads(found.stdout)
    return answers


def ours(texts: Sequence[str], lines: Sequence[bool]) -> dict[str, object]:
    """What cleanpress answers: its rules alone, or for column lines the paragraphs it makes of them."""
    normalise("预热。")
    start = time.process_time()
    found = [
        "\n".join(f.text for f in segment(normalise(text)).fragments) if in_lines else normalise(text).text
        for text, in_lines in zip(texts, lines, strict=True)
    ]
    return {"version": cleanpress.__version__, "answers": found, "seconds": time.process_time() - start}


def verdict(before: str, right: str, answer: str | None) -> str:
    """One answer in one word."""
    if answer == right:
        return "right" if before == right else "fixed"
    return "left" if answer == before else "damaged"


def cell(verdicts: Sequence[str]) -> str:
    """The answers to the cases of a row: one word, or each with its number."""
    kinds = [kind for kind in ("right", "fixed", "left", "damaged") if kind in verdicts]
    if len(kinds) == 1:
        return kinds[0] if kinds[0] != "damaged" else "**damaged**"
    return ", ".join(f"{kind} {verdicts.count(kind)}" for kind in kinds)


def rows() -> list[tuple[str, list[tuple[str, str]], bool]]:
    """Name, cases and whether they are column lines, of every row of the table."""
    table = tomllib.loads((HERE / "noise_cases.toml").read_text(encoding="utf-8"))
    found = [
        (row["name"], [(a, b) for a, b in row["cases"]], row.get("lines", False)) for row in table["defect"]
    ]
    keep = [
        ("*keep:* " + row["name"], [(text, text) for text in row["cases"]], False) for row in table["keep"]
    ]
    return found + keep


def clean_news(characters: int) -> list[str]:
    """Paragraphs of clean news that no model was trained on."""
    found, total = [], 0
    for article in articles("news", folds=("test",)):
        for paragraph in (article.title, *article.paragraphs):
            found.append(paragraph)
            total += len(paragraph)
        if total >= characters:
            break
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--characters", type=int, default=200_000, help="of clean news")
    parser.add_argument("--show", action="store_true", help="print every answer that is not right")
    args = parser.parse_args()
    table = rows()
    texts = [before for _, cases, _ in table for before, _ in cases]
    tools = peers(args.peers, texts)
    tools[OURS] = ours(texts, [lines for _, cases, lines in table for _ in cases])
    print("| | " + " | ".join(f"{name} {tool['version']}" for name, tool in tools.items()) + " |")
    print("|---" * (len(tools) + 1) + "|")
    position = 0
    for name, cases, _ in table:
        cells = []
        for tool_name, tool in tools.items():
            answers = tool["answers"][position : position + len(cases)]  # type: ignore[index]
            verdicts = [verdict(a, b, answer) for (a, b), answer in zip(cases, answers, strict=True)]
            cells.append(cell(verdicts))
            for answer, judged in zip(answers, verdicts, strict=True):
                if args.show and judged in {"left", "damaged"} and (judged == "damaged" or tool_name == OURS):
                    print(f"   {tool_name}: {name}: {answer!r}", file=sys.stderr)
        position += len(cases)
        print(f"| {name} | " + " | ".join(cells) + " |")
    if not CORPORA.exists():
        print(
            "the corpora are not beside the checkout: clean news and speed are not measured", file=sys.stderr
        )
        return
    news = clean_news(args.characters)
    noisy = [text.translate(WORN) for text in news]
    tools, worn = peers(args.peers, news), peers(args.peers, noisy)
    tools[OURS], worn[OURS] = ours(news, [False] * len(news)), ours(noisy, [False] * len(news))
    size, worn_size = (sum(len(text.encode()) for text in texts) / 1e6 for texts in (news, noisy))
    characters = sum(map(len, news))
    print("\n| | characters changed in a million of clean news | MB of UTF-8 a second there | with noise |")
    print("|---|---|---|---|")
    for name, tool in tools.items():
        answers = tool["answers"]
        changed = sum(Levenshtein.distance(a, b or "") for a, b in zip(news, answers, strict=True))  # type: ignore[call-overload]
        print(
            f"| {name} | {1e6 * changed / characters:,.0f} | {size / tool['seconds']:.2f} "  # type: ignore[operator]
            f"| {worn_size / worn[name]['seconds']:.2f} |"  # type: ignore[operator]
        )


if __name__ == "__main__":
    main()
