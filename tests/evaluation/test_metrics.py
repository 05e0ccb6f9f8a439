"""Every figure against the value that theory gives on pages small enough to work out by hand."""

from __future__ import annotations

import math
from itertools import chain, pairwise

import pytest

from cleanpress.evaluation import GoldArticle, GoldPage, evaluate, measure_page

BRIDGE = GoldArticle(
    "bridge",
    (
        "石桥镇修好百年老桥",
        "■ 方小满",
        "腊月十八，石桥镇的老桥重新通行。桥身用回了从河底捞起的旧石料，缝里灌的是糯米灰浆。",
        "镇上的老石匠说，修旧比造新难，一块条石要试三遍才肯落座。",
        "开春以后，桥头的集市也要搬回来，船家已经在清理码头的淤泥。",
    ),
    tears=((2, 16),),
)
LIBRARY = GoldArticle(
    "library",
    (
        "山村书屋夜里亮着灯",
        "竹坪村的书屋开到晚上九点，孩子们写完作业就来排队借连环画。",
        "管书的退休教师备了老花镜和热水，谁来都能坐一个钟头。",
    ),
)
PAGE = GoldPage("tiny", (BRIDGE, LIBRARY))
PERFECT = ["\n".join(article.blocks) for article in PAGE.articles]


def pieces() -> list[str]:
    """The printed pieces of the page: its blocks, the torn one in two."""
    out = []
    for article in PAGE.articles:
        for index, block in enumerate(article.blocks):
            cuts = [0, *(offset for at, offset in article.tears if at == index), len(block)]
            out += [block[a:b] for a, b in pairwise(cuts)]
    return out


def sizes() -> list[int]:
    return [sum(len(letters) for letters, _ in article.pieces()) for article in PAGE.articles]


def test_a_perfect_output_has_perfect_figures() -> None:
    figures = measure_page(PAGE, PERFECT)
    assert figures.pop("cer") == 0
    assert figures.pop("excess") == 0
    assert set(figures.values()) == {1.0}


def test_the_order_of_the_articles_does_not_matter() -> None:
    assert measure_page(PAGE, PERFECT[::-1]) == measure_page(PAGE, PERFECT)


def test_reversed_pieces_are_seen_by_adjacency_and_tau_but_not_by_b_cubed() -> None:
    own = pieces()
    figures = measure_page(PAGE, ["\n".join(own[5::-1]), "\n".join(own[:5:-1])])
    assert figures["bcubed_f1"] == 1
    assert figures["kept"] == 1
    assert figures["tau"] == -1
    assert figures["exact"] == figures["adjacency_precision"] == figures["adjacency_recall"] == 0
    assert figures["cer"] > 0.7


def test_doing_nothing_joins_nothing() -> None:
    figures = measure_page(PAGE, pieces())
    assert math.isnan(figures["adjacency_precision"])
    assert math.isnan(figures["tau"])
    assert figures["adjacency_f1"] == figures["exact"] == 0
    assert figures["bcubed_precision"] == 1
    # Recall: a letter of a piece of p letters finds p of its article's n letters.
    expected = 0.0
    for article, size in zip(PAGE.articles, sizes(), strict=True):
        expected += sum(len(letters) ** 2 for letters, _ in article.pieces()) / size
    assert figures["bcubed_recall"] == pytest.approx(expected / sum(sizes()))


def test_one_article_for_the_page_has_full_recall_and_the_precision_of_chance() -> None:
    figures = measure_page(PAGE, ["\n".join(PERFECT)])
    total = sum(sizes())
    assert figures["bcubed_recall"] == 1
    assert figures["bcubed_precision"] == pytest.approx(sum(size**2 for size in sizes()) / total**2)
    # Seven of eight joins are right: 5 in one article, 2 in the other, and the one between them is not.
    assert figures["adjacency_recall"] == 1
    assert figures["adjacency_precision"] == pytest.approx(7 / 8)
    assert figures["exact"] == 0


def test_two_swapped_paragraphs_cost_one_article_three_joins_and_half_of_its_order() -> None:
    blocks = LIBRARY.blocks
    figures = measure_page(PAGE, [PERFECT[0], "\n".join([blocks[0], blocks[2], blocks[1]])])
    assert figures["exact"] == 0.5
    assert figures["adjacency_recall"] == pytest.approx(5 / 7)
    assert figures["adjacency_precision"] == pytest.approx(5 / 7)
    assert figures["tau"] == pytest.approx((1 + 1 / 3) / 2)
    assert figures["bcubed_f1"] == 1


