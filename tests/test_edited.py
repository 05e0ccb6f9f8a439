"""Laws of edited.py: a chain of changes is plain string editing, and the page can be read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.edited import Change, EditedText, render
from cleanpress.model import Edit, Span

ALPHABET = "ab中，,\n "
TEXT = st.text(ALPHABET, max_size=14)


@st.composite
def changes_of(draw: st.DrawFn, text: str, rule: str) -> list[Change]:
    """Sorted changes of a text that do not overlap: replacements, deletions and insertions."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    found = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        confidence = draw(st.sampled_from([0.5, 0.9, 1.0]))
        found.append(Change(start, end, draw(st.text(ALPHABET, max_size=3)), rule, confidence))
    return found


def edited_plainly(text: str, changes: list[Change]) -> str:
    pieces, position = [], 0
    for change in changes:
        pieces += [text[position : change.start], change.after]
        position = change.end
    return "".join(pieces) + text[position:]


@st.composite
def chains(draw: st.DrawFn) -> tuple[EditedText, str]:
    """A page after up to five rules, and the same done to a plain string."""
    original = draw(TEXT)
    edited, plain = EditedText(original), original
    for rule in range(draw(st.integers(0, 5))):
        changes = draw(changes_of(plain, f"rule-{rule}"))
        edited, plain = edited.apply(changes), edited_plainly(plain, changes)
    return edited, plain


@given(chains())
def test_a_chain_of_changes_is_plain_string_editing(chain: tuple[EditedText, str]) -> None:
    edited, plain = chain
    assert edited.text == plain


@given(chains())
def test_edits_are_sorted_apart_and_say_what_stood_there(chain: tuple[EditedText, str]) -> None:
    edited, _ = chain
    position, last = 0, Span(-1, -1)
    for edit in edited.edits:
        assert position <= edit.span.start <= edit.span.end <= len(edited.original)
        assert last < edit.span  # strictly: two insertions at one place would have no order
        assert edit.before == edited.original[edit.span.start : edit.span.end]
        assert edit.before != edit.after
        position, last = edit.span.end, edit.span


@given(chains())
def test_rendering_the_whole_page_is_the_text(chain: tuple[EditedText, str]) -> None:
    edited, plain = chain
    assert render(edited.original, edited.edits, Span(0, len(edited.original))) == plain


def crossed(edited: EditedText, offset: int) -> bool:
    return any(edit.span.start < offset < edit.span.end for edit in edited.edits)


@given(chains(), st.data())
def test_renderings_of_a_partition_add_up(chain: tuple[EditedText, str], data: st.DataObject) -> None:
    edited, plain = chain
    end = len(edited.original)
    places = [p for p in range(1, end) if not crossed(edited, p)]
    inner = sorted(data.draw(st.sets(st.sampled_from(places)))) if places else []
    spans = [Span(a, b) for a, b in zip([0, *inner], [*inner, end], strict=True)]
    texts = [render(edited.original, edited.edits, span) for span in spans]
    assert "".join(texts) == plain
    assert (
        texts == [edited.text[edited.to_text(a) if a else 0 : edited.to_text(b)] for a, b in spans] or not end
    )


@given(chains())
def test_a_crossed_span_has_no_rendering(chain: tuple[EditedText, str]) -> None:
    edited, _ = chain
    for p in range(1, len(edited.original)):
        if crossed(edited, p):
            with pytest.raises(ValueError, match="crosses the end"):
                render(edited.original, edited.edits, Span(0, p))
            with pytest.raises(ValueError, match="crosses the start"):
                render(edited.original, edited.edits, Span(p, len(edited.original)))


@given(chains())
def test_offsets_go_to_the_page_and_back(chain: tuple[EditedText, str]) -> None:
    edited, _ = chain
    inside = dict.fromkeys(range(len(edited.original)), False)
    for edit in edited.edits:
        inside.update(dict.fromkeys(range(*edit.span), True))
        starts = {edited.to_text(p) for p in range(max(edit.span.start, 1), max(edit.span.end, 1))}
        assert len(starts) <= 1
    for p, replaced in inside.items():
        if not replaced:
            at = edited.to_text(p) if p else edited.text.find(edited.original[0], *_reach_of_first(edited))
            assert edited.text[at] == edited.original[p]
            assert edited.to_page(at) == p
    pages = [edited.to_page(i) for i in range(len(edited.text) + 1)]
    assert pages == sorted(pages)
    texts = [edited.to_text(p) for p in range(len(edited.original) + 1)]
    assert texts == sorted(texts)
    assert texts[-1] == len(edited.text) or not edited.original


