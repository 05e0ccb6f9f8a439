"""An article as Markdown, for eyes: what the page holds is shown as text, never interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleanpress.model import Article, Block, Role

GAP = "〔此处缺文〕"
"""Stands where text is missing. Joins that were healed are not marked: the reader reads on."""

# Characters that open something anywhere in a line of CommonMark or GitHub's dialect of it.
_INLINE = re.compile(r"[\\`*_\[\]<>&~$#|]")
# What makes a line a list, a quotation, a rule or an underline only where it begins.
_OPENING = re.compile(r"^(?:[-+=:]|\d{1,9}[.)](?=\s|$))")
# White space that Markdown eats, or that breaks the line here or in an editor.
_HIDDEN = re.compile(r"^\s+|\s+$|[\t\n\r\f\u2028\u2029]")


def article_markdown(article: Article) -> str:
    """The article, a block a paragraph; ends with ``\\n``.

    The headline is a first-level heading (its lines are one heading), subheads second-level; kicker and
    subtitle are bold, bylines in italics, captions quoted.
    """
    gaps = {(gap.block, gap.side) for gap in article.gaps}
    paragraphs: list[str] = []
    for blocks in _headings_joined(article):
        pieces = []
        for number, block in blocks:
            before = GAP if (number, "before") in gaps else ""
            after = GAP if (number, "after") in gaps else ""
            pieces.append(before + block.text + after)
        paragraphs.append(_paragraph(blocks[0][1].role, escape(" ".join(pieces))))
    return "\n\n".join(paragraphs) + "\n"


def escape(text: str) -> str:
    """``text`` so that Markdown and HTML show it as it is, on one line; NUL, which neither has, as U+FFFD."""
    text = _INLINE.sub(r"\\\g<0>", text)
    text = text.replace("\0", "\ufffd")
    text = _OPENING.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text)
    return _HIDDEN.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), text)


def _headings_joined(article: Article) -> Iterator[list[tuple[int, Block]]]:
    """The blocks with their numbers; the lines of one headline come together."""
    run: list[tuple[int, Block]] = []
    for number, block in enumerate(article.blocks):
        if run and not (block.role is Role.HEADLINE and run[-1][1].role is Role.HEADLINE):
            yield run
            run = []
        run.append((number, block))
    if run:
        yield run


def _paragraph(role: Role, text: str) -> str:
    if not text:
        return text
    match role:
        case Role.HEADLINE:
            return f"# {text}"
        case Role.SUBHEAD:
            return f"## {text}"
        case Role.KICKER | Role.SUBTITLE:
            return f"**{text}**"
        case Role.BYLINE:
            return f"*{text}*"
        case Role.CAPTION:
            return f"> {text}"
    return text
