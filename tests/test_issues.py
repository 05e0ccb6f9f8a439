"""Jump lines, and which belong together."""

from __future__ import annotations

import pytest

from cleanpress.issues import BACK, ONWARD, Cue, cue_in, link, page_number, target_of, way_of


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (("2026-06-12", "01"), ("2026-06-12", ("", 1))),
        (("20260612-02",), ("20260612-", ("", 2))),
        (("a", "page12"), ("a/page", ("", 12))),
        (("a", "A03"), ("a", ("A", 3))),
        (("第3版",), ("", ("", 3))),
        (("pages", "x#7"), ("pages/x#", ("", 7))),
        (("20260612",), None),
        (("cover",), None),
        (("",), None),
    ],
)
def test_pages_of_issues(tree: tuple[str, ...], expected: object) -> None:
    assert page_number(tree) == expected


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        ("（下转第二版）", False, (ONWARD, ("", 2))),
        ("船靠了岸（上接第1版）灯亮了", False, (BACK, ("", 1))),
        ("【下轉A12版】", False, (ONWARD, ("A", 12))),
        ("紧接第十二版", True, (BACK, ("", 12))),
        ("上接二十版", True, (BACK, ("", 20))),
        ("▶下转第3版《海港》", True, (ONWARD, ("", 3))),
        ("他说下转第二版的事", False, None),
        ("他说下转第二版的事", True, None),
        ("（转身就走）", False, None),
    ],
)
def test_cues(text: str, whole: bool, expected: object) -> None:
    match = cue_in(text, whole=whole)
    assert (None if match is None else (way_of(match), target_of(match))) == expected


def cue(way: str, page: int, target: int, torn: str, title: str = "") -> Cue:
    number = ("", page)
    name = f"i/{page:02d}.txt"
    return Cue(
        name, "i", number, torn, way, "（…）", ("", target), (page, page + len(torn)), 1, 1, torn, title
    )


PAGES = [("i", ("", 1)), ("i", ("", 2))]


def test_a_pair_is_linked_both_ways() -> None:
    onward, back = cue(ONWARD, 1, 2, "船长站在甲"), cue(BACK, 2, 1, "板上说")
    first, second = link([back, onward], PAGES)
    assert (first.cue, first.other, second.cue, second.other) == (onward, back, back, onward)
    assert first.confidence == second.confidence == 0.95


def test_of_several_the_likeliest_are_linked() -> None:
    torn = ["船靠岸以后，工人们一直忙到了天", "这件事要交给全县的人民代表大", "孩子们在新教室里认真地学"]
    rest = ["会讨论，再由大家决定。", "习，老师站在旁边看。", "亮，冰库里早已堆得满满当当。"]
    found = link([*(cue(ONWARD, 1, 2, t) for t in torn), *(cue(BACK, 2, 1, r) for r in rest)], PAGES)
    pairs = {each.cue.torn: each.other.torn for each in found if each.other and each.cue.way == ONWARD}
    assert pairs == dict(zip(torn, [rest[2], rest[0], rest[1]], strict=True))
    assert all(each.confidence is not None and each.confidence <= 0.9 for each in found)


def test_the_headline_that_comes_again_decides() -> None:
    onward = [
        cue(ONWARD, 1, 2, "句子完了。", "海港夜航恢复"),
        cue(ONWARD, 1, 2, "又完了。", "果园里的梨黄了"),
    ]
    back = [cue(BACK, 2, 1, "又一句。", "果园里的梨黄了"), cue(BACK, 2, 1, "另一句。", "海港夜航恢复")]
    found = link([*onward, *back], PAGES)
    assert all(each.other is not None and each.cue.title == each.other.title for each in found)


def test_what_has_no_counterpart_is_said() -> None:
    alone, lost = cue(ONWARD, 1, 2, "船"), cue(ONWARD, 1, 3, "灯")
    reasons = {
        each.cue.torn: (each.other, each.confidence, each.reason) for each in link([alone, lost], PAGES)
    }
    assert reasons == {
        "船": (None, None, "no jump line of page 2 answers it"),
        "灯": (None, None, "page 3 of this issue is not among the inputs"),
    }


def test_other_issues_are_others() -> None:
    elsewhere = cue(BACK, 2, 1, "板上说")
    elsewhere = Cue(**{name: getattr(elsewhere, name) for name in Cue.__slots__} | {"issue": "j"})
    assert [each.other for each in link([cue(ONWARD, 1, 2, "甲"), elsewhere], PAGES)] == [None, None]
