"""Where the letters of an output stand in the gold."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.evaluation.alignment import align
from cleanpress.evaluation.gold import GoldArticle, GoldPage, letters
from cleanpress.evaluation.runs import FOREIGN, piece_runs

TEXT = "渔港的灯塔修好了，夜航的船又能看见那道光。守塔人每天黄昏上山添油，风雨无阻，已经三十七年。"
OTHER = "果园里的梨树今年挂果晚，合作社请来技术员，教大家疏果套袋，一棵一棵记下来。"
CHARACTERS = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


def page(*blocks: str) -> GoldPage:
    return GoldPage("page", (GoldArticle("a", blocks),))


def test_every_letter_of_a_copy_finds_its_place() -> None:
    alignment = align(page(TEXT, OTHER), [TEXT + "\n" + OTHER])
    assert alignment.gold_at[0].tolist() == list(range(len(letters(TEXT + OTHER))))


def test_order_is_free() -> None:
    alignment = align(page(TEXT, OTHER), [OTHER, TEXT])
    cut = len(letters(TEXT))
    assert alignment.gold_at[0].tolist() == list(range(cut, cut + len(letters(OTHER))))
    assert alignment.gold_at[1].tolist() == list(range(cut))


def test_misread_lost_and_added_letters_do_not_break_the_alignment() -> None:
    worn = TEXT.replace("灯塔", "打塔").replace("夜航", "夜").replace("黄昏", "黄昏昏")
    alignment = align(page(TEXT, OTHER), [worn])
    assert [run.piece for run in piece_runs(alignment, 0)] == [0]
    # One letter was lost; one misread letter may be taken for noise.
    assert np.count_nonzero(alignment.owner >= 0) >= len(letters(TEXT)) - 2


def test_foreign_text_is_found_nowhere() -> None:
    alignment = align(page(TEXT), ["食堂本周供应萝卜炖牛腩与清炒豆苗，凭饭卡领取。"])
    assert (alignment.gold_at[0] < 0).all()
    assert [run.piece for run in piece_runs(alignment, 0)] == [FOREIGN]
    assert alignment.pairs == {}


def test_a_text_that_stands_twice_in_the_gold_takes_both_places() -> None:
    alignment = align(page(TEXT, OTHER, TEXT), [TEXT + "\n" + OTHER + "\n" + TEXT])
    assert [run.piece for run in piece_runs(alignment, 0)] == [0, 1, 2]


def test_a_short_byline_is_matched_by_its_line() -> None:
    alignment = align(page("■ 余舟", TEXT), ["国 余舟\n" + TEXT])
    assert [run.piece for run in piece_runs(alignment, 0)] == [0, 1]


@given(st.lists(st.text(CHARACTERS, min_size=1, max_size=60), max_size=4), st.text(CHARACTERS, max_size=90))
def test_places_are_offsets_of_the_gold_for_any_text(blocks: list[str], output: str) -> None:
    gold = page(*blocks)
    alignment = align(gold, [output])
    total = sum(len(piece) for piece, _ in gold.articles[0].pieces())
    places = alignment.gold_at[0]
    assert len(places) == len(letters(output))
    assert ((places >= -1) & (places < total)).all()
