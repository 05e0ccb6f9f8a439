from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repeats_laws import check_laws, decide, noisy, page
from written_blocks import BRIDGE, BRIDGE_2, SCHOOL, TEA, TEA_2, TEA_3, cut_page

import cleanpress
from cleanpress.edited import EditedText, render
from cleanpress.model import Edit, Fragment, Relation, Span
from cleanpress.stages.repeats import RepeatDecision, find_repeats
from cleanpress.stages.repeats.key import comparison_key


def texts(decision: RepeatDecision) -> list[str]:
    return [fragment.text for fragment in decision.fragments]


def test_a_page_without_repeats_stays_as_it_is() -> None:
    fragments, edited = cut_page(page("#茶山早春", TEA, TEA_2, "#古桥新颜", BRIDGE, BRIDGE_2, SCHOOL))
    decision = find_repeats(fragments, edited)
    assert decision.fragments == tuple(fragments)
    assert decision.repeats == ()
    assert decision.origin == tuple(range(len(fragments)))
    assert decision.echoes == {}
    assert decision.skipped == 0


def test_a_lead_is_no_copy_of_the_headline_that_it_says_again() -> None:
    fragments, edited = cut_page(page("#古桥今日修复并且通车", "古桥今日修复并且通车。", BRIDGE))
    assert find_repeats(fragments, edited).repeats
    assert find_repeats(fragments, edited, headlines={0}).repeats == ()


def test_nothing_is_kept_in_furniture() -> None:
    # Of these prints the one that is furniture shows most of what the first one has.
    decision = decide(
        page(
            "了山。今年春天雨地偏少,头采的芽叶地往年瘦一些,香气却更足,合",
            "采的芽叶比往年瘦一些,香气却更足,合作社把收购价每斤提高了四元,三百地户人家都松了一口气。",
            "%岭村的茶农地不亮就上了山。今年春天雨水偏少,头采的芽叶比往年瘦一些",
            "了山。地年春天雨水偏少,头采的芽叶比往年瘦一些,香气却更足,合作社把收购价每斤提高了",
        )
    )
    assert len(decision.repeats) == 3


def test_no_fragments_at_all() -> None:
    decision = find_repeats([], EditedText(""))
    assert decision.fragments == decision.repeats == ()


def test_an_exact_copy_is_set_aside_and_said_to_be_one() -> None:
    decision = decide(page("#茶山早春", TEA, TEA_2, "#古桥新颜", TEA_2, BRIDGE))
    (repeat,) = decision.repeats
    assert repeat.relation is Relation.EXACT
    assert repeat.similarity == 1.0
    assert decision.echoes == {2: (4,)}
    assert decision.origin == (0, 1, 2, 3, 5)


@pytest.mark.parametrize("seed", range(5))
def test_a_noisy_copy_is_near(seed: int) -> None:
    decision = decide(page(TEA, noisy(BRIDGE, 0.08, seed), SCHOOL, noisy(BRIDGE, 0.08, seed + 100)))
    (repeat,) = decision.repeats
    assert repeat.relation is Relation.NEAR
    assert repeat.similarity > 0.68


def test_a_copy_cut_short_is_truncated_and_the_whole_one_is_kept() -> None:
    decision = decide(page(BRIDGE[:50], "#茶山早春", TEA, "#古桥新颜", BRIDGE))
    (repeat,) = decision.repeats
    assert repeat.relation is Relation.TRUNCATED
    assert repeat.span.start == 0
    assert BRIDGE.replace(",", "，") in texts(decision)
    assert "complete" in repeat.reason


@pytest.mark.parametrize(("letters", "tells"), [(35, False), (40, False), (65, False), (-2, True)])
def test_what_stands_beside_a_copy_cut_short_says_nothing_of_the_whole(letters: int, tells: bool) -> None:
    decision = decide(page("#古桥新颜", BRIDGE, TEA, BRIDGE[:letters], SCHOOL))
    assert len(decision.repeats) == 1
    assert bool(decision.echoes) is tells


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("length", [26, 28, 30, 32, 40, 54, 62, 70, 74])
def test_an_article_is_not_parted_at_a_copy_of_its_beginning(length: int, torn: bool) -> None:
    first = (
        "凌晨四点，白石村的豆腐坊亮起了灯。六十二岁的庞秀英把泡了一夜的黄豆倒进石磨，水声和磨声混在一起，"
        "整条巷子都听得见。她做豆腐已经做了三十八年，从没有间断过一天。"
    )
    well = (
        "白石豆腐的名气，靠的是一口老井。井水清甜，点出来的豆腐又嫩又香，切成小块放在盘子里，轻轻一碰就会晃动。"
        "前年井水变浑，庞秀英急得三天没有睡好觉，带着村里的年轻人清了半个月的淤泥，井水才重新清了起来。"
    )
    last = (
        "如今，豆腐坊一天做三百斤，一半送到镇上的饭馆，一半留给村里人。儿子劝她买机器，她不肯：“机器快是快，"
        "可是听不见豆子的声音。”今年春天，县里把白石豆腐列入了非物质文化遗产名录，来学做豆腐的人多了，"
        "她收了四个徒弟，最小的只有十九岁。"
    )
    # Before the copy the text may be torn, and go on behind it.
    tear = well.index("小块") if torn else len(well)
    copy = [well[:tear], first[:length], well[tear:]]
    printed = "\n\n".join(["石磨声里的豆腐香", "本报记者 冯小禾", first, *filter(None, copy), last]) + "\n"
    cleaned = cleanpress.clean(printed)
    assert [repeat.relation for repeat in cleaned.repeats] == [Relation.TRUNCATED]
    [article] = cleaned.articles
    assert [block.text for block in article.blocks[2:]] == [first, well, last]


