"""What is compared, and in which files: records, whole files and paragraphs, of JSON, text and Parquet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleanpress.cli import cli
from cleanpress.corpus import memory, parquet
from cleanpress.corpus.kept import trimmed
from cleanpress.corpus.memory import budget, parsed
from cleanpress.errors import CleanpressError, InputError, UsageError
from cleanpress.verification import verify

HARBOUR = "渔汛比往年早了十天，沙渚港的码头彻夜亮着灯，装卸工人排成两列，把一筐筐带鱼从甲板传到冷库门口。"
MISREAD = HARBOUR.replace("天", "夭").replace("带", "帯")
ORCHARD = "果园里的风扇一响，值班的人就要起身去看温度，三年来只有一个晚上没有响过，那晚梨花全冻落了。"
BOOKSHOP = "县城的书店搬到了旧粮站，木头柜台是用拆下来的仓板做的，孩子们放学后坐在麻袋上看连环画。"


def run(*arguments: str) -> None:
    outcome = CliRunner().invoke(cli, ["dedup", *arguments], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    assert verify(Path("out")).findings == []


def removed() -> list[tuple[int, int, int, int]]:
    rows = [json.loads(line) for line in Path("out/removed.jsonl").read_bytes().splitlines()]
    return [(r["line"], r.get("paragraph", 0), r["kept_line"], r.get("kept_paragraph", 0)) for r in rows]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_json(*texts: str) -> None:
    Path("x.jsonl").write_text(
        "".join(json.dumps({"id": k, "text": text}) + "\n" for k, text in enumerate(texts))
    )


def test_paragraphs_of_records_are_cut_out_and_the_rest_stays() -> None:
    write_json(HARBOUR + "\n\n" + ORCHARD, BOOKSHOP + "\n" + MISREAD, ORCHARD + "\n" + HARBOUR, "")
    run("x.jsonl", "-o", "out", "--unit", "paragraph", "--id-key", "id")
    assert removed() == [(2, 2, 1, 1), (3, 1, 1, 3), (3, 2, 1, 1)]
    kept = [json.loads(line) for line in Path("out/kept/x.jsonl").read_bytes().splitlines()]
    assert kept == [
        {"id": 0, "text": HARBOUR + "\n\n" + ORCHARD},
        {"id": 1, "text": BOOKSHOP},
        {"id": 3, "text": ""},
    ]
    # What was not cut is not written anew.
    assert Path("out/kept/x.jsonl").read_bytes().startswith(Path("x.jsonl").read_bytes().splitlines()[0])


def test_records_are_documents_unless_asked() -> None:
    write_json(HARBOUR + "\n" + ORCHARD, HARBOUR, MISREAD + ORCHARD)
    run("x.jsonl", "-o", "out")
    assert removed() == [(2, 0, 1, 0), (3, 0, 1, 0)]


def test_whole_text_files_are_documents_if_asked() -> None:
    for name, text in (
        ("a.txt", HARBOUR + "\n" + ORCHARD),
        ("b.txt", BOOKSHOP),
        ("c.txt", MISREAD + ORCHARD),
    ):
        Path(name).write_text(text)
    run("a.txt", "b.txt", "c.txt", "-o", "out", "--unit", "document")
    assert removed() == [(1, 0, 1, 0)]
    assert [Path(f"out/kept/{name}.txt").read_text() for name in "abc"] == [
        HARBOUR + "\n" + ORCHARD,
        BOOKSHOP,
        "",
    ]


def test_a_cut_that_hides_more_than_it_says_is_found() -> None:
    write_json(HARBOUR + "\n" + ORCHARD, BOOKSHOP + "\n" + HARBOUR)
    run("x.jsonl", "-o", "out", "--unit", "paragraph")
    kept = Path("out/kept/x.jsonl")
    kept.write_bytes(kept.read_bytes().replace(json.dumps(ORCHARD)[1:-1].encode(), b""))
    assert verify(Path("out")).findings


def test_a_record_of_paragraphs_that_are_not_there_is_found() -> None:
    write_json(HARBOUR, BOOKSHOP + "\n" + HARBOUR)
    run("x.jsonl", "-o", "out", "--unit", "paragraph")
    path = Path("out/removed.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"paragraph": 2', b'"paragraph": 7'))
    assert any("not there" in str(finding) for finding in verify(Path("out")).findings)


@pytest.mark.parametrize(("gone", "rest"), [([2], "a\n\nc"), ([2, 4], "a\n"), ([1, 2, 4], None)])
def test_trimming(gone: list[int], rest: str | None) -> None:
    assert trimmed("a\nb\n\nc", gone) == rest


@pytest.mark.parametrize("gone", [[3], [5], [1, 9]])
def test_trimming_what_is_not_there(gone: list[int]) -> None:
    with pytest.raises(ValueError, match="not there"):
        trimmed("a\nb\n\nc", gone)


def write_parquet(texts: list[str | None], name: str = "x.parquet", **extra: list[object]) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"text": pa.array(texts, pa.string()), "n": list(range(len(texts))), **extra})
    pq.write_table(table, name, row_group_size=2, compression="zstd")


def test_parquet_in_and_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 3)
    write_parquet([HARBOUR, BOOKSHOP, ORCHARD, MISREAD, ORCHARD])
    run("x.parquet", "-o", "out", "--id-key", "n")
    assert removed() == [(4, 0, 1, 0), (5, 0, 3, 0)]
    import pyarrow.parquet as pq

    found = pq.read_table("out/kept/x.parquet")
    assert found.to_pydict() == {"text": [HARBOUR, BOOKSHOP, ORCHARD], "n": [0, 1, 2]}
    assert pq.ParquetFile("out/kept/x.parquet").metadata.row_group(0).column(0).compression == "ZSTD"
    # Another order of rows is another file, however much it says the same.
    pq.write_table(found.take([1, 0, 2]), "out/kept/x.parquet")
    assert verify(Path("out")).findings


def test_paragraphs_in_parquet() -> None:
    write_parquet([HARBOUR + "\n" + BOOKSHOP, MISREAD + "\n" + ORCHARD, HARBOUR])
    run("x.parquet", "-o", "out", "--unit", "paragraph", "-j", "2")
    import pyarrow.parquet as pq

    assert pq.read_table("out/kept/x.parquet").column("text").to_pylist() == [
        HARBOUR + "\n" + BOOKSHOP,
        ORCHARD,
    ]


@pytest.mark.parametrize(
    ("texts", "arguments", "message"),
    [
        ([None, None], [], "x.parquet:1: has no text"),
        ([HARBOUR], ["--text-key", "body"], "x.parquet: has no column 'body'; name it with --text-key"),
        ([HARBOUR], ["--id-key", "id"], "x.parquet: has no column 'id'; name it with --id-key"),
    ],
)
def test_parquet_without_texts(texts: list[str | None], arguments: list[str], message: str) -> None:
    write_parquet(texts)
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(cli, ["dedup", "x.parquet", "-o", "out", *arguments], catch_exceptions=False)


def test_a_row_without_text_stays_and_is_told() -> None:
    write_parquet([HARBOUR, None, MISREAD])
    outcome = CliRunner().invoke(cli, ["dedup", "x.parquet", "-o", "out"])
    assert outcome.exit_code == 1
    assert "x.parquet:2: has no text" in outcome.stderr
    assert removed() == [(3, 0, 1, 0)]
    import pyarrow.parquet as pq

    assert pq.read_table("out/kept/x.parquet").column("text").to_pylist() == [HARBOUR, None]
    assert verify(Path("out")).findings == []


def test_what_is_no_parquet_is_said() -> None:
    pytest.importorskip("pyarrow")
    Path("x.parquet").write_text("no")
    with pytest.raises(InputError, match=r"x\.parquet: cannot be read"):
        CliRunner().invoke(cli, ["dedup", "x.parquet", "-o", "out"], catch_exceptions=False)


def test_amounts_of_memory() -> None:
    assert [parsed(text) for text in ("500M", "2g", "1.5K", "4096")] == [500 << 20, 2 << 30, 1536, 4096]
    for wrong in ("", "G", "-2G", "two", "inf", "nan"):
        with pytest.raises(UsageError, match="no amount of memory"):
            parsed(wrong)


def test_less_memory_means_smaller_pieces_and_too_little_is_said() -> None:
    large, small = budget(2 << 30, 1, 1 << 30), budget(200 << 20, 1, 1 << 30)
    assert small.chunk < large.chunk
    assert small.joined < large.joined
    with pytest.raises(UsageError, match="2 processes need 288M"):
        budget(150 << 20, 2, 1)
    large.require(10_000_000, 13_000_000)
    with pytest.raises(UsageError, match="100,000,000 texts need"):
        large.require(100_000_000, 0)


def test_the_same_with_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    write_json(*[HARBOUR, ORCHARD, BOOKSHOP, MISREAD] * 9)
    run("x.jsonl", "-o", "out")
    whole = Path("out/removed.jsonl").read_bytes()
    monkeypatch.setattr(memory, "_A_BYTE", 1 << 16)
    monkeypatch.setattr(memory, "_A_JOINED", 1 << 23)
    assert budget(200 << 20, 1, 1).joined < 20
    run("x.jsonl", "-o", "out", "--memory", "200M", "--overwrite")
    assert Path("out/removed.jsonl").read_bytes() == whole
    assert isinstance(UsageError("x"), CleanpressError)
