from __future__ import annotations

import time
from dataclasses import replace

import pytest

from cleanpress.ledger import LedgerError, check, quote, require
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
)
from handmade import TEXT, block, handmade, span_of

GOOD = handmade()


def changed_article(**changes: object) -> Result:
    return replace(GOOD, articles=(replace(GOOD.articles[0], **changes), *GOOD.articles[1:]))


def changed_block(number: int, **changes: object) -> Result:
    blocks = list(GOOD.articles[0].blocks)
    blocks[number] = replace(blocks[number], **changes)
    return changed_article(blocks=tuple(blocks))


def changed_join(**changes: object) -> Result:
    return changed_article(joins=(replace(GOOD.articles[0].joins[0], **changes),))


def changed_repeat(**changes: object) -> Result:
    return replace(GOOD, repeats=(replace(GOOD.repeats[0], **changes),))


def changed_suspect(**changes: object) -> Result:
    return replace(GOOD, suspects=(replace(GOOD.suspects[0], **changes),))


def restored(before: str, after: str, rule: str) -> Result:
    """An edit by a rule that restores, at the first place where the page has ``before``."""
    span = span_of(before)
    edit = Edit(span, before, after, rule)
    return replace(GOOD, edits=tuple(sorted((*GOOD.edits, edit), key=lambda e: e.span)))


def changed_edit(of_rule: str, /, **changes: object) -> Result:
    return replace(
        GOOD, edits=tuple(replace(edit, **changes) if edit.rule == of_rule else edit for edit in GOOD.edits)
    )


def with_edit(start: int, end: int, after: str) -> Result:
    edit = Edit(Span(start, end), TEXT[start:end], after, "by-hand")
    return replace(GOOD, edits=tuple(sorted((*GOOD.edits, edit), key=lambda e: e.span)))


def without_edit(rule: str) -> Result:
    return replace(GOOD, edits=tuple(edit for edit in GOOD.edits if edit.rule != rule))


def test_the_handmade_result_obeys_the_law() -> None:
    assert check(GOOD) == []
    require(GOOD)


def test_an_empty_page_obeys_the_law() -> None:
    assert check(Result(Page("", "empty.txt", "utf-8", ""), (), (), (), ())) == []


