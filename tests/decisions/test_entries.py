"""Entries of decisions.toml: what can be written, and the one line that says what is wrong."""

from __future__ import annotations

import pytest

from cleanpress.decisions import Kind, Quote, parse
from cleanpress.decisions.entries import digest
from cleanpress.errors import UsageError

GOOD = """# what we decided
[[decision]]
page = "01.txt"
join = ["船进港，", { text = "人上岸", after = "码头" }]
paragraph = true
by = "校对甲"

[[decision]]
reading = "台厉"
as = "台历"
"""


def test_entries_are_read_in_their_order() -> None:
    join, reading = parse(GOOD, "d.toml")
    assert (join.kind, join.paragraph, join.by, join.pages, join.line) == (
        Kind.JOIN,
        True,
        "校对甲",
        "01.txt",
        2,
    )
    assert join.quotes == (Quote("船进港，"), Quote("人上岸", after="码头"))
    assert (reading.kind, reading.reading, reading.line) == (Kind.READING, "台历", 8)


def test_the_key_is_of_what_is_decided_and_not_of_the_place() -> None:
    moved = parse("\n\n" + GOOD.replace("# what we decided", ""), "elsewhere.toml")
    assert [entry.key for entry in moved] == [entry.key for entry in parse(GOOD, "d.toml")]
    other = parse(GOOD.replace("paragraph = true", "paragraph = false"), "d.toml")
    assert other[0].key != moved[0].key
    assert digest(other) != digest(moved)
    assert digest(()) == ""


@pytest.mark.parametrize(
    ("page", "named"),
    [("a/01.txt", True), ("01.txt", True), ("a/101.txt", False), ("a/02.txt", False), ("a\\01.txt", True)],
)
def test_a_page_is_named_by_the_end_of_its_path(page: str, named: bool) -> None:
    assert parse(GOOD, "d.toml")[0].is_about(page) is named


def test_a_pattern_names_many_pages_and_nothing_names_all() -> None:
    (entry,) = parse('[[decision]]\npage = "2026-*/0?.txt"\nbegins = "船"', "d.toml")
    assert entry.is_about("x/2026-06/01.txt")
    assert not entry.is_about("x/2025-06/01.txt")
    assert parse(GOOD, "d.toml")[1].is_about("anything")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[decision]]\njoin = ["a", "b"\n', "d.toml:3: is not TOML: "),
        ("[[decision]]\njoin == 1\n", "d.toml:2: is not TOML: "),
        ('\n[decision]\nbegins = "船"\n', "d.toml:2: decision: write [[decision]], with two brackets"),
        ('decisions = 1\n[[decision]]\nbegins = "船"\n', "d.toml:1: decisions: there is no such key"),
        ('[[decision]]\nby = "甲"\n', "d.toml:1: [[decision]]: decides nothing: it needs one of join, apart"),
        (
            '[[furniture]]\ntext = "船"\n',
            "outside of [[decision]]; did you mean [[decision]] with furniture = …?",
        ),
        ('[[decisions]]\nbegins = "船"\n', "outside of [[decision]]; did you mean [[decision]]?"),
        ('[[decision]]\nbegin = "船"\n', "did you mean 'begins'?"),
        ('[[decision]]\nbegins = "船"\nkeep = "船"\n', "d.toml:3: keep: stands beside 'begins'"),
        ('[[decision]]\nbegins = "船"\nas = "舟"\n', "d.toml:3: as: is no key of an entry with 'begins'"),
        ('\n[[decision]]\njoin = ["船"]\n', "d.toml:3: join: must be two pieces"),
        ('[[decision]]\njoin = "船"\n', "d.toml:2: join: must be two pieces"),
        ('[[decision]]\nbegins = ["船"]\n', "d.toml:2: begins: must quote a piece"),
        ('[[decision]]\nbegins = "……"\n', "d.toml:2: begins: quotes no letter under 'text'"),
        ('[[decision]]\nbegins = { text = "船", behind = "港" }\n', "'behind' is no part of a quotation"),
        ('[[decision]]\nbegins = { after = "船" }\n', "d.toml:2: begins: quotes nothing: it needs text"),
        ('[[decision]]\nreading = "船"\n', 'd.toml:2: reading: needs as = "…"'),
        ('[[decision]]\nreading = "船"\nas = ""\n', "d.toml:3: as: holds no letter"),
        ('[[decision]]\nreading = "船"\nas = "a\\nb"\n', "d.toml:3: as: holds a line end"),
        ('[[decision]]\njoin = ["船", "港"]\nparagraph = "no"\n', "d.toml:3: paragraph: must be true"),
        ('[[decision]]\nbegins = "船"\npage = 1\n', "d.toml:3: page: must be a text"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_where(text: str, line: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(text, "d.toml")
    assert line in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("d.toml:")
