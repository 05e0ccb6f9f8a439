from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleanpress.formats.places import Places


def test_lines_end_as_in_an_editor() -> None:
    text = "一二\r\n三\r四\n\n五\f六"
    places = Places(text)
    assert [places.of(text.index(c)) for c in "一二三四五六"] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (3, 1),
        (5, 1),
        (5, 3),
    ]
    assert places.of(len(text)) == (5, 4)


def test_an_empty_page_has_a_first_place() -> None:
    assert Places("").of(0) == (1, 1)


@given(st.text("字a\n", max_size=50))
def test_places_are_those_of_a_plain_count(text: str) -> None:
    places = Places(text)
    for offset in range(len(text) + 1):
        before = text[:offset]
        assert places.of(offset) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