def test_a_lost_paragraph_is_missing_from_kept_and_recall() -> None:
    lost = len(LIBRARY.pieces()[2][0])
    figures = measure_page(PAGE, [PERFECT[0], "\n".join(LIBRARY.blocks[:2])])
    total = sum(sizes())
    assert figures["kept"] == pytest.approx(1 - lost / total)
    assert figures["excess"] == pytest.approx(-lost / total)
    found = sizes()[1] - lost
    assert figures["bcubed_recall"] == pytest.approx((sizes()[0] + found**2 / sizes()[1]) / total)
    assert figures["exact"] == 0.5


def test_a_copy_left_in_is_excess_and_spoils_the_article() -> None:
    doubled = [PERFECT[0] + "\n" + BRIDGE.blocks[3], PERFECT[1]]
    figures = measure_page(PAGE, doubled)
    copied = len(BRIDGE.pieces()[4][0])
    assert figures["excess"] == pytest.approx(copied / sum(sizes()))
    assert figures["kept"] == 1
    assert figures["exact"] == 0.5
    assert figures["adjacency_recall"] == 1
    assert figures["adjacency_precision"] == pytest.approx(7 / 8)


def test_text_from_nowhere_inside_an_article_breaks_its_joins() -> None:
    blocks = list(LIBRARY.blocks)
    blocks.insert(2, "本版图片均由通讯员提供")
    figures = measure_page(PAGE, [PERFECT[0], "\n".join(blocks)])
    assert figures["exact"] == 0.5
    assert figures["adjacency_recall"] == pytest.approx(6 / 7)
    assert figures["adjacency_precision"] == pytest.approx(6 / 8)


def test_misread_letters_count_in_the_error_rate_alone() -> None:
    wrong = str.maketrans({"桥": "侨", "石": "右", "孩": "该"})
    misread = [text.translate(wrong).replace("■", "国") for text in PERFECT]
    changed = sum(a != b for a, b in zip("".join(misread), "".join(PERFECT), strict=True))
    assert changed > 8
    figures = measure_page(PAGE, misread)
    assert figures["exact"] == figures["adjacency_f1"] == figures["tau"] == 1
    assert figures["kept"] > 0.97
    rates = []
    for article, text, output in zip(PAGE.articles, PERFECT, misread, strict=True):
        length = sum(len(block.replace(" ", "")) for block in article.blocks)
        rates.append(sum(a != b for a, b in zip(text, output, strict=True)) / length)
    assert figures["cer"] == pytest.approx(sum(rates) / 2)


def test_a_place_where_text_is_missing_counts_neither_for_nor_against() -> None:
    gapped = GoldPage("tiny", (BRIDGE, GoldArticle("library", LIBRARY.blocks, (), (False, False, True))))
    apart = [PERFECT[0], "\n".join(LIBRARY.blocks[:2]), LIBRARY.blocks[2]]
    for output in (PERFECT, apart):
        figures = measure_page(gapped, output)
        assert figures["adjacency_precision"] == figures["adjacency_recall"] == 1


def test_no_output_at_all_is_zero_not_an_error() -> None:
    figures = measure_page(PAGE, [])
    assert figures["kept"] == figures["exact"] == figures["bcubed_f1"] == figures["adjacency_f1"] == 0
    assert figures["cer"] == 1
    assert figures["excess"] == -1


def test_baselines_stand_beside_the_output() -> None:
    evaluation = evaluate([PAGE], {"tiny": PERFECT}, {"tiny": "\n\n".join(pieces()) + "\n"})
    assert list(evaluation.systems) == [
        "output",
        "do nothing",
        "one article",
        "printed order",
        "punctuation",
    ]
    assert evaluation.systems["output"]["exact"].mean == 1
    # Nothing is out of order on this page: reading on is right, and a headline starts an article.
    assert evaluation.systems["printed order"]["adjacency_f1"].mean == 1
    assert evaluation.systems["do nothing"]["adjacency_f1"].mean == 0
    assert evaluation.systems["one article"]["bcubed_recall"].mean == 1
    values = chain.from_iterable(figures.values() for figures in evaluation.systems.values())
    assert all(figure.pages <= 1 for figure in values)


def test_a_page_without_output_or_text_is_named() -> None:
    evaluation = evaluate([PAGE], {})
    assert evaluation.missing == ("tiny",)
    assert evaluation.without_text == ("tiny",)
    assert list(evaluation.systems) == ["output"]
    assert evaluation.record()["systems"]["output"]["adjacency_precision"]["mean"] is None
