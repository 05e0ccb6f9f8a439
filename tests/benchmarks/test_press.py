"""The press: what is printed is the gold, and its lines read back through the layout give the gold again."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

PRESS = Path(__file__).resolve().parents[2] / "benchmarks" / "press"
sys.path.append(str(PRESS))

from plan import Format, plan  # noqa: E402 -- found by the line above
from setting import Setting, Story  # noqa: E402

STORIES = [
    Story(
        f"story-{k}",
        title,
        "本报记者 温若青",
        tuple(
            f"{title}，第{n}段。" + "渡口的灯亮了一夜，守船的人没有合眼，天亮以后第一班船照常开出。" * 3
            for n in range(5)
        ),
        caption="图为渡口清晨。商陆离 摄" if k % 2 else "",
    )
    for k, title in enumerate(("渡口灯火照通宵", "果园开秤迎头客", "老街修缮不封路", "夜校开课坐满人"))
]


def printed(page: Setting) -> str:
    return "".join(glyph.character for line in page.lines for glyph in line)


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_every_letter_of_the_gold_is_printed_once(seed: int, upright: bool) -> None:
    page = plan(random.Random(seed), STORIES, Format(4, 14, 70, upright), "2026年3月1日")
    assert page.articles
    gold = [str(block) for article in page.articles for block in article["blocks"]]  # type: ignore[attr-defined]
    captions = [s.caption for s in STORIES if s.id in {article["id"] for article in page.articles}]
    expected = "".join(["2026年3月1日", *gold]).replace(" ", "")
    surplus = sorted(printed(page))
    for character in expected:
        surplus.remove(character)
    assert set(surplus) <= set("".join(captions))


def test_a_tear_lies_inside_its_block() -> None:
    page = plan(random.Random(3), STORIES, Format(5, 13, 80))
    for article in page.articles:
        blocks, tears = article["blocks"], article["tears"]
        assert isinstance(blocks, list)
        assert isinstance(tears, list)
        for block, offset in tears:
            assert 0 < offset < len(blocks[block])
