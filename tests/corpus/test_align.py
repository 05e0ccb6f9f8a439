"""Laying thousands of texts against others at once comes out as one by one, and as it should."""

from __future__ import annotations

import numpy as np
import plainly
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.corpus.align import differences, lay, slots, tails
from cleanpress.corpus.stars import settle, stars
from cleanpress.model import Relation
from cleanpress.stages.repeats.key import comparison_key
from cleanpress.stages.repeats.verify import _tail

HARBOUR = "渔汛比往年早了十天，沙渚港的码头彻夜亮着灯，装卸工人排成两列，把一筐筐带鱼从甲板传到冷库门口。"
ORCHARD = "果园里的风扇一响，值班的人就要起身去看温度，三年来只有一个晚上没有响过，那晚梨花全冻落了。"
KEY = comparison_key(HARBOUR + ORCHARD).letters


@pytest.mark.parametrize(
    ("copy", "relation"),
    [
        (KEY, Relation.EXACT),
        (KEY[:-1], Relation.NEAR),
        (KEY[:50], Relation.TRUNCATED),
        (KEY[30:], Relation.TRUNCATED),
        (KEY[15:60], Relation.CONTAINED),
        (KEY[:30] + KEY[45:], Relation.CONTAINED),
    ],
)
def test_how_a_copy_relates(copy: str, relation: Relation) -> None:
    laid = lay([copy], [KEY])
    assert laid.is_like[0]
    assert laid.relation[0] is relation
    assert not laid.is_other[0]


@pytest.mark.parametrize("extra", ["末尾多出来的一整句话不在别处", ""])
def test_what_stands_nowhere_else_is_never_set_aside(extra: str) -> None:
    other = KEY[:40] + extra + KEY[40:80] + ("另外还有十个字以上的话" if not extra else "")
    assert not lay([other], [KEY[:80]]).is_like[0]


letters = st.sampled_from("山川林泉风雨月星一二三四12")
edits = st.lists(st.tuples(st.integers(0, 99), st.sampled_from("rdi"), letters), max_size=14)


@st.composite
def prints(draw: st.DrawFn) -> str:
    """A print of the text above, worn, and maybe cut."""
    worn = list(KEY)
    for place, kind, letter in draw(edits):
        at = place % len(worn)
        worn[at : at + (kind != "i")] = [] if kind == "d" else [letter]
    start, end = draw(st.sampled_from([(0, None), (0, None), (12, None), (0, 40), (20, 70), (60, 75)]))
    return "".join(worn[start:end])


@given(st.lists(prints(), min_size=1, max_size=6), prints())
@settings(max_examples=300, deadline=None)
def test_all_at_once_is_as_one_by_one(copies: list[str], kept: str) -> None:
    laid = lay(copies, [kept] * len(copies))
    one_by_one = [plainly.align(copy, kept) for copy in copies]
    for k, expected in enumerate(one_by_one):
        assert laid.is_like[k] == (expected is not None)
        if expected:
            assert laid.relation[k] is expected.relation
            assert laid.similarity[k] == pytest.approx(expected.similarity, abs=1e-12)
            assert laid.is_other[k] == expected.is_other
            assert laid.is_form(k) == expected.is_form()
    like = [one for one in one_by_one if one]
    star, base = np.zeros(len(copies), np.int64), np.array([0, len(kept) + 1])
    filled = differences(laid, star, base)
    assert len(filled.pair) == sum(len(one.changes) for one in like)
    found = slots(filled, star, np.array([len(like)]), int(base[-1]))
    assert set(np.flatnonzero(found).tolist()) == (plainly.slots(like) or frozenset())


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9), st.floats(0.001, 1)), min_size=1))
def test_tails_are_those_of_one(rows: list[tuple[int, int, float]]) -> None:
    trials, hits, chances = map(np.array, zip(*rows, strict=True))
    hits = np.minimum(hits, trials)
    expected = [_tail(int(n), int(k), float(p)) for n, k, p in zip(trials, hits, chances, strict=True)]
    assert tails(trials, hits, chances) == pytest.approx(expected, abs=1e-9)


NOTICE = (
    "遗失启事：{}不慎遗失身份证一张，号码末四位{}，另有{}村宅基地使用证一本，现声明作废，特此公告，请勿冒用。"
)
FILLED = [
    ("王建国", 4821, "青崖"), ("李秀英", 7093, "石埠"), ("赵文博", 1358, "云岭"), ("马志强", 6240, "双溪"),
    ("高春梅", 9517, "柳桥"), ("罗永福", 3406, "芦汀"),
]  # fmt: skip


@pytest.mark.parametrize("count", [2, 6])
def test_instances_of_a_form_are_different_texts(count: int) -> None:
    keys = [comparison_key(NOTICE.format(*slots)).letters for slots in FILLED[:count]]
    near = [[other for other in range(count) if other != text] for text in range(count)]
    assert settle([stars(range(count), near.__getitem__)], keys.__getitem__) == [[]]


def test_a_misread_text_is_no_form_though_all_others_differ_from_it() -> None:
    keys = [KEY[:10] + "误" + KEY[11:40] + "识" + KEY[41:], KEY, KEY, KEY, KEY]
    near = [[1, 2, 3, 4], *[[0]] * 4]
    [copies] = settle([stars(range(5), near.__getitem__)], keys.__getitem__)
    assert [copy.copy for copy in copies] == [1, 2, 3, 4]
    assert plainly.slots([found for key in keys[1:] if (found := plainly.align(key, keys[0]))]) == frozenset()


def test_a_copy_the_bands_missed_is_found_by_the_company_it_keeps() -> None:
    worn = [KEY, KEY[:20] + "误" + KEY[21:], KEY[:50] + "识" + KEY[51:]]
    near = [[1], [0, 2], [1]]
    [copies] = settle([stars(range(3), near.__getitem__)], worn.__getitem__)
    assert [(copy.copy, copy.kept) for copy in copies] == [(1, 0), (2, 0)]
