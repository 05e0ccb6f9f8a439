"""Pages that repeat heavily: the work grows with the page, and one print is kept all the same.

The work is counted in alignments and in attempts to set text aside, not in seconds.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Indel
from repeats_laws import check_laws, decide, noisy, page
from written_blocks import BRIDGE, BRIDGE_2, SCHOOL, TEA, TEA_2, TEA_3, cut_page

from cleanpress.model import Relation
from cleanpress.stages.repeats import RepeatDecision, choice, find_repeats, twins, verify
from cleanpress.stages.repeats.board import Board
from cleanpress.stages.repeats.key import comparison_key
from cleanpress.stages.repeats.twins import COMPARED, LEFT, RIGHT, Twin
from cleanpress.stages.repeats.verify import align, similarity, whole_match

# A page with every kind of repeat: exact, misread, cut short, contained, and short lines in a run.
PRINT = (
    *("#茶山早春", "■本报记者何山", TEA, TEA_2, "=晒场", TEA_3),
    *("#古桥新颜", BRIDGE, BRIDGE_2, BRIDGE.replace("石", "右"), TEA_2[:40], "=晒场", TEA_3, SCHOOL),
)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often texts are aligned, and how often the board is asked to set something aside."""
    done: Counter[str] = Counter()
    operations, set_aside = verify.operations, Board.set_aside

    def counted_operations(left: str, right: str) -> list[verify.Opcode]:
        done["alignments"] += 1
        return operations(left, right)

    def counted_set_aside(self: Board, number: int, side: int) -> bool:
        done["attempts"] += 1
        return set_aside(self, number, side)

    monkeypatch.setattr(verify, "operations", counted_operations)
    monkeypatch.setattr(Board, "set_aside", counted_set_aside)
    return done


def work_on(blocks: tuple[str, ...], work: Counter[str]) -> tuple[Counter[str], RepeatDecision]:
    work.clear()
    fragments, edited = cut_page(page(*blocks))
    decision = find_repeats(fragments, edited)
    return Counter(work), decision


def test_a_page_printed_again_costs_no_more_alignments(work: Counter[str]) -> None:
    once, single = work_on(PRINT, work)
    counts = {copies: work_on(PRINT * copies, work) for copies in (5, 15, 30)}
    assert once["alignments"] > 0
    for done, decision in counts.values():
        # A few more lines stand side by side where one print ends and the next begins.
        assert done["alignments"] <= 2 * once["alignments"]
        assert sorted(f.text[:4] for f in decision.fragments) == sorted(f.text[:4] for f in single.fragments)
        assert decision.skipped == 0
    attempts = {copies: done["attempts"] / copies for copies, (done, _) in counts.items()}
    assert attempts[30] <= 1.2 * attempts[15]


def test_noisy_copies_are_compared_with_the_first_ones_only(work: Counter[str]) -> None:
    for copies in (40, 80):
        noisy_copies = tuple(noisy(TEA_2, 0.02, seed) for seed in range(copies))
        done, decision = work_on(noisy_copies, work)
        assert done["alignments"] <= (COMPARED + choice._PASSES) * copies
        assert decision.skipped > 0
        assert sum(len(f.text) for f in decision.fragments) <= 0.1 * sum(map(len, noisy_copies))


def test_a_template_is_given_up_after_some_failures(work: Counter[str]) -> None:
    chance = random.Random(1)
    notices = tuple(
        "城关粮站本日收购早稻{}公斤,中稻{}公斤,付款{}元,排队农户{}家。".format(
            *chance.sample(range(1000, 9999), 4)
        )
        for _ in range(120)
    )
    done, decision = work_on(notices, work)
    assert done["alignments"] <= twins._FAILURES * len(notices)
    assert decision.repeats == ()
    assert decision.skipped > 0


@pytest.mark.parametrize("copies", [3, 12, 300])
def test_a_paragraph_printed_over_and_over_is_kept_once(copies: int) -> None:
    decision = decide(page(*[TEA] * copies))
    assert decision.origin == (0,)
    assert {repeat.relation for repeat in decision.repeats} == {Relation.LOOPED}
    assert decision.echoes == {0: tuple(range(1, copies))}


