"""The whole way: questions of a page asked, answers obeyed, nothing written by anybody else."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleanpress.adjudicate.forms import NONE, UNSURE, Answer, Form, NoAnswer, decisions_of, form_of, key_of
from cleanpress.cli import cli
from cleanpress.config import Config
from cleanpress.ledger import check
from cleanpress.model import Page, Question, Result, Ruling, Span
from cleanpress.pipeline import clean_page

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PAGES = sorted(SAMPLES.glob("*.txt"))


def page_of(path: Path) -> Page:
    data = path.read_bytes()
    return Page(data.decode(), path.name, "utf-8", sha256(data).hexdigest())


def always(choice: str) -> object:
    def answer(form: Form) -> Answer:
        chosen = choice if choice in form.choices else NONE
        return Answer(chosen, "toy", key_of(form, "toy"))

    return answer


def letters(result: Result) -> int:
    return sum(len(article.text) for article in result.articles)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
@pytest.mark.parametrize("choice", ["A", "B", "C", NONE])
def test_whatever_is_chosen_the_page_stays_whole(path: Path, choice: str) -> None:
    result = clean_page(page_of(path), Config(), always(choice))  # type: ignore[arg-type]
    assert check(result) == []
    spans = [s for a in result.articles for b in a.blocks for s in b.spans]
    plain = [s for a in clean_page(page_of(path), Config()).articles for b in a.blocks for s in b.spans]
    assert sorted(spans) == sorted(plain)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_an_adviser_that_cannot_tell_changes_nothing(path: Path) -> None:
    plain = clean_page(page_of(path), Config())
    unsure = clean_page(page_of(path), Config(), always(UNSURE))  # type: ignore[arg-type]
    assert unsure.articles == plain.articles
    assert unsure.questions == plain.questions
    assert unsure.decisions == ()


def some_page_with_questions() -> Page:
    for path in PAGES:
        page = page_of(path)
        if any(q.candidates for q in clean_page(page, Config()).questions):
            return page
    pytest.fail("no sample raises a question any more: add one that does")


def test_every_decision_is_obeyed_and_recorded_with_its_source() -> None:
    result = clean_page(some_page_with_questions(), Config(), always("A"))  # type: ignore[arg-type]
    assert result.decisions
    after = dict(pairwise(s for a in result.articles for b in a.blocks for s in b.spans))
    for decision in result.decisions:
        assert (decision.source, decision.by) == ("ask", "toy")
        if decision.ruling in (Ruling.FOLLOWS, Ruling.ONE_PARAGRAPH):
            assert after[decision.span] == decision.other
    asked = {decision.question for decision in result.decisions}
    assert asked.isdisjoint(question.text for question in result.questions)


def test_no_answer_leaves_everything_open_and_says_why() -> None:
    def silent(form: Form) -> Answer:
        raise NoAnswer("not answered in time")

    page = some_page_with_questions()
    result = clean_page(page, Config(), silent)
    plain = clean_page(page, Config())
    assert result.articles == plain.articles
    assert "not answered in time" in result.warnings[-1]


def test_a_decision_that_the_articles_do_not_obey_breaks_the_ledger() -> None:
    from dataclasses import replace

    result = clean_page(some_page_with_questions(), Config(), always("A"))  # type: ignore[arg-type]
    kept = next(d for d in result.decisions if d.ruling in (Ruling.FOLLOWS, Ruling.ONE_PARAGRAPH))
    forged = replace(kept, ruling=Ruling.APART)
    assert any("obey" in problem.message for problem in check(replace(result, decisions=(forged,))))


SPANS = (Span(0, 2), Span(3, 5), Span(6, 8))
TEXTS = dict(zip(SPANS, ("甲文", "乙文", "丙文"), strict=True))


@pytest.mark.parametrize(
    ("kind", "choice", "expected"),
    [
        ("join", "B", [(Ruling.FOLLOWS, SPANS[0], SPANS[2])]),
        ("cut", "N", [(Ruling.APART, SPANS[0], SPANS[1]), (Ruling.APART, SPANS[0], SPANS[2])]),
        ("untitled", "A", [(Ruling.FOLLOWS, SPANS[1], SPANS[0])]),
        ("untitled", "N", [(Ruling.BEGINS, SPANS[0], None)]),
        ("paragraph", "A", [(Ruling.ONE_PARAGRAPH, SPANS[0], SPANS[1])]),
        ("paragraph", "N", [(Ruling.NEW_PARAGRAPH, SPANS[0], SPANS[1])]),
        ("join", "U", []),
    ],
)
def test_what_an_answer_decides(kind: str, choice: str, expected: list[object]) -> None:
    candidates = SPANS[1:2] if kind == "paragraph" else SPANS[1:]
    form = form_of(Question(kind, SPANS[0], "?", candidates), TEXTS)
    assert form is not None
    found = decisions_of(form, Answer(choice, "toy", "k"))
    assert [(d.ruling, d.span, d.other) for d in found] == expected


def test_a_question_without_candidates_is_nobody_s_choice() -> None:
    assert form_of(Question("untitled", SPANS[0], "?"), TEXTS) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--ask", "http://localhost:1"],
        ["--ask-model", "toy"],
        ["--ask-cache", "there"],
        ["--ask", "localhost", "--ask-model", "toy"],
    ],
)
def test_half_a_request_is_wrong_use(tmp_path: Path, arguments: list[str]) -> None:
    out = tmp_path / "out"
    run = CliRunner().invoke(cli, ["run", str(PAGES[0]), "-o", str(out), *arguments])
    assert run.exception is not None
    assert not out.exists()


def test_a_server_that_is_not_there_costs_a_warning_and_no_page(tmp_path: Path) -> None:
    page = next(path for path in PAGES if path.name == some_page_with_questions().source)
    asked = ["--ask", "http://127.0.0.1:9", "--ask-model", "toy", "--ask-cache", str(tmp_path / "answers")]
    run = CliRunner().invoke(cli, ["run", str(page), "-o", str(tmp_path / "out"), *asked])
    assert run.exit_code == 0, run.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert any("no connection" in warning for warning in manifest["warnings"])
    assert manifest["configuration"]["ask_model"] == "toy"
