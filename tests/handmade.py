"""A page and its result made by hand: every kind of record, none of it from the stages."""

from __future__ import annotations

import re
from hashlib import sha256

from cleanpress.model import (
    Article,
    Block,
    Edit,
    Gap,
    Join,
    Leftover,
    Page,
    Question,
    Relation,
    Repeat,
    Result,
    Role,
    Span,
    Suspect,
)

TEXT = """今日港口
海港夜航恢复
本报记者 林一
昨天夜里,海港的灯又亮了起

广告：修船请找东街老陈
来，船一艘接一艘地靠岸，工人忙到天亮。
昨天夜里，海港的灯又亮了起
工人们说，今年的鱼比去年多，可是冰

果园采摘
园子里的梨黄了。\t
"""


def span_of(piece: str, text: str = TEXT, after: int = 0) -> Span:
    """Where a piece stands in the text, at or behind ``after``."""
    start = text.index(piece, after)
    return Span(start, start + len(piece))


def block(role: Role, *pieces: str, text: str | None = None) -> Block:
    """A block of these pieces of the page; ``text`` where edits change them."""
    return Block(role, "".join(pieces) if text is None else text, tuple(map(span_of, pieces)))


def handmade(source: str = "港口.txt", data: bytes = TEXT.encode()) -> Result:
    """For ``TEXT``: two articles, a join, a gap, a repeat, a leftover, edits, a question and a suspect."""
    left, right = "昨天夜里,海港的灯又亮了起", "来，船一艘接一艘地靠岸，工人忙到天亮。"
    copy = span_of("昨天夜里，海港的灯又亮了起")
    comma = span_of("里,海")
    edits = [Edit(Span(m.start(), m.end()), m[0], "", "block-break") for m in re.finditer(r"\n+|\t\n", TEXT)]
    edits.append(
        Edit(Span(comma.start + 1, comma.end - 1), ",", "，", "half-width-mark", 0.99, "between 汉字")
    )
    harbour = Article(
        (
            block(Role.KICKER, "今日港口"),
            block(Role.HEADLINE, "海港夜航恢复"),
            block(Role.BYLINE, "本报记者 林一"),
            block(Role.PARAGRAPH, left, right, text=(left + right).replace(",", "，")),
            block(Role.PARAGRAPH, "工人们说，今年的鱼比去年多，可是冰"),
        ),
        (Join(3, len(left), span_of(left), span_of(right), 0.71),),
        (Gap(4, "after", "the sentence has no end on this page"),),
        0.9,
    )
    orchard = Article((block(Role.HEADLINE, "果园采摘"), block(Role.PARAGRAPH, "园子里的梨黄了。")))
    return Result(
        Page(TEXT, source, "utf-8", sha256(data).hexdigest()),
        (harbour, orchard),
        (Repeat(copy, span_of(left), Relation.EXACT, 1.0, "exact-copy", "the first print is whole"),),
        (Leftover(span_of("广告：修船请找东街老陈"), Role.FURNITURE, "an advertisement", 0.8),),
        tuple(sorted(edits, key=lambda edit: edit.span)),
        (Question("which-copy", copy, "两处印的是同一段吗？", (span_of(left),), 0.4),),
        ("the page has an advertisement",),
        suspects=(Suspect(span_of("里的梨"), "里的梨", ("里的犁",), "look-alike", 0.3, "too rare"),),
    )
