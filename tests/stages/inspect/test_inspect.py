"""The inspect stage: it doubts what looks wrong, leaves alone what is right, and says where."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpress
from cleanpress.config import Config
from cleanpress.edited import EditedText, render
from cleanpress.language.ngram import LanguageModel
from cleanpress.ledger import check
from cleanpress.model import Article, Block, Edit, Gap, Page, Role, Span
from cleanpress.pipeline import clean_page
from cleanpress.rulebook import Rule, rules_of
from cleanpress.stages.inspect import DOUBTERS, inspect, paragraphs_of
from cleanpress.stages.inspect.doubt import Paragraph
from cleanpress.stages.inspect.marks import unpaired_mark
from cleanpress.stages.inspect.undecoded import doubtful_encoding
from cleanpress.stages.normalise import normalise

MODEL = LanguageModel.load()
RULES = rules_of("inspect")
REPORTS = [(rule, text, part) for rule in RULES for text, part in rule.reports]
UNCHANGED = [(rule, text) for rule in RULES for text in rule.unchanged]


def doubts(*texts: str, off: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Rule and doubted text of what is found in an article of those paragraphs."""
    page = "\n".join(texts)
    blocks, position = [], 0
    for text in texts:
        blocks.append(Block(Role.PARAGRAPH, text, (Span(position, position + len(text)),)))
        position += len(text) + 1
    suspects = inspect([Article(tuple(blocks))], (), EditedText(page), MODEL, frozenset(off))
    assert all(page[slice(*suspect.span)] == suspect.text for suspect in suspects)
    return [(suspect.rule, suspect.text) for suspect in suspects]


def test_the_table_lists_the_rules_in_the_order_they_run() -> None:
    assert [rule.name for rule in RULES] == list(DOUBTERS)


@pytest.mark.parametrize(("rule", "text", "part"), REPORTS, ids=lambda value: getattr(value, "name", None))
def test_a_rule_reports_what_its_table_says(rule: Rule, text: str, part: str) -> None:
    assert normalise(text).text == text
    assert (rule.name, part) in doubts(text)
    assert rule.name not in {name for name, _ in doubts(text, off=[rule.name])}


@pytest.mark.parametrize(("rule", "text"), UNCHANGED, ids=lambda value: getattr(value, "name", None))
def test_nothing_is_reported_in_counter_examples(rule: Rule, text: str) -> None:
    assert (rule.name, doubts(text)) == (rule.name, [])


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_what_stays_undecoded_is_one_doubt_a_run(encoding: str) -> None:
    wrong = "渔港的灯，船一艘接一艘地靠岸 2026 了。".encode(encoding).decode("latin-1").replace("\x85", "")
    text = f"老周说：{wrong}，大家都来了。{wrong[:12]}"
    assert [rule for rule, _ in doubts(text, off=["unpaired-mark"])] == ["doubtful-encoding"] * 2
    assert doubts(text, off=["unpaired-mark"])[0][1] in wrong


def test_a_short_line_is_doubted_sooner_and_a_full_one_is_not() -> None:
    lines = ["水声和磨声混在一起", "整条巷子都听得见。她"]
    page = "\n".join(lines)
    edited = EditedText(page, [Edit(Span(9, 10), "\n", "", "line-break")])
    article = Article((Block(Role.PARAGRAPH, edited.text, (Span(0, len(page)),)),))
    assert inspect([article], (), edited, MODEL) == ()
    found = inspect([article], (), edited, MODEL, short=frozenset({9}))
    assert [(suspect.rule, suspect.text, suspect.alternatives) for suspect in found] == [
        ("lost-mark", "起", ("起，",))
    ]
    assert inspect([article], (), edited, MODEL, short=frozenset({8, 10})) == ()


def test_a_mark_lost_on_a_page_of_a_few_lines_is_reported() -> None:
    lines = [
        "　　凌晨四点，白石村",
        "的豆腐坊亮起了灯。六",
        "十二岁的庞秀英把黄豆",
        "水声和磨声混在一起",
        "整条巷子都听得见。她",
        "从没有间断过一天。",
    ]
    page = "石磨声里的豆腐香\n\n本报记者 冯小禾\n\n" + "\n".join(lines) + "\n"
    suspects = cleanpress.clean(page).suspects
    assert [(s.rule, s.text, page.count("\n", 0, s.span.start)) for s in suspects] == [("lost-mark", "起", 7)]
    whole = page.replace("一起\n", "一起，\n")
    assert [s for s in cleanpress.clean(whole).suspects if s.rule == "lost-mark"] == []


def test_what_stays_undecoded_is_parted_where_the_paragraph_is_torn() -> None:
    wrong = "渔港的灯亮了".encode("gbk").decode("latin-1")
    page = f"{wrong[:6]}\n\n别的事。\n\n{wrong[6:]}"
    spans = (Span(0, 6), Span(len(page) - 6, len(page)))
    article = Article((Block(Role.PARAGRAPH, wrong, spans),))
    assert [suspect.span for suspect in inspect([article], (), EditedText(page), MODEL)] == list(spans)


