"""Ready-made entries: each, copied into decisions.toml, does what it says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cleanpress import ledger
from cleanpress.config import Config
from cleanpress.decisions import parse
from cleanpress.decisions.ready import Entries
from cleanpress.model import Page, Result, Ruling, Span, Suspect
from cleanpress.pipeline import clean_page
from cleanpress.stages.decode import decode

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
RULINGS = {
    "follows": {Ruling.FOLLOWS},
    "precedes": {Ruling.FOLLOWS},
    "apart": {Ruling.APART},
    "begins": {Ruling.BEGINS},
    "one paragraph": {Ruling.ONE_PARAGRAPH},
    "new paragraph": {Ruling.FOLLOWS, Ruling.NEW_PARAGRAPH},
}


def page_of(name: str) -> Page:
    return decode((SAMPLES / name).read_bytes(), source=f"samples/{name}")


def under(page: Page, entry: str) -> Result:
    result = clean_page(page, Config(), None, parse(entry, "d.toml"))
    assert ledger.check(result) == []
    assert [warning for warning in result.warnings if "d.toml" in warning] == []
    return result


@pytest.mark.parametrize("name", ["harbour-page.txt", "workshop-columns.txt"])
def test_every_answer_to_every_question_can_be_given(name: str) -> None:
    page = page_of(name)
    result = clean_page(page, Config())
    entries = Entries(result)
    assert len(result.questions) >= 2
    for question in result.questions:
        answers = entries.answers(question)
        assert len(answers) >= 2
        for ready in answers:
            after = under(page, ready.entry)
            assert {d.ruling for d in after.decisions} == RULINGS[ready.answer]
            # What is decided is not asked again.
            if ready.answer in {"follows", "one paragraph", "begins"}:
                assert (question.kind, question.span) not in {(q.kind, q.span) for q in after.questions}
            spans = {span for d in after.decisions for span in (d.span, d.other) if span}
            asked = {question.span}
            if ready.candidate is not None:
                asked.add(question.candidates[ready.candidate])
            assert spans == asked


def test_a_copy_can_be_kept_instead() -> None:
    page = page_of("traditional-page.txt")
    result = clean_page(page, Config())
    for repeat in result.repeats:
        ready = Entries(result).copy_kept(repeat)
        assert ready is not None
        after = under(page, ready.entry)
        assert [d.ruling for d in after.decisions] == [Ruling.KEEP]
        start, end = repeat.span
        assert not any(copy.span.start < end and start < copy.span.end for copy in after.repeats)


def test_a_suspect_can_be_read_in_each_way_it_offers() -> None:
    page = page_of("workshop-columns.txt")
    at = page.text.index("技能寨") + 2
    suspect = Suspect(Span(at, at + 1), "寨", ("赛", "塞"), "toy", 0.6)
    result = clean_page(page, Config())
    readings = Entries(result).readings(suspect)
    assert [ready.candidate for ready in readings] == [0, 1, None]
    for ready, letter in zip(readings, "赛塞寨", strict=True):
        text = "".join(article.text for article in under(page, ready.entry).articles)
        assert f"技能{letter}" in text


def test_text_that_toml_would_read_as_something_else_is_escaped() -> None:
    text = '"港口"的\\灯\x7f亮了，\x85船来了，人们都高高兴兴地上了岸。\n'
    page = Page(text, 'a/"b".txt', "utf-8", "0")
    result = clean_page(page, Config())
    span = result.articles[0].blocks[0].spans[0]
    entries = Entries(result)
    entry = f"[[decision]]\npage = {entries.page}\nbegins = {entries.quotation(span)}\n"
    assert tomllib.loads(entry)["decision"][0]["page"] == '"b".txt'
    assert [d.ruling for d in under(page, entry).decisions] == [Ruling.BEGINS]


def test_what_cannot_be_told_apart_has_no_entry() -> None:
    text = "灯亮了。\n\n\n灯亮了。\n"
    page = Page(text, "p.txt", "utf-8", "0")
    result = clean_page(page, Config())
    spans = [span for article in result.articles for block in article.blocks for span in block.spans]
    quotations = [Entries(result).quotation(span) for span in spans]
    assert all(quotation is None or "after" in quotation or len(spans) == 1 for quotation in quotations)
