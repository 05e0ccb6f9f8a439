"""Misread characters: put right where that is sure, reported where it is likely, and left alone otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleanpress
from cleanpress.edited import EditedText
from cleanpress.language import LanguageModel
from cleanpress.ledger import check
from cleanpress.model import Article, Block, Edit, Relation, Repeat, Role, Span
from cleanpress.rulebook import Rule, rules_of
from cleanpress.stages.restore import restore
from cleanpress.stages.restore.lookalikes import Scope, find_lookalikes, why_not
from cleanpress.stages.restore.names import LOOKALIKE, MARK, RULES, VOTES
from cleanpress.stages.restore.printed import NOWHERE, Prints
from cleanpress.stages.restore.votes import Open, Settled, find_votes

READABLE = (
    "大桥管理处昨天召开会议，要求各单位认真落实安全生产责任，加强对重点部位的检查。",
    "会议指出，今年以来全市农村经济发展较快，农民收入稳步增长，社会保持稳定。",
)
WORN = (
    "大桥管理处咋天召开会议，要求各单位认真落买安全生产贲任。",
    "会议指出，今年以来全市衣村经济发展较快，农民收人稳步增长。",
)


def one_article(*paragraphs: str) -> tuple[str, tuple[Article, ...]]:
    """A page that is one article, a paragraph a line."""
    page = "\n".join(paragraphs)
    blocks, start = [], 0
    for text in paragraphs:
        blocks.append(Block(Role.PARAGRAPH, text, (Span(start, start + len(text)),)))
        start += len(text) + 1
    return page, (Article(tuple(blocks)),)


def test_what_is_right_comes_back_untouched() -> None:
    found = find_lookalikes(READABLE)
    assert found.texts == READABLE
    assert found.corrections == ()


def test_look_alikes_are_put_right_on_a_worn_page() -> None:
    found = find_lookalikes(WORN)
    assert {"买实", "衣农", "人入"} <= {one.before + one.after for one in found.corrections}
    assert find_lookalikes(found.texts).corrections == ()
    for one in found.corrections:
        assert WORN[one.text][one.offset] == one.before
        assert found.texts[one.text][one.offset] == one.after
        assert 0.5 < one.confidence < 1


@pytest.mark.parametrize(
    ("text", "misread", "after", "reason"),
    [
        ("大桥长四干米", "干", "千", "a number"),
        ("记者王末明报道", "末", "未", "a name"),
        ("，李末明说", "末", "未", "a name"),
        ("出席的有王大海、李末明、赵山等", "末", "未", "a name"),
        ("小说《边域》出版", "域", "城", "a title"),
        ("人称“果园听凤者”的人", "凤", "风", "a title"),
        ("今年衣村的收成", "衣", "农", ""),
    ],
)
def test_names_numbers_and_titles_are_not_changed(text: str, misread: str, after: str, reason: str) -> None:
    assert why_not(text, text.index(misread), after).startswith(reason)
    assert bool(why_not(text, text.index(misread), after)) == bool(reason)


def test_what_is_frozen_stays() -> None:
    frozen = [np.ones(len(text), dtype=bool) for text in WORN]
    found = find_lookalikes(WORN, Scope(frozen))
    assert found.texts == WORN
    assert found.doubts == ()


def test_a_rule_that_is_off_changes_nothing_but_doubts_remain() -> None:
    assert find_lookalikes(WORN, Scope(characters=False, marks=False)).texts == WORN
    page, articles = one_article(*WORN)
    off = restore(articles, (), EditedText(page), frozenset({LOOKALIKE}))
    assert off.articles == articles
    assert all(suspect.rule != LOOKALIKE for suspect in off.suspects)
    on = restore(articles, (), EditedText(page))
    assert on.articles != articles
    assert {edit.rule for edit in on.edited.edits} <= {LOOKALIKE, MARK}


def test_a_byline_and_what_another_edit_wrote_stay() -> None:
    page, articles = one_article(WORN[1])
    byline = (Article((Block(Role.BYLINE, page, (Span(0, len(page)),)),)),)
    assert restore(byline, (), EditedText(page)).articles == byline
    at = page.index("衣")
    raw = page[:at] + "哀" + page[at + 1 :]
    edited = EditedText(raw, (Edit(Span(at, at + 1), "哀", "衣", "by-hand"),))
    assert restore(articles, (), edited).edited.edits[0].after == "衣"


def test_the_page_in_traditional_characters_is_left_alone() -> None:
    page, articles = one_article(
        "會議要求各單位認真落實安全生產責任，加強對重點部位的檢査，農村經濟發展較快。"
    )
    found = restore(articles, (), EditedText(page))
    assert (found.articles, found.edited.edits, found.suspects) == (articles, (), ())


KEPT = "码头工人昨天夜里把船上的灯打开，请大家打电活核对单子。"
COPY = "码头工人昨天夜里把船上的灯打开，请大家打电话核对单子。"


def votes(*prints: str) -> tuple[tuple[Settled, ...], tuple[Open, ...]]:
    """The votes of prints of one paragraph, the first of which is kept."""
    spans, start = [], 0
    for text in prints:
        spans.append(Span(start, start + len(text)))
        start += len(text) + 1
    repeats = [Repeat(span, spans[0], Relation.NEAR, 0.98, "repeats") for span in spans[1:]]
    return find_votes(repeats, Prints(EditedText("\n".join(prints))), LanguageModel.load())


def test_the_language_model_breaks_the_tie_of_two_prints() -> None:
    [settled], left = votes(KEPT, COPY)
    assert (settled.before, settled.after) == ("活", "话")
    assert (settled.place, settled.witnesses) == (KEPT.index("活"), (len(KEPT) + 1 + KEPT.index("活"),))
    assert left == ()
    assert votes(COPY, KEPT) == ((), ())
    assert votes(COPY, COPY) == ((), ())


def test_most_prints_win_also_against_the_language_model() -> None:
    [settled], left = votes(COPY, KEPT, KEPT)
    assert (settled.before, settled.after, len(settled.witnesses)) == ("话", "活", 2)
    assert left == ()


def test_names_and_numbers_are_not_decided_by_the_language_model() -> None:
    settled, [left] = votes(KEPT.replace("昨天", "二日").replace("活", "话"), COPY.replace("昨天", "三日"))
    assert settled == ()
    assert left.others == ("三",)


def test_prints_that_do_not_meet_say_nothing() -> None:
    assert votes("今天开船。", "明日起航！") == ((), ())


def test_a_settled_reading_is_an_edit_that_names_its_witness() -> None:
    head = "码头夜航恢复\n"
    body = "老周站在舷梯旁核对单子，一边喊着工人的名字，一边把灯打开。"
    page = f"{head}{body}{KEPT}\n\n{body}{COPY}\n"
    result = cleanpress.clean(page)
    assert check(result) == []
    [edit] = [edit for edit in result.edits if edit.rule == VOTES] or [None]
    if edit is not None:
        assert (edit.before, edit.after) == ("活", "话")
        assert str(page.index("话")) in edit.reason
    assert "打电话" in result.articles[0].text


def test_prints_lead_back_to_the_page() -> None:
    edited = EditedText("一,二  三", (Edit(Span(1, 2), ",", "，", "m"), Edit(Span(3, 5), "  ", "", "s")))
    found = Prints(edited).of((Span(0, 6),))
    assert found.text == "一，二三"
    assert found.origins.tolist() == [0, NOWHERE, 2, 5]


ODD = st.text(
    st.sampled_from("农衣村己已末未大太夭天人入土士日目，。·：；、“”《》（）１2ab 　𠮷\u2f00\ud800"),
    max_size=60,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(ODD, st.text(max_size=40)), max_size=4))
def test_a_second_pass_changes_nothing(texts: list[str]) -> None:
    found = find_lookalikes(texts)
    assert [len(text) for text in found.texts] == [len(text) for text in texts]
    assert find_lookalikes(found.texts).corrections == ()
    assert find_lookalikes(texts) == found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(ODD, st.sampled_from([*WORN, *READABLE])), min_size=1, max_size=6))
def test_the_ledger_holds_for_whatever_is_restored(lines: list[str]) -> None:
    result = cleanpress.clean("\n".join(lines))
    assert check(result) == []
    for edit in result.edits:
        if edit.rule in RULES:
            assert len(edit.before) == len(edit.after) == len(edit.span) == 1


@pytest.mark.parametrize("rule", rules_of("restore"), ids=lambda rule: rule.name)
def test_a_rule_of_the_restore_stage_does_what_its_examples_say(rule: Rule) -> None:
    for page, articles in rule.examples:
        found = cleanpress.clean(page)
        assert "\n".join(article.text for article in found.articles) == articles
        assert rule.name in {edit.rule for edit in found.edits}
    for page, part in rule.reports:
        assert part in {suspect.text for suspect in cleanpress.clean(page).suspects}
    for text in rule.unchanged:
        assert find_lookalikes([text]).texts == (text,)
