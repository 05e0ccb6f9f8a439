"""The files of a report: derived from the record, proved with the folder, the same however they were made."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleanpress
from cleanpress import cli
from cleanpress.errors import InputError
from cleanpress.formats.add_report import add_report
from cleanpress.model import Box, Decision, Layout, LayoutLine, PageImage, Ruling, Span, Suspect
from cleanpress.report import ReportFiles, page_html, page_view
from cleanpress.report.render import visible, words
from cleanpress.verification import verify
from handmade import TEXT, handmade, span_of


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    Path("b.txt").write_text("果园采摘\n\n园子里的梨黄了。\n", encoding="utf-8")
    cli.cli.main(["run", "a.txt", "b.txt", "-o", "out", "-q"], standalone_mode=False)
    return Path("out")


class Shown(HTMLParser):
    """What a browser shows of the scanned lines: their text, marks of ours aside."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._inside: list[tuple[str, str]] = []
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {key: value or "" for key, value in attributes}
        if tag not in {"meta", "link", "input", "path", "rect"}:
            self._inside.append((tag, known.get("class", "")))
        if tag == "code" and "hidden" not in known:
            self.lines.append("")
        if "data-c" in known:
            self.handle_data(chr(int(known["data-c"][2:], 16)))

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._inside]
        if "code" in tags and "entry" not in [kind for _, kind in self._inside] and "a" not in tags:
            self.lines[-1] += data


def test_the_left_side_is_the_page_and_nothing_else() -> None:
    assert Shown(page_html(page_view(handmade()))).lines == TEXT.splitlines()


@settings(deadline=None, max_examples=60)
@given(st.text("港口灯，,。<>&\"'{}%\u200b\u202e\x00\x0c\t\u3000a1 \r\n", max_size=60))
def test_whatever_a_page_holds_is_shown_as_it_came(text: str) -> None:
    lines = re.split("\r\n|\r|\n", text)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    assert Shown(page_html(page_view(cleanpress.clean(text)))).lines == lines


def test_a_view_lists_every_piece_once_and_all_that_is_said_of_it() -> None:
    result = handmade()
    view = page_view(result)
    assert [piece.span for piece in view.pieces] == sorted(piece.span for piece in view.pieces)
    spans = [span for article in result.articles for block in article.blocks for span in block.spans]
    spans += [repeat.span for repeat in result.repeats] + [leftover.span for leftover in result.leftovers]
    assert sorted(spans) == [piece.span for piece in view.pieces]
    assert [part.join for a in view.articles for b in a.blocks for part in b.parts if part.join] == [
        join for article in result.articles for join in article.joins
    ]
    assert [b.lost_after for a in view.articles for b in a.blocks if b.lost_after] == [
        gap.reason for article in result.articles for gap in article.gaps
    ]


def test_a_report_added_later_changes_nothing_else_and_is_proved(out: Path) -> None:
    before = {path: path.read_bytes() for path in out.rglob("*.jsonl")}
    assert add_report(str(out)) == 2
    assert {path: path.read_bytes() for path in out.rglob("*.jsonl")} == before
    names = {path.relative_to(out).as_posix() for path in out.rglob("*.html")}
    assert names == {"report.html", "report/0001.html", "report/0002.html"}
    assert verify(out).findings == []
    again = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    add_report(str(out))
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == again


def test_a_report_that_was_changed_by_hand_is_noticed(out: Path) -> None:
    add_report(str(out))
    place = out / "report" / "0002.html"
    place.write_bytes(place.read_bytes().replace("梨".encode(), "桃".encode()))
    assert {finding.file for finding in verify(out).findings} == {"report/0002.html"}


