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


def test_articles_are_given_once_without_reprints_on_request(pages: Path, run: Run) -> None:
    arguments = ("run", "港湾日报", "--repeats-scope", "run", "-q")
    run(*arguments, "-o", "told")
    assert run(*arguments, "-o", "out", "--reprints", "set-aside", "-j", "2").code == 0
    assert Path("out/articles.jsonl").read_bytes() == Path("told/articles.jsonl").read_bytes()
    articles = [json.loads(line) for line in Path("out/articles.jsonl").read_bytes().splitlines()]
    once = [json.loads(line) for line in Path("out/once.jsonl").read_bytes().splitlines()]
    assert [one["id"] for one in once] == [article["id"] for article in articles]
    for one, article in zip(once, articles, strict=True):
        # Every block is there or says what stands for it.
        numbers = sorted(block["block"] for block in [*one["blocks"], *one["set_aside"]])
        assert numbers == list(range(len(article["blocks"])))
        assert all(block["text"] == article["blocks"][block["block"]]["text"] for block in one["blocks"])
        assert one["text"] == "\n".join(block["text"] for block in one["blocks"])
    [gone] = [block for one in once for block in one["set_aside"]]
    assert (gone["other_page"], gone["relation"]) == ("港湾日报/1.txt", "near")
    assert "".join(one["text"] for one in once).count(HARBOUR[-20:]) == 1
    assert verify(Path("out")).findings == []
    Path("out/once.jsonl").write_bytes(Path("out/once.jsonl").read_bytes().replace("海".encode(), b"?"))
    assert any("does not show what the records hold" in str(f) for f in verify(Path("out")).findings)


def test_a_run_is_compared_with_an_index_of_earlier_texts(pages: Path, run: Run) -> None:
    pytest.importorskip("lmdb", reason="needs an index: pip install 'cleanpress[index]'")
    Path("old.jsonl").write_text(
        "".join(json.dumps({"id": k, "text": text}) + "\n" for k, text in enumerate([ORCHARD, HARBOUR]))
    )
    assert run("dedup", "old.jsonl", "--id-key", "id", "--index", "ix", "-o", "old", "-q").code == 0
    arguments = ("run", "港湾日报", "--repeats-scope", "run", "--repeats-index", "ix", "-q")
    assert run(*arguments, "-o", "out", "--reprints", "set-aside").code == 0
    lines = Path("out/reprints.jsonl").read_bytes().splitlines()
    found = [(r["page"][-5], r["other_page"], r.get("index")) for r in map(json.loads, lines)]
    assert found == [("1", "old.jsonl", 1), ("3", "港湾日报/1.txt", None), ("3", "old.jsonl", 1)]
    once = [json.loads(line) for line in Path("out/once.jsonl").read_bytes().splitlines()]
    gone = [block for one in once for block in one["set_aside"]]
    assert [(block["other_page"], block["index"]) for block in gone] == [("old.jsonl", 1)] * 2
    assert verify(Path("out")).findings == []
    # What the index gains later changes nothing of what was proved, and a run's own articles are no reprints.
    more = ("--id-key", "id", "--unit", "paragraph", "--index", "ix", "-o", "new", "-q")
    assert run("dedup", "out/articles.jsonl", *more).code == 0
    assert verify(Path("out")).findings == []
    before = Path("out/reprints.jsonl").read_bytes()
    assert run(*arguments, "-o", "out", "--reprints", "set-aside").code == 0
    assert Path("out/reprints.jsonl").read_bytes() == before


def test_what_goes_with_the_scope_of_a_run_is_said(pages: Path, run: Run) -> None:
    for more in (("--repeats-index", "ix"), ("--reprints", "set-aside")):
        ended = run("run", "港湾日报", "-o", "out", *more)
        assert ended.code == 2
        assert "--repeats-scope run" in ended.err
    ended = run("run", "港湾日报", "-o", "out", "--repeats-scope", "run", "--repeats-index", "none")
    assert ended.code == 2
    assert "none: there is no index" in ended.err
