"""From boxes to a page's text: every word once, columns and headlines found, vertical pages read right."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import GUTTER, SIZE, Sheet

from cleanpress.layout import FoundLine, FoundPage, FoundWord, compose
from cleanpress.layout.found import around
from cleanpress.model import Box, Layout

WIDTH = 8
FIRST = [
    "山雨欲来风满楼，渡口的灯亮了一夜，守船的人没有合眼。",
    "天亮以后，河水退去两尺，第一班船照常开出，船上坐满了赶集的人，还有两头猪。",
]
SECOND = [
    "果园今年挂果早，合作社提前半月开了冷库，雇了三十个短工。",
    "收购价比去年高出两成，果农说，这个价钱十年里只见过一回。",
]


def two_articles() -> Sheet:
    """Two articles side by side, each in two columns under a headline of its own."""
    sheet = Sheet()
    block = 2 * WIDTH * SIZE + GUTTER
    for k, (title, text) in enumerate([("渡口一夜", FIRST), ("果园开秤", SECOND)]):
        x = 100 + k * (block + 2 * GUTTER)
        sheet.centred(title, x, x + block, 60, 44)
        sheet.columns(text, (x, 130), 5, WIDTH)
    return sheet


def lines_of(text: str, layout: Layout) -> list[str]:
    return [text[slice(*line.span)] for line in layout.lines]


def test_rows_across_columns_become_columns_under_their_headlines() -> None:
    sheet = two_articles()
    text, layout = compose([sheet.found(order=sheet.rows())])
    assert "".join(lines_of(text, layout)) == "渡口一夜" + "".join(FIRST) + "果园开秤" + "".join(SECOND)
    assert [line.group for line in layout.lines if line.title] == [0, 1]
    assert {line.group for line in layout.lines} == {0, 1}


@given(st.permutations(range(len(two_articles().lines))), st.booleans())
def test_the_order_in_which_an_engine_gives_lines_decides_nothing(order: list[int], vertical: bool) -> None:
    sheet = two_articles()
    assert compose([sheet.found(order=order, vertical=vertical)]) == compose([sheet.found(vertical=vertical)])


def test_a_vertical_page_reads_as_the_same_page_in_rows() -> None:
    sheet = two_articles()
    across, flat = compose([sheet.found()])
    down, tall = compose([sheet.found(vertical=True)])
    assert across == down
    assert not flat.images[0].vertical
    assert tall.images[0].vertical
    # The page begins at the right.
    assert tall.lines[0].box.x0 > tall.lines[-1].box.x0


def test_first_lines_are_told_by_their_indent() -> None:
    text, layout = compose([two_articles().found()])
    starts = {paragraph[:4] for paragraph in FIRST + SECOND}
    for line in layout.lines:
        if not line.title:
            is_first = text[line.span.start : line.span.start + 4] in starts
            assert line.indent == pytest.approx(2.0 if is_first else 0.0, abs=0.15)


def test_a_line_read_across_the_gutter_is_cut_there() -> None:
    sheet = two_articles()
    page = sheet.found()
    lines = list(page.lines)
    merged = FoundLine(
        lines[4].words + lines[9].words,
        Box(lines[4].box.x0, lines[4].box.y0, lines[9].box.x1, lines[9].box.y1),
    )
    broken = FoundPage((*lines[:4], merged, *lines[5:9], *lines[10:]), page.width, page.height)
    assert compose([broken])[0] == compose([page])[0]


def test_a_line_is_cut_though_one_word_stands_over_the_gutter() -> None:
    sheet = Sheet()
    sheet.columns(FIRST + SECOND + FIRST, (100, 130), 13, WIDTH)
    page = sheet.found()
    left, right = page.lines[6], page.lines[19]
    both = FoundWord(
        left.words[-1].text + right.words[0].text, around((left.words[-1].box, right.words[0].box))
    )
    merged = FoundLine((*left.words[:-1], both, *right.words[1:]), around((left.box, right.box)))
    broken = (*page.lines[:6], merged, *page.lines[7:19], *page.lines[20:])
    assert compose([FoundPage(broken, page.width, page.height)])[0] == compose([page])[0]


@pytest.mark.parametrize("vertical", [False, True])
def test_two_headlines_read_as_one_line_are_parted(vertical: bool) -> None:
    sheet = Sheet()
    block = 2 * WIDTH * SIZE + GUTTER
    for k, (title, text) in enumerate([("渡口一夜灯", FIRST), ("果园今年开秤", SECOND)]):
        x = 100 + k * (block + GUTTER)
        sheet.centred(title, x, x + block, 60, 56)
        sheet.columns(text, (x, 130), 5, WIDTH)
    page = sheet.found(vertical=vertical)
    second = next(k for k, line in enumerate(page.lines) if line.words[0].text == "果")
    titles = FoundLine(
        page.lines[0].words + page.lines[second].words, around((page.lines[0].box, page.lines[second].box))
    )
    broken = (titles, *page.lines[1:second], *page.lines[second + 1 :])
    text, layout = compose([FoundPage(broken, page.width, page.height)])
    assert text == compose([page])[0]
    assert [text[slice(*line.span)] for line in layout.lines if line.title] == ["渡口一夜灯", "果园今年开秤"]


def test_one_headline_with_white_over_a_gutter_stays_one() -> None:
    sheet = Sheet()
    sheet.columns(FIRST + SECOND, (100, 130), 9, WIDTH)
    sheet.line("灯亮", 100 + WIDTH * SIZE - 2 * 44 - 8, 60, 44)
    sheet.line("守船", 100 + WIDTH * SIZE + GUTTER + 8, 60, 44)
    page = sheet.found()
    title = FoundLine(
        page.lines[-2].words + page.lines[-1].words, around((page.lines[-2].box, page.lines[-1].box))
    )
    text, layout = compose([FoundPage((title, *page.lines[:-2]), page.width, page.height)])
    assert [text[slice(*line.span)] for line in layout.lines if line.title] in (["灯亮守船"], ["灯亮 守船"])


def test_a_letter_read_in_a_picture_is_no_column_under_a_headline() -> None:
    sheet = Sheet()
    step = WIDTH * SIZE + GUTTER
    sheet.centred("渡口一夜", 100, 100 + 3 * step - GUTTER, 60, 44)
    sheet.columns(FIRST + SECOND + FIRST, (100, 130), 9, WIDTH)
    # A picture stands over the last column.
    sheet.lines = [(text, x, y + 150 * (x >= 100 + 2 * step), size) for text, x, y, size in sheet.lines]
    plain = sheet.found()
    speck = FoundWord("rT", Box(100 + 2 * step, 112, 112 + 2 * step, 122), 0.3)
    text, layout = compose([FoundPage((*plain.lines, FoundLine((speck,), speck.box)), 2000, 2000)])
    assert {line.group for line in layout.lines if text[slice(*line.span)] != "rT"} == {0}
    assert "".join(text.split()).replace("rT", "") == "".join(compose([plain])[0].split())


def test_columns_read_across_line_by_line_are_told_by_the_white_through_them() -> None:
    sheet = Sheet()
    sheet.columns(FIRST + SECOND + FIRST, (100, 130), 13, WIDTH)
    page = sheet.found()
    left, right = page.lines[:13], page.lines[13:]
    rows = [FoundLine(a.words + b.words, around((a.box, b.box))) for a, b in zip(left, right, strict=True)]
    assert compose([FoundPage(tuple(rows), page.width, page.height)])[0] == compose([page])[0]


def test_names_set_in_columns_stay_in_their_rows() -> None:
    sheet = Sheet()
    names = ["山雨", "来风", "渡口", "灯亮", "夜船", "天亮", "河水", "集市"]
    for k, name in enumerate(names):
        sheet.line(name, 100 + 100 * (k % 2), 100 + 30 * (k // 2))
    page = sheet.found()
    rows = [
        FoundLine(a.words + b.words, around((a.box, b.box)))
        for a, b in zip(page.lines[::2], page.lines[1::2], strict=True)
    ]
    text, _ = compose([FoundPage(tuple(rows), page.width, page.height)])
    assert "".join(text.split()) == "".join(names)


def test_white_is_a_space_only_where_a_line_is_longer_than_its_characters() -> None:
    sheet = two_articles()
    sheet.line("文", 100, 400)
    sheet.line("渡口", 140, 400)
    page = sheet.found()
    apart, name = page.lines[-2:]
    signed = FoundLine(apart.words + name.words, around((apart.box, name.box)))
    text, _ = compose([FoundPage((*page.lines[:-2], signed), page.width, page.height)])
    assert "文 渡口" in text
    # An engine's boxes of words are often too small: here that of a character in a full line.
    line = page.lines[4]
    box = line.words[1].box
    shrunk = FoundWord(line.words[1].text, Box(box.x0, box.y0, box.x0 + 6, box.y1), 0.9)
    other = FoundLine((line.words[0], shrunk, *line.words[2:]), line.box)
    lines = (*page.lines[:4], other, *page.lines[5:-2])
    assert " " not in compose([FoundPage(lines, page.width, page.height)])[0]


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("off", [-2, 0, 2])
@pytest.mark.parametrize("lean", [-0.012, 0.0, 0.012])
def test_headlines_of_one_row_are_read_along_it_however_the_page_leans(
    vertical: bool, off: int, lean: float
) -> None:
    sheet = Sheet()
    block = 3 * WIDTH * SIZE + 2 * GUTTER
    sheet.line("山里通了车果园先得了信儿", 100, 60, 44)
    sheet.line("果园挂果", 100, 130, 44)
    sheet.line("冷库开门", 100 + block - 4 * 44, 130 + off, 44)
    sheet.columns([*FIRST, *SECOND], (100, 200), 6, WIDTH)
    sheet.lines = [(text, x, y + round(x * lean), size) for text, x, y, size in sheet.lines]
    text, layout = compose([sheet.found(vertical=vertical)])
    titles = [text[slice(*line.span)] for line in layout.lines if line.title]
    assert titles == ["山里通了车果园先得了信儿", "果园挂果", "冷库开门"]
    assert {line.group for line in layout.lines if line.title} == {0}


def row_of_articles(count: int) -> FoundPage:
    """Articles side by side, a headline and a column each."""
    sheet = Sheet()
    for k in range(count):
        x = 100 + k * 2 * WIDTH * SIZE
        sheet.line("渡口一夜", x, 60, 44)
        sheet.columns(SECOND[:1], (x, 130), 9, WIDTH)
    return sheet.found()


def test_twice_as_many_headlines_in_a_row_cost_about_twice_as_much() -> None:
    def calls(count: int) -> int:
        page, counted = row_of_articles(count), 0

        def note(*_: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(note)
        try:
            compose([page])
        finally:
            sys.setprofile(None)
        return counted

    # Were each asked about with each other one it would be four times, with each two others eight.
    assert calls(120) < 3 * calls(60)


def test_of_each_headline_in_a_row_of_many_the_text_is_found() -> None:
    text, layout = compose([row_of_articles(60)])
    assert lines_of(text, layout).count("渡口一夜") == 60
    assert "".join(lines_of(text, layout)) == ("渡口一夜" + SECOND[0]) * 60
    assert [line.group for line in layout.lines if line.title] == list(range(60))


def test_a_page_without_text_under_its_headline_is_read() -> None:
    sheet = Sheet()
    sheet.line("渡口的灯亮了一夜", 100, 380, 44)
    # Letters that an engine read in a picture, and words in small type: nothing that a headline is for.
    sheet.line("ab", 150, 180, 30)
    sheet.line("ab", 200, 60, 20)
    sheet.line("守船的人没有合眼", 300, 40, 10)
    text, layout = compose([sheet.found()])
    assert sorted(lines_of(text, layout)) == ["a b", "a b", "守船的人没有合眼", "渡口的灯亮了一夜"]


def test_a_page_in_given_order_keeps_it() -> None:
    sheet = two_articles()
    page = sheet.found(order=sheet.rows())
    given_order = FoundPage(page.lines, page.width, page.height, ordered=True)
    text, layout = compose([given_order])
    found = ["".join(word.text for word in line.words) for line in page.lines]
    assert lines_of(text, layout) == found


def test_latin_words_are_parted_and_chinese_ones_are_not() -> None:
    ends = {"全新": (0, 40), "的": (40, 60), "Deep": (62, 102), "Blue": (108, 148), "来": (150, 170)}
    words = tuple(FoundWord(text, Box(x0, 0, x1, 20)) for text, (x0, x1) in ends.items())
    assert compose([FoundPage((FoundLine(words, Box(0, 0, 170, 20)),))])[0] == "全新的Deep Blue来\n"


def test_words_carry_confidences_and_places() -> None:
    text, layout = compose([two_articles().found()])
    for line in layout.lines:
        assert [text[slice(*word.span)] for word in line.words] == list(text[slice(*line.span)])
        assert {word.confidence for word in line.words} == {0.9}


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    st.integers(-50, 2000), st.integers(-50, 2000), st.integers(0, 600), st.integers(0, 600),
)  # fmt: skip
found_lines = st.builds(
    lambda texts, box: FoundLine(tuple(FoundWord(text, box) for text in texts), box),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=4),
    boxes,
)


@given(st.lists(found_lines, max_size=25), st.booleans())
def test_no_letter_is_lost_or_invented_whatever_the_boxes(lines: list[FoundLine], ordered: bool) -> None:
    text, layout = compose([FoundPage(tuple(lines), ordered=ordered)])
    given_letters = sorted("".join("".join(w.text.split()) for line in lines for w in line.words))
    assert sorted("".join(text.split())) == given_letters
    assert len(layout.lines) == sum(bool(line.strip()) for line in text.split("\n"))
    for line in layout.lines:
        assert text[slice(*line.span)].strip()
