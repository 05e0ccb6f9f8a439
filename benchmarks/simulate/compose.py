"""From a clean article to the blocks a newspaper sets: title block, byline, dateline, subheads, sign-off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import opencc

from cleanpress.model import Role
from corpora import CleanArticle
from simulate import names
from simulate.settings import PageStyle

SENTENCE_END = re.compile(r"[。！？…”）：；!?.)]$")
CLAUSE = re.compile(r"(?<![^，。；！？])[^\d，。；：！？、“”‘’《》（）()\s…—·,.;:!?%]{7,16}(?=[，。；！？])")
"""A whole clause between two marks, without figures or names in brackets."""
LABEL = re.compile(r"^【([^】]{2,12})】(.+)$")


@dataclass(frozen=True, slots=True)
class SetBlock:
    """A block as it is set: what it is, and its text."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class SetArticle:
    """An article as it is set, in reading order."""

    id: str
    title: str
    blocks: tuple[SetBlock, ...]

    @property
    def body_start(self) -> int:
        """Index of the first block that is poured into columns; those before are printed as a title block."""
        heads = (Role.KICKER, Role.HEADLINE, Role.SUBTITLE, Role.BYLINE)
        return next((k for k, b in enumerate(self.blocks) if b.role not in heads), len(self.blocks))


def compose(article: CleanArticle, style: PageStyle, rng: Random) -> SetArticle:
    """Set an article: the style of its headline, byline, dateline and subheads are drawn."""
    paragraphs = [p for p in article.paragraphs if p.strip()]
    title_block = _title_block(article.title.strip(), paragraphs, rng)
    habit = rng.choice(style.byline_habits)
    if habit in ("bullet", "reporter", "plain"):
        title_block.append(SetBlock(Role.BYLINE, names.byline(habit, rng)))
    body = [SetBlock(_role(p), p) for p in paragraphs]
    lead = body[0].role is Role.PARAGRAPH and not body[0].text.startswith(("本报", "新华社", "据"))
    if lead and rng.random() < 0.3:
        body[0] = SetBlock(body[0].role, names.dateline(rng) + body[0].text)
    if len(body) >= 4 and rng.random() < 0.55 and all(b.role is Role.PARAGRAPH for b in body):
        body = _with_subheads(body, rng)
    if habit in ("signature", "bare end"):
        text = names.signature(habit, rng)
        if habit == "signature" and rng.random() < 0.5:
            body[-1] = SetBlock(body[-1].role, body[-1].text + text)
        else:
            body.append(SetBlock(Role.BYLINE, text))
    return SetArticle(article.id, article.title, (*title_block, *body))


def in_traditional(article: SetArticle) -> SetArticle:
    """The article in traditional characters."""
    convert = opencc.OpenCC("s2t").convert
    blocks = tuple(SetBlock(b.role, convert(b.text)) for b in article.blocks)
    return SetArticle(article.id, convert(article.title), blocks)


def _role(paragraph: str) -> Role:
    """Short lines without an end of sentence inside a body are its subheads."""
    short = len(paragraph) <= 30 and not SENTENCE_END.search(paragraph)
    return Role.SUBHEAD if short else Role.PARAGRAPH


def _title_block(title: str, paragraphs: Sequence[str], rng: Random) -> list[SetBlock]:
    kicker = subtitle = ""
    headline = title
    label = LABEL.match(title)
    clauses = title.split(" ")
    if label and rng.random() < 0.5:
        kicker, headline = label[1], label[2]
        clauses = headline.split(" ")
    elif not label and rng.random() < 0.08:
        headline = f"【{rng.choice(names.COLUMNS)}】{title}"
    if len(clauses) == 2 and min(map(len, clauses)) >= 6 and rng.random() < 0.35:
        if rng.random() < 0.5:
            headline, subtitle = clauses
        elif not kicker:
            kicker, headline = clauses
    elif rng.random() < 0.2:
        # A line made of a clause of the article's own body: about its matter, in its words.
        clause = _clause(" ".join(paragraphs[1:] or paragraphs), rng)
        if clause and rng.random() < 0.5:
            subtitle = clause
        elif clause and not kicker:
            kicker = clause
    blocks = []
    if kicker:
        mark = rng.choice(["► ", "► ", "", "● ", "▌"])
        blocks.append(SetBlock(Role.KICKER, mark + kicker))
    blocks.append(SetBlock(Role.HEADLINE, headline))
    if subtitle:
        blocks.append(SetBlock(Role.SUBTITLE, rng.choice(["——", "——", "——", "—", ""]) + subtitle))
    return blocks


def _clause(text: str, rng: Random) -> str:
    clauses = CLAUSE.findall(text)
    return str(rng.choice(clauses)) if clauses else ""


def _with_subheads(body: Sequence[SetBlock], rng: Random) -> list[SetBlock]:
    """A subhead above every section of some length: a clause (or two) of the section it heads."""
    out = [body[0]]
    since, every = len(body[0].text), rng.choice([80, 120, 200, 300, 450])
    two = rng.random() < 0.4
    for k, block in enumerate(body[1:], 1):
        section = "".join(b.text for b in body[k : k + 3])
        if (since >= every or k == 1) and len(section) >= 100:
            parts = [_clause(section, rng), _clause(section, rng)] if two else [_clause(section, rng)]
            text = rng.choice(["，", " "]).join(dict.fromkeys(filter(None, parts)))
            if text:
                out.append(SetBlock(Role.SUBHEAD, text))
                since = 0
        since += len(block.text)
        out.append(block)
    return out
