"""What a page holds by where it was printed: the blocks that ALTO and PAGE-XML are written from.

Words stand in them as they were read, in the boxes they came with; every line of the layout is in one block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cleanpress.layout.places import lines_of
from cleanpress.model import Article, Layout, LayoutLine, Result, Role, Span


@dataclass(frozen=True, slots=True)
class Placed:
    """Lines printed in one place, numbered from 1; ``role`` is what they are there.

    ``article`` counts from 1, 0 is none; ``page`` is the number of the image, from 1.
    """

    number: int
    article: int
    role: str
    page: int
    lines: tuple[LayoutLine, ...]


def placed_blocks(result: Result, layout: Layout) -> Iterator[Placed]:
    """What stands in one place, articles first, each in its reading order; every line is in one block."""
    taken: set[Span] = set()
    number = 0
    for article, role, span in _taken(result):
        lines: list[LayoutLine] = []
        for line in lines_of(layout, span):
            # A line of which two pieces are used stands where the first one does.
            if line.span not in taken:
                taken.add(line.span)
                lines.append(line)
        for page in sorted({line.page for line in lines}):
            number += 1
            yield Placed(number, article, role, page, tuple(line for line in lines if line.page == page))
    for line in layout.lines:
        if line.span not in taken:
            number += 1
            yield Placed(number, 0, "between", line.page, (line,))


def _taken(result: Result) -> Iterator[tuple[int, str, Span]]:
    """Who takes which span: the number of the article (0: none), and what it is."""
    for number, article in enumerate(result.articles, start=1):
        for block in article.blocks:
            for span in block.spans:
                yield number, block.role.value, span
    for repeat in result.repeats:
        yield 0, "repeat", repeat.span
    for leftover in result.leftovers:
        yield 0, leftover.role.value, leftover.span


def in_articles(blocks: Iterable[Placed]) -> dict[int, list[int]]:
    """The numbers of the blocks of each article, in reading order, by the article's number."""
    articles: dict[int, list[int]] = {}
    for block in blocks:
        if block.article:
            articles.setdefault(block.article, []).append(block.number)
    return articles


def label_of(article: Article) -> str:
    """What an article is called in a list: its headline, or how it begins."""
    return article.first(Role.HEADLINE) or article.blocks[0].text[:40]
