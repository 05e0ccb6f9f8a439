"""Tasks in several processes: every item once, results in order."""

from __future__ import annotations

import pytest

from cleanpress.corpus.engine import workers
from cleanpress.errors import InputError


def square(number: int) -> int:
    if number < 0:
        raise InputError(f"{number}: is negative")
    return number * number


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_order(jobs: int) -> None:
    with workers(jobs) as run:
        for count in (0, 1, 50):
            assert list(run(square, iter(range(count)))) == [k * k for k in range(count)]
        with pytest.raises(InputError, match="-3: is negative"):
            list(run(square, [1, 2, -3, 4]))
