from __future__ import annotations

import pytest

from cleanpress.errors import UsageError
from cleanpress.gates import METRICS, gates_of, judged


def test_gates_are_read_and_judged() -> None:
    gates = gates_of(["suspects>50, gaps>0", "confidence<0.8,"])
    assert [str(gate) for gate in gates] == ["suspects>50", "gaps>0", "confidence<0.8"]
    figures = dict.fromkeys(METRICS, 0.0) | {"suspects": 51, "confidence": None}
    assert judged(gates, figures) == [
        {"gate": "suspects>50", "value": 51, "failed": True},
        {"gate": "gaps>0", "value": 0.0, "failed": False},
        # There is no article, so there is no confidence that could be too low.
        {"gate": "confidence<0.8", "value": None, "failed": False},
    ]


@pytest.mark.parametrize(
    ("comparison", "outcomes"),
    [
        (">", [False, False, True]),
        (">=", [False, True, True]),
        ("<", [True, False, False]),
        ("<=", [True, True, False]),
        ("==", [False, True, False]),
        ("!=", [True, False, True]),
    ],
)
def test_comparisons(comparison: str, outcomes: list[bool]) -> None:
    [gate] = gates_of([f"gaps {comparison} 2"])
    assert [gate.fails(value) for value in (1, 2, 3)] == outcomes


@pytest.mark.parametrize("text", ["gaps", "gaps>", ">0", "gaps>many", "gaps=>1", "gaps>-1", "a b>1"])
def test_what_is_no_gate(text: str) -> None:
    with pytest.raises(UsageError, match="is no gate; write it like"):
        gates_of([text])


def test_what_cannot_be_bounded() -> None:
    with pytest.raises(
        UsageError, match="there is nothing called 'typos' to fail on; choose of pages, failed"
    ):
        gates_of(["typos>1"])
