from __future__ import annotations

import pytest

from cleanpress.stages.repeats.verify import align, whole_match

TEXT = (
    "入冬以后渡口的水位一天比一天低老船工每天清早都要拿竹竿探一遍河底把浅滩的位置画在一张旧报纸上"
    "再贴到候船棚的柱子上过河的人不多大多是去对岸赶集的菜农和放学的孩子"
)
# The same with letters misread, dropped and added, as a worn scan has them.
NOISY = (
    "人冬以后渡口的水位一夭比一天低老船工每天清旱都要拿竹竿探遍河底把浅滩的位置画在一张旧报纸上"
    "再贴到侯船棚的柱子子上过河的人不多大多是去对岸赶集的莱农和放学的孩子"
)


def test_noise_does_not_hide_a_copy() -> None:
    match = align(TEXT, NOISY, 0)
    assert match
    assert (match.left_start, match.left_end) == (0, len(TEXT))
    assert (match.right_start, match.right_end) == (0, len(NOISY))
    assert match.similarity > 0.9


def test_a_torn_piece_is_found_in_its_place() -> None:
    match = align(NOISY[20:50], TEXT, -20)
    assert match
    assert (match.left_start, match.left_end) == (0, 30)
    assert abs(match.right_start - 21) <= 1
    assert all(
        NOISY[20 + a] == TEXT[b] for a, b in zip(match.left_at[2:20], match.right_at[2:20], strict=True)
    )


def test_two_texts_that_overlap_match_where_they_do() -> None:
    match = align(TEXT[:50], TEXT[30:], 30)
    assert match
    assert (match.left_start, match.left_end, match.right_start, match.right_end) == (30, 50, 0, 20)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("今天白天晴最高气温十八度明晨最低气温三度", "今天白天晴最高气温十六度明晨最低气温五度"),
        (
            "早稻每斤一元二角晚稻每斤一元五角小麦每斤一元三角",
            "早稻每斤一元四角晚稻每斤一元七角小麦每斤一元六角",
        ),
        (
            "本期开奖号码0317222831特别号码09奖池余额4521万元",
            "本期开奖号码0615192433特别号码11奖池余额3870万元",
        ),
        ("经研究决定任命陈望山为渔业站站长试用期一年", "经研究决定任命林可舟为渔业站站长试用期一年"),
    ],
)
def test_serial_texts_are_not_copies(left: str, right: str) -> None:
    assert align(left, right, 0) is None


def test_one_misread_figure_in_a_long_text_is_noise() -> None:
    long = TEXT + "这一年渡口一共运送旅客21460人次"
    match = align(long, long.replace("21460", "21450"), 0)
    assert match
    assert len(match) == len(long)


def test_a_long_text_with_other_figures_throughout_is_another_text() -> None:
    report = (
        "渡口上旬运客{}人次货物{}吨中旬运客{}人次货物{}吨下旬运客{}人次货物{}吨全月收入{}元比上月增加{}元"
    )
    first = report.format(1460, 382, 1522, 397, 1618, 401, 46210, 2380)
    second = report.format(1375, 366, 1490, 355, 1533, 379, 43905, 1120)
    assert align(TEXT + first, TEXT + second, 0) is None


def test_unrelated_texts_do_not_match() -> None:
    assert align(TEXT[:50], TEXT[50:], 0) is None


def test_a_whole_match_pairs_every_letter() -> None:
    match = whole_match(5)
    assert match.left_at.tolist() == match.right_at.tolist() == [0, 1, 2, 3, 4]
    assert len(match) == 5
