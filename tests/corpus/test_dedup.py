"""``cleanpress dedup``: what is kept and set aside, for any order, number of workers and interruption."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner

from cleanpress.cli import cli
from cleanpress.corpus import dedup
from cleanpress.corpus.dedup import Corpus, find_copies
from cleanpress.corpus.read import Shape
from cleanpress.errors import InputError
from cleanpress.formats import manifest as manifests
from cleanpress.verification import verify

HARBOUR = "渔汛比往年早了十天，沙渚港的码头彻夜亮着灯，装卸工人排成两列，把一筐筐带鱼从甲板传到冷库门口。"
MISREAD = "渔汛比往年早了十夭，沙渚港的码头彻夜亮着灯，装卸工人排成两列，把一筐筐帯鱼从甲板传到冷库门口。"
ORCHARD = "果园里的风扇一响，值班的人就要起身去看温度，三年来只有一个晚上没有响过，那晚梨花全冻落了。"
SHORT = "特此公告。"


def texts_of(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in manifests.files(folder).items()}


def run(*arguments: str) -> None:
    outcome = CliRunner().invoke(cli, ["dedup", *arguments], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join([HARBOUR, SHORT, ORCHARD, MISREAD, "", HARBOUR, SHORT, "字"]) + "\n")
    return path


def test_copies_are_set_aside_and_all_else_is_kept_byte_for_byte(corpus: Path) -> None:
    run("corpus.txt", "-o", "out")
    kept = (corpus.parent / "out/kept/corpus.txt").read_text()
    assert kept == "\n".join([HARBOUR, SHORT, ORCHARD, "", "字"]) + "\n"
    removed = lines(corpus.parent / "out/removed.jsonl")
    assert [(r["line"], r["kept_line"], r["relation"]) for r in removed] == [
        (4, 1, "near"),
        (6, 1, "exact"),
        (7, 2, "exact"),
    ]
    [harbour, notice] = lines(corpus.parent / "out/clusters.jsonl")
    assert (harbour["size"], notice["size"]) == (3, 2)


def test_the_folder_proves_itself_and_a_change_is_found(corpus: Path) -> None:
    run("corpus.txt", "-o", "out")
    assert verify(Path("out")).findings == []
    kept = Path("out/kept/corpus.txt")
    kept.write_bytes(kept.read_bytes().replace(ORCHARD.encode(), HARBOUR.encode()))
    assert any("without the lines" in str(finding) for finding in verify(Path("out")).findings)


def test_a_line_that_is_named_nowhere_is_found(corpus: Path) -> None:
    run("corpus.txt", "-o", "out")
    removed = Path("out/removed.jsonl")
    removed.write_bytes(b"".join(removed.read_bytes().splitlines(keepends=True)[1:]))
    assert any("without the lines" in str(finding) for finding in verify(Path("out")).findings)


def test_the_order_of_arguments_and_the_number_of_workers_change_nothing(corpus: Path) -> None:
    other = corpus.with_name("b.jsonl.gz")
    records = [
        {"name": k, "body": text}
        for k, text in enumerate([ORCHARD, MISREAD, "另一段话，与别的都不同，讲的是县城的书店。"])
    ]
    with gzip.open(other, "wb") as stream:
        stream.writelines(json.dumps(record).encode() + b"\n" for record in records)
    text_only = corpus.with_name("c.txt")
    text_only.write_text(ORCHARD + "\n" + HARBOUR)
    run("corpus.txt", "c.txt", "-o", "one")
    run("c.txt", "corpus.txt", "-o", "two", "-j", "2")
    assert texts_of(Path("one")) == texts_of(Path("two"))
    run("b.jsonl.gz", "-o", "three", "--text-key", "body", "--id-key", "name")
    assert texts_of(Path("three"))["kept/b.jsonl"].count(b"\n") == 3


def test_ids_are_quoted(corpus: Path) -> None:
    path = corpus.with_name("x.jsonl")
    path.write_text("".join(json.dumps({"id": f"n{k}", "text": HARBOUR}) + "\n" for k in range(2)))
    run("x.jsonl", "-o", "out", "--id-key", "id")
    [removed] = lines(Path("out/removed.jsonl"))
    assert (removed["id"], removed["kept_id"]) == ("n1", "n0")


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (b"{\n", [], "x.jsonl:1: is not JSON"),
        (b'{"text": 1}\n', [], "x.jsonl:1: has no text under 'text'"),
        (b"\n[]\n", [], "x.jsonl:2: has no text"),
        (b'{"text": "a"}\n', ["--id-key", "id"], "x.jsonl:1: has no id under 'id'"),
    ],
)
def test_where_nothing_is_a_record_the_first_line_is_named_and_nothing_is_left(
    corpus: Path, content: bytes, arguments: list[str], message: str
) -> None:
    corpus.with_name("x.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(cli, ["dedup", "x.jsonl", "-o", "out", *arguments], catch_exceptions=False)
    assert not list(corpus.parent.glob(".out*")) + list(corpus.parent.glob("out*"))


def with_bad_lines(path: Path) -> None:
    good = [json.dumps({"id": k, "text": text}) for k, text in enumerate([HARBOUR, ORCHARD, MISREAD])]
    bad = ['{"text": "坏', '["甲"]', '{"id": 7, "text": 7}']
    path.write_text("\n".join([good[0], bad[0], good[1], bad[1], good[2], bad[2]]) + "\n")


@pytest.mark.parametrize("unit", ["document", "paragraph"])
def test_a_line_that_is_no_record_stays_and_is_told_and_the_others_are_compared(
    corpus: Path, unit: str
) -> None:
    path = corpus.with_name("x.jsonl")
    with_bad_lines(path)
    outcome = CliRunner().invoke(cli, ["dedup", "x.jsonl", "-o", "out", "--unit", unit])
    assert outcome.exit_code == 1
    assert "cleanpress: x.jsonl:2: is not JSON (" in outcome.stderr
    assert "cleanpress: x.jsonl:6: has no text under 'text'; name the field with --text-key" in outcome.stderr
    assert [record["line"] for record in lines(Path("out/removed.jsonl"))] == [5]
    kept = path.read_bytes().splitlines(keepends=True)
    assert Path("out/kept/x.jsonl").read_bytes() == b"".join(kept[:4] + kept[5:])
    unread = lines(Path("out/unread.jsonl"))
    assert [(record["file"], record["line"]) for record in unread] == [("x.jsonl", n) for n in (2, 4, 6)]
    assert json.loads(Path("out/manifest.json").read_bytes())["totals"]["unread"] == 3
    assert verify(Path("out")).findings == []


def test_of_many_lines_that_are_no_records_some_are_told(corpus: Path) -> None:
    corpus.with_name("x.jsonl").write_text(json.dumps({"text": HARBOUR}) + "\n" + "[]\n" * 500)
    outcome = CliRunner().invoke(cli, ["dedup", "x.jsonl", "-o", "out"])
    assert "500 lines are no records" in outcome.stderr
    assert len(outcome.stderr.splitlines()) < 30
    assert len(lines(Path("out/unread.jsonl"))) == 500


def test_what_is_no_record_is_the_same_for_any_number_of_workers(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_bad_lines(corpus.with_name("x.jsonl"))
    for jobs in ("1", "2"):
        assert CliRunner().invoke(cli, ["dedup", "x.jsonl", "-o", f"out{jobs}", "-j", jobs]).exit_code == 1
    assert texts_of(Path("out1")) == texts_of(Path("out2"))


def test_a_record_that_names_a_paragraph_of_what_is_no_record_is_found(corpus: Path) -> None:
    with_bad_lines(corpus.with_name("x.jsonl"))
    CliRunner().invoke(cli, ["dedup", "x.jsonl", "-o", "out", "--unit", "paragraph"])
    removed = Path("out/removed.jsonl")
    removed.write_text(removed.read_text().replace('"line":5', '"line":2').replace('"line": 5', '"line": 2'))
    assert any("names texts of x.jsonl" in str(finding) for finding in verify(Path("out")).findings)


def test_text_that_is_not_utf_8_is_named(corpus: Path) -> None:
    corpus.with_name("g.txt").write_bytes("好\n".encode() + "渔港".encode("gb18030") + b"\n")
    with pytest.raises(InputError, match=r"g\.txt:2: is not UTF-8"):
        CliRunner().invoke(cli, ["dedup", "g.txt", "-o", "out"], catch_exceptions=False)
    assert not list(corpus.parent.glob(".out*"))


def test_an_empty_corpus_is_an_empty_folder(corpus: Path) -> None:
    corpus.with_name("empty.txt").write_bytes(b"")
    run("empty.txt", "-o", "out")
    assert verify(Path("out")).findings == []


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_run_goes_on_and_gives_the_same(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Corpus((str(corpus),), Shape())
    expected = find_copies(whole, corpus.with_name("undisturbed"), 1, lambda *_: None)
    for step in ("_exact", "_sign", "_join", "_verify"):
        with monkeypatch.context() as patch:
            patch.setattr(dedup, step, interrupt)
            with pytest.raises(KeyboardInterrupt):
                find_copies(whole, corpus.with_name("state"), 1, lambda *_: None)
        again = find_copies(whole, corpus.with_name("state"), 1, lambda *_: None)
        assert np.array_equal(again.copies, expected.copies)


def test_a_changed_input_begins_anew(corpus: Path) -> None:
    whole, state = Corpus((str(corpus),), Shape()), corpus.with_name("state")
    assert len(find_copies(whole, state, 1, lambda *_: None).copies)
    corpus.write_text(ORCHARD)
    os.utime(corpus, ns=(1, 1))
    assert not len(find_copies(whole, state, 1, lambda *_: None).copies)


def test_killed_at_any_moment_it_gives_the_same_bytes(corpus: Path) -> None:
    rng = Random(3)
    letters = [chr(c) for c in range(0x4E00, 0x5200)]
    stock = ["".join(rng.choices(letters, k=60)) for _ in range(1500)]
    corpus.write_text("\n".join(stock + [text[:30] + "错" + text[31:] for text in stock[:700]]))
    run("corpus.txt", "-o", "undisturbed")
    command = [sys.executable, "-m", "cleanpress", "dedup", "corpus.txt", "-o", "out", "-q"]
    for delay in (0.4, 0.7, 1.0):
        process = subprocess.Popen(command)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if Path("out").exists():
            break
    subprocess.run(command, check=True)
    assert texts_of(Path("out")) == texts_of(Path("undisturbed"))
    assert len(lines(Path("out/removed.jsonl"))) == 700
    assert not list(corpus.parent.glob(".out*"))


def test_a_text_without_shingles_is_a_copy_of_none(corpus: Path) -> None:
    corpus.write_text("字\n字\n。\n。\n\n\n")
    found = find_copies(Corpus((str(corpus),), Shape()), corpus.with_name("s"), 1, lambda *_: None)
    assert not len(found.copies)
