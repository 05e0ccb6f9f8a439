"""Laws of the whole pipeline, for any text."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cleanpress.config import SCRIPTS, Config
from cleanpress.ledger import check
from cleanpress.model import Page, Result
from cleanpress.pipeline import clean_page

# Rich in what pages are made of: characters of both scripts, marks of both widths, figures, white space of
# every kind, and what OCR leaves behind.
ALPHABET = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "漁港燈億萬與會國東開"
    "，。、；：？！“”‘’（）《》〈〉—…·■"
    ",.;:?!\"'()<>-"
    "0123456789lOI%"
    "abcXYZ"
    " \t\u3000\u200b\xa0\ufeff\x00\f"
)
SENTENCE = st.text(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会", min_size=2, max_size=40
)
LINES = st.one_of(
    st.text(ALPHABET, max_size=30),
    SENTENCE,
    SENTENCE.map(lambda line: line + "。"),
    SENTENCE.map(lambda line: "本报记者 " + line[:3]),
    st.sampled_from(
        [
            "",
            "下转第二版",
            "2026年6月12日 星期五 第3版",
            "责任编辑：林一",
            "■ 王明明",
            "昨天夜里海港的灯又亮了起来",
        ]
    ),
)
PAGES = st.lists(LINES, max_size=25).flatmap(
    lambda lines: st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\n\u3000\u3000", "\f"]).map(
        lambda end: end.join(lines)
    )
)
# A page as a careful printer would set it, but for the width of its marks and the spaces between characters.
SENTENCES = st.lists(
    st.tuples(SENTENCE, st.sampled_from([",", "，", "、", " ", ""]), SENTENCE, st.sampled_from("。！？")).map(
        "".join
    ),
    min_size=1,
    max_size=12,
).map("\n\n".join)


def quick(examples: int) -> settings:
    """Few examples each time the tests run; they differ from run to run, and what fails is remembered."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def cleaned(text: str, script: str = "auto") -> Result:
    page = Page(text, "page.txt", "utf-8", sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    return clean_page(page, Config(script=script))


@quick(40)
@given(PAGES, st.sampled_from(SCRIPTS))
@example("", "auto")
@example("\n", "auto")
@example("\x00", "auto")
@example("灯\x00\n\u200b\n船", "simplified")
@example("昨天夜里海港的灯又亮了起来\n" * 3, "traditional")
def test_the_ledger_holds_for_any_page(text: str, script: str) -> None:
    assert check(cleaned(text, script)) == []


@quick(20)
@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_the_ledger_holds_for_any_text_at_all(text: str) -> None:
    assert check(cleaned(text)) == []


@quick(10)
@given(PAGES)
def test_a_page_gives_the_same_result_again(text: str) -> None:
    assert cleaned(text) == cleaned(text)


@quick(20)
@given(SENTENCES)
def test_clean_text_is_not_edited_again(text: str) -> None:
    once = "\n\n".join(article.text.replace("\n", "\n\n") for article in cleaned(text).articles)
    assert [edit for edit in cleaned(once).edits if edit.rule != "block-break"] == []


@pytest.mark.parametrize("size", [1, 100])
def test_one_long_line(size: int) -> None:
    assert check(cleaned("灯又亮了起来，船靠岸了。" * size)) == []
