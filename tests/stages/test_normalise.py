"""The normalise stage: what each rule says it does, and what all of them promise together."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.edited import Change, render
from cleanpress.errors import UsageError
from cleanpress.model import Span
from cleanpress.rulebook import Rule, rules_of
from cleanpress.stages.normalise import FINDERS, normalise
from cleanpress.stages.normalise.spacing import letter_spacing
from cleanpress.stages.script import whole_script

RULES = rules_of("normalise")
EXAMPLES = [(rule, before, after) for rule in RULES for before, after in rule.examples]
UNCHANGED = [(rule, text) for rule in RULES for text in rule.unchanged]


def test_the_table_lists_the_rules_in_the_order_they_run() -> None:
    assert [rule.name for rule in RULES] == ["script", *FINDERS]


@pytest.mark.parametrize(
    ("rule", "before", "after"), EXAMPLES, ids=lambda value: getattr(value, "name", None)
)
def test_a_rule_does_what_its_examples_say(rule: Rule, before: str, after: str) -> None:
    edited = normalise(before)
    assert edited.text == after
    assert any(rule.name in edit.rule.split("+") for edit in edited.edits)
    assert all(
        rule.name not in e.rule.split("+") for e in normalise(before, rules_off=frozenset({rule.name})).edits
    )


@pytest.mark.parametrize(("rule", "text"), UNCHANGED, ids=lambda value: getattr(value, "name", None))
def test_counter_examples_stay(rule: Rule, text: str) -> None:
    edited = normalise(text)
    assert (rule.name, edited.text, edited.edits) == (rule.name, text, ())


def test_an_unknown_script_or_rule_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="keep"):
        normalise("文", script="cantonese")
    with pytest.raises(UsageError, match="bracket"):
        normalise("文", rules_off=frozenset({"no-such-rule"}))


# Characters that rules look at, so that random texts are full of work for them.
NOISY = "中国人了一二发發开開体體為为，。、；：？！“”（）《》…—"
MARKS = ",;:?!()\"'.--..<>/ \u3000\u00a0\t\n\n\r\f\u2028"
NUMBERS = "012359OIl|Z，,.．。年月日万元%"
STRANGE = "aBfx019０Ａ％．５３⽇⻋\uf9e4︽︵﹐｡\u200b\u200d\ufeff\0👩🌾\ufe0fä¸­å›½â€œÂÃ\u009d─－"
RICH = st.text(st.sampled_from(NOISY + MARKS + STRANGE), max_size=40)
ANY = st.text(max_size=40)
PIECES = st.lists(
    st.sampled_from(
        [
            "中",
            "国家",
            "发展",
            "開發",
            "AI",
            "f",
            "12",
            ",",
            ".",
            "...",
            "--",
            '"',
            "(",
            ")",
            " ",
            "\n",
            "\n\n",
            ":",
        ]
    ),
    max_size=25,
).map("".join)
# Characters set apart by gaps of uneven width: closing the narrowest must not make others the narrowest.
UNEVEN = st.lists(
    st.tuples(
        st.sampled_from(["中", "国", "的", "和", "发展", "，", ",", "。", "A", "12", "\n"]), st.integers(0, 4)
    ),
    max_size=16,
).map(lambda pieces: "".join(piece + " " * gap for piece, gap in pieces))
DOUBTFUL = st.lists(
    st.sampled_from(
        [*"<>《》«・•·'‘’“一―—-。，的了斯. \n鍖椾含å", "<<", ">>", "一一写在", "中国", "ÖÐ", "¹ú", "ä¸", "\n"]
    ),
    max_size=20,
).map("".join)
TEXTS = st.one_of(RICH, PIECES, UNEVEN, DOUBTFUL, st.text(st.sampled_from(NUMBERS), max_size=16), ANY)


@given(TEXTS)
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).edits == ()


@given(TEXTS, st.sampled_from(["simplified", "traditional", "keep"]))
def test_a_second_pass_changes_nothing_in_a_chosen_script(text: str, script: str) -> None:
    once = normalise(text, script=script).text
    assert normalise(once, script=script).edits == ()


@given(TEXTS, st.sampled_from(sorted(FINDERS)))
def test_a_second_pass_changes_nothing_without_a_rule(text: str, off: str) -> None:
    once = normalise(text, rules_off=frozenset({off})).text
    assert normalise(once, rules_off=frozenset({off})).edits == ()


@given(TEXTS)
def test_edits_are_traceable(text: str) -> None:
    edited = normalise(text)
    assert render(text, edited.edits, Span(0, len(text))) == edited.text
    for edit in edited.edits:
        assert set(edit.rule.split("+")) <= set(FINDERS)
        assert 0 < edit.confidence <= 1
        if set(edit.before) & set("\n\r"):
            assert {"carriage-return", "line-separator"} & set(edit.rule.split("+"))


@given(TEXTS)
def test_lines_and_their_indents_stay(text: str) -> None:
    """The segment stage reads indents and blank lines."""
    plain = re.sub("\r+\n|[\r\f\v\x85\u2028\u2029]", "\n", text)
    kept = re.sub(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]", "", plain
    )
    off = frozenset({"mojibake", "invisible-character"})
    lines = normalise(kept, rules_off=off).text.split("\n")
    assert [_white(line) for line in lines] == [_white(line) for line in kept.split("\n")]


def _white(line: str) -> tuple[str, str]:
    """The white space at the start and end of a line."""
    body = line.strip()
    return (line, "") if not body else (line[: line.index(body[0])], line[line.rindex(body[-1]) + 1 :])


CLEAN = [
    "本报讯　入冬以来，沿江各站点全力保障供暖。“管网改了，屋里暖了！”住户老周说，往年要盖两床被子。",
    "（记者　何青　通讯员　周小雨）从2021年至2025年，全县新增“口袋公园”32个，绿地率达41.6％……",
    "——写在《河湖条例》施行三周年之际",
    "他问：“这算不算数？”老支书答：“算！白纸黑字，《承包合同》第3条、第10条都写着呢。”",
    "比赛以3:2结束，10:30开场的女排决赛观众达1,200人；C919、5G、PM2.5等成为热词。",
    "詳情請見第二版（續）：「開發不是目的，生活才是。」他說。",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_chinese_comes_back_untouched(text: str) -> None:
    assert normalise(text).edits == ()


def test_only_the_narrowest_spaces_of_a_line_go() -> None:
    assert normalise("国 家 发 展  改 革 委   甲  乙   丙").text == "国家发展  改革委   甲  乙   丙"
    assert normalise("国  家  发  展    改  革  委").text == "国家发展    改革委"
    assert normalise("目  前  ,  全  国  夏  粮").text == "目前，全国夏粮"


def test_a_line_is_closed_up_once_however_many_widths_its_gaps_have(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def counted(text: str) -> list[Change]:
        nonlocal calls
        calls += 1
        return letter_spacing(text)

    monkeypatch.setitem(FINDERS, "letter-spacing", counted)
    line = "".join("国" + " " * (1 + k // 2) for k in range(200)) + "国"
    assert normalise(line).text == "国国国" + line[5:]
    assert calls == 2


SIZE = 30_000
ADVERSARIAL = {
    "brackets": "(" * (SIZE // 2) + ")" * (SIZE // 2),
    "open brackets": "中(" * (SIZE // 2),
    "commas": "," * SIZE,
    "commas and digits": "1," * (SIZE // 2),
    "quotes": '"' * SIZE,
    "quotes and letters": '中"' * (SIZE // 2),
    "spaces": "中" + " " * SIZE + "国",
    "spaced singles": "中 " * (SIZE // 2),
    "spaced pairs": "中国 中 " * (SIZE // 5),
    "uneven spaces": "中 国  " * (SIZE // 5),
    "ever wider spaces": "".join("中" + " " * k for k in range(int((2 * SIZE) ** 0.5))),
    "dots": "." * SIZE,
    "stops": "中." * (SIZE // 2),
    "hyphens": "-" * SIZE,
    "carriage returns": "\r" * SIZE,
    "blank lines": "\n \n\t" * (SIZE // 4),
    "joiners": "\u200d" * SIZE,
    "mojibake": "ä¸\u00adå›½" * (SIZE // 6),
    "mojibake leads": "ä " * (SIZE // 2),
    "brackets of two lines": (
        "(" * (SIZE // 4) + "中" * (SIZE // 4) + "\n" + "中" * (SIZE // 4) + ")" * (SIZE // 4)
    ),
    "marks in both scripts": "中a,b" * (SIZE // 4),
    "slashes": "http://" * (SIZE // 7),
    "utf-8 in gbk": "鍖椾含" * (SIZE // 3),
    "utf-8 in gbk, broken": "鍖椾" * (SIZE // 2),
    "gbk in latin": "ÖÐ¹ú" * (SIZE // 4),
    "digits and letters": "1O" * (SIZE // 2),
    "tokens": "l949年1O月 " * (SIZE // 9),
    "points": "O." * (SIZE // 2),
    "thousands": "1，000" * (SIZE // 5),
    "thousands in a row": "1" + "，000" * (SIZE // 4),
    "units": "1年年1月月1日日" * (SIZE // 9),
    "open titles": "<<中" * (SIZE // 3),
    "titles": "<中国>" * (SIZE // 4),
    "dots in names": "斯•" * (SIZE // 2),
    "traditional dots": "國‧" * (SIZE // 2),
    "single quotes": "中'" * (SIZE // 2),
    "apostrophes": "a'" * (SIZE // 2),
    "ones": "一" * SIZE,
    "mottos": "一一写在\n" * (SIZE // 5),
    "stops in words": "斯.中." * (SIZE // 4),
    "numerals": "一" * (SIZE // 2) + ".\n" * (SIZE // 4),
    "doubled marks": "中，，" * (SIZE // 3),
    "commas only": "，" * SIZE,
    "stray spaces": "国的 中，" * (SIZE // 5),
    "stray spaces in a line without marks": "国的 中国" * (SIZE // 5),
    "open quotations": "“的 中" * (SIZE // 4),
}


@pytest.mark.parametrize("text", ADVERSARIAL.values(), ids=ADVERSARIAL.keys())
def test_no_input_takes_more_than_linear_time(text: str) -> None:
    """Twice the text may take about twice the time; a quadratic rule would take four times as long."""
    half, whole = (min(_seconds(part) for _ in range(2)) for part in (text[len(text) // 2 :], text))
    assert whole < 3 * half + 0.5


def _seconds(text: str) -> float:
    start = time.process_time()
    normalise(text)
    return time.process_time() - start


SIMPLE_PAGE = "这个县的农业发展很快，乡亲们说：“路宽了，电灯亮了，钱包也鼓了。”" * 4
FULL_PAGE = "這個縣的農業發展很快，鄉親們說：「路寬了，電燈亮了，錢包也鼓了。」" * 4


def test_a_stray_character_is_read_in_the_script_of_the_page() -> None:
    assert normalise(SIMPLE_PAGE + "县里開会").text == SIMPLE_PAGE + "县里开会"
    assert normalise(FULL_PAGE + "縣裡开會").text == FULL_PAGE + "縣裡開會"
    assert normalise(SIMPLE_PAGE + "县里開会", script="keep").edits == ()


def test_a_stray_character_stays_where_there_is_a_choice() -> None:
    """后, 里 and 面 are printed in traditional pages too; 乾, 於 and 昇 in names on simplified ones."""
    assert normalise(FULL_PAGE + "皇后在公里碑前吃面").edits == ()
    assert normalise(SIMPLE_PAGE + "乾隆，於梨华，毕昇").edits == ()


def test_a_stray_character_of_several_readings_is_read_as_the_page_reads_it() -> None:
    """发 is 發 or 髮: 發展 stands on the page, nothing like 发票 does."""
    assert normalise(FULL_PAGE + "农會发展").text == FULL_PAGE + "農會發展"
    assert normalise(FULL_PAGE + "發票与发票").text == FULL_PAGE + "發票与發票"
    assert normalise(FULL_PAGE + "他发了火").edits == ()


def test_a_page_in_both_scripts_is_left_alone() -> None:
    assert normalise(SIMPLE_PAGE + FULL_PAGE).edits == ()


def test_a_page_is_converted_on_request_only() -> None:
    text = "皇后說：後來，乾隆皇帝乾了一杯。"
    assert normalise(text).edits == ()
    edited = normalise(text, script="simplified")
    assert edited.text == "皇后说：后来，乾隆皇帝干了一杯。"
    assert [(e.before, e.after, e.rule) for e in edited.edits] == [
        ("說", "说", "script"),
        ("後來", "后来", "script"),
        ("乾", "干", "script"),
    ]
    assert normalise("头发与发展", script="traditional").text == "頭髮與發展"
    assert normalise("头发与发展\0", script="traditional").text == "頭髮與發展"
    assert normalise("頭髮與發展", script="traditional").edits == ()


@given(
    st.text(st.sampled_from("头发与展开發開說后\0\ud800\udfff\ufffda\n"), max_size=30),
    st.sampled_from(["simplified", "traditional"]),
)
def test_converting_a_page_invents_no_replacement_character(text: str, script: str) -> None:
    found = whole_script(text, script)
    assert "".join(change.after for change in found).count("\ufffd") == 0
    for change in found:
        assert not set("\0\ud800\udfff\ufffd") & set(text[change.start : change.end])


def test_a_phrase_that_changes_its_length_leaves_its_neighbours_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def longer(line: str, script: str) -> str:
        assert script == "traditional"
        assert not set("\0\ud800") & set(line)
        return line.replace("发展", "甲乙丙")

    monkeypatch.setattr("cleanpress.stages.script._convert", longer)
    found = whole_script("头发\0发展与发展\ud800", "traditional")
    assert [(change.start, change.end, change.after) for change in found] == [(3, 8, "甲乙丙与甲乙丙")]


def test_the_context_of_a_mark_reaches_over_line_breaks_but_not_over_paragraphs() -> None:
    assert normalise("农业发展,\n“乡亲们").text == "农业发展，\n“乡亲们"
    assert normalise("yes,\n\n农业发展").edits == ()
    assert normalise("乡亲们,\n\nyes").text == "乡亲们，\n\nyes"


def test_quotes_pair_within_a_paragraph_only() -> None:
    assert normalise('甲"乙\n\n丙"丁').edits == ()
    assert normalise('甲"乙\n丙"丁').text == "甲“乙\n丙”丁"
    assert normalise('数"。他又说"走"、"停').edits == ()


SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared corpora beside the checkout")
def test_clean_news_comes_back_as_it_is() -> None:
    with gzip.open(SHARED / "corpora" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in itertools.islice(lines, 800)]
    text = "\n\n".join("\n\n".join([record["title"], *record["paragraphs"]]) for record in records)
    edits = normalise(text).edits
    # What is left to change there are misprints: a half-width bracket, a space before a full stop, a bullet
    # for the dot of a name. benchmarks/noise_harm.py lists them.
    assert len(edits) < len(text) / 30_000


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared pages beside the checkout")
def test_marks_of_tidy_pages_are_those_of_the_gold() -> None:
    compared = 0
    for path in sorted((SHARED / "pages" / "tidy-dev").glob("*.txt")):
        gold = json.loads(path.with_suffix(".gold.json").read_text(encoding="utf-8"))
        blocks = [block for article in gold["articles"] for block in article["blocks"]]
        wanted: dict[tuple[str, str], set[str]] = {}
        for block in blocks:
            for flanks, marks in _marks(block):
                wanted.setdefault(flanks, set()).add(marks)
        for paragraph in normalise(path.read_text(encoding="utf-8")).text.split("\n\n"):
            for flanks, marks in _marks(paragraph):
                compared += flanks in wanted
                assert marks in wanted.get(flanks, {marks})
    assert compared > 10_000


def _marks(text: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The marks between two letters, with four letters on each side."""
    letters = [match.start() for match in re.finditer(r"[^\W_]", text)]
    plain = "".join(text[at] for at in letters)
    for i in range(4, len(letters) - 3):
        between = re.sub(r"\s", "", text[letters[i - 1] + 1 : letters[i]])
        yield (plain[i - 4 : i], plain[i : i + 4]), between


@pytest.mark.parametrize("text", ["ï»¿", "ï»¿港口的灯亮了", "港口ï»¿的灯", "ï»¿\tÂ\x80", "â\x81¥"])
def test_a_byte_order_mark_that_was_read_wrongly_takes_no_letter_with_it(text: str) -> None:
    assert normalise(text).text == re.sub("[\x80\x81]", "", text)
