"""A byline that an article has twice stands once; the copy is on record as an exact repeat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpress
from cleanpress.ledger import check
from cleanpress.model import (
    Article,
    Block,
    Decision,
    Gap,
    Join,
    Question,
    Relation,
    Repeat,
    Role,
    Ruling,
    Span,
)
from cleanpress.stages.repeats.bylines import bylines_once, still_open

PAGE = """海港夜航恢复

本报记者　林一

　　昨天夜里，海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮，才把最后一箱鱼搬进冰库。

　　今年的鱼比去年多，码头上的人也比去年多，冰库里早已堆得满满当当，连过道上都摆着竹筐。

本报记者 林一

果园采摘节开幕

　　山后的果园昨天开园，园子里的梨黄了，游人提着篮子走进林间，孩子们比赛谁摘得又大又圆。
"""


def article(*blocks: tuple[Role, str]) -> Article:
    """Blocks one after the other on the page, a line each."""
    found, start = [], 0
    for role, text in blocks:
        found.append(Block(role, text, (Span(start, start + len(text)),)))
        start += len(text) + 1
    return Article(tuple(found))


TWICE = article(
    (Role.HEADLINE, "海港夜航恢复"),
    (Role.BYLINE, "本报记者 林一"),
    (Role.PARAGRAPH, "灯亮了。"),
    (Role.BYLINE, "本报记者　林一"),
    (Role.PARAGRAPH, "鱼比去年多"),
)
FIRST, COPY = TWICE.blocks[1].spans[0], TWICE.blocks[3].spans[0]


def test_on_a_page() -> None:
    result = cleanpress.clean(PAGE)
    assert check(result) == []
    assert [a.text.count("林一") for a in result.articles] == [1, 0]
    first = PAGE.index("本报记者")
    [repeat] = result.repeats
    assert repeat.span.start == PAGE.index("本报记者", first + 1)
    assert (repeat.kept.start, repeat.relation, repeat.similarity) == (first, Relation.EXACT, 1.0)


def test_the_later_one_goes_and_what_names_blocks_goes_on_naming_them() -> None:
    whole = replace(TWICE, joins=(Join(4, 2, Span(1, 2), Span(3, 4), 0.9),), gaps=(Gap(4, "after", "cut"),))
    [once], [repeat] = bylines_once([whole])
    assert [block.text for block in once.blocks] == [
        "海港夜航恢复",
        "本报记者 林一",
        "灯亮了。",
        "鱼比去年多",
    ]
    assert (once.joins[0].block, once.gaps[0].block) == (3, 3)
    assert (repeat.span, repeat.kept, repeat.relation) == (COPY, FIRST, Relation.EXACT)


@pytest.mark.parametrize(
    "other",
    [
        (Role.BYLINE, "本报记者 林二"),
        (Role.PARAGRAPH, "本报记者 林一"),
        (Role.BYLINE, "——"),
    ],
)
def test_another_byline_stays_and_so_does_what_is_none(other: tuple[Role, str]) -> None:
    whole = article((Role.BYLINE, "本报记者 林一"), (Role.BYLINE, "——"), (Role.PARAGRAPH, "灯亮了。"), other)
    assert bylines_once([whole]) == ((whole,), ())


def test_in_two_articles_it_stands_twice() -> None:
    assert bylines_once([TWICE, TWICE])[1] == bylines_once([TWICE])[1] * 2
    alone = article((Role.HEADLINE, "果园采摘"), (Role.BYLINE, "本报记者 林一"))
    assert bylines_once([alone, alone]) == ((alone, alone), ())


@pytest.mark.parametrize(
    "decision",
    [
        Decision(Ruling.KEEP, COPY, None, "human", "d", "", "k"),
        Decision(Ruling.FOLLOWS, TWICE.blocks[2].spans[0], COPY, "ask", "m", "", "k"),
        # Without the byline between them, what was decided to stand apart would meet.
        Decision(Ruling.APART, TWICE.blocks[2].spans[0], TWICE.blocks[4].spans[0], "human", "d", "", "k"),
    ],
)
def test_what_was_decided_stays(decision: Decision) -> None:
    assert bylines_once([TWICE], (), [decision]) == ((TWICE,), ())


def test_what_is_kept_for_a_copy_elsewhere_stays() -> None:
    repeat = Repeat(Span(900, 910), COPY, Relation.NEAR, 0.9, "repeats")
    assert bylines_once([TWICE], [repeat]) == ((TWICE,), ())


def test_nobody_is_asked_about_a_copy() -> None:
    _, repeats = bylines_once([TWICE])
    here = TWICE.blocks[2].spans[0]
    asked = [
        Question("join", here, "", (COPY, FIRST)),
        Question("join", COPY, "", (here,)),
        Question("cut", here, "", (FIRST, COPY)),
    ]
    assert still_open(asked, repeats) == (Question("cut", here, "", (FIRST,)),)
    assert still_open(asked, ()) == tuple(asked)


@given(
    st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(["林一", "林 一", "林二", "——"])), min_size=1)
)
def test_no_block_is_lost_and_no_byline_stands_twice(blocks: list[tuple[Role, str]]) -> None:
    whole = article(*blocks)
    [once], repeats = bylines_once([whole])
    spans = [block.spans[0] for block in once.blocks]
    assert sorted([*spans, *(repeat.span for repeat in repeats)]) == [b.spans[0] for b in whole.blocks]
    assert all(repeat.kept in spans for repeat in repeats)
    signed = ["".join(b.text.split()) for b in once.blocks if b.role is Role.BYLINE and b.text != "——"]
    assert len(signed) == len(set(signed))