@given(
    st.text("¡ÖÐ¹ú鐢熸渔港灯，。 a“", max_size=40),
    st.sets(st.integers(1, 39), max_size=3),
)
def test_undecoded_pieces_are_apart_and_none_spans_a_tear(text: str, tears: set[int]) -> None:
    inside = tuple(sorted(tear for tear in tears if tear < len(text)))
    found = list(doubtful_encoding([Paragraph(text, tears=inside)], MODEL))
    edges = [edge for doubt in found for edge in (doubt.start, doubt.end)]
    assert edges == sorted(edges)
    assert all(doubt.start < doubt.end <= len(text) for doubt in found)
    assert not any(doubt.start < tear < doubt.end for doubt in found for tear in inside)


def test_a_page_whose_rule_is_off_says_where_it_is_undecoded() -> None:
    line = "昨天夜里，海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮。"
    text = f"海港夜航恢复\n\n{line}\n\n{line[6:].encode('gbk').decode('latin-1')}\n"
    page = Page(text, "page.txt", "utf-8", "")
    assert "doubtful-encoding" not in {suspect.rule for suspect in clean_page(page, Config()).suspects}
    result = clean_page(page, Config(rules_off=("mojibake-latin",)))
    check(result)
    [suspect] = [suspect for suspect in result.suspects if suspect.rule == "doubtful-encoding"]
    assert len(suspect.text) > 50


def test_a_quotation_of_several_paragraphs_opens_each_and_closes_once() -> None:
    assert doubts("“第一件事，修路。", "“第二件事，修桥。”") == []
    assert doubts("“第一件事，修路。", "第二件事，修桥。") == [("unpaired-mark", "“")]


def test_a_mark_whose_partner_is_in_missing_text_is_not_doubted() -> None:
    torn = Paragraph("他说：“渔港开市了", open_tail=True)
    rest = Paragraph("大家都来了。”他说。", open_head=True)
    assert list(unpaired_mark([torn], MODEL)) == []
    assert list(unpaired_mark([rest], MODEL)) == []
    assert len(list(unpaired_mark([Paragraph(torn.text), Paragraph(rest.text)], MODEL))) == 2


def test_a_mark_lost_at_the_end_of_a_line_is_reported_with_what_it_may_have_been() -> None:
    text = "记者从会议上了解到，今年前三季度全市经济运行总体平稳\n农业生产形势良好，粮食产量再创新高。"
    at = text.index("\n")
    edited = EditedText(text, [Edit(Span(at, at + 1), "\n", "", "line-break")])
    block = Block(Role.PARAGRAPH, edited.text, (Span(0, len(text)),))
    assert paragraphs_of(Article((block,)), edited)[0].seams == (at,)
    found = inspect([Article((block,))], (), edited, MODEL)
    assert [(suspect.rule, suspect.text, suspect.span) for suspect in found] == [
        ("lost-mark", "稳", Span(at - 1, at))
    ]
    assert found[0].alternatives[0] == "稳，"


def test_a_suspect_of_a_cleaned_page_is_where_it_is_printed() -> None:
    text = "渔港开市\n\n今天,政策落地落地见效，\n\n（今年新建的渔港锟斤拷开市了。\n"
    result = clean_page(Page(text, "page.txt", "utf-8", ""), Config())
    found = {suspect.rule: suspect for suspect in result.suspects}
    assert text[slice(*found["doubled-word"].span)] == "落地落地"
    assert found["doubled-word"].alternatives == ("落地",)
    assert text[slice(*found["lost-character"].span)] == "锟斤拷"
    assert check(result) == []


def test_a_doubt_over_a_seam_of_print_or_inside_an_edit_is_no_suspect() -> None:
    page = "政策落地X落地见效"
    block = Block(Role.PARAGRAPH, "政策落地落地见效", (Span(0, 4), Span(5, 9)))
    gap = Gap(0, "after", "torn")
    assert inspect([Article((block,), gaps=(gap,))], (), EditedText(page), MODEL) == ()


RICH = st.text(st.sampled_from("中国国落地年一的。，、；“”‘’（）《》「」【】.□\ufffd—！？ 1"), max_size=40)


@given(st.lists(RICH.map(lambda text: text.strip()).filter(bool), min_size=1, max_size=4))
def test_suspects_are_in_order_and_true_to_the_page(texts: list[str]) -> None:
    doubts(*texts)


@given(st.text(st.sampled_from("中国国落地年一的。，、；“”（）《》.,;:\"()'\n\n 1-<>"), max_size=120))
def test_the_ledger_holds_with_suspects(text: str) -> None:
    result = cleanpress.clean(text + "中")
    assert check(result) == []
    for suspect in result.suspects:
        assert render(result.page.text, result.edits, suspect.span) == suspect.text


SIZE = 20_000


@pytest.mark.parametrize(
    "text",
    [
        "“" * SIZE,
        "（" * SIZE + "》" * SIZE,
        "“（" * SIZE + "”" * SIZE,
        "中" * SIZE,
        "中国" * SIZE,
        "1）" * SIZE,
    ],
)
def test_work_grows_with_the_text(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that is read, the model's part alone can be counted; it reads a few characters a doubt."""
    read = 0

    def surprise(texts: Sequence[str]) -> list[object]:
        nonlocal read
        read += sum(map(len, texts))
        return surprise_of(texts)

    surprise_of = MODEL.surprise
    monkeypatch.setattr(type(MODEL), "surprise", lambda self, texts: surprise(texts))
    for doubter in DOUBTERS.values():
        list(doubter([Paragraph(text)], MODEL))
    assert read <= 40 * len(text)
