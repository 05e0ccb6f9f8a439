"""What stands beside the record: TEI, Dolma, a table, links, a summary; each proved by ``verify``."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cleanpress.config import Config
from cleanpress.formats.outputs import FORMATS, require_formats
from cleanpress.formats.overview import Overview
from cleanpress.formats.sources import Source
from cleanpress.formats.write import OutputFolder
from cleanpress.verification import verify
from commandline import PAGE, Run, tree
from handmade import TEXT, handmade

TEI = "{http://www.tei-c.org/ns/1.0}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder in every format, of a page made by hand and one that failed."""
    (tmp_path / "港口.txt").write_text(TEXT, encoding="utf-8", newline="")
    config = Config(formats=FORMATS, report=True, fail_on=("gaps>0",))
    with OutputFolder(tmp_path / "clean", ["坏.txt", "港口.txt"], config) as folder:
        folder.fail("坏.txt", "is empty")
        folder.add(handmade())
        folder.commit()
    return tmp_path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_output_is_proved(root: Path) -> None:
    assert verify(root / "clean", input_root=root).findings == []
    assert set(tree(root / "clean")) >= {
        "articles.parquet",
        "articles/港口/01-海港夜航恢复.md",
        "dolma/attributes/cleanpress/articles.jsonl",
        "dolma/documents/articles.jsonl",
        "links.jsonl",
        "report.html",
        "summary.json",
        "tei/港口.xml",
    }


@pytest.mark.parametrize(
    "path",
    [
        "articles.parquet",
        "dolma/attributes/cleanpress/articles.jsonl",
        "dolma/documents/articles.jsonl",
        "links.jsonl",
        "report.html",
        "summary.json",
        "tei/港口.xml",
    ],
)
def test_an_output_that_was_changed_is_found_even_with_its_hash(root: Path, path: str) -> None:
    from cleanpress.formats import manifest as manifests

    place = root / "clean" / path
    place.write_bytes(place.read_bytes().replace("海港".encode(), "果园".encode()) + b" ")
    manifest = json.loads((root / "clean" / "manifest.json").read_bytes())
    for output in manifest["outputs"]:
        output["sha256"], output["bytes"] = manifests.digest_of(root / "clean" / output["path"])
    (root / "clean" / "manifest.json").write_bytes(manifests.dump(manifest))
    found = [str(finding) for finding in verify(root / "clean", input_root=root).findings]
    assert len(found) == 1
    assert found[0].startswith(f"{path}: does not ")


def test_tei_has_every_block_in_order(root: Path) -> None:
    document = ElementTree.fromstring((root / "clean" / "tei" / "港口.xml").read_bytes())
    assert [child.tag for child in document] == [f"{TEI}teiHeader", f"{TEI}text"]
    header = document.find(f"{TEI}teiHeader/{TEI}fileDesc")
    assert header is not None
    assert [child.tag.removeprefix(TEI) for child in header] == [
        "titleStmt",
        "publicationStmt",
        "sourceDesc",
    ]
    first, second = document.iter(f"{TEI}div")
    assert [(child.tag.removeprefix(TEI), child.get("type")) for child in first] == [
        ("head", "kicker"),
        ("head", "main"),
        ("byline", None),
        ("p", None),
        ("p", None),
    ]
    records = lines(root / "clean" / "articles.jsonl")
    assert [div.get("{http://www.w3.org/XML/1998/namespace}id") for div in (first, second)] == [
        f"a{record['id']}" for record in records
    ]
    shown = ["".join(child.itertext()) for child in second]
    assert "\n".join(shown) == records[1]["text"]
    assert [each.get("cert") for each in first.iter(f"{TEI}milestone")] == ["0.71"]
    assert ["".join(each.itertext()) for each in first.iter(f"{TEI}gap")] == [
        "the sentence has no end on this page"
    ]


def test_dolma_attributes_point_into_the_text(root: Path) -> None:
    documents = lines(root / "clean" / "dolma" / "documents" / "articles.jsonl")
    attributes = lines(root / "clean" / "dolma" / "attributes" / "cleanpress" / "articles.jsonl")
    assert [each["id"] for each in documents] == [each["id"] for each in attributes]
    text = documents[0]["text"]
    assert isinstance(text, str)
    spans = attributes[0]["attributes"]
    assert isinstance(spans, dict)
    [[start, end, score]] = spans["cleanpress__headline"]
    assert (text[start:end], score) == ("海港夜航恢复", 1.0)
    [[start, end, score]] = spans["cleanpress__join"]
    assert (text[start:end], score) == ("起来", 0.71)
    [[start, end, _]] = spans["cleanpress__gap"]
    assert start == end == len(text)


