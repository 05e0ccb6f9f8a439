"""Which line goes on from the one above it: what a typesetter does to a column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.edited import EditedText
from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.segment import segment
from cleanpress.stages.segment.going_on import FEATURES, features, going_on
from cleanpress.stages.segment.lines import measure_columns, split_lines

MODEL = LanguageModel.load()
FIRST = (
    "清晨五点，码头的吊机已经转了起来。老周站在舷梯旁，一边核对单子，一边招呼工友靠岸。"
    "今年的渔汛比往年早了十天，冷库里的位置一天比一天紧张。合作社连夜开会，决定把东边的旧仓腾出来，"
    "先让远洋船卸货，近海的小船改走南岸。"
)
SECOND = (
    "傍晚时分，南岸排起了长队。几个年轻人拿着喇叭维持秩序，嗓子都喊哑了，却没有一个人抱怨。"
    "“船回来了，日子就有盼头。”一位老船长把缆绳抛上岸，笑着说。"
)
SUBHEAD = "旧仓腾出来了"


def texts(*lines: str) -> list[str]:
    return [fragment.text for fragment in segment(EditedText("\n".join(lines))).fragments]


def wrap(text: str, *widths: int, indent: str = "　　") -> list[str]:
    """Lines of those widths, the last of them for all that follow."""
    rest, lines = indent + text, []
    while rest:
        width = widths[min(len(lines), len(widths) - 1)]
        while width < len(rest) and rest[width] in "，。、”":
            width += 1
        lines.append(rest[:width])
        rest = rest[width:]
    return lines


@pytest.mark.parametrize("width", [12, 15, 18, 22])
@pytest.mark.parametrize("indent", ["　　", ""])
def test_a_subhead_set_in_the_column_stands_alone(width: int, indent: str) -> None:
    lines = [*wrap(FIRST, width), indent + SUBHEAD, *wrap(SECOND, width)]
    assert texts(*lines) == [FIRST, SUBHEAD, SECOND]


@pytest.mark.parametrize("width", [15, 18, 22])
def test_lines_beside_a_picture_are_one_paragraph(width: int) -> None:
    beside = wrap(FIRST, width, width, *([width - 6] * 4), width)
    lines = [*wrap(SECOND, width), *wrap(FIRST, width), *beside, *wrap(SECOND, width)]
    assert texts(*lines) == [SECOND, FIRST, FIRST, SECOND]


@pytest.mark.parametrize("width", [15, 18, 22])
def test_a_drop_capital_belongs_to_its_paragraph(width: int) -> None:
    capital = [FIRST[0], *wrap(FIRST[1:], width - 2, width - 2, width, indent="")]
    assert texts(*capital, *wrap(SECOND, width)) == [FIRST, SECOND]


def test_a_line_that_lost_characters_goes_on() -> None:
    lines = wrap(FIRST, 18)
    lines[2] = lines[2][:-3]
    assert len(texts(*lines, *wrap(SECOND, 18))) == 2


def test_a_dash_at_the_start_of_a_line_is_no_subtitle() -> None:
    paragraph = FIRST.replace("合作社连夜开会，", "合作社连夜开会——这是第一次——")
    for width in range(12, 22):
        assert texts(*wrap(paragraph, width), *wrap(SECOND, width)) == [paragraph, SECOND]


def test_a_lost_mark_at_the_end_of_a_paragraph() -> None:
    lines = wrap(FIRST[:-1], 16) + wrap(SECOND, 16)
    assert texts(*lines) == [FIRST[:-1], SECOND]


@given(st.text(st.sampled_from("渔港天a1 。，“”\n\n　■（）—年月日"), max_size=200))
def test_probabilities_whatever_stands_there(page: str) -> None:
    lines = split_lines(page)
    columns = measure_columns(lines)
    rows = features(lines, columns, MODEL)
    assert rows.shape == (max(0, len(lines) - 1), FEATURES)
    assert np.isfinite(rows).all()
    answers = going_on(lines, columns, MODEL)
    assert ((answers >= 0) & (answers <= 1)).all()
