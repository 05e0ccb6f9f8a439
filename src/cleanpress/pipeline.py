"""One page through the stages."""

from __future__ import annotations

import re

from cleanpress.config import Config
from cleanpress.model import Article, Block, Edit, Page, Result, Role, Span


def clean_page(page: Page, config: Config) -> Result:
    """Every line is a block of one article; what separates lines is an edit."""
    edits: list[Edit] = []
    blocks: list[Block] = []
    for match in re.finditer(r"\S(?:[^\n]*\S)?|\s+", page.text):
        span = Span(*match.span())
        if match[0].isspace():
            edits.append(Edit(span, match[0], "", "block-break", 1.0, "white space between fragments"))
        else:
            blocks.append(Block(Role.PARAGRAPH, match[0], (span,)))
    articles = (Article(tuple(blocks)),) if blocks else ()
    return Result(page, articles, (), (), tuple(edits))
