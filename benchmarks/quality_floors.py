"""The quality gate: figures on pages that ship with the project, and floors below which they must not fall.

``python benchmarks/quality_floors.py`` measures and compares; ``--write`` raises the floors that were
passed. A floor is lowered, and other pages are taken, only where CLEANPRESS_LOWER_FLOORS=1 says so: a
change that makes cleaning worse should be a decision that somebody took, not something that happened.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from cleanpress.evaluation import GoldPage, evaluate, parse_gold, read_gold  # noqa: E402 -- needs no path
from corpora import CleanArticle  # noqa: E402 -- found by the line above
from simulate import Settings, simulate_page  # noqa: E402

FLOORS = ROOT / "tests" / "quality" / "floors.json"
ALLOWED = "CLEANPRESS_LOWER_FLOORS"

HIGHER = ("exact", "adjacency_precision", "adjacency_recall", "bcubed_f1", "tau", "kept")
"""Figures with a floor."""
LOWER = ("cer", "excess")
"""Figures with a ceiling, kept in the same table."""
MARGIN = 0.005
"""Between a measured figure and its floor: what another version of a numerical library may change."""

TORN = Settings(tidy=0.0, traditional=0.0, shared_lookalikes=False)
TIDY = Settings(tidy=1.0, traditional=0.0, shared_lookalikes=False)
SIMULATED = {"simulated torn": (TORN, 12), "simulated tidy": (TIDY, 4)}
"""Sets of pages simulated on the project's own texts: their settings, and how many."""

Pages = list[tuple[GoldPage, str]]
Floors = dict[str, dict[str, float]]


def page_sets() -> dict[str, Pages]:
    """The pages of the gate by set: gold and printed text."""
    sets: dict[str, Pages] = {"samples": []}
    for path in sorted((ROOT / "samples").glob("*.gold.json")):
        page = read_gold(path)
        sets["samples"].append((page, path.with_name(f"{page.name}.txt").read_text(encoding="utf-8")))
    stock = own_articles()
    for name, (settings, count) in SIMULATED.items():
        sets[name] = []
        for k in range(count):
            rng = Random(f"quality/{name}/{k}")
            chosen = rng.sample(stock, rng.randint(4, 6))
            # Shape and reading take turns, so that few pages show all of them.
            turn = replace(settings, wrapped=float(k % 2), clean_reading=float(k % 4 < 2))
            made = simulate_page(chosen, rng, turn, name=f"{name.replace(' ', '-')}-{k:02d}")
            sets[name].append((parse_gold(made.gold), made.text))
    return sets


def own_articles() -> list[CleanArticle]:
    """The articles written for the samples (those in simplified characters): headline and body."""
    found = []
    for path in sorted((ROOT / "samples" / "articles").glob("*.json")):
        if path.stem.startswith("traditional"):
            continue
        for name, blocks in json.loads(path.read_text(encoding="utf-8"))["articles"].items():
            title = next(text for role, text in blocks if role == "headline")
            body = tuple(text for role, text in blocks if role in ("paragraph", "subhead"))
            found.append(CleanArticle(f"{path.stem}/{name}", title, body, "samples"))
    return found


def pages_hash(sets: Mapping[str, Pages]) -> str:
    """A hash of every page's text and gold: floors hold for these pages and no others."""
    digest = hashlib.blake2b(digest_size=16)
    for name, pages in sets.items():
        for gold, text in pages:
            digest.update(repr((name, gold, text)).encode())
    return digest.hexdigest()


def measure(sets: Mapping[str, Pages], clean: Callable[[str], Any]) -> Floors:
    """Figures by set. ``clean`` takes a page's text; its result has ``articles`` with a ``text`` each."""
    figures: Floors = {}
    for name, pages in sets.items():
        outputs = {gold.name: [article.text for article in clean(text).articles] for gold, text in pages}
        systems = evaluate([gold for gold, _ in pages], outputs).systems
        figures[name] = {key: systems["output"][key].mean for key in (*HIGHER, *LOWER)}
    return figures


def failures(floors: Floors, measured: Floors) -> list[str]:
    """What fell below its floor (or rose above its ceiling), one line each."""
    return [
        f"{name}: {key} is {measured[name][key]:.4f}, {'floor' if key in HIGHER else 'ceiling'} {limit:.4f}"
        for name, limits in floors.items()
        for key, limit in limits.items()
        if not (measured[name][key] >= limit if key in HIGHER else measured[name][key] <= limit)
    ]


def limits_of(measured: Floors) -> Floors:
    """The floors that a measurement earns: its figures with a margin, to three places; none if undefined."""
    return {
        name: {
            key: round(value - MARGIN if key in HIGHER else value + MARGIN, 3)
            for key, value in figures.items()
            if not math.isnan(value)
        }
        for name, figures in measured.items()
    }


def updated(pinned: Mapping[str, Any] | None, pages: str, measured: Floors, allowed: bool) -> dict[str, Any]:
    """The new content of the floors file: better figures raise floors, worse ones leave them.

    Raises ``ValueError`` where a floor would have to fall, or stands on other pages, and nobody allowed it.
    """
    earned = limits_of(measured)
    if pinned is not None and not allowed:
        if pinned["pages"] != pages:
            raise ValueError(f"the pages have changed, so the floors mean nothing; {ALLOWED}=1 pins new ones")
        fallen = failures(pinned["floors"], measured)
        if fallen:
            raise ValueError(f"{'; '.join(fallen)}; {ALLOWED}=1 lowers the floor")
        for name, limits in pinned["floors"].items():
            for key, limit in limits.items():
                best = max if key in HIGHER else min
                earned[name][key] = best(limit, earned[name][key])
    return {"pages": pages, "floors": earned, "seal": seal(pages, earned)}


def seal(pages: str, floors: Floors) -> str:
    """Ties the floors to the script that wrote them: a floor lowered by hand does not fit its seal."""
    return hashlib.blake2b(json.dumps([pages, floors], sort_keys=True).encode(), digest_size=16).hexdigest()


def pinned_floors() -> dict[str, Any] | None:
    """The floors file, ``None`` before the first was written."""
    if not FLOORS.exists():
        return None
    found: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return found


def report(pinned: Floors, measured: Floors) -> Sequence[str]:
    """Every figure beside its floor."""
    return [
        f"{name:<16} {key:<20} {value:8.4f}   {pinned.get(name, {}).get(key, float('nan')):8.3f}"
        for name, figures in measured.items()
        for key, value in figures.items()
    ]


@click.command()
@click.option("--write", is_flag=True, help="Raise the floors that were passed.")
def main(write: bool) -> None:
    """Measure the pages of the gate and compare with the floors."""
    from cleanpress import clean

    sets = page_sets()
    pinned = pinned_floors()
    measured = measure(sets, clean)
    floors = pinned["floors"] if pinned else {}
    print("\n".join(report(floors, measured)))
    if write:
        try:
            content = updated(pinned, pages_hash(sets), measured, os.environ.get(ALLOWED) == "1")
        except ValueError as error:
            sys.exit(f"refused: {error}")
        FLOORS.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    elif failures(floors, measured):
        sys.exit("\n".join(failures(floors, measured)))


if __name__ == "__main__":
    main()
