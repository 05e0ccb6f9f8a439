"""The typesetter of benchmarks/simulate: its lines are its blocks, and it knows which go together."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from cleanpress.model import Role

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from simulate.compose import SetArticle, SetBlock
from simulate.typeset import FEATURES, SetLine, Setting, draw_setting, set_page
from unwrap_lines import judge

BODY = (
    "渡口的清晨从四点半开始，值班的人先看水位，再看风向，最后才去点名。老一辈记得，这里最热闹时有三百多口人，"
    "后来年轻人进了城，院子里的灯还是亮到很晚。"
)
ARTICLE = SetArticle(
    "a",
    "渡口换了新模样",
    (
        SetBlock(Role.HEADLINE, "渡口换了新模样"),
        SetBlock(Role.PARAGRAPH, BODY),
        SetBlock(
            Role.PARAGRAPH, "去年，镇上请来设计师，把空了多年的仓库改成展厅，工具和账本都摆了出来。" * 3
        ),
        SetBlock(Role.SUBHEAD, "讲解员不背稿子"),
        SetBlock(Role.PARAGRAPH, BODY[::-1]),
    ),
)


def lines(setting: Setting, seed: int = 1) -> list[SetLine]:
    return list(set_page([ARTICLE, ARTICLE], setting, Random(seed)))


def text_of(page: Sequence[SetLine], block: int) -> str:
    return "".join(line.text.strip("　") for line in page if line.block == block)


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("seed", range(6))
def test_lines_are_the_blocks_and_none_is_longer_than_the_column(feature: str, seed: int) -> None:
    drawn = draw_setting(feature, Random(seed))
    setting = replace(drawn, dropped=0.0, misread=0.0, dropped_mark=0.0, subheads=0.0)
    page = lines(setting, seed)
    assert page == lines(setting, seed)
    blocks = [block.text for block in ARTICLE.blocks] * 2
    assert [text_of(page, k) for k in range(len(blocks))] == blocks
    assert [line.block for line in page] == sorted(line.block for line in page)
    body = [line.text.rstrip("，。、") for line in page if line.role is Role.PARAGRAPH]
    assert max(map(len, body)) <= setting.width * (2 if setting.half_cells else 1) + 1


def test_every_pair_of_lines_without_a_blank_between_is_judged() -> None:
    page = lines(Setting(18, "printed", False, False, 30, False))
    judged = judge(page)
    assert [k for k, _, _ in judged] == [k for k in range(len(page) - 1) if not page[k + 1].blank_above]
    assert all(one_block == together for _, one_block, together in judged)