def test_torn_pieces_give_way_to_the_whole() -> None:
    decision = decide(page("#古桥新颜", BRIDGE[:40], BRIDGE[40:], TEA, "#茶山早春", BRIDGE, SCHOOL))
    assert [r.relation for r in decision.repeats] == [Relation.TRUNCATED, Relation.TRUNCATED]
    whole = texts(decision).index(BRIDGE.replace(",", "，"))
    assert decision.echoes[whole] == (1, 2)


def test_prints_torn_at_different_places_are_kept_once() -> None:
    decision = decide(page(BRIDGE[:30], BRIDGE[30:], SCHOOL, BRIDGE[:62], BRIDGE[62:]))
    kept = "".join(comparison_key(t).letters for t in texts(decision))
    assert kept.count(comparison_key(BRIDGE[5:25]).letters) == 1
    assert kept.count(comparison_key(BRIDGE[35:60]).letters) == 1
    assert kept.count(comparison_key(BRIDGE[70:]).letters) == 1
    assert len(kept) == len(comparison_key(BRIDGE + SCHOOL).letters)


def test_overlapping_pieces_of_a_paragraph_of_which_parts_are_lost() -> None:
    decision = decide(page(BRIDGE[:62], TEA, BRIDGE[30:]))
    (repeat,) = decision.repeats
    kept = "".join(comparison_key(t).letters for t in texts(decision))
    assert len(kept) == len(comparison_key(BRIDGE + TEA).letters)
    assert repeat.relation is Relation.CONTAINED
    # The overlap proves that the one goes on in the other.
    (link,) = decision.links
    left, right = (comparison_key(texts(decision)[k]).letters for k in link)
    assert left + right == comparison_key(BRIDGE).letters
    assert decision.fragments[link[1]].open_head == 1.0 or decision.fragments[link[0]].open_tail == 1.0


def test_a_block_that_holds_two_paragraphs_gives_way_to_them() -> None:
    decision = decide(page("#古桥新颜", BRIDGE, BRIDGE_2, "#茶山早春", TEA, BRIDGE + BRIDGE_2, SCHOOL))
    assert [r.relation for r in decision.repeats] == [Relation.CONTAINED, Relation.CONTAINED]
    assert len(decision.fragments) == 6
    assert decision.links == ((1, 2),)


def test_a_copy_inside_a_longer_block_is_cut_out_of_one_of_them() -> None:
    decision = decide(page("#古桥新颜", BRIDGE, "#茶山早春", TEA + BRIDGE + TEA_2))
    (repeat,) = decision.repeats
    kept = "".join(comparison_key(t).letters for t in texts(decision))
    assert len(kept) == len(comparison_key("古桥新颜茶山早春" + TEA + TEA_2 + BRIDGE).letters)
    assert repeat.relation is Relation.CONTAINED


def test_a_loop_is_a_loop_and_its_first_print_stays() -> None:
    blocks = ["#茶山早春", TEA, TEA_2, TEA_3, TEA_2, TEA_3, TEA_2[:40], "#古桥新颜", BRIDGE]
    decision = decide(page(*blocks))
    assert [r.relation for r in decision.repeats] == [Relation.LOOPED] * 3
    assert decision.origin == (0, 1, 2, 3, 7, 8)


def test_a_tail_printed_before_its_article_goes_and_the_one_in_place_stays() -> None:
    blocks = ["#古桥新颜", BRIDGE, BRIDGE_2, TEA_2, TEA_3, "#茶山早春", TEA, TEA_2, TEA_3, SCHOOL]
    decision = decide(page(*blocks))
    assert decision.origin == (0, 1, 2, 5, 6, 7, 8, 9)
    assert decision.echoes == {5: (3,), 6: (4,)}


