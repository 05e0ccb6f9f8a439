"""What each fragment is: by its own look first, then by what stands around it."""

from __future__ import annotations

from cleanpress.model import Role
from cleanpress.stages.segment.lines import Columns, Line, ends_sentence
from cleanpress.stages.segment.patterns import (
    is_byline,
    is_caption,
    is_furniture,
    is_jump,
    is_kicker,
    is_paper,
    is_subtitle,
)

LONGEST_TITLE = 44
"""Characters of the longest line taken for a headline; the development pages' longest has 43."""
LONGEST_SUBHEAD = 30


def assign_roles(lines: list[Line], columns: Columns, groups: list[tuple[int, int]]) -> list[Role]:
    """A role for each group of lines. What only the whole page can tell is settled by the reassembly."""
    texts = ["".join(line.text for line in lines[first:last]) for first, last in groups]
    roles = [_by_look(text, lines, columns, group) for text, group in zip(texts, groups, strict=True)]
    return _by_context(_mastheads(texts, roles))


def _mastheads(texts: list[str], roles: list[Role]) -> list[Role]:
    """The name of the paper is furniture where it opens the page, or stands above the date and the like."""
    return [
        Role.FURNITURE
        if role is Role.HEADLINE
        and is_paper(text)
        and (k == 0 or (k + 1 < len(roles) and roles[k + 1] is Role.FURNITURE))
        else role
        for k, (text, role) in enumerate(zip(texts, roles, strict=True))
    ]


def _by_look(text: str, lines: list[Line], columns: Columns, group: tuple[int, int]) -> Role:
    first, last = group
    if is_furniture(text):
        return Role.FURNITURE
    if is_jump(text):
        return Role.JUMP
    if is_byline(text):
        return Role.BYLINE
    if is_kicker(text):
        return Role.KICKER
    if is_subtitle(text):
        return Role.SUBTITLE
    if is_caption(text) and len(text) <= 80:
        return Role.CAPTION
    if not looks_like_title(text):
        return Role.PARAGRAPH
    if columns.full[first] and last - first >= 2:
        # Two wrapped lines without a closing mark: a title set in the column, or a torn piece.
        return Role.SUBHEAD if last - first == 2 and not columns.is_full(last - 1) else Role.PARAGRAPH
    if columns.is_full(first) and columns.lengths[first] <= columns.full[first] + 1.01:
        # A single line that just fills its column is a torn line, unless a paragraph or a byline starts
        # below it.
        followed = last < len(lines) and is_byline(lines[last].text)
        begins = last < len(lines) and columns.is_first(last) and not columns.is_full(last)
        return Role.HEADLINE if followed or begins or " " in text else Role.PARAGRAPH
    return Role.HEADLINE


def looks_like_title(text: str) -> bool:
    """Whether a line could be a title: short, ink in it, not closed as a sentence is, not left open."""
    if not 2 <= len(text) <= LONGEST_TITLE:
        return False
    if text[-1] in "，、,；;：:（(《“‘—的" or text[0] in "，。、；：！？）》”’,;:!?%":
        return False
    if sum(c in "，," for c in text) >= 2 or (len(text) > 34 and not any(c in text for c in " 【】")):
        # Of 16,000 headlines of the news corpus fewer than one in a hundred has two commas, and long ones
        # are two clauses with a space between them.
        return False
    # A headline may ask or exclaim; it does not end with a full stop.
    return not (ends_sentence(text) and text.rstrip("”’」』）)》】")[-1:] not in "！？!?")


def _by_context(roles: list[Role]) -> list[Role]:
    """Of two plain title lines above a byline or a subtitle, the first is the kicker."""
    settled = list(roles)
    for i in range(len(roles) - 2):
        headlines = roles[i] is roles[i + 1] is Role.HEADLINE
        if (
            headlines
            and (i == 0 or roles[i - 1] is not Role.KICKER)
            and roles[i + 2] in {Role.BYLINE, Role.SUBTITLE}
        ):
            settled[i] = Role.KICKER
    return settled
