"""The law that every result obeys: nothing is lost, nothing is invented, everything can be traced.

1. Every character of the page lies in exactly one of a block of an article, a repeat, a leftover, or
   otherwise in the ``before`` of an edit between them, which may take away marks and white space but no
   letter and no digit.
2. Every character of an article comes from the page or from the ``after`` of an edit: a block's text is
   its spans with the edits applied.
3. Whatever the record says about the page (the text before an edit, the offset of a join, the copy that
   is kept) is true of the page.

``check`` answers with everything that breaks the law; an empty list is the proof.
"""

from __future__ import annotations

from cleanpress.errors import CleanpressError
from cleanpress.ledger.accounts import (
    accounted,
    borders,
    claims_of,
    disjoint,
    edits_true,
    insertions,
    restored,
    spans_exist,
)
from cleanpress.ledger.problem import Problem, quote, shown
from cleanpress.ledger.statements import (
    article_true,
    confidences,
    decisions_obeyed,
    repeats_true,
    suspects_true,
)
from cleanpress.model import Result

__all__ = ["LedgerError", "Problem", "check", "quote", "require", "shown"]


class LedgerError(CleanpressError):
    """A result breaks the law: an error of cleanpress, never of the page."""


def require(result: Result) -> None:
    """Raise ``LedgerError`` unless the ledger of ``result`` holds."""
    problems = check(result)
    if problems:
        first = problems[0]
        where = f"{first.record} at {shown(first.span)}" if first.span is not None else first.record
        raise LedgerError(
            f"{result.page.source}: the ledger is broken, an error of cleanpress: please report it with "
            f"the page ({len(problems)} problems; the first, in {where}: {first.message})"
        )


def check(result: Result) -> list[Problem]:
    """Everything in ``result`` that breaks the law, in the order of its lists; empty when it holds."""
    length = len(result.page.text)
    problems = [*spans_exist(result, length)]
    if problems:
        # Without sound spans every further question would raise instead of answer.
        return problems
    problems += edits_true(result)
    if problems:
        return problems
    claims = sorted(claims_of(result))
    problems += disjoint(claims)
    problems += borders(result, claims)
    problems += accounted(result, claims)
    problems += insertions(result, claims)
    problems += restored(result, claims)
    for index, article in enumerate(result.articles):
        problems += article_true(result, index, article)
    problems += repeats_true(result)
    problems += decisions_obeyed(result)
    problems += suspects_true(result)
    problems += confidences(result)
    return problems
