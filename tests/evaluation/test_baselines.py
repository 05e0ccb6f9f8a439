"""The trivial answers, and the paragraphs they start from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.evaluation.baselines import BASELINES, printed_order, printed_paragraphs, punctuation
from cleanpress.evaluation.gold import letters

WRAPPED = """\
水库加固工程完工

　　历时两年的水库除险加固工
程昨天完工，坝体加高一米二，
溢洪道拓宽到十八米。
　　下游四个村子今年汛期不用
再转移群众，村民把行李搬回了
家。
"""


def test_column_lines_are_joined_to_paragraphs() -> None:
    assert printed_paragraphs(WRAPPED) == [
        "水库加固工程完工",
        "历时两年的水库除险加固工程昨天完工，坝体加高一米二，溢洪道拓宽到十八米。",
        "下游四个村子今年汛期不用再转移群众，村民把行李搬回了家。",
    ]


def test_a_page_with_a_paragraph_a_line_is_left_as_it_is() -> None:
    lines = [
        "茶山开园",
        "清明前的头一批茶昨天开采，" * 5 + "茶农凌晨四点上山。",
        "今年的收购价比去年略高，" * 4,
    ]
    assert printed_paragraphs("\n".join(lines)) == lines


def test_a_headline_after_running_text_begins_an_article() -> None:
    text = "茶山开园\n\n■ 叶青\n\n头一批茶昨天开采。\n\n旧校舍变成陶艺馆\n\n窑火重新点了起来。"
    assert printed_order(text) == [
        "茶山开园\n■ 叶青\n头一批茶昨天开采。",
        "旧校舍变成陶艺馆\n窑火重新点了起来。",
    ]


def test_an_open_end_goes_on_in_the_next_paragraph() -> None:
    torn = (
        "乡里把闲置的粮站改成了戏台，每逢赶集的日子就唱两出折子戏，台下的长凳从来没有空过，连隔壁县的戏迷也"
    )
    assert len(torn) > 45
    assert punctuation(f"{torn}\n\n搭车赶来。\n\n戏台旁边开了茶铺。") == [
        torn + "搭车赶来。",
        "戏台旁边开了茶铺。",
    ]


@pytest.mark.parametrize("name", list(BASELINES))
@given(text=st.text(alphabet="山水田园。，！\n\r\f 　ab1", max_size=120))
def test_no_baseline_loses_or_invents_a_letter(name: str, text: str) -> None:
    assert letters("".join(BASELINES[name](text))) == letters(text)
