"""A few of the inputs that ``benchmarks/batch_fuzz.py`` makes twenty thousand of."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from batch_fuzz import Case, cases, check  # noqa: E402 -- the benchmarks are no package


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_whatever_comes_the_command_ends_well(case: Case) -> None:
    assert check(case)


def test_an_ordinary_batch_is_proved() -> None:
    page = "海港夜航恢复\n\n本报记者 林一\n\n昨天夜里，海港的灯又亮了起来，船靠岸了。\n".encode()
    assert check(Case({"01.txt": page}, [{"text": page.decode()}], ["--report"])) == "proved"
    assert check(Case({"01.txt": b""}, [], [])) == "nothing could be cleaned"
    assert check(Case({}, [], [])) == "wrong use"
