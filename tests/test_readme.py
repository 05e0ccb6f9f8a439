"""What the README shows is what happens: its excerpts, its commands, its comparison, in both languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path

import ftfy
import opencc
import pytest

import cleanpress
from cleanpress.formats.summary import Summary
from cleanpress.stages.normalise import normalise

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
MARKS = "青岛，（港区）：“是”……㎡㈠"


def blocks(readme: str, language: str) -> list[str]:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


def stands_in(excerpt: str, lines: list[str]) -> bool:
    """Whether one of the lines reads like the excerpt, ``…`` standing for anything but a line end."""
    pattern = ".*".join(map(re.escape, excerpt.split("…")))
    return any(re.fullmatch(pattern, line) for line in lines)


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "samples" / "orchard-columns.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_the_page_shown_is_the_sample(readme: str, page: str) -> None:
    shown = blocks(readme, "text")[0].splitlines()
    assert len(shown) > 5
    assert [line for line in shown if line and not stands_in(line, page.splitlines())] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_article_shown_comes_out(readme: str, page: str) -> None:
    shown = [line for line in blocks(readme, "text")[1].splitlines() if line]
    articles = [article.text.splitlines() for article in cleanpress.clean(page).articles]
    assert len(shown) > 5
    assert any(all(stands_in(line, lines) for line in shown) for lines in articles)


@pytest.mark.parametrize("readme", READMES)
def test_the_summary_shown_is_what_a_run_says(readme: str, page: str) -> None:
    summary = Summary("clean/")
    result = cleanpress.clean(page)
    summary.add(replace(result, page=replace(result.page, source="samples/orchard-columns.txt")))
    shown = blocks(readme, "text")[2].splitlines()
    assert [line for line in shown if not stands_in(line, summary.plain())] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_python_shown_runs(readme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = blocks(readme, "python")
    exec(compile(code, readme, "exec"), {})


def test_the_rule_that_is_taken_back_changed_something(page: str) -> None:
    (rule,) = re.findall(r"cleanpress undo clean/ --rule (\S+)", "".join(blocks("README.md", "bash")))
    assert any(rule in edit.rule.split("+") for edit in cleanpress.clean(page).edits)


def test_both_languages_show_the_same_commands_and_links() -> None:
    for language in ("bash", "text", "python"):
        strip = [[re.sub(r" *#.*", "", block) for block in blocks(name, language)] for name in READMES]
        assert strip[0] == strip[1]
    targets = [
        set(re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))) - set(READMES)
        for name in READMES
    ]
    assert targets[0] == targets[1]


@pytest.mark.parametrize("path", [*READMES, "CONTRIBUTING.md", "docs/design.md", "benchmarks/README.md"])
def test_no_link_leads_nowhere(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / path).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_comparison_is_what_the_tools_do(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    taiwan = "計程車、軟體"
    for answer in (
        ftfy.fix_text(MARKS),
        unicodedata.normalize("NFKC", MARKS),
        opencc.OpenCC("tw2sp").convert(taiwan),
    ):
        assert f"`{answer}`" in text
    assert normalise(MARKS).text == MARKS
    assert normalise(taiwan).text == taiwan


def test_the_design_gives_a_reason_for_each_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=~! ]", requirement)[0] for requirement in project["dependencies"]}
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    assert {name for name in names if f"| {name} |" not in design} == set()