def test_short_lines_are_repeats_inside_a_run() -> None:
    blocks = [TEA_2, "=锅气", TEA_3, "#古桥新颜", BRIDGE, "#茶山早春", TEA, TEA_2, "=锅气", TEA_3]
    decision = decide(page(*blocks))
    assert len(decision.repeats) == 3
    assert sum(t == "=锅气" for t in texts(decision)) == 1


def test_a_headline_with_its_byline_is_a_run() -> None:
    blocks = ["#沙溪古桥入冬前恢复通行", "■ 姜禾", BRIDGE, TEA, "#沙溪古桥入冬前恢复通行", "■ 姜禾", SCHOOL]
    decision = decide(page(*blocks))
    assert len(decision.repeats) == 2
    assert decision.origin == (0, 1, 2, 3, 6)


NOT_REPEATS = {
    "subheads that recur": ["#甲", TEA, "=下一步", TEA_2, "#乙", BRIDGE, "=下一步", BRIDGE_2],
    "bylines that recur": ["#茶山早春", "■ 姜禾", TEA, "#古桥新颜", "■ 姜禾", BRIDGE],
    "formulas": [TEA, "县农业局负责人陪同。", BRIDGE, "县农业局负责人陪同。", SCHOOL],
    "a quoted sentence": ["#栏板逐块复位", BRIDGE, TEA, "栏板上的石刻逐块编号、清洗、复位。"],
    "the first words of a speaker, again by themselves": [
        "“水稳住了，桥就稳住了，往后只需要防着汛期的漂木。”" + BRIDGE,
        TEA,
        "“水稳住了，桥就稳住了，往后只需要防着汛期的漂木。”",
    ],
    "a headline in the lead": [
        "#沙溪老石桥封闭检修已有半年",
        "■ 姜禾",
        "沙溪老石桥封闭检修已有半年，" + BRIDGE_2,
    ],
    "an announced original title": [
        "#谷雨前后云岭村的茶农天不亮就上了山",
        "原标题：谷雨前后云岭村的茶农天不亮就上了山",
    ],
    "a summary": ["[摘要]" + BRIDGE, "#古桥新颜", BRIDGE],
    "weather": [
        "今天白天晴到多云，东北风三级，最高气温18度，明晨最低气温6度，请注意添衣。",
        TEA,
        "今天白天晴到多云，东北风三级，最高气温21度，明晨最低气温9度，请注意添衣。",
    ],
    "appointments": [
        "经研究决定，任命陈望山同志为沙溪镇水利站站长，试用期一年。",
        BRIDGE,
        "经研究决定，任命林可舟同志为沙溪镇水利站站长，试用期一年。",
    ],
    "reports that begin alike": [
        "本镇三月十二日召开春季生产工作会议，" + TEA,
        "本镇三月十二日召开春季生产工作会议，" + BRIDGE,
    ],
    "furniture": ["%责任编辑：姜禾　版式设计：周晓棠", TEA, "%责任编辑：姜禾　版式设计：周晓棠", BRIDGE],
    "marks without letters": ["……", TEA, "……", "——", "——"],
}


@pytest.mark.parametrize("blocks", NOT_REPEATS.values(), ids=NOT_REPEATS.keys())
def test_not_repeats(blocks: list[str]) -> None:
    assert decide(page(*blocks)).repeats == ()


def test_a_misread_figure_does_not_make_another_text() -> None:
    text = BRIDGE + "全部工程投资1286万元,其中石料占去三成。"
    decision = decide(page(text, TEA, text.replace("1286", "1236")))
    assert len(decision.repeats) == 1


def test_cuts_keep_marks_with_the_words_they_belong_to() -> None:
    quoted = "“水稳住了,桥就稳住了。”" + BRIDGE_2
    decision = decide(page("#古桥新颜", quoted, TEA, BRIDGE + quoted + SCHOOL))
    for text in texts(decision):
        assert text.count("“") == text.count("”")
        assert not re.match(r"[，。”]", text)


def test_script_is_folded_on_request() -> None:
    simplified = "台风过后渔港的灯塔重新亮起,护航的渔轮连夜驶进内湾,岸上的乡亲们举着灯笼迎接归来的亲人。"
    traditional = "颱風過後漁港的燈塔重新亮起,護航的漁輪連夜駛進內灣,岸上的鄉親們舉著燈籠迎接歸來的親人。"
    fragments, edited = cut_page(page(simplified, BRIDGE, traditional))
    assert find_repeats(fragments, edited).repeats == ()
    assert len(find_repeats(fragments, edited, fold_script=True).repeats) == 1


def test_a_fragment_without_the_text_of_its_span_is_refused() -> None:
    fragments, edited = cut_page(page("#古桥新颜", BRIDGE, TEA + BRIDGE + TEA_2))
    wrong = Fragment(
        Span(fragments[2].span.start, fragments[2].span.end - 1), fragments[2].text, fragments[2].role
    )
    with pytest.raises(ValueError, match="not that of its span"):
        find_repeats([*fragments[:2], wrong], edited)


