"""What leads from page to page, as the report lists it."""

from __future__ import annotations

from typing import Any

from cleanpress.model import Span
from cleanpress.report import across
from cleanpress.report.across import Jump, across_of

HREFS = {"一/01.txt": "report/0001.html", "一/02.txt": "report/0002.html"}


def link(**given: Any) -> dict[str, Any]:
    record = {
        "page": "一/01.txt", "span": [30, 40], "line": 7, "column": 1, "id": "a" * 16,
        "relation": "continues_on", "cue": "（下转第二版）", "issue_page": "2",
        "other_page": "一/02.txt", "other_id": "b" * 16, "other_span": [0, 8],
        "confidence": 0.95, "reason": "each names the other's page",
    }  # fmt: skip
    return {**record, **given}


def reprint(**given: Any) -> dict[str, Any]:
    record = {
        "page": "一/02.txt", "span": [50, 90], "line": 9, "column": 1, "id": None, "block": None,
        "other_page": "一/01.txt", "other_span": [60, 100], "other_line": 13, "other_column": 1,
        "other_id": "c" * 16, "other_block": 2, "relation": "near", "kind": "reprint", "similarity": 0.9,
    }  # fmt: skip
    return {**record, **given}


def test_a_link_leads_to_both_articles() -> None:
    [row] = across_of([link()], [], HREFS).rows
    assert (row.kind, row.relation, row.sure) == ("links", "continues_on", 0.95)
    assert row.here.href == "report/0001.html#i" + "a" * 16
    assert row.there is not None
    assert row.there.href == "report/0002.html#i" + "b" * 16
    assert row.row == Jump(Span(30, 40), True, "2", "a" * 16).row


def test_a_jump_line_that_nothing_answers_leads_nowhere() -> None:
    [row] = across_of([link(other_page=None, other_id=None, other_span=None)], [], HREFS).rows
    assert row.there is None


def test_a_leftover_is_found_by_its_line_and_what_failed_is_no_link() -> None:
    [row] = across_of([], [reprint()], {"一/02.txt": "report/0002.html"}).rows
    assert (row.here.href, row.here.line) == ("report/0002.html#L9", 9)
    assert row.there is not None
    assert (row.there.href, row.there.line) == ("", 13)


def test_a_text_of_an_index_is_on_no_page() -> None:
    [row] = across_of([], [reprint(index=3, other_span=None, other_id="7")], HREFS).rows
    assert row.there is not None
    assert (row.there.path, row.there.href) == ("一/01.txt", "")


def test_kinds_are_counted_and_of_each_the_first_are_shown(monkeypatch: Any) -> None:
    monkeypatch.setattr(across, "SHOWN", 2)
    found = across_of([link()], [reprint(), *[reprint(kind="boilerplate")] * 3], HREFS)
    assert found.counts == {"links": 1, "reprints": 1, "boilerplate": 3}
    assert [row.kind for row in found.rows] == ["links", "reprints", "boilerplate", "boilerplate"]
    assert found.more == 1
