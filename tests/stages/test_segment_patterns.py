"""What short lines look like: what each pattern takes, what it refuses, and that no line makes it slow."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

import cleanpress
from cleanpress.model import Role
from cleanpress.stages.segment.patterns import (
    SLASHES,
    is_bare_name,
    is_byline,
    is_caption,
    is_furniture,
    is_jump,
    is_kicker,
    is_name,
    is_signature,
    is_subtitle,
    starts_title,
)

PATTERNS = (
    is_bare_name, is_byline, is_caption, is_furniture, is_jump, is_kicker, is_name, is_signature, is_subtitle,
    starts_title,
)  # fmt: skip
HEADS = (
    "", "（", "(", "下转", "下转第", "（下转第1版", "本报", "记者", "（记者", "■", "电话：", "编辑", "【本版",
    "第", "第3版", "B2", "-", "图为", "——", "2019年10月1日", "2019年10月1日星期二", "2019", "CN", "今日",
    "国", "王",
)  # fmt: skip
FILLS = (
    " ", "\u3000", "\t", "1", "（", "）", "()", "王", "王 ", "、", "1 ", "/", "-", "■", "版", " 版", "记者",
    "第 ", "，",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.__name__)
@pytest.mark.parametrize("length", [30, 40, 44, 80, 100_000])
def test_no_line_makes_a_pattern_slow(pattern: Callable[[str], bool], length: int) -> None:
    """The lengths are those just within the guards, where a pattern is tried, and one far beyond."""
    lines = [
        head + (fill * length)[: max(0, length - len(head) - 1)] + "x" for head in HEADS for fill in FILLS
    ]
    for line in lines:
        start = time.process_time()
        pattern(line)
        assert time.process_time() - start < 0.5, line[:20]


@pytest.mark.parametrize(
    "line",
    [
        "第05版 经济",
        "第05版经济",
        "05版·要闻",
        "第三版",
        "第三版 副刊",
        "国际新闻 第4版",
        "要闻2版",
        "匠心 第07版",
        "B2 地方新聞",
        "07 匠心",
        "B12",
        "12",
        "— 103 —",
        "责任编辑:宋强然 校对:杜洋轩",
        "责任编辑：许禾，校对：周小舟",
        "电话：010-62345678，62345679",
        "主編／許禾 美編／周小舟",
        "2020年11月24日 星期三",
        "2020年11月24日，星期三",
        "2020年11月24日 第12版",
    ],
)
def test_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "我们出了第2版",
        "大家都看过第2版",
        "第3版卖得很好",
        "第三版卖得很好",
        "电话：打不通，他只好走着去，走了三里路才到",
        "编辑：这一稿不行！",
        "100",
        "365",
    ],
)
def test_what_a_sentence_may_hold_is_no_furniture(line: str) -> None:
    assert not is_furniture(line)


@pytest.mark.parametrize(
    "line",
    ["（下转第二版）", "（下转 第 2 版 ）", "▶下转A3版", "上接第一版", "详见第4版）", "相关报道见第三版"],
)
def test_jump(line: str) -> None:
    assert is_jump(line)


@pytest.mark.parametrize("slash", SLASHES)
def test_every_slash_that_stands_for_one(slash: str) -> None:
    assert is_byline(f"記者 溫若青{slash}鹿灣報導")
    assert is_byline(f"记者 周小舟{slash}许禾")
    assert is_furniture(f"主編{slash}許禾 美編{slash}周小舟")
    assert not is_byline(f"他每天走三里路{slash}看一回燈")


def test_a_byline_in_big5_with_its_own_slash_is_none_of_the_headline() -> None:
    prose = "青溪渡口的燈亮了四十年。每天晚上六點，擺渡人陶老三把煤油燈掛上木樁。"
    raw = f"渡口的燈亮了\n\n記者 溫若青／鹿灣報導\n\n{prose}\n"
    data = raw.encode("big5")
    assert b"\xa2\x41" in data
    article = cleanpress.clean(data.decode("cp950")).articles[0]
    assert [block.role for block in article.blocks] == [Role.HEADLINE, Role.BYLINE, Role.PARAGRAPH]


@pytest.mark.parametrize("line", ["（周小舟）", "（ 周小舟 许禾 ）", "（记者 周小舟）", "(王明)"])
def test_signature(line: str) -> None:
    assert is_signature(line)
    assert is_byline(line)


@pytest.mark.parametrize("line", ["（见下图）" * 10, "（一九五三年春天）", "（周小舟"])
def test_no_signature(line: str) -> None:
    assert not is_signature(line)
