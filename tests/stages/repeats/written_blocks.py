"""Small pages written for the tests of the repeats stage: a fragment is what stands between blank lines."""

from __future__ import annotations

import re

from cleanpress.edited import Change, EditedText, render
from cleanpress.model import Fragment, Role, Span

_ROLES = {
    "#": Role.HEADLINE,
    "=": Role.SUBHEAD,
    "■": Role.BYLINE,
    "%": Role.FURNITURE,
}
_CLOSED = tuple("。！？…”")


def cut_page(text: str) -> tuple[list[Fragment], EditedText]:
    """Fragments of a page written for a test; line breaks are folded, half-width commas widened.

    A leading ``#`` marks a headline, ``=`` a subhead, ``■`` a byline, ``%`` furniture; the mark stays in
    the text, where it is no letter and so is in no key.
    """
    changes = [
        Change(
            m.start(),
            m.end(),
            "，" if m.group() == "," else "",
            "comma" if m.group() == "," else "line-break",
        )
        for m in re.finditer(r",|\n+", text)
    ]
    edited = EditedText(text).apply(changes)
    fragments = []
    for block, match in enumerate(re.finditer(r"\S(?:[^\n]|\n(?=[^\n]))*", text)):
        span = Span(match.start(), match.end())
        body = render(text, edited.edits, span)
        role = _ROLES.get(body[0], Role.PARAGRAPH)
        tail = 0.9 if role is Role.PARAGRAPH and not body.endswith(_CLOSED) else 0.05
        fragments.append(Fragment(span, body, role, open_head=0.3, open_tail=tail, block=block))
    return fragments, edited