def test_what_is_kept_is_no_part_of_a_copy() -> None:
    # The noisy print begins with two letters of which the text it repeats has one only: the other one stands
    # in a copy that was set aside.
    worn = (
        "宏责测绘的工师把拱的变形画画成曲线贴在棚里,每周添一笔。曲线越来来越平平,说明桥身已经稳住,"
        "往后只需要防着汛期的漂木。开开学学第一周,镇中心小学把劳动课课搬进了田埂。"
    )
    lesson = SCHOOL[: SCHOOL.index("孩子们")]
    repair = BRIDGE[BRIDGE.index("施工方") :]
    decision = decide(
        page(repair + BRIDGE_2 + lesson, worn, TEA, TEA_3 + BRIDGE + "负", TEA[: TEA.index("今年")])
    )
    assert len(decision.repeats) == 2


SENTENCES = re.findall(r"[^。]+。", TEA + TEA_2 + TEA_3 + BRIDGE + BRIDGE_2 + SCHOOL)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Pages put together at random from a few sentences: copied, cut, run together, misread."""
    blocks = []
    for _ in range(draw(st.integers(1, 9))):
        first = draw(st.integers(0, len(SENTENCES) - 1))
        text = "".join(SENTENCES[first : first + draw(st.integers(1, 4))])
        low = draw(st.integers(0, 30)) if draw(st.booleans()) else 0
        high = draw(st.integers(1, len(text))) if draw(st.booleans()) else len(text)
        text = text[low:high] if draw(st.booleans()) else text
        text = noisy(text, draw(st.sampled_from([0.0, 0.0, 0.05, 0.15])), draw(st.integers(0, 3)))
        if draw(st.integers(0, 5)) == 0 and len(text) > 20:
            text = text[:10] + "\n" + text[10:]
        if text.strip():
            blocks.append(draw(st.sampled_from(["", "", "", "#", "=", "%"])) + text.strip())
    return page(*(blocks or [TEA]))


@settings(max_examples=70, deadline=None)
@given(pages())
def test_the_laws_hold_for_any_page(text: str) -> None:
    decide(text)


def decoded_wrongly(text: str, stretches: list[tuple[int, int]]) -> tuple[list[Fragment], EditedText]:
    """The page with stretches of it, as far as they stand in one line, decoded wrongly and mended by one edit
    each."""
    fragments, edited = cut_page(text)
    original, edits, position = text, [], 0
    for low, high in sorted(stretches):
        start = max(low, position)
        end = next((k for k in range(start, high) if text[k] == "\n"), high)
        if start < end:
            span = Span(start, end)
            original = original[: span.start] + "¤" * len(span) + original[span.end :]
            edits.append(Edit(span, "¤" * len(span), render(text, edited.edits, span), "decoded"))
            position = span.end
    edits += [e for e in edited.edits if original[slice(*e.span)] == e.before]
    return fragments, EditedText(original, sorted(edits, key=lambda edit: edit.span))


@settings(max_examples=70, deadline=None)
@given(pages(), st.data())
def test_the_laws_hold_whatever_one_edit_made(text: str, data: st.DataObject) -> None:
    ends = st.integers(0, len(text))
    stretches = data.draw(st.lists(st.tuples(ends, ends), max_size=6))
    fragments, edited = decoded_wrongly(text, stretches)
    decision = find_repeats(fragments, edited)
    check_laws(fragments, edited, decision)
    made = [edit.span for edit in edited.edits if edit.rule == "decoded"]
    borders = {border for f in [*decision.fragments, *decision.repeats] for border in f.span}
    assert not any(span.start < border < span.end for span in made for border in borders)


def test_a_copy_in_a_line_that_one_edit_made_stays() -> None:
    text = page("#古桥新颜", BRIDGE, TEA + BRIDGE + TEA_2, SCHOOL)
    assert len(decide(text).repeats) == 1
    lines = [(match.start(), match.end()) for match in re.finditer("[^\n]+", text)]
    fragments, edited = decoded_wrongly(text, lines)
    assert find_repeats(fragments, edited).repeats == ()
    # What it repeats may be such a line: here all of it does.
    fragments, edited = decoded_wrongly(page("#古桥新颜", BRIDGE, TEA, BRIDGE), lines[:2])
    assert len(find_repeats(fragments, edited).repeats) == 1


@settings(max_examples=20, deadline=None)
@given(pages())
def test_what_remains_has_no_repeats_worth_the_name(text: str) -> None:
    fragments, edited = cut_page(text)
    once = find_repeats(fragments, edited)
    again = find_repeats(once.fragments, edited)
    whole = [r for r in again.repeats if r.relation in (Relation.EXACT, Relation.LOOPED)]
    assert sum(len(r.span) for r in whole) <= 0.1 * len(text)
