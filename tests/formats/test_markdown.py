"""What Markdown shows is asked of a Markdown parser (markdown-it, which rich brings along)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cleanpress.formats.markdown import GAP, article_markdown, escape
from cleanpress.model import Article, Block, Gap, Join, Role, Span

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NOWHERE = (Span(0, 1),)


def shown(tokens: list[Token]) -> str:
    """The text that a reader sees of inline tokens."""
    return "".join(token.content for token in tokens if token.type in {"text", "text_special"})


def kinds(markdown: str) -> list[tuple[str, str]]:
    """The blocks that a Markdown parser sees: tag and text."""
    tokens = PARSER.parse(markdown)
    return [
        (tokens[k - 1].tag, shown(token.children or []))
        for k, token in enumerate(tokens)
        if token.type == "inline"
    ]


HOSTILE = [
    "<script>alert(1)</script>",
    "<!-- hidden -->",
    "&lt;b&gt; &amp; &#65;",
    "# no heading",
    "## no heading ##",
    "- no list",
    "+ no list",
    "* no list",
    "1. no list",
    "12) no list",
    "2.0版发布",
    "2026.5.3",
    "> no quotation",
    "---",
    "***",
    "===",
    "```",
    "~~~python",
    "~~not struck~~",
    "[no link](http://example.org)",
    "[no]: reference",
    "![no](image.png)",
    "<http://example.org>",
    "**not bold** and _not italic_",
    "`no code`",
    "| no | table |",
    "$no$ mathematics",
    "\\ backslash \\n",
    "    no code",
    "\tno code",
    "two spaces at the end  ",
    "“引号”：《书名》……——",
    "■ 王明明",
    "a\rb",
    "nul\0byte",
    "U+2028\u2028here",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_it_is(text: str) -> None:
    markdown = escape(text)
    assert kinds(markdown) == [("p", text.replace("\0", "\ufffd"))]
    assert "\n" not in markdown


# Control characters have no place in Markdown; its parsers drop them or show U+FFFD.
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r"), min_size=1, max_size=60
    )
)
@example("1\u3000. x")
@example("\u3000\u3000x\u3000")
@example("-\xa0-")
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert kinds(escape(text)) == [("p", text)]


@given(st.text("<>&*_`[]()#-+.!~|$\\ =1a汉：\t", min_size=1, max_size=20))
def test_any_heap_of_marks_is_shown_as_it_is(text: str) -> None:
    assert kinds(escape(text)) == [("p", text)]


@pytest.mark.parametrize(("role", "tag"), [(Role.HEADLINE, "h1"), (Role.SUBHEAD, "h2"), (Role.CAPTION, "p")])
@pytest.mark.parametrize("text", HOSTILE)
def test_titles_are_shown_as_they_are(role: Role, tag: str, text: str) -> None:
    article = Article((Block(role, text, NOWHERE),))
    assert kinds(article_markdown(article)) == [(tag, text.replace("\0", "\ufffd"))]


def test_an_article_reads_like_an_article() -> None:
    article = Article(
        (
            Block(Role.KICKER, "今日港口", NOWHERE),
            Block(Role.HEADLINE, "海港夜航", NOWHERE),
            Block(Role.HEADLINE, "终于恢复", NOWHERE),
            Block(Role.SUBTITLE, "——灯又亮了", NOWHERE),
            Block(Role.BYLINE, "林一", NOWHERE),
            Block(Role.PARAGRAPH, "灯又亮了起来。", (Span(0, 5), Span(9, 11))),
            Block(Role.SUBHEAD, "船靠岸了", NOWHERE),
            Block(Role.CAPTION, "图为码头。", NOWHERE),
            Block(Role.PARAGRAPH, "工人们说，可是冰", NOWHERE),
        ),
        (Join(5, 5, Span(0, 5), Span(9, 11), 0.8),),
        (Gap(8, "after", "no end"), Gap(7, "before", "no start")),
    )
    assert article_markdown(article) == (
        "**今日港口**\n\n# 海港夜航 终于恢复\n\n**——灯又亮了**\n\n*林一*\n\n灯又亮了起来。\n\n"
        f"## 船靠岸了\n\n> {GAP}图为码头。\n\n工人们说，可是冰{GAP}\n"
    )


@pytest.mark.parametrize("text", ["“引号”", "*", "_a_", "■", " 空 "])
def test_emphasis_holds_around_any_mark(text: str) -> None:
    tokens = PARSER.parse(article_markdown(Article((Block(Role.BYLINE, text, NOWHERE),))))
    children = tokens[1].children
    assert children is not None
    assert {"em_open", "em_close"} <= {child.type for child in children}
    assert shown(children) == text
