"""The page simulator: what it prints is what it says it prints."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cleanpress.evaluation import measure_page, parse_gold
from cleanpress.model import Role

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from corpora import CORPORA, CleanArticle  # noqa: E402 -- the benchmarks are no package
from simulate import Settings, SimulatedPage, pages, simulate_page  # noqa: E402
from simulate.columns import line_breaks  # noqa: E402
from simulate.noise import small_lookalikes  # noqa: E402

SUBJECTS = ["渡口", "茶山", "盐田", "窑厂", "林场", "灯塔"]
SETTINGS = Settings(shared_lookalikes=False)
WRECKED = Settings(
    tidy=0.0,
    disorder=(2.0, 2.0),
    copies=(1.0, 1.0),
    losses=(0.3, 0.3),
    clean_reading=0.0,
    jumps=1.0,
    shared_lookalikes=False,
)


def article(subject: str) -> CleanArticle:
    """An article written for this test, long enough to fill columns."""
    body = (
        f"{subject}的清晨从四点半开始，值班的人先看水位，再看风向，最后才去点名。",
        f"老一辈记得，{subject}最热闹时有三百多口人，后来年轻人进了城，院子里的灯还是亮到很晚。",
        f"去年，{subject}请来设计师，把空了多年的仓库改成展厅，工具和账本都摆了出来。",
        "来参观的多半是学生。讲解员不背稿子，只讲自己父亲的故事，讲到一半常常停下来找眼镜。",
        f"今年还要修一条步道，把{subject}和镇上的车站连起来，预计秋天通行。",
    )
    return CleanArticle(subject, f"{subject}换了新模样 老手艺不丢", body, "test")


def page(seed: int, settings: Settings = SETTINGS) -> SimulatedPage:
    return simulate_page([article(s) for s in SUBJECTS], Random(seed), settings)


@pytest.mark.parametrize("settings", [SETTINGS, WRECKED])
@pytest.mark.parametrize("seed", range(12))
def test_pieces_cover_the_text_and_the_gold(seed: int, settings: Settings) -> None:
    made = page(seed, settings)
    golds = {a["id"]: a for a in made.gold["articles"]}
    covered: dict[tuple[str, int], list[tuple[int, int]]] = {}
    position = 0
    for piece in made.pieces:
        assert not made.text[position : piece.span.start].strip()
        position = piece.span.end
        assert piece.lines[0].start == piece.span.start
        assert piece.lines[-1].end == piece.span.end
        if piece.block >= 0:
            block = golds[piece.article]["blocks"][piece.block]
            assert 0 <= piece.start < piece.end <= len(block)
            if not piece.copy:
                covered.setdefault((piece.article, piece.block), []).append((piece.start, piece.end))
        else:
            assert piece.role in (Role.FURNITURE, Role.CAPTION, Role.JUMP)
    assert not made.text[position:].strip()
    for gold in golds.values():
        assert len(gold["gap_before"]) == len(gold["blocks"])
        for index, block in enumerate(gold["blocks"]):
            parts = sorted(covered[gold["id"], index])
            assert parts[0][0] == 0
            assert parts[-1][1] == len(block)
            cuts = [end for _, end in parts[:-1]]
            assert cuts == [start for start, _ in parts[1:]]
            assert cuts == [offset for at, offset in gold["tears"] if at == index]


@pytest.mark.parametrize("seed", range(6))
def test_a_clean_reading_prints_the_gold_to_the_letter(seed: int) -> None:
    made = page(seed, Settings(clean_reading=1.0, half_width=0.0, wrapped=0.0, shared_lookalikes=False))
    golds = {a["id"]: a["blocks"] for a in made.gold["articles"]}
    for piece in made.pieces:
        if piece.role is Role.PARAGRAPH:
            printed = unicodedata.normalize("NFKC", "".join(made.text[a:b] for a, b in piece.lines))
            expected = golds[piece.article][piece.block][piece.start : piece.end]
            assert printed.replace(" ", "") == unicodedata.normalize("NFKC", expected).replace(" ", "")


@pytest.mark.parametrize("seed", range(4))
def test_the_pieces_put_together_as_labelled_are_the_gold(seed: int) -> None:
    made = page(seed, WRECKED)
    parts: dict[str, list[tuple[int, int, str]]] = {}
    for piece in made.pieces:
        if piece.block >= 0 and not piece.copy:
            text = "".join(made.text[a:b] for a, b in piece.lines)
            parts.setdefault(piece.article, []).append((piece.block, piece.start, text))
    output = ["\n".join(text for _, _, text in sorted(found)) for found in parts.values()]
    figures = measure_page(parse_gold(made.gold), output)
    assert figures["adjacency_f1"] > 0.95
    assert figures["bcubed_f1"] > 0.95
    assert figures["tau"] == pytest.approx(1.0)


def test_a_seed_gives_the_same_page_again() -> None:
    assert page(3) == page(3)
    assert page(3).text != page(4).text


def test_a_tidy_page_is_in_printed_order_and_whole() -> None:
    made = page(5, Settings(tidy=1.0, furniture=0.0, shared_lookalikes=False))
    places = [(p.article, p.block, p.start) for p in made.pieces if p.block >= 0]
    ids = [a["id"] for a in made.gold["articles"]]
    assert places == sorted(places, key=lambda p: (ids.index(p[0]), p[1], p[2]))
    assert not any(p.copy for p in made.pieces)
    assert not any(any(a["gap_before"]) for a in made.gold["articles"])
    assert any(a["tears"] for a in made.gold["articles"])


def test_a_wrecked_page_shows_every_defect() -> None:
    seen: set[str] = set()
    for seed in range(24):
        made = page(seed, WRECKED)
        order = [(p.article, p.block, p.start) for p in made.pieces if p.block >= 0 and not p.copy]
        ids = list(dict.fromkeys(a for a, _, _ in order))
        checks: dict[str, Any] = {
            "copies": any(p.copy for p in made.pieces),
            "losses": any(any(a["gap_before"]) for a in made.gold["articles"]),
            "disorder": order != sorted(order, key=lambda p: (ids.index(p[0]), p[1], p[2])),
            "furniture": any(p.role is Role.FURNITURE for p in made.pieces),
            "jumps": any(p.role is Role.JUMP for p in made.pieces),
            "captions": any(p.role is Role.CAPTION for p in made.pieces),
            "torn heads": any(p.torn_head for p in made.pieces),
        }
        seen.update(name for name, there in checks.items() if there)
    assert seen == set(checks)


def test_a_mark_hangs_at_the_end_of_its_line() -> None:
    text = "一二三四五六，七八九十。"
    ends = line_breaks(text, 6, 0)
    assert [text[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)] == ["一二三四五六，", "七八九十。"]


def test_no_character_looks_like_itself() -> None:
    assert all(right not in wrong for right, wrong in small_lookalikes().items())


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not beside this checkout")
def test_pages_do_not_depend_on_how_many_are_made() -> None:
    two = list(pages("test", 2, seed=9, sources=("web",)))
    one = next(pages("test", 1, seed=9, sources=("web",)))
    assert one == two[0]
    assert json.loads(json.dumps(two[1].gold)) == two[1].gold