def test_there_is_no_report_of_what_cannot_be_proved(out: Path) -> None:
    Path("a.txt").write_text("别的文字。", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be proved"):
        add_report(str(out))
    assert not (out / "report.html").exists()


def test_pages_that_failed_stand_in_the_report_with_their_reason() -> None:
    files = ReportFiles(["a.txt", "港口.txt"])
    path, content = files.failed("a.txt", "the file is <empty>")
    assert path == "report/0001.html"
    assert b"the file is &lt;empty&gt;" in content
    path, content = files.page(handmade())
    assert path == "report/0002.html"
    assert b'href="0001.html"' in content
    ((path, content),) = files.index()
    assert path == "report.html"
    assert content.count(b"the file is &lt;empty&gt;") == 1
    assert b'data-count="failed">1<' in content


def test_what_came_with_coordinates_is_shown_on_its_sheet() -> None:
    result = handmade()
    starts = [span.start for article in result.articles for block in article.blocks for span in block.spans]
    starts += [repeat.span.start for repeat in result.repeats]
    starts += [leftover.span.start for leftover in result.leftovers]
    lines = tuple(
        LayoutLine(Span(start, start + 1), Box(10, 20 * k, 90, 20 * k + 15), 1, 15.0, k, 0)
        for k, start in enumerate(sorted(starts))
    )
    layout = Layout(lines, (PageImage(100, 400, "scan.png"),))
    on_paper = replace(result, page=replace(result.page, layout=layout))
    view = page_view(on_paper)
    (sheet,) = view.sheets
    assert (sheet.width, sheet.height, sheet.picture) == (100, 400, "")
    assert [shape.piece for shape in sheet.shapes] == list(view.pieces)
    assert [shape.box for shape in sheet.shapes] == [line.box for line in lines]
    assert [shape.headline for shape in sheet.shapes if shape.headline] == ["海港夜航恢复", "果园采摘"]
    html = page_html(view)
    assert html.count(b'<g class="p ') == len(view.pieces)
    assert b'viewBox="0 0 100 400"' in html
    for thread, article in zip(sheet.threads, result.articles, strict=True):
        spans = [span for block in article.blocks for span in block.spans]
        assert [y for _, y in thread.points] == [20 * sorted(starts).index(span.start) + 7 for span in spans]
    assert b"<image" not in html
    with_picture = page_html(page_view(on_paper, ("data:image/png;base64,AAAA",)))
    assert with_picture.count(b'<image class="picture" data-sheet="0" href="data:image/png;base64,AAAA"') == 1
    assert page_view(result).sheets == ()


def test_suspects_and_decisions_are_marked_on_both_sides_and_listed() -> None:
    result = handmade()
    fish = span_of("鱼比去年")
    suspect = Suspect(Span(fish.start, fish.start + 1), "鱼", ("渔",), "toy", 0.6, "they look alike")
    read = Decision(Ruling.READING, fish, None, "human", "校对甲", "reading", "0" * 32, "鱼比去年")
    html = page_html(page_view(replace(result, suspects=(suspect,), decisions=(read,)))).decode()
    assert html.count('<b class="s" data-s="0">鱼</b>') == 2
    assert 'data-count="suspects">1<' in html
    assert 'data-count="decisions">1<' in html
    assert html.count('class="decided" href="#d0"') == 2
    listed = html[html.index('id="suspects"') : html.index("<footer")]
    assert "they look alike" in listed
    assert "校对甲" in listed
    # What stands there, and what may stand there instead, can be copied as an entry.
    assert listed.count("as = &#34;") >= 2


def test_nothing_runs_but_our_script_and_nothing_is_fetched() -> None:
    html = page_html(page_view(handmade())).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    said = unescape(policy[1])
    assert said.startswith("default-src 'none'; ")
    assert "unsafe" not in said
    for tag, kind in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in said
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:,)[^"']*""", html)


def test_every_word_is_used_and_said_in_both_languages() -> None:
    room = Path(cleanpress.__file__).parent / "report"
    templates = "".join(path.read_text("utf-8") for path in sorted((room / "templates").iterdir()))
    script = (room / "static" / "report.js").read_text("utf-8")
    for table in words().values():
        assert all(len(pair) == 2 and all(pair) for pair in table.values())
    assert [key for key in words()["word"] if f'"{key}"' not in templates] == []
    assert [key for key in words()["script"] if f'"{key}"' not in script] == []


def test_the_same_record_gives_the_same_bytes() -> None:
    assert page_html(page_view(handmade())) == page_html(page_view(handmade()))


def test_a_file_name_that_no_html_can_hold_is_shown_as_far_as_it_goes() -> None:
    result = handmade()
    html = page_html(page_view(replace(result, page=replace(result.page, source="\udcff.txt"))))
    assert b".txt" in html.split(b"<h1>")[1].split(b"</h1>")[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>&", "&lt;b&gt;&amp;"),
        ("港\u200b口", '港<i class="ctl" data-c="U+200B"></i>口'),
        ("\u202e\x00", '<i class="ctl" data-c="U+202E"></i><i class="ctl" data-c="U+0000"></i>'),
        ("👨\u200d👩 a\tb", "👨\u200d👩 a\tb"),
    ],
)
def test_text_is_shown_as_text(text: str, shown: str) -> None:
    assert visible(text) == shown