def test_a_short_line_printed_over_and_over_is_kept_once() -> None:
    decision = decide(page(TEA, *["谢谢各位"] * 60, BRIDGE))
    assert [f.text for f in decision.fragments] == [
        f.text for f in decide(page(TEA, "谢谢各位", BRIDGE)).fragments
    ]


def test_a_paragraph_between_all_others_is_kept_once() -> None:
    others = [chr(0x4E00 + 40 * k) * 2 + SCHOOL[:20] + chr(0x5E00 + 30 * k) * 9 + "。" for k in range(60)]
    decision = decide(page(*(block for other in others for block in (other, TEA))))
    assert len(decision.fragments) == len(others) + 1
    assert len(decision.repeats) == len(others) - 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PRINT), min_size=4, max_size=24), st.integers(1, 3), st.integers(1, 3))
def test_the_laws_hold_where_few_copies_are_compared(blocks: list[str], compared: int, cap: int) -> None:
    fragments, edited = cut_page(page(*blocks))
    with pytest.MonkeyPatch.context() as patch:
        for module in (twins, choice):
            patch.setattr(module, "COMPARED", compared)
        patch.setattr(twins, "_FAILURES", 1)
        decision = find_repeats(fragments, edited, bucket_cap=cap)
    check_laws(fragments, edited, decision)
    whole = Counter(comparison_key(f.text).letters for f in decision.fragments)
    assert all(count == 1 for key, count in whole.items() if len(key) > 40)


def test_a_letter_that_others_rely_on_is_released_by_a_new_twin() -> None:
    keys = ["山水", "山水", "山水"]
    letters = Board(keys)
    first = letters.add(Twin(0, 1, whole_match(2)))
    second = letters.add(Twin(1, 2, whole_match(2)))
    assert letters.set_aside(first, LEFT)
    # Fragment 0 relies on fragment 1 alone.
    assert not letters.set_aside(second, LEFT)
    third = letters.add(Twin(0, 2, whole_match(2)))
    letters.release([1])
    assert not letters.set_aside(third, LEFT)
    assert letters.set_aside(second, LEFT)
    assert not letters.set_aside(second, RIGHT)
    assert [bool(mask.all()) for mask in letters.kept] == [False, False, True]


LONG = "".join(chr(0x4E00 + random.Random(7 + k // 500).randrange(k % 500 + 1, 3000)) for k in range(12_000))


def test_texts_of_a_books_length_are_aligned_in_pieces() -> None:
    copy = noisy(LONG, 0.04, 5)
    match = align(LONG, copy, 0)
    assert match
    assert match.is_whole(LONG, copy)
    assert match.similarity == pytest.approx(Indel.normalized_similarity(LONG, copy), abs=0.002)
    assert (
        all(LONG[a] == copy[b] for a, b in zip(match.left_at[:50], match.right_at[:50], strict=True)) is False
    )


def test_pieces_join_into_an_alignment_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "PIECE", 40)
    text = comparison_key(TEA + TEA_2 + BRIDGE + BRIDGE_2).letters
    for left, right in [
        (text, noisy(text, 0.06, 3)),
        (text, text[30:]),
        (text[:150], text),
        (text[:100], text[100:]),
    ]:
        operations = verify.operations(left, right)
        assert "".join(left[a:b] for _, a, b, _, _ in operations) == left
        assert "".join(right[c:d] for _, _, _, c, d in operations) == right
        assert all(left[a:b] == right[c:d] for tag, a, b, c, d in operations if tag == "equal")
        assert similarity(left, right) <= Indel.normalized_similarity(left, right)
    assert similarity(text, noisy(text, 0.06, 3)) > 0.9


def test_lines_without_letters_are_passed_over() -> None:
    decision = decide(page("#茶山早春", TEA, *["———"] * 40, "#茶山早春", TEA, BRIDGE))
    assert sum(f.text.startswith("谷雨") for f in decision.fragments) == 1
