"""An index of earlier texts: what is a copy of them, and that nothing is lost when a process dies."""

from __future__ import annotations

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
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.cli import cli
from cleanpress.corpus import bands, index
from cleanpress.corpus.index import Added, opened
from cleanpress.errors import CleanpressError, UsageError
from cleanpress.verification import verify

pytest.importorskip("lmdb")

HARBOUR = "渔汛比往年早了十天，沙渚港的码头彻夜亮着灯，装卸工人排成两列，把一筐筐带鱼从甲板传到冷库门口。"
MISREAD = HARBOUR.replace("天", "夭").replace("带", "帯")
ORCHARD = "果园里的风扇一响，值班的人就要起身去看温度，三年来只有一个晚上没有响过，那晚梨花全冻落了。"
BOOKSHOP = "县城的书店搬到了旧粮站，木头柜台是用拆下来的仓板做的，孩子们放学后坐在麻袋上看连环画。"
SLOGAN = "爱护江堤人人有责"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def dedup(name: str, *texts: str, out: str | None = None) -> list[dict[str, object]]:
    """Compare a day's texts with the index, and add them; answers with what was set aside."""
    Path(name).write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    folder = out or f"out-{name}"
    outcome = CliRunner().invoke(cli, ["dedup", name, "-o", folder, "--index", "ix"], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    assert verify(Path(folder)).findings == []
    return [json.loads(line) for line in Path(folder, "removed.jsonl").read_bytes().splitlines()]


def count() -> int:
    with opened(Path("ix"), to_write=False) as found:
        return found.count


def test_copies_of_earlier_texts_are_set_aside_and_what_stays_is_added() -> None:
    assert dedup("1.txt", HARBOUR, ORCHARD, SLOGAN, "字") == []
    assert count() == 3
    found = dedup("2.txt", BOOKSHOP, MISREAD, ORCHARD, SLOGAN, ORCHARD)
    assert [
        (r["line"], r["kept_file"], r["kept_line"], r.get("kept_index"), r["relation"]) for r in found
    ] == [
        (2, "1.txt", 1, 0, "near"),
        (3, "1.txt", 2, 1, "exact"),
        (4, "1.txt", 3, 2, "exact"),
        (5, "1.txt", 2, 1, "exact"),
    ]
    assert Path("out-2.txt/kept/2.txt").read_text(encoding="utf-8") == f"{BOOKSHOP}\n"
    assert count() == 4
    clusters = [json.loads(line) for line in Path("out-2.txt/clusters.jsonl").read_bytes().splitlines()]
    assert [(cluster["index"], cluster["size"]) for cluster in clusters] == [(2, 2), (1, 3), (0, 2)]


def test_a_text_from_the_same_place_is_that_text_and_no_copy() -> None:
    dedup("1.txt", HARBOUR, ORCHARD)
    assert dedup("1.txt", HARBOUR, ORCHARD, out="again") == []
    assert count() == 2


def test_forms_are_told_from_copies_across_days() -> None:
    form = (
        "市气象台{}月{}日傍晚发布：今天夜里到明天多云转晴，东南风三级，最低气温{}度，最高气温{}度，请注意。"
    )
    assert dedup("1.txt", form.format(3, 12, 4, 19)) == []
    assert dedup("2.txt", form.format(11, 25, 9, 23)) == []


def test_what_leans_on_another_text_of_the_index_is_found() -> None:
    dedup("1.txt", HARBOUR, ORCHARD)
    dedup("2.txt", MISREAD)
    path = Path("out-2.txt/removed.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"kept_index": 0', b'"kept_index": 1'))
    assert any("leans on text 1 of ix" in str(finding) for finding in verify(Path("out-2.txt")).findings)
    os.rename("ix", "elsewhere")
    assert any("cannot be read" in str(finding) for finding in verify(Path("out-2.txt")).findings)


def added(texts: list[str]) -> Added:
    rng = np.random.default_rng(len(texts))
    places = [{"file": "f", "line": k, "id": None} for k in range(len(texts))]
    signed = rng.integers(0, 4, (bands.VALUES, len(texts))).astype(np.uint16)
    digests = np.array([sum(map(ord, text)) for text in texts], np.uint64)
    return Added(texts, places, digests, np.arange(len(texts)), signed)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_however_it_is_added_the_same_is_found(sizes: list[int]) -> None:
    import tempfile

    texts = [chr(0x4E00 + k) * 3 for k in range(sum(sizes))]
    whole = added(texts)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, steps in (("a", [len(texts)]), ("b", sizes)):
            with opened(Path(folder) / name, to_write=True) as ix:
                first = 0
                for size in steps:
                    some = slice(first, first + size)
                    part = Added(
                        texts[some],
                        whole.places[some],
                        whole.digests[some],
                        np.arange(size),
                        whole.signed[:, some],
                    )
                    assert ix.add(f"run {first}", part) == first + size
                    # What a run has added it does not add again.
                    assert ix.add(f"run {first}", part) == first + size
                    first += size
                near, _ = ix.near(whole.signed[:, :9], len(texts))
                equal = ix.equal(whole.digests[:9], len(texts) - 1)
                assert [ix.text(k)[1] for k in range(len(texts))] == texts
                found.append((near.tolist(), equal.tolist()))
    assert found[0] == found[1]
    assert found[0][1] == [[k, k] for k in range(min(9, len(texts) - 1))]
    assert all([k, k] in found[0][0] for k in range(min(9, len(texts))))


def test_others_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("x")
    for path, message in (("mine", "is no index"), ("none", "there is no index")):
        with pytest.raises(CleanpressError, match=message), opened(Path(path), to_write=False):
            pass
    dedup("1.txt", HARBOUR)
    monkeypatch.setattr(index, "LAYOUT", {**index.LAYOUT, "seed": 2})
    with pytest.raises(UsageError, match="another version"), opened(Path("ix"), to_write=True):
        pass


def test_readers_see_a_whole_state_while_another_writes() -> None:
    dedup("1.txt", HARBOUR)
    reader = "from cleanpress.corpus.index import opened; from pathlib import Path\n"
    reader += "with opened(Path('ix'), to_write=False) as ix: print(ix.count)"
    with opened(Path("ix"), to_write=True) as ix, ix._environment.begin(write=True):
        seen = subprocess.run([sys.executable, "-c", reader], check=True, capture_output=True, text=True)
    assert seen.stdout == "1\n"


def test_killed_at_any_moment_it_holds_every_text_once() -> None:
    rng = Random(7)
    letters = [chr(c) for c in range(0x4E00, 0x5200)]
    texts = ["".join(rng.choices(letters, k=50)) for _ in range(3000)]
    dedup("1.txt", *texts[:1000])
    Path("2.txt").write_text("".join(f"{text}\n" for text in texts[500:]), encoding="utf-8")
    command = [sys.executable, "-m", "cleanpress", "dedup", "2.txt", "-o", "out", "-q", "--index", "ix"]
    for delay in (0.5, 0.8, 1.1, 1.4):
        process = subprocess.Popen(command)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert count() in (1000, 3000)
    subprocess.run(command, check=True)
    assert count() == 3000
    assert len(Path("out/removed.jsonl").read_bytes().splitlines()) == 500
    assert verify(Path("out")).findings == []


def test_what_was_begun_without_the_index_is_not_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    dedup("1.txt", HARBOUR, ORCHARD)
    Path("2.txt").write_text(f"{BOOKSHOP}\n{MISREAD}\n{HARBOUR}\n", encoding="utf-8")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("cleanpress.corpus.write.write", interrupt)
        CliRunner().invoke(cli, ["dedup", "2.txt", "-o", "out-2.txt"])
    assert Path(".out-2.txt.cleanpress-dedup/pairs.npy").exists()
    found = dedup("2.txt", BOOKSHOP, MISREAD, HARBOUR)
    assert [(record["line"], record["kept_index"]) for record in found] == [(2, 0), (3, 0)]


def test_an_index_in_the_output_is_refused() -> None:
    Path("1.txt").write_text(HARBOUR, encoding="utf-8")
    arguments = ["dedup", "1.txt", "-o", "out", "--index", "out/ix"]
    with pytest.raises(UsageError, match="an index cannot be in the folder out"):
        CliRunner().invoke(cli, arguments, catch_exceptions=False)
