from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cleanpress.stages.repeats.key import comparison_key


def test_marks_and_spaces_are_no_letters() -> None:
    key = comparison_key("“春汛”, 来 了_——(第3次)!")
    assert key.letters == "春汛来了第3次"
    assert key.offsets.tolist() == [1, 2, 6, 8, 13, 14, 15]


def test_width_and_case_are_folded() -> None:
    assert comparison_key("ＡＢＣ１２３").letters == comparison_key("abc123").letters == "abc123"
    assert comparison_key("\uf900").letters == "豈"


def test_stacked_and_circled_figures_are_not_read_as_figures() -> None:
    assert comparison_key("①②").letters == "①②"
    assert comparison_key("㎡").letters == ""


def test_script_is_folded_on_request_only() -> None:
    assert comparison_key("灣區產業").letters == "灣區產業"
    assert comparison_key("灣區產業", fold_script=True).letters == "湾区产业"


def test_a_letter_that_lowers_to_two_stays_one() -> None:
    key = comparison_key("İstanbul")
    assert len(key.letters) == len(key.offsets) == 8


@given(st.text())
def test_every_letter_leads_back_to_its_place(text: str) -> None:
    key = comparison_key(text)
    assert len(key.letters) == len(key.offsets) == sum(c.isalnum() for c in text)
    assert sorted(set(key.offsets.tolist())) == key.offsets.tolist()
    for letter, offset in zip(key.letters, key.offsets.tolist(), strict=True):
        assert text[offset].isalnum()
        assert letter in (
            text[offset],
            text[offset].lower(),
            unicodedata.normalize("NFKC", text[offset]).lower(),
        )
