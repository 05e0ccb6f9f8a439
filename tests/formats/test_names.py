from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpress.formats import names
from cleanpress.formats.names import MAX_BYTES, article_name, safe_name
from cleanpress.formats.sources import Source


def page_folders(paths: Iterable[str]) -> dict[str, str]:
    """The folders of pages that were named themselves."""
    return names.page_folders(map(Source.of, paths))


HOSTILE = {
    "../../etc/passwd": "etc_passwd",
    "/": "untitled",
    "..": "untitled",
    "": "untitled",
    "   ": "untitled",
    ". . .": "untitled",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "Lpt¹": "_Lpt¹",
    "CONSUL": "CONSUL",
    "<img onerror=alert(1) src=x>": "img_onerror=alert(1)_src=x",
    "<script>": "script",
    'a\\b:c*d?e"f|g': "a_b_c_d_e_f_g",
    "算力\u202e倒着\u200b走": "算力倒着走",
    "nul\0byte\nand line": "nulbyte_and_line",
    "-rf": "rf",
    ".hidden": "hidden",
    "trailing. . .": "trailing",
    "筑牢算力底座 赋能千行百业": "筑牢算力底座_赋能千行百业",
    "“引擎”——《人民日报》": "“引擎”——《人民日报》",
    "全角：／＊？": "全角：／＊？",
    "🚀 emoji": "🚀_emoji",
    "$(rm -rf ~); `x` & 'y' #%!": "(rm_-rf_)_x_y",
    "\ud800broken": "broken",
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles(title: str) -> None:
    assert safe_name(title) == HOSTILE[title]


def test_long_titles_are_cut_between_characters() -> None:
    name = article_name(1, 9, "算" * 300)
    assert name == "01-" + "算" * 37 + ".md"
    assert len(name.encode()) <= MAX_BYTES


def test_a_mark_is_not_cut_from_its_letter() -> None:
    # x with a ring has no composed form, so NFC leaves two code points.
    name = safe_name("x\u030a" * 200)
    assert name.endswith("x\u030a")


@given(
    st.text(st.characters(codec=None), max_size=400),
    st.sampled_from(["", "01-"]),
    st.sampled_from(["", ".md"]),
)
def test_names_are_safe_whatever_the_title(title: str, prefix: str, suffix: str) -> None:
    name = safe_name(title, prefix=prefix, suffix=suffix)
    assert 0 < len(name.encode()) <= MAX_BYTES
    assert name.startswith(prefix)
    assert name.endswith(suffix)
    assert name not in {".", ".."}
    assert not name.startswith(("-", "."))
    assert not name.endswith((".", " "))
    assert not set(name) & set('/\\:*?"<>| \t\n\0')
    assert not any(unicodedata.category(character)[0] in "CZ" for character in name)
    assert safe_name(title, prefix=prefix, suffix=suffix) == name


def test_articles_are_numbered_so_that_they_sort() -> None:
    assert article_name(3, 9, "题") == "03-题.md"
    assert article_name(3, 120, "题") == "003-题.md"
    assert article_name(3, 9, None) == "03-untitled.md"


def test_pages_of_one_stem_get_folders_of_their_own() -> None:
    assert page_folders(["a/page.txt", "b/page.txt", "b/page.ocr", "c/Page.txt", "d/other.txt"]) == {
        "a/page.txt": "page",
        "b/page.txt": "page-2",
        "b/page.ocr": "page-3",
        "c/Page.txt": "Page-4",
        "d/other.txt": "other",
    }


def test_a_numbered_folder_does_not_take_the_name_of_another_page() -> None:
    folders = page_folders(["a/page.txt", "b/page-2.txt", "c/page.txt"])
    assert len({name.casefold() for name in folders.values()}) == 3


def test_page_folders_of_devices_and_of_paths_from_windows() -> None:
    assert page_folders(["con.txt"]) == {"con.txt": "_con"}
    assert page_folders([r"scans\页一.txt"]) == {r"scans\页一.txt": "页一"}


@given(st.lists(st.text(max_size=8), unique=True, max_size=12))
def test_page_folders_never_collide(sources: list[str]) -> None:
    folders = page_folders(sources)
    assert list(folders) == sources
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in folders.values()}) == len(sources)


def test_thousands_of_pages_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(stem: str, **more: str) -> str:
        calls.append(stem)
        return safe_name(stem, **more)

    monkeypatch.setattr(names, "safe_name", counted)
    folders = page_folders([f"{k}/page-2.txt" for k in range(2)] + [f"{k}/page.txt" for k in range(5000)])
    assert list(folders.values())[:6] == ["page-2", "page-2-2", "page", "page-3", "page-4", "page-5"]
    assert len(set(folders.values())) == 5002
    assert len(calls) < 3 * len(folders)
