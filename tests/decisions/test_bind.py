"""Decisions of people bind every stage: what is asked for happens, is recorded, and is checked."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress import ledger
from cleanpress.config import Config
from cleanpress.decisions import Binder, parse
from cleanpress.edited import EditedText
from cleanpress.model import Page, Result, Role, Ruling, Span
from cleanpress.pipeline import clean_page
from cleanpress.stages.normalise import normalise

PAGE = """海港夜航恢复

本报记者 林一

昨天夜里,海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮才歇，

码头食堂给他们留了热汤和馒头，锅里的水汽一直漫到了院子的外面。

今年的鱼比去年多,码头上的人也比去年多，冰库里早已堆得满满当当。

果园采摘开始

山坡上的梨黄了，村里人一早就提着篮子上山，要赶在下雨之前摘完。

今年的鱼比去年多，码头上的人也比去年多，冰库里早已堆得满满当当。

梨子要先在棚里凉一夜，第二天才装箱，运到县里的集市上去卖。
"""


def cleaned(entries: str, text: str = PAGE) -> Result:
    page = Page(text, "a/page.txt", "utf-8", "0")
    result = clean_page(page, Config(), None, parse(entries, "d.toml"))
    assert ledger.check(result) == []
    return result


def entry(*lines: str) -> str:
    return "\n".join(['[[decision]]\npage = "page.txt"', *lines, ""])


def test_without_entries_nothing_is_another() -> None:
    page = Page(PAGE, "a/page.txt", "utf-8", "0")
    assert cleaned("") == clean_page(page, Config())


def test_what_is_joined_follows_and_what_is_parted_does_not() -> None:
    joined = cleaned(entry('join = ["篮子上山，要赶在下雨之前摘完", "码头食堂给他们留了热汤"]'))
    ((left, right, source),) = [(d.span, d.other, d.source) for d in joined.decisions]
    assert source == "human"
    spans = [[s for block in article.blocks for s in block.spans] for article in joined.articles]
    assert right is not None
    assert any((left, right) in pairwise(found) for found in spans)
    parted = cleaned(entry('apart = ["篮子上山，要赶在下雨之前摘完", "码头食堂给他们留了热汤"]'))
    assert [d.ruling for d in parted.decisions] == [Ruling.APART]


@pytest.mark.parametrize("paragraph", [True, False])
def test_whether_two_pieces_are_one_paragraph_can_be_decided(paragraph: bool) -> None:
    pieces = '["忙到了天亮才歇", "码头食堂给他们留了热汤"]'
    result = cleaned(entry(f"join = {pieces}", f"paragraph = {str(paragraph).lower()}"))
    texts = [block.text for article in result.articles for block in article.blocks]
    assert any("天亮才歇，码头食堂" in text for text in texts) is paragraph
    assert result.warnings == ()


def test_an_article_begins_where_it_is_decided() -> None:
    result = cleaned(entry('begins = "码头食堂给他们留了热汤"'))
    assert any(article.blocks[0].text.startswith("码头食堂") for article in result.articles)
    assert [d.ruling for d in result.decisions] == [Ruling.BEGINS]


def test_the_copy_that_is_kept_can_be_chosen_by_what_stands_before_it() -> None:
    kept = {}
    for before in ("锅里的水汽一直漫到了院子的外面", "要赶在下雨之前摘完"):
        result = cleaned(entry(f'keep = {{ text = "今年的鱼比去年多", after = "{before}" }}'))
        (repeat,) = result.repeats
        (decision,) = result.decisions
        assert decision.ruling is Ruling.KEEP
        assert repeat.kept == decision.span
        kept[repeat.kept] = repeat.span
    (one, other), (third, fourth) = kept.items()
    assert (one, other) == (fourth, third)


def test_a_reading_changes_the_letters_that_differ_and_no_line_end() -> None:
    result = cleaned(entry('reading = "忙到了天亮才歇 码头食堂"', 'as = "忙到了天明才歇，码头饭堂"'))
    edits = [(edit.before, edit.after) for edit in result.edits if "decision" in edit.rule]
    assert edits == [("亮", "明"), ("食", "饭")]
    texts = "\n".join(article.text for article in result.articles)
    assert "天明才歇" in texts
    assert "码头饭堂" in texts
    (decision,) = result.decisions
    assert (decision.ruling, decision.text) == (Ruling.READING, "忙到了天明才歇，码头饭堂")


@pytest.mark.parametrize(
    ("quoted", "read", "edits"),
    [
        ("昨天夜里", "就在昨天夜里", [("昨", "就在昨")]),
        ("昨天夜里，海港的灯", "夜里，海港的灯", [("昨天夜", "夜")]),
        ("才歇", "才歇脚", [("歇", "歇脚")]),
        ("汤和馒头", "汤与白馒头", [("和", "与白")]),
        ("才歇 码头食堂", "才　　 码头食堂", [("歇，", "")]),
        ("才歇，码头食堂", "才，到码头食堂", [("歇", ""), ("码", "到码")]),
    ],
)
def test_a_reading_may_add_and_take_away(quoted: str, read: str, edits: list[tuple[str, str]]) -> None:
    result = cleaned(entry(f'reading = "{quoted}"', f'as = "{read}"'))
    assert [(edit.before, edit.after) for edit in result.edits if "decision" in edit.rule] == edits
    assert [d.ruling for d in result.decisions] == [Ruling.READING]


def test_marks_that_are_quoted_and_not_there_do_not_matter() -> None:
    result = cleaned(entry('reading = "“海港夜航恢复”"', 'as = "“海港夜航恢復”"'))
    (decision,) = result.decisions
    assert (decision.text, result.warnings) == ("海港夜航恢復", ())


@pytest.mark.parametrize(("quoted", "read", "text"), [("码头", "码头边", "码头边"), ("头食", "头饭", "头饭")])
def test_a_reading_of_text_that_an_edit_made_leaves_the_rest_of_it(quoted: str, read: str, text: str) -> None:
    damaged = PAGE.replace("码头食堂", "码头食堂".encode().decode("latin-1"))
    result = cleaned(entry(f'reading = "{quoted}"', f'as = "{read}"'), damaged.replace("码头上", "船上"))
    after = "".join(article.text for article in result.articles)
    assert "码头食堂".replace(quoted, read) in after
    assert [d.ruling for d in result.decisions] == [Ruling.READING]
    assert text in result.decisions[0].text


def test_a_reading_takes_no_whole_line_away() -> None:
    result = cleaned(entry('reading = "海港夜航恢复 本报记者"', 'as = "本报记者"'))
    assert result.decisions == ()
    assert any("leaves nothing of a line" in warning for warning in result.warnings)


def test_a_reading_that_stands_already_changes_nothing_and_is_on_record() -> None:
    result = cleaned(entry('reading = "海港夜航恢复"', 'as = "海港夜航恢复"'))
    assert not any("decision" in edit.rule for edit in result.edits)
    assert [d.ruling for d in result.decisions] == [Ruling.READING]


COLUMN = """　　清晨五点，码头的吊机已经
转了起来。老周站在舷梯旁边
一边核对手里的单子，一边招呼
工友靠岸，新的软件叫harbour-
master，年轻人系好安全带。太
阳升起来以后，江面上的雾慢慢
散了，几条渔船从对岸开过来，
船头上站着的人向他挥手，他也
挥了挥手，转身又去帮人解开缆
绳，忙了一个上午，顾不上喝水。
"""


@pytest.mark.parametrize(
    ("read", "rule", "by_itself"),
    [
        ("老周站在舷梯旁边一边核对", "line-end-mark", "老周站在舷梯旁边，一边核对"),
        ("新的软件叫harbour-master", "line-end-hyphen", "新的软件叫harbourmaster"),
    ],
)
def test_at_a_line_end_that_was_read_nothing_is_put_in_or_taken_away(
    read: str, rule: str, by_itself: str
) -> None:
    alone = cleaned("", COLUMN)
    assert by_itself in alone.articles[0].text
    result = cleaned(entry(f'reading = "{read}"', f'as = "{read}"'), COLUMN)
    assert [d.ruling for d in result.decisions] == [Ruling.READING]
    assert read in result.articles[0].text
    assert result.warnings == ()
    # Elsewhere everything is as it was.
    assert [e for e in result.edits if e.rule != "line-break"] == [
        e for e in alone.edits if e.rule not in {rule, "line-break"}
    ]


WORN = (
    "今年以来，全市衣村经济发展较快，衣民收入稳步增长。各级衣业部门认真落实中央政策，深入基层调查研突，帮助群众解决"
    "实际困难。今年夏粮获得丰牧，秋粮长势良好，衣产品价格保持稳定，市场供应充足。县里还组织技术人员下乡，为衣户讲解"
    "种植技术。\n"
)


def test_what_was_read_is_not_put_right_by_shape() -> None:
    assert "各级农业部门认真落实" in cleaned("", WORN).articles[0].text
    result = cleaned(entry('reading = "各级衣业部门认真"', 'as = "各级衣业部门认其"'), WORN)
    assert "各级衣业部门认其落实" in result.articles[0].text
    assert "全市农村经济" in result.articles[0].text
    assert [d.ruling for d in result.decisions] == [Ruling.READING]
    assert result.warnings == ()


def test_what_is_furniture_stands_in_no_article() -> None:
    result = cleaned(entry('furniture = "果园采摘开始"'))
    (leftover,) = [leftover for leftover in result.leftovers if leftover.role is Role.FURNITURE]
    assert PAGE[slice(*leftover.span)] == "果园采摘开始"
    assert "果园采摘开始" not in "".join(article.text for article in result.articles)


@pytest.mark.parametrize(
    ("lines", "warning"),
    [
        ('begins = "没有的文字"', "nothing on the page reads “没有的文字”"),
        ('reading = "今年的鱼"\nas = "今年的虾"', "2 places of the page read “今年的鱼”"),
        ('keep = "今年的鱼比去年多"', "2 pieces of the page read “今年的鱼比去年多”"),
        ('furniture = "的"', "pieces of the page read “的”"),
        ('join = ["山坡上的梨黄了", "要赶在下雨之前摘完"]', "both quotations stand in one piece"),
    ],
)
def test_what_cannot_be_followed_is_a_warning(lines: str, warning: str) -> None:
    result = cleaned(entry(lines))
    assert result.decisions == ()
    assert any(warning in found and found.startswith("d.toml: ") for found in result.warnings)


def test_of_two_that_contradict_each_other_the_first_holds() -> None:
    pieces = '["篮子上山，要赶在下雨之前摘完", "码头食堂给他们留了热汤"]'
    result = cleaned(entry(f"join = {pieces}") + entry(f"apart = {pieces}"))
    assert [d.ruling for d in result.decisions] == [Ruling.FOLLOWS]
    (warning,) = result.warnings
    assert "could not be obeyed" in warning
    assert "apart" in warning


def test_an_entry_that_stands_twice_is_one() -> None:
    pieces = '["篮子上山，要赶在下雨之前摘完", "码头食堂给他们留了热汤"]'
    assert len(cleaned(entry(f"join = {pieces}") * 2).decisions) == 1
    result = cleaned(entry(f"apart = {pieces}") + entry(f"join = {pieces}") * 2)
    assert [d.ruling for d in result.decisions] == [Ruling.APART]


def test_an_entry_survives_other_marks_widths_lines_and_script() -> None:
    entries = entry('join = ["篮子上山要赶在下雨之前摘完", "码头食堂给他们留了热汤"]')
    noisy = PAGE.replace("，", ",").replace("码头食堂", "碼 頭\n食堂").replace("海港夜航", "\n\n\n海港夜航")
    assert [d.ruling for d in cleaned(entries, noisy).decisions] == [Ruling.FOLLOWS]


@pytest.mark.parametrize("page", ["", 'page = "*.txt"\n'])
def test_an_entry_about_many_pages_is_silent_where_it_finds_nothing(page: str) -> None:
    result = cleaned(f'[[decision]]\n{page}begins = "没有的文字"\n')
    assert (result.decisions, result.warnings) == ((), ())


@pytest.mark.parametrize("ruling", [Ruling.KEEP, Ruling.FURNITURE, Ruling.READING, Ruling.FOLLOWS])
def test_the_ledger_notices_what_is_not_obeyed(ruling: Ruling) -> None:
    result = cleaned(entry('keep = { text = "今年的鱼比去年多", after = "要赶在下雨之前摘完" }'))
    (decision,) = result.decisions
    span = result.repeats[0].span if ruling is Ruling.KEEP else result.articles[0].blocks[0].spans[0]
    other = Span(0, 1) if ruling is Ruling.FOLLOWS else None
    false = replace(decision, ruling=ruling, span=span, other=other, text="别的")
    problems = ledger.check(replace(result, decisions=(false,)))
    assert [problem.record for problem in problems] == ["decisions"]
    assert "not obeyed" in problems[0].message


TEXT = st.text("港口灯,，a1 \n", min_size=3, max_size=40)


@settings(max_examples=200, deadline=None)
@given(TEXT, st.text("港日灯，", min_size=1, max_size=6), st.integers(0, 40), st.integers(1, 8))
def test_after_a_reading_the_text_reads_so(text: str, reading: str, start: int, length: int) -> None:
    edited = normalise(text)
    quoted = edited.text[start : start + length].replace("\n", " ")
    if not re.search(r"\w", quoted) or not re.search(r"\w", reading):
        return
    (one,) = parse(f'[[decision]]\nreading = "{quoted}"\nas = "{reading}"', "d.toml")
    binder = Binder([one])
    after = binder.read(edited)
    if not binder.decisions:
        assert after.edits == edited.edits
        return
    lines = [re.sub(r"\S", "", text) for text in (edited.text, after.text)]
    assert lines[0].count("\n") == lines[1].count("\n")
    assert EditedText(text, after.edits).text == after.text
    # Marks that are quoted and not there are left out of the reading.
    wanted = "".join(c for c in reading if c.isalnum())
    assert wanted in "".join(c for c in after.text if c.isalnum())
