"""The report in a real browser: no complaint, the numbers of the record, keys, languages, filters, search."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import browser, complaints

from cleanpress import cli

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ("samples/harbour-page.txt", "samples/orchard-columns.txt", "samples/traditional-page.txt")

MARKS = {
    "joins": "#articles .join",
    "gaps": "#articles .gap",
    "repeats": "#repeats .p",
    "leftovers": "#leftovers .p",
    "questions": ".q",
    "suspects": "#suspects li",
    "decisions": "#decisions li",
    "articles": "article",
}
"""What shows each kind of record, one element a record."""


def folder(tmp: Path, *pages: str) -> Path:
    cli.cli.main(["run", *pages, "-o", str(tmp / "out"), "-q"], standalone_mode=False)
    cli.cli.main(["report", str(tmp / "out"), "-q"], standalone_mode=False)
    return tmp / "out"


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def out(chrome: Chrome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished folder with its report; made only where there is a browser to read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder(tmp_path_factory.mktemp("samples"), *SAMPLES)


def opened(chrome: Chrome, place: Path) -> Chrome:
    chrome.get(place.as_uri())
    chrome.execute_script("localStorage.clear()")
    chrome.get(place.as_uri())
    return chrome


def press(chrome: Chrome, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(chrome).send_keys(*keys).perform()


def number(chrome: Chrome, selector: str) -> int:
    return int(chrome.execute_script("return document.querySelectorAll(arguments[0]).length", selector))


def counts_shown(chrome: Chrome) -> dict[str, int]:
    found = chrome.find_elements("css selector", "[data-count]")
    return {str(e.get_attribute("data-count")): int(e.text.replace(",", "")) for e in found}


def attribute(chrome: Chrome, script: str) -> Any:
    return chrome.execute_script(f"return {script}")


def manifest(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "manifest.json").read_text(encoding="utf-8")))


def test_every_file_opens_without_a_complaint(chrome: Chrome, out: Path) -> None:
    for place in (out / "report.html", *sorted((out / "report").iterdir())):
        opened(chrome, place)
        assert complaints(chrome) == []


@pytest.mark.parametrize("k", range(len(SAMPLES)))
def test_the_numbers_are_those_of_the_manifest(chrome: Chrome, out: Path, k: int) -> None:
    opened(chrome, out / "report" / f"{k + 1:04}.html")
    counts = manifest(out)["inputs"][k]["counts"]
    said = {
        e.get_attribute("data-count"): int(e.text)
        for e in chrome.find_elements("css selector", "[data-count]")
    }
    folded = said.pop("folded")
    assert {**said, "edits": said["edits"] + folded} == {name: counts[name] for name in said}
    assert {kind: number(chrome, selector) for kind, selector in MARKS.items()} == {
        kind: counts[kind] for kind in MARKS
    }
    marked = attribute(
        chrome, "new Set([...document.querySelectorAll('#source .e')].map(e => e.dataset.e)).size"
    )
    assert marked == counts["edits"]


def test_the_index_sums_up(chrome: Chrome, out: Path) -> None:
    opened(chrome, out / "report.html")
    totals = manifest(out)["totals"]
    said = {
        e.get_attribute("data-count"): int(e.text)
        for e in chrome.find_elements("css selector", "[data-count]")
    }
    assert said == {name: totals[name] for name in said}
    assert number(chrome, "#pages tbody a") == len(SAMPLES)
    chrome.find_element("css selector", "#pages tbody a").click()
    assert chrome.current_url.endswith("report/0001.html")
    press(chrome, "]")
    assert chrome.current_url.endswith("report/0002.html")
    press(chrome, "i")
    assert chrome.current_url.endswith("report.html")


def test_keys_move_from_question_to_question(chrome: Chrome, out: Path) -> None:
    opened(chrome, out / "report" / "0001.html")
    count = manifest(out)["inputs"][0]["counts"]["questions"]
    assert count >= 3
    shown = "document.querySelector('.q.on')?.id ?? null"
    assert attribute(chrome, shown) is None
    seen = []
    for key in "jnjk":
        press(chrome, key)
        seen.append(attribute(chrome, shown))
        piece = attribute(chrome, "document.querySelector('.q.on').dataset.piece")
        assert attribute(chrome, f"document.querySelectorAll('.p.held[data-p=\"{piece}\"]').length") >= 2
    assert seen == ["q0", "q1", "q2", "q1"]
    press(chrome, "k", "p")
    assert attribute(chrome, shown) == f"q{count - 1}"
    press(chrome, "\ue00c")
    assert attribute(chrome, shown) is None
    assert number(chrome, ".held") == 0


def test_a_piece_is_shown_on_both_sides(chrome: Chrome, out: Path) -> None:
    opened(chrome, out / "report" / "0001.html")
    piece = chrome.find_element("css selector", "article:last-of-type .r-paragraph .p")
    number_of = piece.get_attribute("data-p")
    piece.click()
    left = chrome.find_element("css selector", f"#source .p[data-p='{number_of}']")
    assert "held" in str(left.get_attribute("class"))
    inside = (
        "const a = arguments[0].getBoundingClientRect(), b = document.querySelector(arguments[1])"
        ".getBoundingClientRect(); return a.bottom > b.top && a.top < b.bottom"
    )
    assert chrome.execute_script(inside, left, "#source")
    press(chrome, "\ue00c")
    copy = chrome.find_element("css selector", "#source .p.repeat")
    chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", copy)
    copy.click()
    assert number(chrome, "#articles .p.kin") > 0
    assert chrome.execute_script(inside, chrome.find_element("css selector", "#articles .p.kin"), "#articles")


def test_an_entry_can_be_copied_for_each_answer(chrome: Chrome, out: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    opened(chrome, out / "report" / "0001.html")
    with (out / "questions.jsonl").open(encoding="utf-8") as stream:
        questions = [json.loads(line) for line in stream]
    here = [question for question in questions if question["page"] == SAMPLES[0]]
    press(chrome, "j")
    shown = attribute(chrome, "[...document.querySelectorAll('.q.on .entry code')].map(e => e.textContent)")
    assert shown == [entry["entry"] for entry in here[0]["entries"]]
    chrome.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    press(chrome, "c")
    button = chrome.find_element("css selector", ".q.on .entry button")
    # The clipboard answers when it likes.
    said = {"copied", "select and copy by hand"}
    WebDriverWait(chrome, 10, poll_frequency=0.05).until(lambda _: button.text in said)
    piece = chrome.find_element("css selector", "#articles article .r-headline .p")
    piece.click()
    offered = attribute(
        chrome, "[...document.querySelectorAll('#piece-entries code')].map(e => e.textContent)"
    )
    assert [tomllib.loads(entry)["decision"][0].keys() for entry in offered] == [
        {"page", "begins"},
        {"page", "furniture"},
    ]


def test_whatever_can_be_used_has_a_name_in_both_languages(chrome: Chrome, out: Path) -> None:
    nameless = (
        "[...document.querySelectorAll('button, a[href], input, [role=img]')].filter(e => "
        "!(e.textContent.trim() || e.getAttribute('aria-label'))).map(e => e.outerHTML)"
    )
    for place in (out / "report.html", out / "report" / "0001.html"):
        opened(chrome, place)
        assert attribute(chrome, nameless) == []
        press(chrome, "l")
        assert attribute(chrome, nameless) == []
        theme = chrome.find_element("css selector", "#theme")
        assert theme.get_attribute("aria-label") == "浅色或深色"


def test_a_narrow_window_and_paper_show_the_articles(chrome: Chrome, out: Path) -> None:
    opened(chrome, out / "report" / "0001.html")
    wide = chrome.get_window_size()
    try:
        chrome.set_window_size(500, 900)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert attribute(chrome, overflow) <= 1
    finally:
        chrome.set_window_size(wide["width"], wide["height"])
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not chrome.find_element("css selector", "#source").is_displayed()
        assert not chrome.find_element("css selector", "#dock").is_displayed()
        assert chrome.find_element("css selector", "article").is_displayed()
    finally:
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_scan_is_shown_with_its_articles(chrome: Chrome, tmp_path: Path) -> None:
    pytest.importorskip("PIL", reason="Pillow is not installed")
    scan = str(ROOT / "samples" / "scans" / "press-page.xml")
    opened(chrome, folder(tmp_path, scan) / "report.html")
    assert attribute(chrome, "document.querySelectorAll('.map .picture').length") == 1
    threads = attribute(chrome, "document.querySelectorAll('.map .thread').length")
    assert threads == attribute(chrome, "document.querySelectorAll('article').length") > 1
    width = "document.querySelector('.map svg').clientWidth"
    small = attribute(chrome, width)
    press(chrome, "z")
    assert attribute(chrome, width) > small
    press(chrome, "m")
    assert not chrome.find_element("css selector", ".map").is_displayed()
    press(chrome, "z")
    assert chrome.find_element("css selector", ".map").is_displayed()
    assert complaints(chrome) == []


FIRST, SECOND = (
    "海港夜航恢复\n\n昨天夜里，海港的灯又亮了起来，船一艘接一艘地靠岸，工人们忙到了天亮。（下转第二版）\n",
    "（上接第一版）账本上的数字一天比一天大，夜航恢复以后，每天能多靠六条船。\n",
)


def test_a_jump_line_leads_to_the_other_page(
    chrome: Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("01.txt", FIRST), ("02.txt", SECOND)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    place = folder(tmp_path, "01.txt", "02.txt")
    opened(chrome, place / "report" / "0001.html")
    assert int(chrome.find_element("css selector", "[data-count=links]").text) == 1
    chrome.find_element("css selector", ".chip[data-kind=links]").click()
    assert not chrome.find_element("css selector", ".jump").is_displayed()
    chrome.find_element("css selector", "[data-step=links]").click()
    chrome.find_element("css selector", ".jump").click()
    row = chrome.find_element("css selector", "#across tr:target")
    records = (place / "links.jsonl").read_text(encoding="utf-8").splitlines()
    assert number(chrome, "#across tbody tr") == len(records) == 2
    assert chrome.find_element("css selector", "[data-rows=links]").text == "2"
    row.find_elements("css selector", "a")[1].click()
    assert "report/0002.html#i" in chrome.current_url
    assert attribute(chrome, "document.querySelector('.anchor:target').nextElementSibling.id") == "a0"
    assert complaints(chrome) == []


def test_filters_search_help_and_languages(chrome: Chrome, out: Path) -> None:
    opened(chrome, out / "report" / "0001.html")
    chip = chrome.find_element("css selector", ".chip[data-kind=joins]")
    join = chrome.find_element("css selector", ".join")
    assert join.is_displayed()
    chip.click()
    assert (chip.get_attribute("aria-pressed"), join.is_displayed()) == ("false", False)
    filters = chrome.find_element("css selector", "#filters")
    press(chrome, "f")
    assert not filters.is_displayed()
    press(chrome, "f")
    assert filters.is_displayed()
    press(chrome, "/", "潮")
    hits = attribute(
        chrome, "[CSS.highlights.get('found').size, document.querySelector('#hits').textContent]"
    )
    assert hits[0] > 0
    assert hits[1] == f"0 of {hits[0]}"
    press(chrome, "\ue007")
    assert attribute(chrome, "document.querySelector('#hits').textContent") == f"1 of {hits[0]}"
    press(chrome, "\ue00c")
    press(chrome, "?")
    assert chrome.find_element("css selector", "#keys").is_displayed()
    press(chrome, "\ue00c")
    assert not chrome.find_element("css selector", "#keys").is_displayed()
    heading = chrome.find_element("css selector", "#articles .pane")
    assert heading.get_attribute("textContent") == "Articles"
    press(chrome, "l")
    assert heading.get_attribute("textContent") == "文章"
    assert attribute(chrome, "document.documentElement.lang") == "zh-Hans"
    press(chrome, "t")
    first = attribute(chrome, "document.documentElement.dataset.theme")
    press(chrome, "t")
    assert {first, attribute(chrome, "document.documentElement.dataset.theme")} == {"light", "dark"}
    assert complaints(chrome) == []


def test_a_chinese_browser_reads_chinese(out: Path, tmp_path: Path) -> None:
    with browser(tmp_path / "profile", "zh-CN") as chrome:
        chrome.get((out / "report.html").as_uri())
        assert attribute(chrome, "document.documentElement.lang") == "zh-Hans"


def test_text_that_looks_like_a_page_of_its_own_stays_text(
    chrome: Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = (
        "<script>alert(1)</script>港口今天恢复夜航。<img src=x onerror=alert(2)>{{ 7*7 }}{% raw %}</style>"
    )
    page = tmp_path / "<script>alert(3)<!--.txt"
    page.write_text(f"<title>'\"&amp;港口的灯\n\n{hostile}\n--></script>", encoding="utf-8")
    place = folder(tmp_path, str(page)) / "report.html"
    opened(chrome, place)
    assert complaints(chrome) == []
    assert number(chrome, "main script, main img, main style") == 0
    shown = attribute(chrome, "document.querySelector('#source .sheet').textContent")
    assert hostile in shown
    assert page.name in attribute(chrome, "document.querySelector('h1').textContent")
