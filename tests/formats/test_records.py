from __future__ import annotations

import json
from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from cleanpress.formats import parse, records
from cleanpress.formats.places import Places
from cleanpress.model import Article, Block, Edit, Leftover, Page, Result, Role, Span


def page_of(text: str, *articles: Article, edits: tuple[Edit, ...] = ()) -> Result:
    return Result(Page(text, "page.txt", "utf-8", "0" * 64), articles, (), (), edits)


def one_line(text: str, start: int = 0) -> Article:
    return Article((Block(Role.PARAGRAPH, text, (Span(start, start + len(text)),)),))


def test_an_id_is_the_documented_hash() -> None:
    result = page_of("梨黄了", one_line("梨黄了"))
    expected = blake2b("page.txt\0梨黄了".encode(), digest_size=8).hexdigest()
    assert records.article_ids(result) == [expected]


def test_articles_of_the_same_text_have_ids_of_their_own() -> None:
    result = page_of("梨黄了梨黄了", one_line("梨黄了"), one_line("梨黄了", 3))
    first, second = records.article_ids(result)
    assert first == blake2b("page.txt\0梨黄了".encode(), digest_size=8).hexdigest()
    assert second == blake2b("page.txt\0梨黄了\x002".encode(), digest_size=8).hexdigest()


def test_keys_stand_in_the_order_of_the_documentation() -> None:
    result = page_of("梨黄了", one_line("梨黄了"))
    [record] = records.articles(result, Places("梨黄了"))
    assert list(record) == [
        "page",
        "id",
        "position",
        "title",
        "kicker",
        "subtitle",
        "byline",
        "text",
        "blocks",
        "joins",
        "gaps",
        "confidence",
    ]


@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_is_one_line_and_comes_back(text: str) -> None:
    line = records.line({"page": text})
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert len(line.decode().splitlines()) == 1
    assert json.loads(line) == {"page": text}
    assert parse.record_of(line) == {"page": text}


def test_text_is_not_escaped() -> None:
    assert records.line({"page": "梨🚀"}) == '{"page": "梨🚀"}\n'.encode()


def test_where_an_edit_is() -> None:
    text = "梨 黄\n广 告\n果"
    edits = (
        Edit(Span(0, 0), "", "（", "by-hand"),
        Edit(Span(1, 2), " ", "", "spaces"),
        Edit(Span(3, 3), "", "）", "by-hand"),
        Edit(Span(3, 4), "\n", "", "block-break"),
        Edit(Span(5, 6), " ", "", "spaces"),
        Edit(Span(7, 8), "\n", "", "block-break"),
    )
    result = Result(
        Page(text, "page.txt", "utf-8", "0" * 64),
        (Article((Block(Role.PARAGRAPH, "（梨黄）", (Span(0, 3),)),)), one_line("果", 8)),
        (),
        (Leftover(Span(4, 7), Role.FURNITURE, "an advertisement"),),
        edits,
    )
    places = Places(text)
    found = list(records.edits(result, places))
    assert [record["in"] for record in found] == [
        "article",
        "article",
        "article",
        "between",
        "leftover",
        "between",
    ]
    assert [(record["line"], record["column"]) for record in found[3:5]] == [(1, 4), (2, 2)]
    [leftover] = records.leftovers(result, places)
    assert (leftover["before"], leftover["after"], leftover["rule"]) == ("广 告", "广告", "furniture")
