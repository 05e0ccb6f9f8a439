"""Keys and signatures of many texts at once: those of the page, and datasketch's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.corpus import keys as module
from cleanpress.corpus import sign as signing
from cleanpress.corpus.bands import VALUES
from cleanpress.corpus.keys import keys_of
from cleanpress.corpus.sign import sign
from cleanpress.stages.repeats.index import shingle_hashes
from cleanpress.stages.repeats.key import comparison_key
from sketches import sketch_of

TEXTS = [
    "渔汛比往年早了十天，",
    "",
    "Ａｂ１２・３",
    "字",
    "𠀀𠀁𠀂 x_y",
    "·" * 9,
    "\ue000囗\ufffd果园里的风扇",
    "İŉΣ",
]


def letters_of(keys: module.Keys, k: int) -> str:
    return "".join(map(chr, keys.letters[keys.starts[k] : keys.starts[k + 1]]))


@given(st.lists(st.text()))
@settings(max_examples=200)
def test_keys_are_those_of_the_page_made_character_by_character(texts: list[str]) -> None:
    keys = keys_of(texts)
    for k, text in enumerate(texts):
        assert letters_of(keys, k) == "".join(comparison_key(letter).letters for letter in text)


def test_whatever_is_looked_at_at_once_the_keys_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = keys_of(TEXTS * 3)
    assert whole.suspicious.tolist() == [0, 0, 0, 0, 0, 0, 2, 0] * 3
    for size in (1, 7, 40):
        monkeypatch.setattr(module, "_AT_ONCE", size)
        pieces = keys_of(TEXTS * 3)
        for name in ("letters", "starts", "digests", "suspicious"):
            assert np.array_equal(getattr(whole, name), getattr(pieces, name)), name


def test_digests_are_sums_of_the_hashes_of_pairs_of_letters() -> None:
    keys = keys_of(TEXTS)
    assert len(set(keys.digests.tolist())) == len(TEXTS) - 2  # three texts without a pair of letters
    assert keys_of(["果园里"]).digests == keys_of(["果·园 里。"]).digests


def test_signatures_are_datasketchs(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keys_of(TEXTS)
    chosen = np.flatnonzero(np.diff(keys.starts) > 1)
    for at_once in (1, 9, 1 << 19):
        monkeypatch.setattr(signing, "LETTERS_AT_ONCE", at_once)
        signed = sign(lambda low, high: keys.letters[low:high], keys.starts[chosen], keys.starts[chosen + 1])
        check_signatures(keys, chosen, signed)


def check_signatures(keys: module.Keys, chosen: np.ndarray, signed: np.ndarray) -> None:
    assert signed.shape == (VALUES, len(chosen))
    for column, k in enumerate(chosen.tolist()):
        key = letters_of(keys, k)
        sketch = sketch_of(key)
        assert np.array_equal(signed[:, column], (sketch.hashvalues[:VALUES] & 0xFFFF).astype(np.uint16))


def test_nothing_to_sign_is_signed() -> None:
    nothing = np.zeros(0, np.int64)
    assert sign(lambda low, high: keys_of([]).letters, nothing, nothing).shape == (VALUES, 0)
    assert len(shingle_hashes([])[0]) == 0
