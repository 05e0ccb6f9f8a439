"""Marks that were dropped where a line of a column ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.edited import EditedText
from cleanpress.stages.segment import segment

STORY = (
    "清晨五点，码头的吊机已经转了起来。老周站在舷梯旁边，一边核对手里的单子，一边招呼工友靠岸，还不忘提醒新来的"
    "年轻人系好安全带。太阳升起来以后，江面上的雾慢慢散了，几条渔船从对岸开过来，船头上站着的人向他挥手，"
    "他也挥了挥手，转身又去帮人解开缆绳，忙了一个上午，连水都没有顾上喝。"
)


def column(width: int, text: str = STORY) -> list[str]:
    """The story as lines of a column of that width, under an indent."""
    whole = "　　" + text
    return [whole[k : k + width] for k in range(0, len(whole), width)]


def marks_put_back(lines: list[str], rules_off: frozenset[str] = frozenset()) -> list[str]:
    edits = segment(EditedText("\n".join(lines) + "\n"), rules_off=rules_off).edited.edits
    return [edit.after for edit in edits if edit.rule == "line-end-mark"]


def test_a_line_that_lacks_the_cell_of_a_mark_gets_it_back() -> None:
    lines = column(14)
    assert lines[1] == "转了起来。老周站在舷梯旁边，"
    lines[1] = lines[1][:-1]
    assert marks_put_back(lines) == ["，"]
    assert marks_put_back(lines, frozenset({"line-end-mark"})) == []
    segmentation = segment(EditedText("\n".join(lines) + "\n"))
    assert segmentation.fragments[0].text == STORY


@pytest.mark.parametrize("width", range(11, 23))
def test_whole_lines_get_nothing(width: int) -> None:
    assert marks_put_back(column(width)) == []


def test_a_line_that_lost_a_letter_gets_no_mark() -> None:
    lines = column(14)
    lines[4] = lines[4][:-1]
    assert lines[4] == "轻人系好安全带。太阳升起来"
    assert marks_put_back(lines) == []


@given(st.sets(st.integers(0, len(STORY) // 14), max_size=6))
@settings(max_examples=20, deadline=None)
def test_what_is_put_back_is_one_mark_at_a_line_end(short: set[int]) -> None:
    lines = [line[:-1] if k in short else line for k, line in enumerate(column(14))]
    segmentation = segment(EditedText("\n".join(lines) + "\n"))
    for edit in segmentation.edited.edits:
        if edit.rule == "line-end-mark":
            assert edit.before == "\n"
            assert edit.after in "，。、"
            assert edit.confidence >= 0.9
    again = segment(EditedText("\n".join(fragment.text for fragment in segmentation.fragments)))
    assert [edit.rule for edit in again.edited.edits if edit.rule == "line-end-mark"] == []
