"""Texts that stand on several pages of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.corpus.dedup import Corpus, find_copies
from cleanpress.corpus.inmemory import copies_among
from cleanpress.corpus.read import Shape
from cleanpress.corpus.reprints import Kind, Print, paper_of, reprints
from cleanpress.verification import verify
from commandline import Run

HARBOUR = "渔汛比往年早了十天，沙渚港的码头彻夜亮着灯，装卸工人排成两列，把一筐筐带鱼从甲板传到冷库门口。"
MISREAD = HARBOUR.replace("天", "夭").replace("带", "帯")
ORCHARD = "果园里的风扇一响，值班的人就要起身去看温度，三年来只有一个晚上没有响过，那晚梨花全冻落了。"
BOOKSHOP = "县城的书店搬到了旧粮站，木头柜台是用拆下来的仓板做的，孩子们放学后坐在麻袋上看连环画。"
SLOGAN = "爱护江堤人人有责"


@given(st.lists(st.sampled_from([HARBOUR, MISREAD, ORCHARD, ORCHARD[:30], SLOGAN, "字", ""]), max_size=9))
@settings(max_examples=60, deadline=None)
def test_what_is_at_hand_is_compared_as_a_corpus_is(texts: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.txt"
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        outcome = find_copies(Corpus((str(path),), Shape()), Path(folder) / "s", 1, lambda *_: None)
    assert copies_among(texts).tolist() == outcome.copies.tolist()


def test_papers_are_told_by_what_is_no_figure() -> None:
    assert paper_of(("港湾日报", "2026-06-12", "03")) == paper_of(("港湾日报", "2026-06-13", "1"))
    assert paper_of(("港湾日报-0612",)) != paper_of(("山城日报-0612",))


def test_reprints_are_told_from_what_a_paper_prints_over_and_over() -> None:
    prints = [
        Print("a1", "a", SLOGAN), Print("a1", "a", HARBOUR),
        Print("a1", "a", ORCHARD), Print("a1", "a", ORCHARD),
        Print("a2", "a", SLOGAN), Print("a2", "a", BOOKSHOP),
        Print("a3", "a", SLOGAN), Print("a3", "a", HARBOUR[:30]),
        Print("b1", "b", SLOGAN), Print("b1", "b", MISREAD),
    ]  # fmt: skip
    found = [(r.copy, r.kept, r.kind, r.relation.value) for r in reprints(prints)]
    assert found == [
        (4, 0, Kind.BOILERPLATE, "exact"),
        (6, 0, Kind.BOILERPLATE, "exact"),
        (7, 1, Kind.REPRINT, "truncated"),
        (8, 0, Kind.REPRINT, "exact"),
        (9, 1, Kind.REPRINT, "near"),
    ]


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("1", HARBOUR), ("2", BOOKSHOP), ("3", MISREAD)):
        place = Path(f"港湾日报/{name}.txt")
        place.parent.mkdir(exist_ok=True)
        place.write_text(
            f"港口的一夜{name}\n　　{text}\n　　{'山河湖海'[int(name)] * 3}今日如常，别无他事可记。\n"
        )
    return tmp_path


def test_a_run_says_what_stands_on_several_pages(pages: Path, run: Run) -> None:
    assert run("run", "港湾日报", "-o", "out", "--repeats-scope", "run", "-q").code == 0
    [found] = [json.loads(line) for line in Path("out/reprints.jsonl").read_bytes().splitlines()]
    assert (found["page"], found["other_page"]) == ("港湾日报/3.txt", "港湾日报/1.txt")
    assert (found["relation"], found["kind"]) == ("near", "reprint")
    text = Path(found["page"]).read_text(encoding="utf-8")
    assert MISREAD[:20] in text[slice(*found["span"])]
    assert verify(Path("out")).findings == []


def test_a_changed_reprint_is_found(pages: Path, run: Run) -> None:
    run("run", "港湾日报", "-o", "out", "--repeats-scope", "run", "-q")
    path = Path("out/reprints.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"reprint"', b'"boilerplate"'))
    assert any("does not show what the records hold" in str(f) for f in verify(Path("out")).findings)


def test_nothing_is_compared_unless_asked(pages: Path, run: Run) -> None:
    run("run", "港湾日报", "-o", "out", "-q")
    assert not Path("out/reprints.jsonl").exists()