COMMA = span_of("里,海").start + 1
BREACHES = {
    "a character of a block is changed": (
        changed_block(0, text="今曰港口"),
        "block 1 reads '曰港口' at character 2",
    ),
    "a block has a character too many": (changed_block(0, text="今日港口！"), "block 1 reads '！'"),
    "a block lacks a character": (changed_block(0, text="今日港"), "page and its edits give '口'"),
    "a block does not apply an edit": (
        changed_block(3, text=GOOD.articles[0].blocks[3].text.replace("，", ",", 1)),
        "block 4",
    ),
    "a block comes from nowhere": (changed_block(0, spans=()), "comes from nowhere"),
    "a block is two lines": (
        changed_article(blocks=(*GOOD.articles[0].blocks, block(Role.PARAGRAPH, "老陈\n来"))),
        "more than one line",
    ),
    "an article has no block": (replace(GOOD, articles=(*GOOD.articles, Article(()))), "has no block"),
    "a span runs off the page": (changed_block(0, spans=(Span(0, 10_000),)), "is not on the page"),
    "a span is empty": (changed_block(0, spans=(Span(3, 3),)), "is not on the page"),
    "a span is backwards": (changed_block(0, spans=(Span(3, 1),)), "is not on the page"),
    "a span is negative": (changed_block(0, spans=(Span(-2, 2),)), "is not on the page"),
    "an article is dropped": (replace(GOOD, articles=GOOD.articles[:1]), "in no article"),
    "the leftovers are dropped": (replace(GOOD, leftovers=()), "广告"),
    "the repeats are dropped": (replace(GOOD, repeats=()), "13 characters are in no article"),
    "the line ends are dropped": (without_edit("block-break"), "1 characters are in no article"),
    "a text is used twice": (
        replace(GOOD, leftovers=(*GOOD.leftovers, Leftover(span_of("果园采摘"), Role.HEADLINE, "twice"))),
        "is also in articles 2",
    ),
    "a span within a span": (
        replace(GOOD, leftovers=(*GOOD.leftovers, Leftover(span_of("园采"), Role.HEADLINE, "twice"))),
        "is also in articles 2",
    ),
    "an edit says what the page does not": (
        changed_edit("half-width-mark", before="、"),
        "the page reads ','",
    ),
    "an edit changes nothing": (changed_edit("half-width-mark", after=","), "changes nothing"),
    "an edit does something else": (changed_edit("half-width-mark", after="、"), "block 4 reads '，"),
    "an edit has no rule": (changed_edit("half-width-mark", rule=""), "names no rule"),
    "edits overlap": (with_edit(COMMA - 1, COMMA + 1, "里，"), "overlaps"),
    "edits are out of order": (replace(GOOD, edits=GOOD.edits[::-1]), "out of order"),
    "an edit is off the page": (
        replace(GOOD, edits=(*GOOD.edits, Edit(Span(9999, 9999), "", "好", "by-hand"))),
        "is not on the page",
    ),
    "an edit crosses the border of a span": (
        replace(
            without_edit("block-break"),
            edits=(Edit(Span(3, 5), TEXT[3:5], "", "by-hand"),),
        ),
        "crosses the border",
    ),
    "an edit takes letters between spans": (
        replace(
            GOOD,
            leftovers=(),
            edits=tuple(
                sorted(
                    (
                        *GOOD.edits,
                        Edit(span_of("广告：修船请找东街老陈"), "广告：修船请找东街老陈", "", "advert"),
                    ),
                    key=lambda e: e.span,
                )
            ),
        ),
        "takes letters out of the page",
    ),
    "an edit adds text between spans": (
        changed_edit("block-break", after="好"),
        "adds '好' where no article",
    ),
    "an insertion stands nowhere": (
        replace(
            GOOD,
            leftovers=(),
            edits=tuple(
                sorted(
                    (
                        *(edit for edit in GOOD.edits if edit.span.start != span_of("广告").start - 2),
                        Edit(Span(span_of("广告").start, span_of("广告").start), "", "好", "by-hand"),
                    ),
                    key=lambda e: e.span,
                )
            ),
        ),
        "inserts '好' where no article",
    ),
    "a join is in no block": (changed_join(block=9), "block 10, which does not exist"),
    "a join is in another block": (changed_join(block=0), "is not between two pieces"),
    "a join has another offset": (changed_join(offset=5), "is at character 13, not at 5"),
    "a join has another left side": (changed_join(left=span_of("果园采摘")), "is not between two pieces"),
    "a join is written twice": (changed_article(joins=GOOD.articles[0].joins * 2), "recorded twice"),
    "a join is surer than sure": (changed_join(confidence=1.5), "not between 0 and 1"),
    "a join's confidence is no number": (changed_join(confidence=float("nan")), "not between 0 and 1"),
    "a gap is at no block": (changed_article(gaps=(Gap(7, "after", ""),)), "a gap is at block 8"),
    "a gap is on no side": (changed_article(gaps=(Gap(1, "inside", ""),)), "on the side 'inside'"),
    "the kept text is in no article": (
        changed_repeat(kept=GOOD.leftovers[0].span),
        "is not in an article: '广告",
    ),
    "the kept text is the copy": (changed_repeat(kept=GOOD.repeats[0].span), "is not in an article"),
    "the kept text is another text": (
        changed_repeat(kept=span_of("园子里的梨黄了。")),
        "is not what is kept",
    ),
    "an exact copy is not exact": (
        changed_repeat(kept=span_of("夜里,海港的灯又亮了起")),
        "is not what is kept",
    ),
    "a similarity is made up": (changed_repeat(similarity=0.8), "the similarity is said to be 0.80"),
    "a similarity is too good": (
        changed_repeat(relation=Relation.NEAR, kept=span_of("天夜里,海港的灯又"), similarity=1.2),
        "the similarity is said to be 1.20",
    ),
    "a repeat has no rule": (changed_repeat(rule=""), "names no rule"),
    "a question is off the page": (
        replace(GOOD, questions=(Question("what", Span(0, 999), ""),)),
        "is not on the page",
    ),
    "a candidate is off the page": (
        replace(GOOD, questions=(replace(GOOD.questions[0], candidates=(Span(0, 999),)),)),
        "is not on the page",
    ),
    "a restored reading is more than one character": (
        restored("夜里", "夜间", "look-alike"),
        "puts '夜间' in the place of '夜里'",
    ),
    "a restored reading takes a letter away": (restored("夜", "", "copies"), "puts '' in the place of '夜'"),
    "a restored letter is a mark": (restored("夜", "，", "look-alike"), "puts '，' in the place of '夜'"),
    "a restored mark is a letter": (restored("：", "夜", "misread-mark"), "puts '夜' in the place of '：'"),
    "a restored reading has two rules": (
        restored("夜", "日", "stray-script+look-alike"),
        "puts '日' in the place of '夜'",
    ),
    "a restored reading is in a leftover": (restored("请", "清", "look-alike"), "stands in no article"),
    "a suspect is off the page": (changed_suspect(span=Span(0, 999)), "is not on the page"),
    "a suspect shows the page without its edits": (
        changed_suspect(span=Span(3, 5), text="口\n"),
        "its edits read '口'",
    ),
    "a suspect reads otherwise": (changed_suspect(text="里的桃"), "its edits read '里的梨'"),
    "a suspect offers what stands there": (changed_suspect(alternatives=("里的梨",)), "which stands there"),
    "a suspect has no rule": (changed_suspect(rule=""), "the suspect names no rule"),
    "a suspect is surer than sure": (changed_suspect(confidence=1.1), "not between 0 and 1"),
    "a leftover is surer than sure": (
        replace(GOOD, leftovers=(replace(GOOD.leftovers[0], confidence=-0.1),)),
        "not between 0 and 1",
    ),
    "the page is another": (replace(GOOD, page=replace(GOOD.page, text=TEXT.replace("灯", "船"))), "block 4"),
    "the page is longer": (
        replace(GOOD, page=replace(GOOD.page, text=TEXT + "还有")),
        "2 characters are in no article",
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_every_breach_is_named(breach: str) -> None:
    result, message = BREACHES[breach]
    problems = check(result)
    assert any(message in problem.message for problem in problems), problems
    with pytest.raises(LedgerError, match="please report it"):
        require(result)


def test_a_problem_says_where() -> None:
    [problem] = check(changed_block(0, text="今曰港口"))
    assert (problem.record, problem.index, problem.span) == ("articles", 0, Span(0, 4))


def test_insertions_belong_to_the_span_they_end() -> None:
    end = span_of("今日港口").end
    result = with_edit(end, end, "！")
    assert any("page and its edits give '！'" in problem.message for problem in check(result))
    blocks = (replace(GOOD.articles[0].blocks[0], text="今日港口！"), *GOOD.articles[0].blocks[1:])
    article = replace(GOOD.articles[0], blocks=blocks)
    assert check(replace(result, articles=(article, *GOOD.articles[1:]))) == []


def test_an_insertion_at_the_start_of_the_page_belongs_to_the_first_span() -> None:
    blocks = (replace(GOOD.articles[0].blocks[0], text="（今日港口"), *GOOD.articles[0].blocks[1:])
    article = replace(GOOD.articles[0], blocks=blocks)
    assert check(replace(with_edit(0, 0, "（"), articles=(article, *GOOD.articles[1:]))) == []


def test_kept_text_may_run_over_a_line_end() -> None:
    text = "海港的灯亮了\n船靠岸了\n海港的灯亮了船靠岸了"
    first, second, copy = span_of("海港的灯亮了", text), span_of("船靠岸了", text), Span(12, 22)
    page = Page(text, "page.txt", "utf-8", "")
    article = Article(
        (replace(block(Role.PARAGRAPH, text=""), text="海港的灯亮了船靠岸了", spans=(first, second)),),
        (Join(0, 6, first, second, 0.9),),
    )
    edits = tuple(Edit(Span(k, k + 1), "\n", "", "block-break") for k in (6, 11))
    repeat = Repeat(copy, Span(0, 11), Relation.EXACT, 1.0, "exact-copy")
    assert check(Result(page, (article,), (repeat,), (), edits)) == []


def copied(kept: str, copy: str, similarity: float, relation: Relation = Relation.NEAR) -> Result:
    """A page of two lines: an article, and its copy set aside."""
    text = f"{kept}\n{copy}"
    first, second = Span(0, len(kept)), Span(len(kept) + 1, len(text))
    article = Article((Block(Role.PARAGRAPH, kept, (first,)),))
    edits = (Edit(Span(len(kept), len(kept) + 1), "\n", "", "block-break"),)
    repeat = Repeat(second, first, relation, similarity, "copy")
    return Result(Page(text, "page.txt", "utf-8", ""), (article,), (repeat,), (), edits)


def many_letters(count: int, seed: int = 0) -> str:
    """Letters as unlike each other as those of a text, the same ones each time."""
    return "".join(chr(0x4E00 + (k * k * 7919 + k * 104729 + seed) % 2503) for k in range(count))


LONG = many_letters(20_000)
NEARLY = "".join("〇" if k % 50 == 0 else letter for k, letter in enumerate(LONG))


@pytest.mark.parametrize(
    ("kept", "copy", "similarity", "relation"),
    [
        (LONG, LONG, 1.0, Relation.EXACT),
        (LONG, NEARLY, 0.98, Relation.NEAR),
        (LONG, NEARLY[3000:9000], 0.98, Relation.TRUNCATED),
        (LONG, LONG[3000:9000], 1.0, Relation.CONTAINED),
    ],
)
def test_long_copies_are_checked_quickly(kept: str, copy: str, similarity: float, relation: Relation) -> None:
    result = copied(kept, copy, similarity, relation)
    start = time.perf_counter()
    assert check(result) == []
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("copy", "similarity", "message"),
    [
        (NEARLY, 0.8, "the similarity is said to be 0.80, but is 0.98"),
        (LONG[:10_000] + many_letters(10_000, 977), 0.97, "the similarity is said to be 0.97"),
        (many_letters(20_000, 977), 0.9, "is not what is kept"),
    ],
)
def test_a_long_copy_that_is_none_is_found(copy: str, similarity: float, message: str) -> None:
    start = time.perf_counter()
    [problem] = check(copied(LONG, copy, similarity))
    assert message in problem.message
    assert time.perf_counter() - start < 2


def test_a_part_of_the_kept_text_is_a_copy_but_no_exact_one() -> None:
    kept, part = many_letters(200), many_letters(200)[40:160]
    assert check(copied(kept, part, 1.0, Relation.CONTAINED)) == []
    nearly = part[:50] + "〇" + part[51:]
    assert check(copied(kept, nearly, 0.99, Relation.CONTAINED)) == []
    [problem] = check(copied(kept, part, 1.0, Relation.EXACT))
    assert "is not what is kept" in problem.message


def test_an_article_of_many_joins_is_checked_quickly() -> None:
    # Rendering the block anew for each join would be four million renderings.
    count = 2000
    text = "灯" * count
    spans = tuple(Span(k, k + 1) for k in range(count))
    joins = tuple(Join(0, k + 1, spans[k], spans[k + 1], 1.0) for k in range(count - 1))
    article = Article((Block(Role.PARAGRAPH, text, spans),), joins)
    start = time.perf_counter()
    assert check(Result(Page(text, "page.txt", "utf-8", ""), (article,), (), (), ())) == []
    assert time.perf_counter() - start < 1


def test_quotes_are_short_and_printable() -> None:
    assert quote("一\x1b[31m二") == r"'一\x1b[31m二'"
    assert len(quote("字" * 1000)) < 30


def test_a_letter_that_was_restored_is_lawful_and_makes_a_copy_no_other_text() -> None:
    at = span_of("灯").start
    edit = Edit(Span(at, at + 1), "灯", "烛", "look-alike", 0.99)
    article = GOOD.articles[0]
    blocks = tuple(replace(b, text=b.text.replace("灯", "烛")) for b in article.blocks)
    edits = tuple(sorted((*GOOD.edits, edit), key=lambda e: e.span))
    good = replace(GOOD, articles=(replace(article, blocks=blocks), GOOD.articles[1]), edits=edits)
    assert check(good) == []
    by_hand = tuple(replace(e, rule="by-hand") if e.after == "烛" else e for e in edits)
    assert [problem.record for problem in check(replace(good, edits=by_hand))] == ["repeats"]
