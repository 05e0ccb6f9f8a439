"""Runs of text: whatever the edits, they add up to the page on one side and to the reading on the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleanpress.edited import Change, EditedText, render
from cleanpress.model import Span
from cleanpress.report.marks import Marks

TEXT = st.text("港口a1，,\n ", min_size=1, max_size=30)


@st.composite
def edited_texts(draw: st.DrawFn) -> EditedText:
    text = draw(TEXT)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    pairs = zip(places[::2], places[1::2], strict=False)
    return EditedText(text).apply(Change(a, b, draw(st.text("字，", max_size=2)), "rule") for a, b in pairs)


@given(edited_texts(), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=4))
def test_the_runs_of_a_page_add_up_to_it(edited: EditedText, spans: list[tuple[int, int]]) -> None:
    suspects = [Span(start, start + length) for start, length in spans]
    whole = Span(0, len(edited.original))
    marks = Marks(edited.original, edited.edits, suspects)
    assert "".join(run.text for run in marks.raw(whole)) == edited.original
    assert "".join(run.text for run in marks.cleaned(whole)) == render(edited.original, edited.edits, whole)
    assert [run.edit for run in marks.raw(whole) if run.edit is not None] == [*range(len(edited.edits))]


@given(edited_texts(), st.integers(0, 30))
def test_a_page_cut_in_two_shows_every_character_once(edited: EditedText, cut: int) -> None:
    cut = min(cut, len(edited.original))
    marks = Marks(edited.original, edited.edits)
    halves = [*marks.raw(Span(0, cut)), *marks.raw(Span(cut, len(edited.original)))]
    assert "".join(run.text for run in halves) == edited.original


def test_a_suspect_is_marked_whether_or_not_it_was_edited() -> None:
    edited = EditedText("港口的灯亮").apply([Change(1, 2, "日", "rule")])
    marks = Marks(edited.original, edited.edits, [Span(1, 2), Span(3, 4)])
    shown = [(run.text, run.edit, run.suspect) for run in marks.cleaned(Span(0, 5))]
    assert shown == [
        ("港", None, None),
        ("日", 0, 0),
        ("的", None, None),
        ("灯", None, 1),
        ("亮", None, None),
    ]
