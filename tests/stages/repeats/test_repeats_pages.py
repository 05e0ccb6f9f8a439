"""The development pages beside the repository; skipped where they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanpress.edited import EditedText
from cleanpress.stages.repeats import RepeatDecision, find_repeats
from cleanpress.stages.segment import segment

PAGES = Path(__file__).resolve().parents[4] / "shared" / "pages"

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason=f"no development pages at {PAGES}")


def decide(path: Path) -> tuple[str, RepeatDecision]:
    text = path.read_text(encoding="utf-8")
    segmentation = segment(EditedText(text))
    return text, find_repeats(segmentation.fragments, segmentation.edited)


def test_the_ten_repeats_of_the_seed_page() -> None:
    text, decision = decide(PAGES / "seed" / "input.txt")
    found = [(text[r.span.start :][:4], r.similarity) for r in decision.repeats]
    starts = [
        "在场景应",
        "数字浪潮",
        "在存储层",
        "以AI重",
        "依托成熟",
        "在种植业",
        "在畜牧养",
        "相关数据",
        "截至目前",
        "相关数据",
    ]
    assert found == [(start, 1.0) for start in starts]
    # The Xiamen tail and the half-article of Huai'an are printed early; the end of Anhui again behind itself.
    early = [r.span.start < r.kept.start for r in decision.repeats]
    assert early == [True] * 7 + [False] * 3


@pytest.mark.parametrize("path", sorted((PAGES / "tidy-dev").glob("*.txt")), ids=lambda p: p.stem)
def test_a_tidy_page_has_no_repeats(path: Path) -> None:
    _, decision = decide(path)
    assert decision.repeats == ()
