"""The sample pages: rebuilt to the byte, and gold that is true to what is printed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
SCORER = ROOT.parent / "shared" / "score.py"
RECIPES = sorted((SAMPLES / "articles").glob("*.json"))
NAMES = [path.stem for path in RECIPES]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


build_samples = _load(ROOT / "benchmarks" / "build_samples.py")


def recipe_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / "articles" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def gold_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.gold.json").read_text(encoding="utf-8"))
    return found


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def test_there_are_pages_of_both_shapes_and_both_scripts() -> None:
    styles = [recipe_of(name)["style"] for name in NAMES]
    assert len(NAMES) >= 4
    assert {bool(style.get("width")) for style in styles} == {True, False}
    assert "traditional-page" in NAMES


def test_every_file_is_what_its_recipe_makes() -> None:
    stale = [path.name for path, data in build_samples.files() if path.read_bytes() != data]
    assert stale == []
    built = {path.name for path, _ in build_samples.files()}
    assert built == {path.name for path in SAMPLES.iterdir() if path.is_file() and path.name != "README.md"}


def test_rebuilding_does_not_depend_on_the_hash_seed() -> None:
    for seed in ("0", "4711"):
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "build_samples.py"), "--check"],
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_a_tear_lies_inside_its_block(name: str) -> None:
    for article in gold_of(name)["articles"]:
        assert len(article["gap_before"]) == len(article["blocks"])
        for block, offset in article["tears"]:
            assert 0 < offset < len(article["blocks"][block])


@pytest.mark.parametrize("name", NAMES)
def test_gold_is_proper_chinese(name: str) -> None:
    """Gold carries full-width marks between Chinese characters, and half-width digits."""
    for article in gold_of(name)["articles"]:
        text = "\n".join(article["blocks"])
        assert not set(text) & set(",;:!?()")
        assert text == text.translate({c + 0xFEE0: c for c in range(0x30, 0x3A)})
        assert article["title"] in article["blocks"]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_prints_every_letter_of_its_gold_but_for_misreadings(name: str) -> None:
    """Undoing the recipe's misreadings, every 12-letter run inside a printed piece stands on the page."""
    recipe, gold = recipe_of(name), gold_of(name)
    for group in recipe["layout"]:
        group[:] = [entry if entry.startswith("=") else entry.split()[0] for entry in group]
    clean, _ = build_samples.build(recipe)
    page = letters(clean)
    for article in gold["articles"]:
        cuts = {block: [0] for block in range(len(article["blocks"]))}
        for block, offset in article["tears"]:
            cuts[block].append(offset)
        for block, text in enumerate(article["blocks"]):
            for low, high in zip(cuts[block], [*cuts[block][1:], len(text)], strict=True):
                assert letters(text[low:high]) in page


def test_the_harbour_page_shows_the_defects_it_promises() -> None:
    page = (SAMPLES / "harbour-page.txt").read_text(encoding="utf-8")
    gold = {article["id"]: article for article in gold_of("harbour-page")["articles"]}
    lines = page.splitlines()
    printed_first = lines.index("清出来的深水泊位") > next(
        i for i, line in enumerate(lines) if line.startswith("产业链也跟着长")
    )
    assert printed_first, "the end of an article is printed before its headline"
    assert sum(line.startswith("为保障秋粮") for line in lines) == 3
    assert lines.index("一条航线 三座岛的牵挂") > next(
        i for i, s in enumerate(lines) if s.startswith("清晨六点")
    )
    assert gold["harbour-page-luting"]["blocks"][-1] == "齐若川"
    assert any(gold["harbour-page-fengdao"]["gap_before"])
    assert page.count("，") == 0
    assert page.count(",") > 100


def test_the_tidy_page_is_its_gold_with_the_columns_torn() -> None:
    page = letters((SAMPLES / "tidy-page.txt").read_text(encoding="utf-8"))
    body = "".join(letters(b) for article in gold_of("tidy-page")["articles"] for b in article["blocks"])
    assert body in page


@pytest.mark.parametrize("name", NAMES)
def test_the_scorer_finds_nothing_to_blame_in_a_perfect_output(name: str) -> None:
    if not SCORER.exists():
        pytest.skip("the scorer lies outside the repository, in ../shared")
    figures, misses = _load(SCORER).score_page(
        gold_of(name), [{"text": "\n".join(a["blocks"])} for a in gold_of(name)["articles"]]
    )
    assert misses == []
    assert figures["excess"] == figures["cer"] == 0
    assert {figures[k] for k in ("order", "tears", "lines", "breaks", "articles", "whole", "kept")} == {1.0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layout": [["nobody:1"]]}, "names nothing"),
        ({"layout": [["a:1 没有>设有"]]}, "exactly once"),
        ({"tears": {"a": {"1": ["没有"]}}}, "0 times"),
    ],
)
def test_a_wrong_recipe_is_refused(change: dict[str, Any], said: str) -> None:
    recipe = {
        "page": "p",
        "style": {},
        "articles": {"a": [["headline", "题目"], ["paragraph", "正文一句。"]]},
        "tears": {},
        "layout": [["a:0-1"]],
    }
    assert build_samples.build(recipe)[0] == "题目\n\n正文一句。\n"
    with pytest.raises(ValueError, match=said):
        build_samples.build(recipe | change)


def test_a_piece_that_is_never_printed_leaves_a_gap() -> None:
    recipe = {
        "page": "p",
        "style": {},
        "articles": {"a": [["headline", "题目"], ["paragraph", "前半句，后半句，末半句。"]]},
        "tears": {"a": {"1": ["前半句，", "后半句，"]}},
        "layout": [["a:0", "a:1.0", "a:1.2"]],
    }
    _, gold = build_samples.build(recipe)
    assert gold["articles"][0]["blocks"] == ["题目", "前半句，", "末半句。"]
    assert gold["articles"][0]["gap_before"] == [False, False, True]
    assert gold["articles"][0]["tears"] == []
