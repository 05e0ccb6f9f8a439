"""The quality gate: on the project's own pages no figure falls below its pinned floor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import cleanpress

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import quality_floors as gate  # noqa: E402 -- the benchmarks are no package

PAGES = "0123"
MEASURED = {"set": {"exact": 0.9, "excess": 0.02}}


@pytest.fixture(scope="module")
def pinned() -> dict[str, Any]:
    found = gate.pinned_floors()
    assert found is not None, "no floors: python benchmarks/quality_floors.py --write"
    return found


@pytest.fixture(scope="module")
def sets() -> dict[str, gate.Pages]:
    return gate.page_sets()


def test_the_floors_stand_on_these_pages(pinned: dict[str, Any], sets: dict[str, gate.Pages]) -> None:
    assert pinned["pages"] == gate.pages_hash(sets), (
        "samples or simulator have changed: measure again (python benchmarks/quality_floors.py --write)"
    )


def test_the_floors_were_written_by_the_script(pinned: dict[str, Any]) -> None:
    assert pinned["seal"] == gate.seal(pinned["pages"], pinned["floors"])


def test_no_figure_is_below_its_floor(pinned: dict[str, Any], sets: dict[str, gate.Pages]) -> None:
    assert set(pinned["floors"]) == set(sets)
    assert gate.failures(pinned["floors"], gate.measure(sets, cleanpress.clean)) == []


def floors_of(**figures: float) -> dict[str, Any]:
    return gate.updated(None, PAGES, {"set": {**MEASURED["set"], **figures}}, allowed=False)


def test_a_better_figure_raises_its_floor_and_leaves_the_others() -> None:
    before = floors_of()
    after = gate.updated(before, PAGES, {"set": {"exact": 0.95, "excess": 0.02}}, allowed=False)
    assert after["floors"]["set"] == {"exact": 0.945, "excess": before["floors"]["set"]["excess"]}
    assert after["seal"] != before["seal"]


def test_a_figure_within_the_margin_does_not_lower_its_floor() -> None:
    before = floors_of()
    after = gate.updated(before, PAGES, {"set": {"exact": 0.897, "excess": 0.023}}, allowed=False)
    assert after == before


@pytest.mark.parametrize("figures", [{"exact": 0.8}, {"excess": 0.2}, {"exact": float("nan")}])
def test_a_floor_is_not_lowered_unless_told(figures: dict[str, float]) -> None:
    worse = {"set": {**MEASURED["set"], **figures}}
    with pytest.raises(ValueError, match=f"{next(iter(figures))}.*{gate.ALLOWED}=1"):
        gate.updated(floors_of(), PAGES, worse, allowed=False)
    lowered = gate.updated(floors_of(), PAGES, worse, allowed=True)
    assert lowered["floors"] == gate.limits_of(worse) != floors_of()["floors"]


def test_other_pages_are_not_taken_unless_told() -> None:
    with pytest.raises(ValueError, match="the pages have changed"):
        gate.updated(floors_of(), "4567", MEASURED, allowed=False)
    assert gate.updated(floors_of(), "4567", MEASURED, allowed=True)["pages"] == "4567"


def test_a_floor_lowered_by_hand_does_not_fit_its_seal() -> None:
    floors = floors_of()
    floors["floors"]["set"]["exact"] = 0.1
    assert floors["seal"] != gate.seal(floors["pages"], floors["floors"])