def test_the_table_has_a_row_for_each_article(root: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = parquet.read_table(root / "clean" / "articles.parquet").to_pylist()
    assert all(block.pop("boxes") is None for row in rows for block in row["blocks"])
    assert rows == lines(root / "clean" / "articles.jsonl")


def test_a_table_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from cleanpress.errors import UsageError

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[parquet\]'"):
        require_formats(["parquet"])


def test_the_summary(root: Path) -> None:
    summary = json.loads((root / "clean" / "summary.json").read_bytes())
    assert summary["figures"]["pages"] == summary["figures"]["failed"] == 1
    assert summary["figures"]["confidence"] == 0.95
    assert summary["figures"]["lowest_confidence"] == 0.9
    assert summary["gates"] == [{"gate": "gaps>0", "value": 1, "failed": True}]
    assert summary["passed"] is False
    assert summary["failures"] == [{"path": "坏.txt", "error": "is empty"}]
    assert [row["path"] for row in summary["look_first"]] == ["港口.txt"]
    assert sum(summary["rules"].values()) == summary["figures"]["edits"]


def test_the_least_sure_pages_are_looked_at_first() -> None:
    overview = Overview({})
    for path, confidence, questions in (
        ("sure.txt", 0.9, 5),
        ("doubted.txt", 0.4, 1),
        ("none.txt", None, 1),
        ("more.txt", 0.4, 2),
        ("fine.txt", 0.1, 0),
    ):
        counts = {"articles": 1, "questions": questions, "gaps": 0, "suspects": 0}
        entry = {"path": path, "counts": counts, "warnings": [], "rules": {}}
        found = None if confidence is None else {"mean": confidence, "lowest": confidence}
        overview.note({**entry, "confidence": found})
    looked = [row["path"] for row in overview.figures()["look_first"]]
    assert looked == ["none.txt", "more.txt", "doubted.txt", "sure.txt"]


def test_formats_of_a_run(run: Run, tmp_path: Path) -> None:
    assert run("run", "page.txt", "-o", "clean", "--format", "jsonl").code == 0
    assert not (tmp_path / "clean" / "articles").exists()
    # Another format needs no page to be cleaned again, and the same folder comes of it as from nothing.
    assert run("run", "page.txt", "-o", "clean", "--format", "tei", "--format", "dolma", "--report").code == 0
    run("run", "page.txt", "-o", "anew", "--format", "dolma", "--format", "tei", "--report")
    assert tree(tmp_path / "clean") == tree(tmp_path / "anew")
    assert (tmp_path / "clean" / "tei" / "page.xml").is_file()
    assert run("verify", "clean").code == 0
    outcome = run("run", "page.txt", "-o", "clean", "--format", "docx")
    assert (outcome.code, "there is no format 'docx'" in outcome.err) == (2, True)


def test_gates_of_a_run(run: Run, tmp_path: Path) -> None:
    assert run("run", "page.txt", "-o", "clean", "--fail-on", "articles<1,failed>0").code == 0
    outcome = run("run", "page.txt", "-o", "clean", "--fail-on", "edits>1,articles<1")
    assert outcome.code == 1
    assert "cleanpress: edits>1: it is " in outcome.err
    again = run("run", "page.txt", "-o", "clean", "--fail-on", "edits>1,articles<1")
    assert again.code == 1
    assert "nothing has changed since" in again.err
    assert run("verify", "clean").code == 0
    assert run("run", "page.txt", "-o", "clean", "--fail-on", "typos>1").code == 2


def test_jump_lines_are_linked_across_pages(run: Run, tmp_path: Path) -> None:
    issue = tmp_path / "issues" / "2026-06-12"
    issue.mkdir(parents=True)
    (issue / "01.txt").write_text(PAGE + "\n鱼一筐一筐地运上岸，船长站在\n（下转第二版）\n", encoding="utf-8")
    (issue / "02.txt").write_text(
        "（上接第一版）甲板上说，明天还要再去一趟，后天也去。\n\n" + PAGE.replace("海港", "果园"),
        encoding="utf-8",
    )
    assert run("run", "issues", "-o", "clean").code == 0
    assert run("verify", "clean").code == 0
    onward, back = lines(tmp_path / "clean" / "links.jsonl")
    assert (onward["relation"], back["relation"]) == ("continues_on", "continues_from")
    assert (onward["other_id"], back["other_id"]) == (back["id"], onward["id"])
    assert onward["confidence"] == 0.95
    ids = {record["id"] for record in lines(tmp_path / "clean" / "articles.jsonl")}
    assert {onward["id"], back["id"]} <= ids


def test_hostile_text_stays_text_in_every_format(tmp_path: Path) -> None:
    from test_write import HOSTILE, result_of

    result = result_of("a&<b>.txt", HOSTILE, "一\x01二\ufffe]]>", "\ud800")
    config = Config(formats=FORMATS)
    with OutputFolder(tmp_path / "clean", [Source.of("a&<b>.txt")], config) as folder:
        folder.add(result)
        folder.commit()
    document = ElementTree.fromstring((tmp_path / "clean" / "tei" / "a_b.xml").read_bytes())
    assert ["".join(each.itertext()) for each in document.iter(f"{TEI}head")] == [HOSTILE]
    assert "".join(document.itertext()).count("\ufffd") == 3
