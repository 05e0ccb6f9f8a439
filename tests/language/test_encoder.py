"""The fragment encoder answers its questions: sensibly on plain cases, lawfully on any text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.errors import UsageError
from cleanpress.language.encoder import FragmentEncoder
from cleanpress.language.hashed_grams import EDGE, edges, folded, grams, letters

FERRY = (
    "青禾江轮渡昨天恢复通航，停航四十天的两艘渡船重新往返于南北两岸码头。",
    "码头管理站介绍，渡船的发动机和救生设备已全部更换，每班可载客一百二十人。",
    "家住北岸的乘客说，轮渡停航时过江要绕行大桥，现在十分钟就能到对岸。",
)
WHEAT = (
    "入夏以来，河套各县小麦陆续成熟，收割机正昼夜抢收，粮站已开秤收购。",
    "农技人员提醒农户，麦收期间多雷雨，粮食收割后要及时晾晒，防止小麦发芽霉变。",
    "粮站今年增设了三条烘干线，农户卖粮不出村，湿麦也能当天入库。",
)
FERRY_TITLE, WHEAT_TITLE = "青禾江轮渡恢复通航", "麦收进入高峰 粮站开秤收购小麦"

FLOORS = {
    "same article, AUC, similar topics": 0.80,
    "same article, AUC, random topics": 0.95,
    "own headline of a paragraph, similar topics": 0.68,
    "own headline of a paragraph, random topics": 0.91,
    "own headline of a whole body, similar topics": 0.85,
    "own headline of a whole body, random topics": 0.97,
    "next paragraph, rank 1 on the page": 0.41,
    "next paragraph, rank 1 in its article (3+)": 0.42,
    "torn half, rank 1 among all pieces": 0.27,
    "lead, AUC": 0.88,
    "ending, AUC": 0.74,
    "which of two stands later": 0.71,
}


@pytest.fixture(scope="module")
def encoder() -> FragmentEncoder:
    return FragmentEncoder.load()


def test_texts_of_one_article_are_more_alike(encoder: FragmentEncoder) -> None:
    same = encoder.similarity([*FERRY, *WHEAT])
    inside = [same[i, j] for i in range(6) for j in range(6) if i != j and i // 3 == j // 3]
    across = [same[i, j] for i in range(6) for j in range(6) if i // 3 != j // 3]
    assert np.mean(inside) > np.mean(across) + 1
    np.testing.assert_allclose(same, same.T, atol=1e-4)
    assert not np.diag(same).any()


@pytest.mark.parametrize("bodies", [[*FERRY, *WHEAT], ["".join(FERRY)] * 3 + ["".join(WHEAT)] * 3])
def test_a_headline_finds_its_body(encoder: FragmentEncoder, bodies: list[str]) -> None:
    found = encoder.title_match([FERRY_TITLE, WHEAT_TITLE], bodies).argmax(axis=0)
    assert (found == [0, 0, 0, 1, 1, 1]).sum() >= 5, "one paragraph has no word of either headline"


@pytest.mark.parametrize("cut", [50, 60, 75])
def test_a_torn_text_goes_on_in_its_own_article(encoder: FragmentEncoder, cut: int) -> None:
    bodies = ["".join(FERRY), "".join(WHEAT)]
    found = encoder.continues([body[:cut] for body in bodies], [body[cut:] for body in bodies])
    assert found[0, 0] > found[0, 1]
    assert found[1, 1] > found[1, 0]


def test_the_next_paragraph_is_of_the_same_article(encoder: FragmentEncoder) -> None:
    page = [*FERRY, *WHEAT]
    found = encoder.follows(page, page)
    np.fill_diagonal(found, -np.inf)
    assert (found.argmax(axis=1) // 3 == np.arange(6) // 3).all()


def test_a_dateline_leads_and_a_backward_reference_does_not(encoder: FragmentEncoder) -> None:
    news = "今天（8月3日），青禾江轮渡恢复通航仪式在南岸码头举行。"
    back = "此外，码头管理站还将增设两处候船亭，方便老人和孩子避雨。"
    lead, ending = encoder.lead([news, back]), encoder.ending([news, back])
    assert lead[0] > lead[1] + 1
    assert ending[1] > ending[0]
    assert encoder.depth([back])[0] > encoder.depth([news])[0]


def test_traditional_and_full_width_text_is_read_as_simplified(encoder: FragmentEncoder) -> None:
    topic = encoder.topic(["輪渡恢復通航，載客１２０人。", "轮渡恢复通航，载客350人。"])
    np.testing.assert_array_equal(topic[0], topic[1])


def test_texts_may_be_read_once_for_all_questions(encoder: FragmentEncoder) -> None:
    page, titles = encoder.read([*FERRY, *WHEAT]), encoder.read([FERRY_TITLE])
    np.testing.assert_array_equal(encoder.similarity(page), encoder.similarity([*FERRY, *WHEAT]))
    np.testing.assert_array_equal(encoder.title_match(titles, page), encoder.title_match([FERRY_TITLE], page))
    assert encoder.read(page) is page


@pytest.mark.parametrize(
    ("lefts", "rights"), [([], []), (["甲乙"], []), ([], ["甲乙"]), (["", "。"], ["乙", ""])]
)
def test_empty_pages_and_texts_have_answers(
    encoder: FragmentEncoder, lefts: list[str], rights: list[str]
) -> None:
    for ask in (encoder.title_match, encoder.follows, encoder.continues, encoder.lexical):
        found = ask(lefts, rights)
        assert found.shape == (len(lefts), len(rights))
        assert np.isfinite(found).all()
    assert encoder.similarity(lefts).shape == (len(lefts), len(lefts))
    assert encoder.lead(lefts).shape == encoder.ending(lefts).shape == (len(lefts),)
    assert not encoder.topic([""]).any()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_any_text_has_finite_answers(texts: list[str]) -> None:
    encoder = FragmentEncoder.load()
    page = encoder.read(texts)
    lengths = np.linalg.norm(page.topic, axis=1)
    assert ((np.abs(lengths - 1) < 1e-3) | (lengths == 0)).all()
    for found in (encoder.similarity(page), encoder.follows(page, page), encoder.title_match(page, page)):
        assert found.shape == (len(texts), len(texts))
        assert np.isfinite(found).all()
    assert (encoder.lexical(page) <= 1 + 1e-3).all()


@given(st.lists(st.text(max_size=30), max_size=5), st.integers(1, 3))
def test_an_ngram_hashes_alike_in_every_text(texts: list[str], size: int) -> None:
    hashes, owner = grams([folded(text) for text in texts], size)
    assert len(hashes) == sum(max(len(text) - size + 1, 0) for text in texts)
    for number, text in enumerate(texts):
        alone, _ = grams([folded(text)], size)
        np.testing.assert_array_equal(hashes[owner == number], alone)


@given(st.text(min_size=EDGE, max_size=EDGE + 20), st.text(max_size=20))
def test_an_edge_ignores_what_is_far_from_it(near: str, far: str) -> None:
    alone, _ = edges([folded(near[:EDGE])], 14)
    longer, _ = edges([folded(near[:EDGE] + far)], 14)
    np.testing.assert_array_equal(alone, longer)


@given(st.text(max_size=40))
def test_folding_keeps_length_and_settles(text: str) -> None:
    codes = folded(text)
    assert len(codes) == len(text)
    again = folded("".join(map(chr, codes))) if not any(0xD800 <= c < 0xE000 for c in codes) else codes
    np.testing.assert_array_equal(again, codes)
    assert len(letters(codes)) <= len(codes)


def test_answers_do_not_depend_on_the_hash_seed() -> None:
    script = (
        "from cleanpress.language.encoder import FragmentEncoder as F\n"
        f"print(F.load().similarity({[*FERRY, *WHEAT]!r}).tobytes().hex())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_a_folder_without_tables_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dense"):
        FragmentEncoder.load(tmp_path)


def test_measured_quality_does_not_fall(encoder: FragmentEncoder) -> None:
    """Floors a little under what ``benchmarks/encoder_quality.py`` measures on these few pages."""
    benchmarks = Path(__file__).resolve().parents[2] / "benchmarks"
    if not (benchmarks.parents[1] / "shared" / "corpora").is_dir():
        pytest.skip("the corpora lie in ../shared/corpora, which is not here")
    sys.path.insert(0, str(benchmarks))
    try:
        import encoder_quality as quality
    finally:
        sys.path.remove(str(benchmarks))
    found = quality.usable(list(quality.articles("news", "web", folds=("test",))))[:600]
    whole, torn = quality.small_pages(found, 40, 11), quality.small_pages(found, 15, 12, torn=0.5)
    figures = quality.measure(encoder, whole, torn).rows()
    rows = {(row["question"], row["method"]): row["mean"] for row in figures}
    for question, floor in FLOORS.items():
        assert rows[question, "API"] >= floor, question
        if (question, "tf-idf") in rows:
            assert rows[question, "API"] > rows[question, "tf-idf"], question
