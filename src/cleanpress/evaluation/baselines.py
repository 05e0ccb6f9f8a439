"""Trivial answers, computed from the page's text alone: what any figure has to be compared with.

They use nothing of cleanpress: a paragraph is what blank lines, indents and short last lines say, a
headline is a short line without an end of sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import median

from cleanpress.evaluation.gold import letters

SENTENCE_END = re.compile(r"[。！？!?…][”’）」』)\"]*$|[。！？!?…”]$")
INDENT = re.compile(r"^(?:　|  )")
HEADLINE = 45
"""Characters: a longer line is not a headline."""


def printed_paragraphs(text: str) -> list[str]:
    """The paragraphs as printed, a line each, in printed order; those without letters left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    lengths = [len(line.strip()) for line in lines if line.strip()]
    if not lengths:
        return []
    width = median(lengths)
    # Column lines are at most some 30 characters wide; a page of whole paragraphs has longer lines.
    wrapped = width <= 30 and sum(length <= 32 for length in lengths) >= 0.9 * len(lengths)
    out: list[str] = []
    new = True
    for line in lines:
        if not line.strip():
            new = True
            continue
        if new or not wrapped or INDENT.match(line):
            out.append(line.strip())
        else:
            out[-1] += line.strip()
        new = len(line.strip()) < 0.85 * width and bool(SENTENCE_END.search(line.rstrip()))
    return [paragraph for paragraph in out if letters(paragraph)]


def do_nothing(text: str) -> list[str]:
    """Each printed paragraph is an article."""
    return printed_paragraphs(text)


def one_article(text: str) -> list[str]:
    """The page is one article."""
    paragraphs = printed_paragraphs(text)
    return ["\n".join(paragraphs)] if paragraphs else []


def printed_order(text: str) -> list[str]:
    """Printed order; every headline after running text begins an article."""
    articles: list[list[str]] = []
    in_body = True
    for paragraph in printed_paragraphs(text):
        headline = len(paragraph) <= HEADLINE and not SENTENCE_END.search(paragraph)
        if not articles or (headline and in_body):
            articles.append([])
        in_body = not headline
        articles[-1].append(paragraph)
    return ["\n".join(article) for article in articles]


def punctuation(text: str) -> list[str]:
    """A paragraph that does not end a sentence goes on in the next printed one; nothing else is joined."""
    articles: list[str] = []
    open_end = False
    for paragraph in printed_paragraphs(text):
        if open_end:
            articles[-1] += paragraph
        else:
            articles.append(paragraph)
        open_end = len(paragraph) > HEADLINE and not SENTENCE_END.search(paragraph)
    return articles


BASELINES: dict[str, Callable[[str], list[str]]] = {
    "do nothing": do_nothing,
    "one article": one_article,
    "printed order": printed_order,
    "punctuation": punctuation,
}
"""Every baseline by the name under which it stands in the table."""
