"""Segment: lines to fragments, in both shapes a page is printed in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress import clean
from cleanpress.edited import EditedText, render
from cleanpress.ledger import check
from cleanpress.model import Role
from cleanpress.stages.normalise import normalise
from cleanpress.stages.segment import segment
from cleanpress.stages.segment.patterns import is_byline, is_caption, is_furniture, is_jump, is_name

BODY = (
    "清晨五点，码头的吊机已经转了起来。老周站在舷梯旁，一边核对单子，一边招呼工友靠岸。"
    "今年的渔汛比往年早了十天，冷库里的位置一天比一天紧张。合作社连夜开会，决定把东边的旧仓腾出来，"
    "先让远洋船卸货，近海的小船改走南岸。"
)
NEXT = "傍晚时分，南岸排起了长队。几个年轻人拿着喇叭维持秩序，嗓子都喊哑了，却没有一个人抱怨。"


def wrap(paragraph: str, width: int, indent: str = "　　") -> list[str]:
    """A paragraph in column lines, the first one indented."""
    whole = indent + paragraph
    return [whole[k : k + width] for k in range(0, len(whole), width)]


def texts(page: str) -> list[str]:
    return [fragment.text for fragment in segment(EditedText(page)).fragments]


def roles(page: str) -> list[Role]:
    return [fragment.role for fragment in segment(EditedText(page)).fragments]


def test_a_paragraph_a_line_stays_a_paragraph_a_line() -> None:
    assert texts(f"{BODY}\n\n{NEXT}\n") == [BODY, NEXT]


@pytest.mark.parametrize("width", [12, 15, 18, 25])
@pytest.mark.parametrize("blank", ["", "\n"])
def test_column_lines_with_indents_become_paragraphs(width: int, blank: str) -> None:
    lines = [*wrap(BODY, width), blank.strip("\n"), *wrap(NEXT, width)] * 2
    page = "\n".join(line for line in lines if line or blank)
    assert texts(page) == [BODY, NEXT, BODY, NEXT]


@pytest.mark.parametrize("width", [15, 18])
def test_column_lines_whose_indents_were_lost_become_paragraphs(width: int) -> None:
    lines = [line.strip("　") for line in [*wrap(BODY, width), *wrap(NEXT, width)] * 3]
    assert texts("\n".join(lines)) == [BODY, NEXT] * 3


def test_a_blank_line_always_cuts() -> None:
    first, *rest = wrap(BODY, 15)
    page = "\n".join([first, *rest[:3], "", *rest[3:], *wrap(NEXT, 15)])
    found = segment(EditedText(page)).fragments
    assert "".join(f.text for f in found) == BODY + NEXT
    assert len(found) == 3
    assert found[0].open_tail > 0.5
    assert found[1].open_head > 0.5
    assert found[2].open_head < 0.5


@pytest.mark.parametrize("line", ["2019年10月1日", "第12版", "上接第一版", "12"])
@pytest.mark.parametrize("indent", ["　　", ""])
@pytest.mark.parametrize("width", [10, 15, 18])
def test_a_line_of_a_paragraph_that_looks_like_furniture(line: str, indent: str, width: int) -> None:
    before = (indent + "那项工程开工得很早，许多老人都还记得清清楚楚，有人说整个工程其实是从很多人记得的")[
        : 2 * width
    ]
    after = "那天开始登出来的，到第二年春天才算完，前后一共花了半年多时间，大家都说值得。"
    lines = [*wrap(before, width, ""), line, *wrap(after, width, "")]
    found = segment(EditedText("\n".join([*lines, *wrap(BODY, width, indent)]))).fragments
    assert not before.endswith(("，", "。"))
    assert before.strip() + line + after in found[0].text
    assert found[0].role is Role.PARAGRAPH


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("（下转第二版）", Role.JUMP),
        ("下转第二版", Role.JUMP),
        ("第12版", Role.FURNITURE),
        ("- 3 -", Role.FURNITURE),
    ],
)
@pytest.mark.parametrize("blank", [[], [""]])
def test_what_stands_below_a_torn_paragraph_is_not_part_of_it(
    line: str, role: Role, blank: list[str]
) -> None:
    lines = [*wrap(NEXT, 12), *wrap(BODY, 12)[:-2], *blank, line, "", *wrap(NEXT, 12)]
    found = segment(EditedText("\n".join(lines))).fragments
    assert [f.role for f in found if f.text == line] == [role]


def test_latin_words_keep_a_space_over_a_line_break() -> None:
    lines = [
        "项目负责人表示，新平台采用了　",
        "名为Harbour",
        "Bridge的调度软件，已在三个码",
        "头试用，反响良好，年底前推广。",
    ]
    page = "\n".join([*wrap(BODY, 15), *lines])
    assert "HarbourBridge" not in "".join(texts(page))


def test_title_block() -> None:
    title = "► 渔港观察\n\n渔汛提前 码头彻夜灯火\n\n——东岸合作社腾仓记\n\n■ 周小舟 许禾"
    page = f"{title}\n\n{BODY}\n\n{NEXT}\n\n（周小舟）"
    assert roles(page) == [
        Role.KICKER, Role.HEADLINE, Role.SUBTITLE, Role.BYLINE, Role.PARAGRAPH, Role.PARAGRAPH, Role.BYLINE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "2025年3月1日 星期六",
        "第05版 经济",
        "责任编辑:许禾 校对:周小舟",
        "05版",
        "- 3 -",
        "要闻 第2版",
        "二〇二五年三月一日 星期六",
        "中華民國114年3月1日 星期六",
        "B2 地方新聞",
        "07 匠心",
        "2025年年3月1日 罡期六",
        "主編／許禾 美編／周小舟",
        "2025年3月1日 星期六 03版 责任编辑：许禾",
        "2025年3月1日星期六第03版责任编辑：许禾 校对：周小舟",
        "东岸日报 2025年3月1日 星期六 A3 要闻",
        "第03版 2025.3.1 星期六",
        "03版 要闻 责任编辑：许禾",
    ],
)
def test_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize("page", ["东岸日报\n\n{}", "05\n\n东岸日報\n\n2025年3月1日\n\n{}"])
def test_the_name_of_the_paper_is_furniture(page: str) -> None:
    *head, headline, _ = roles(page.format(f"渔汛提前 码头彻夜灯火\n\n{BODY}"))
    assert set(head) == {Role.FURNITURE}
    assert headline is Role.HEADLINE


@pytest.mark.parametrize(
    "headline", ["我们的东岸日报", "有了灾情及时报", "灾情实时报", "险情当日报", "致敬东岸日报的老读者"]
)
def test_a_headline_about_a_paper_is_none(headline: str) -> None:
    assert roles(f"2025年3月1日\n\n{headline}\n\n{BODY}") == [Role.FURNITURE, Role.HEADLINE, Role.PARAGRAPH]


@pytest.mark.parametrize(
    "line",
    [
        "2025年3月1日，渔港开市。",
        "责任编辑是这家报社最忙的人，她每天要看二十个版。",
        "第五版的漫画最受孩子们喜欢。",
        "渔汛提前 码头彻夜灯火",
        "2025年3月1日 渔港开市",
        "东岸日报 渔港开市",
        "渔港开市 责任编辑：许禾",
        "1 2 3",
    ],
)
def test_not_furniture(line: str) -> None:
    assert not is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "■ 周小舟",
        "■ 周小舟 许禾",
        "本报记者 周小舟 许禾",
        "国 周小舟 许禾",
        "（周小舟）",
        "（记者 周小舟）",
        "周小舟",
        "本报记者 王 明",
        "欧阳小舟",
    ],
)
def test_byline(line: str) -> None:
    assert is_byline(line)


@pytest.mark.parametrize(
    "line", ["渔汛提前 码头彻夜灯火", "记者在现场看到，队伍排了三里长。", "国际油价走低", "周末去哪儿"]
)
def test_not_byline(line: str) -> None:
    assert not is_byline(line)


def test_jump_and_caption_and_name() -> None:
    assert is_jump("（下转第二版）")
    assert is_jump("上接第一版")
    assert not is_jump("他从乡下转到城里工作")
    assert is_caption("图为渔民在码头卸货。周小舟 摄")
    assert is_name("周小舟")
    assert not is_name("码头边")


@given(st.text(st.sampled_from("渔港天a1 。，“”\n\n　■（）—年月日"), max_size=200))
def test_every_character_lies_in_a_fragment_or_an_edit(page: str) -> None:
    found = segment(EditedText(page))
    covered = [0] * len(page)
    for fragment in found.fragments:
        assert render(page, found.edited.edits, fragment.span) == fragment.text
        assert "\n" not in fragment.text
        for k in range(*fragment.span):
            covered[k] += 1
    assert max(covered, default=0) <= 1
    for edit in found.edited.edits:
        for k in range(*edit.span):
            covered[k] = 1
    assert all(covered)
    assert "".join(fragment.text for fragment in found.fragments) == found.edited.text


INDENTED = "海港夜航恢复\n\n　　昨夜海港的灯又亮了。\n　　今年的鱼比去年多。　\n\n码头上的人也比去年多。\n"


@pytest.mark.parametrize(
    ("true", "read"), [("utf-8", "latin-1"), ("gb18030", "latin-1"), ("utf-8", "cp1252")]
)
def test_an_indent_that_mojibake_took_along_tears_no_fragment(true: str, read: str) -> None:
    """The white space of one edit with letters is folded into that edit, not into the break beside it."""
    page = INDENTED.encode(true).decode(read, "replace")
    result = clean(page)
    assert check(result) == []
    found = segment(normalise(page)).fragments
    if read == "latin-1":
        assert [fragment.text for fragment in found] == [line.strip() for line in INDENTED.split()]


@given(
    st.lists(
        st.sampled_from(["　", "\u2028", "\u2029", "\x85", "\v", " ", "\n", "灯亮了", "。", "a", "é"])
    ).map("".join),
    st.sampled_from(["utf-8", "gb18030", "big5"]),
    st.sampled_from(["latin-1", "cp1252", "gb18030"]),
)
def test_whatever_mojibake_decodes_to_the_ledger_holds(text: str, true: str, read: str) -> None:
    page = text.encode(true, "ignore").decode(read, "replace")
    assert check(clean(page)) == []
