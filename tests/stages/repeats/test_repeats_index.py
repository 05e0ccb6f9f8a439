from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.stages.repeats import index
from cleanpress.stages.repeats.index import (
    BANDS,
    EMPTY,
    PERMUTATIONS,
    ROWS,
    SCHEME,
    SEED,
    near_pairs,
    shared_grams,
    shingle_hashes,
    signatures,
)
from sketches import sketch_of

LETTERS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4E40), max_size=60)


@settings(max_examples=20, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=6))
def test_signatures_are_those_of_datasketch(texts: list[str]) -> None:
    signed = signatures(*shingle_hashes(texts))
    for text, values in zip(texts, signed, strict=True):
        expected = sketch_of(text)
        loaded = MinHash(hashvalues=values, seed=SEED, scheme=SCHEME, permutations=index.permutations())
        assert np.array_equal(values, expected.hashvalues)
        assert loaded.jaccard(expected) == 1.0


def test_texts_larger_than_a_block_are_signed_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_BLOCK", 64)
    texts = [
        "山",
        "水" * 40,
        "".join(chr(0x4E00 + k * 7 % 500) for k in range(300)),
        "",
        "江河湖海" * 30,
        "山水",
        "山水",
    ]
    for text, values in zip(texts, signatures(*shingle_hashes(texts)), strict=True):
        assert np.array_equal(values, sketch_of(text).hashvalues)


def test_a_text_without_shingles_is_like_no_other() -> None:
    signed = signatures(*shingle_hashes(["", "山"]))
    assert (signed == EMPTY).all()
    assert near_pairs(["", "山", "山", ""], bucket_cap=8).pairs == ()


@settings(max_examples=20, deadline=None)
@given(st.lists(LETTERS.filter(lambda t: len(t) > 1), min_size=2, max_size=12))
def test_pairs_are_those_of_datasketch(texts: list[str]) -> None:
    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    sketches = [sketch_of(text) for text in texts]
    for i, sketch in enumerate(sketches):
        lsh.insert(i, sketch)
    expected = {(a, b) for a, sketch in enumerate(sketches) for b in lsh.query(sketch) if a < b}
    assert expected == set(near_pairs(texts, bucket_cap=100).pairs)


def test_hot_buckets_are_capped_and_counted() -> None:
    template = "本店今日到货新鲜蔬菜若干欢迎街坊前来选购价格从优第{}号柜台恭候"
    texts = [template.format(chr(0x4E00 + k)) for k in range(12)]
    everything = near_pairs(texts, bucket_cap=12)
    capped = near_pairs(texts, bucket_cap=4)
    assert everything.skipped == 0
    assert len(everything.pairs) == 66
    assert capped.skipped > 0
    assert len(capped.pairs) < 66


def test_shared_grams_say_where() -> None:
    texts = ["甲乙丙丁戊己庚", "子丑丙丁戊己庚寅", "丙丁"]
    seeds = shared_grams(texts, 4, cap=8)
    found = list(zip(seeds.left, seeds.right, seeds.left_at, seeds.right_at, strict=True))
    assert found == [(0, 1, 2, 2), (0, 1, 3, 3)]
    assert shared_grams(texts, 4, cap=1).skipped == 2


def test_texts_without_grams_share_none() -> None:
    seeds = shared_grams(["山", ""], 4, cap=8)
    assert len(seeds.left) == seeds.skipped == 0