def _reach_of_first(edited: EditedText) -> tuple[int, int]:
    """Where the page's first character stands when it is untouched: behind an insertion at 0."""
    at_start = sum(len(edit.after) for edit in edited.edits if edit.span == (0, 0))
    return at_start, at_start + 1


@given(chains())
def test_confidence_is_the_lowest_and_rules_run_in_order(chain: tuple[EditedText, str]) -> None:
    edited, _ = chain
    for edit in edited.edits:
        rules = edit.rule.split("+")
        assert len(set(rules)) == len(rules)
        assert edit.confidence in {0.5, 0.9, 1.0}


def test_touching_changes_stay_apart() -> None:
    edited = EditedText("中,\r\n国").apply([Change(2, 3, "", "carriage-return")])
    edited = edited.apply([Change(1, 2, "，", "mark")])
    assert [(edit.before, edit.after) for edit in edited.edits] == [(",", "，"), ("\r", "")]


def test_overlapping_changes_become_one_edit_with_both_names() -> None:
    edited = EditedText("a⽇b").apply([Change(1, 2, "日", "kangxi", reason="radical")])
    edited = edited.apply([Change(0, 3, "x日y", "other", 0.5, "guess")])
    assert edited.edits == (Edit(Span(0, 3), "a⽇b", "x日y", "kangxi+other", 0.5, "radical; guess"),)


def test_what_is_undone_leaves_no_edit() -> None:
    edited = EditedText("abc").apply([Change(1, 2, "x", "one")]).apply([Change(1, 2, "b", "two")])
    assert edited.edits == ()
    assert edited.text == "abc"


def test_insertions_belong_to_the_span_that_ends_there() -> None:
    edited = EditedText("甲乙").apply(
        [Change(0, 0, "<", "r"), Change(1, 1, "|", "r"), Change(2, 2, ">", "r")]
    )
    parts = [render(edited.original, edited.edits, span) for span in (Span(0, 1), Span(1, 1), Span(1, 2))]
    assert parts == ["<甲|", "", "乙>"]
    assert [edited.to_text(p) for p in (0, 1, 2)] == [0, 3, 5]


def test_an_offset_inside_a_replacement_has_no_place_of_its_own() -> None:
    edited = EditedText("abcd", [Edit(Span(1, 2), "b", "xyz", "r"), Edit(Span(3, 3), "", "-", "r")])
    assert edited.text == "axyzc-d"
    assert [edited.around(offset) for offset in range(8)] == [None, None, (1, 4), (1, 4), *[None] * 4]


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(Span(1, 2), "b", "x", "r"), Edit(Span(0, 1), "a", "x", "r")],
        [Edit(Span(0, 2), "ab", "x", "r"), Edit(Span(1, 3), "bc", "x", "r")],
        [Edit(Span(0, 1), "z", "x", "r")],
    ],
)
def test_ill_formed_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"edits overlap|does not read"):
        EditedText("abc", edits)


@pytest.mark.parametrize("changes", [[Change(2, 3, "", "r"), Change(0, 1, "", "r")], [Change(2, 9, "", "r")]])
def test_ill_formed_changes_are_refused(changes: list[Change]) -> None:
    with pytest.raises(ValueError, match="changes overlap"):
        EditedText("abc").apply(changes)


def test_a_long_page_with_many_edits_is_quick() -> None:
    """Quadratic work would take minutes here; there is no clock, the suite's own time is the proof."""
    page = "中," * 20_000
    edited = EditedText(page).apply(Change(i, i + 1, "，", "mark") for i in range(1, len(page), 2))
    edited = edited.apply(Change(i, i + 2, "国", "merge") for i in range(1, len(page) - 1, 4))
    assert len(edited.edits) == 20_000
    assert edited.text == ("中国，" * 10_000)[: len(edited.text)]
