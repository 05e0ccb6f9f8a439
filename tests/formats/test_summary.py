from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cleanpress.formats.summary import LOOKS, Summary, looks, plural, printable
from cleanpress.model import Article, Block, Edit, Gap, Join, Page, Question, Result, Role, Span

TEXT = "灯亮了\n[bold]船[/bold]\n来了\n可是冰"


def result(questions: int = 1, text: str = TEXT) -> Result:
    lines = [Span(0, 3), Span(4, 18), Span(19, 21), Span(22, 25)]
    block = Block(Role.PARAGRAPH, text[0:3] + text[19:21], (lines[0], lines[2]))
    return Result(
        Page(text, "page[1].txt", "utf-8", ""),
        (
            Article(
                (block, Block(Role.PARAGRAPH, text[22:25], (lines[3],))),
                (Join(0, 3, lines[0], lines[2], 0.61),),
                (Gap(1, "after", "no end"),),
            ),
        ),
        (),
        (),
        tuple(Edit(Span(k, k + 1), "\n", "", "block-break") for k in (3, 18, 21)),
        (
            *(Question("cut", lines[1], "[bold]船[/bold]") for _ in range(questions)),
            Question("join", lines[2], "灯亮了 → 来了", (lines[2],), 0.61),
        ),
        ("no headline\x1b[2J",),
    )


def summary_of(*results: Result, verbose: bool = False) -> Summary:
    summary = Summary("clean", verbose=verbose)
    for each in results:
        summary.add(each)
    return summary


def test_plain_lines() -> None:
    assert summary_of(result()).plain() == [
        "page[1].txt: 1 article, 1 tear healed, 0 repeats set aside, 3 edits, 1 gap, 0 leftovers, 0 suspects",
        "page[1].txt: warning: no headline·[2J",
        "page[1].txt:2:1: left apart: [bold]船[/bold]",
        "page[1].txt:3:1: joined, 61% sure: 灯亮了 → 来了",
        "page[1].txt:4:1: text is missing: …可是冰[…]",
        "clean: 1 article from 1 page, all 25 characters accounted for",
    ]


def test_many_places_are_cut_unless_all_are_asked_for() -> None:
    lines = summary_of(result(20)).plain()
    assert sum("left apart" in line for line in lines) == LOOKS
    assert f"{22 - LOOKS} more places deserve a look (-v shows all)" in lines
    lines = summary_of(result(20), verbose=True).plain()
    assert sum("left apart" in line for line in lines) == 20
    assert "edits by block-break: 3" in lines


def test_failures_are_counted_in_the_last_line() -> None:
    summary = summary_of(result())
    summary.fail("bad.txt", "is empty")
    assert summary.plain()[-1].endswith("; 1 page could not be cleaned")


@pytest.mark.parametrize("verbose", [False, True])
def test_a_terminal_shows_the_same_and_reads_no_markup(verbose: bool) -> None:
    stream = StringIO()
    console = Console(file=stream, force_terminal=True, width=120, color_system="truecolor", highlight=False)
    summary_of(result(), verbose=verbose).show_on(console)
    shown = stream.getvalue()
    assert "page[1].txt" in shown
    assert "[bold]船[/bold]" in shown
    assert "61% sure" in shown
    assert "all 25 characters accounted for" in shown
    assert "\x1b[2J" not in shown


def test_no_colour_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = StringIO()
    summary_of(result()).show_on(Console(file=stream, force_terminal=True, width=120, highlight=False))
    assert "\x1b[3" not in stream.getvalue()


def test_only_questions_and_gaps_deserve_a_look() -> None:
    assert [look.what for look in looks(result())] == ["left apart", "joined, 61% sure", "text is missing"]
    page = result()
    sure = Article(page.articles[0].blocks, page.articles[0].joins)
    assert looks(Result(page.page, (sure,), (), (), page.edits)) == []


def test_words() -> None:
    assert (plural(1, "page"), plural(0, "page"), plural(1200, "page")) == (
        "1 page",
        "0 pages",
        "1,200 pages",
    )
    assert printable("一\x1b[31m二\n\u202e") == "一·[31m二··"
